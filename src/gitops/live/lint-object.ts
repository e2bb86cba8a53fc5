/** The strategy settings of an object as it runs in a cluster, read like those of a file in git. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { isCollection, isMap, isScalar, isSeq, parseAllDocuments, stringify } from 'yaml';
import type { Document, Node, Pair } from 'yaml';
import type { Json, JsonObject } from '../../realm/json.ts';
import { mergePatch } from '../controllers/merge-patch.ts';
import { isObject, type KubeObject } from '../controllers/object.ts';
import { lintFile, type LintFinding } from '../lint.ts';
import { podSpecPath } from './pods.ts';
import { lineOf } from '../splice/text.ts';
import { endOf, keyOf, rangeOf } from '../splice/yaml-nodes.ts';

export interface LivePlace {
  /** `initContainers[import]`, `data["JAVA_OPTS_APPEND"]`; empty for the object as a whole. */
  readonly where: string;
  readonly finding: LintFinding;
}

export interface LiveObject {
  readonly object: KubeObject;
  /** What is destructive in it. */
  readonly places: readonly LivePlace[];
  /** The JSON merge patch that leaves nothing destructive in it; null where there is none. Without a resourceVersion. */
  readonly patch: JsonObject | null;
}

/** Larger values of a ConfigMap are data: a realm, a certificate. */
const LARGEST_VALUE = 200_000;

/**
 * @param object   what starts pods, or a custom resource
 * @param sources  the ConfigMaps that its variables and scripts come from; settings in them count where the object uses them
 * @param version  of the server, where somebody knows it; an image tag wins
 * @returns the object and those of its sources that have something destructive in them
 */
export function lintObject(object: KubeObject, sources: readonly KubeObject[], version: string | null): readonly LiveObject[] {
  const given = [object, ...sources];
  const plain = given.map((each, index) => (index === 0 ? workloadPart(each) : configMapPart(each)));
  const text = printed(plain);
  const { findings, fixed } = lintFile(`${object.metadata.name}.yaml`, text, version);
  const destructive = findings.filter((finding) => finding.class === 'destructive');
  if (destructive.length === 0) return [];
  const documents = documentsOf(text);
  const places = destructive.map((finding) => placeOf(documents, text, finding));
  const patches = fixed === null ? null : patchesOf(plain, documents, fixed, object.metadata.name, version);
  return given.flatMap((each, index): readonly LiveObject[] => {
    const own = places.filter(({ document }) => document === index).map(({ where, finding }) => ({ where, finding }));
    return own.length === 0 ? [] : [{ object: each, places: own, patch: patches?.[index] ?? null }];
  });
}

/** What a server keeps about an object is no part of what it starts: status, managed fields, and the text that kubectl once applied. */
function workloadPart({ apiVersion, kind, metadata, spec }: KubeObject): JsonObject {
  return { ...(apiVersion === undefined ? {} : { apiVersion }), ...(kind === undefined ? {} : { kind }), metadata: { name: metadata.name }, ...(spec === undefined ? {} : { spec }) };
}

function configMapPart({ metadata, data }: KubeObject): JsonObject {
  const texts = isObject(data) ? Object.entries(data).filter(([, value]) => typeof value === 'string' && value.length <= LARGEST_VALUE && !/^\s*[[{]|^H4sI/.test(value)) : [];
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: metadata.name }, data: Object.fromEntries(texts) };
}

const printed = (objects: readonly JsonObject[]): string => objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');

const documentsOf = (text: string): readonly Document.Parsed[] => [...parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent' })] as Document.Parsed[];

/** One patch for each object, null where it stays destructive. */
function patchesOf(plain: readonly JsonObject[], before: readonly Document.Parsed[], fixed: string, name: string, version: string | null): readonly (JsonObject | null)[] | null {
  const [was, is] = [before, documentsOf(fixed)].map((documents) => documents.map((document) => document.toJS({ maxAliasCount: -1 }) as Json));
  // What printing and reading has changed is not sent to anybody.
  if (was === undefined || is === undefined || !isDeepStrictEqual(was, plain) || is.length !== was.length) return null;
  const documents = documentsOf(fixed);
  const left = lintFile(`${name}.yaml`, fixed, version).findings.filter((finding) => finding.class === 'destructive').map((finding) => placeOf(documents, fixed, finding).document);
  return was.map((value, index) => {
    const patch = mergePatch(value, is[index]);
    return isObject(patch) && !left.includes(index) ? patch : null;
  });
}

function placeOf(documents: readonly Document.Parsed[], text: string, finding: LintFinding): LivePlace & { readonly document: number } {
  const spans = (node: Node, from = node): boolean => lineOf(text, rangeOf(from)[0]) <= finding.line && finding.line <= lineOf(text, Math.max(rangeOf(node)[0], endOf(text, node) - 1));
  const index = documents.findIndex(({ contents }) => contents !== null && spans(contents));
  const document = documents[index];
  const parts = document === undefined ? [] : partsOf(document);
  return { document: index, finding, where: parts.find(({ key, node }) => spans(node, key))?.where ?? '' };
}

interface Part {
  readonly where: string;
  /** Where it begins, and what it is. */
  readonly key: Node;
  readonly node: Node;
}

/** Containers of what starts pods, entries of a ConfigMap, and fields of the spec of anything else. */
function partsOf(document: Document.Parsed): readonly Part[] {
  const kind: unknown = document.get('kind');
  const path = podSpecPath(typeof kind === 'string' ? kind : undefined);
  if (path !== null) {
    return ['initContainers', 'containers'].flatMap((list) => {
      const items: unknown = document.getIn([...path, list], true);
      return isSeq(items) ? (items.items as Node[]).flatMap((item): readonly Part[] => (isMap(item) ? [{ where: `${list}[${String(item.get('name') ?? '')}]`, key: item, node: item }] : [])) : [];
    });
  }
  const field = kind === 'ConfigMap' ? 'data' : 'spec';
  const map: unknown = document.get(field, true);
  return isMap(map) ? (map.items as Pair<Node, Node | null>[]).flatMap((pair): readonly Part[] => {
    const node = pair.value ?? pair.key;
    return isScalar(node) || isCollection(node) ? [{ where: field === 'data' ? `data["${keyOf(pair)}"]` : `spec.${keyOf(pair)}`, key: pair.key, node }] : [];
  }) : [];
}
