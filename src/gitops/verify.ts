import { isAlias, isMap, isNode, isSeq } from 'yaml';
import type { Document, Node, Pair } from 'yaml';
import { isDeepStrictEqual } from 'node:util';
import { openFile } from './artefacts/artefact.ts';
import { recognise } from './artefacts/index.ts';
import { isList, isObject } from './splice/origin.ts';
import { Refusal } from './splice/text.ts';
import { keyOf } from './splice/yaml-nodes.ts';
import type { Json, JsonObject } from '../realm/json.ts';
import type { RealmSite, SourceFile } from './artefacts/artefact.ts';
import type { TextEdit } from './splice/text.ts';

/**
 * Reads the patched text anew and compares: the intended realm is what was intended, every other realm in the file is as it was, and in
 * YAML nothing differs but what an edit touches. Throws Refusal with the instruction to patch by hand; a wrong splice never leaves the tool.
 */
export function verifyPatched(file: SourceFile, text: string, edits: readonly TextEdit[], intended: ReadonlyMap<number, JsonObject>): void {
  const patched = openFile(file.path, text);
  const before = recognise(file)?.realms ?? [];
  const after = recognise(patched)?.realms ?? [];
  const equal = before.length === after.length && before.every((site, index) => {
    const now = after[index];
    return now !== undefined && key(site) === key(now) && isDeepStrictEqual(now.value, intended.get(index) ?? site.value);
  });
  if (!equal) throw byHand();
  const json = file.json();
  if (json === undefined) verifyYaml(file.yaml(), patched.yaml(), edits);
  else if (patched.json() === undefined) throw byHand();
}

const key = (site: RealmSite) => `${site.where} ${site.realm}`;
const byHand = () => new Refusal('The patched text does not read as intended; make this change by hand.');

function verifyYaml(before: readonly Document.Parsed[], after: readonly Document.Parsed[], edits: readonly TextEdit[]): void {
  if (before.length !== after.length) throw byHand();
  before.forEach((document, index) => {
    const now = after[index];
    const paths = now ? differingPaths(document.toJS(WITH_ALIASES) as Json, now.toJS(WITH_ALIASES) as Json) : [[]];
    if (!paths.every((path) => touched(document, path, edits))) throw byHand();
  });
}

/** How much aliases may make of a document was judged when it was opened. */
const WITH_ALIASES = { maxAliasCount: -1 };

type Path = readonly (string | number)[];

/** Where two values differ: the deepest places; a list of another length differs as a whole. */
export function differingPaths(left: Json | undefined, right: Json | undefined, path: Path = []): readonly Path[] {
  if (isObject(left) && isObject(right)) {
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...keys].flatMap((name) => (name in left && name in right ? differingPaths(left[name], right[name], [...path, name]) : [[...path, name]]));
  }
  if (isList(left) && isList(right) && left.length === right.length) return left.flatMap((element, index) => differingPaths(element, right[index], [...path, index]));
  return isDeepStrictEqual(left, right) ? [] : [path];
}

/** What a reader gets under a key: of equal keys the last one. */
function memberOf(node: unknown, step: string | number): unknown {
  if (isMap(node)) return (node.items as Pair<Node, Node | null>[]).findLast((pair) => keyOf(pair) === step)?.value;
  return isSeq(node) ? node.items[Number(step)] : undefined;
}

function touched(document: Document.Parsed, path: Path, edits: readonly TextEdit[]): boolean {
  const found = path.reduce<unknown>((node, step) => memberOf(isAlias(node) ? node.resolve(document) : node, step), document.contents);
  // What an alias stands for is written where its anchor is.
  const node: unknown = isAlias(found) ? found.resolve(document) : found;
  // A value that is an alias, absent or empty has no range of its own: then its parent speaks.
  const range = isNode(node) ? node.range : undefined;
  if (!range || range[0] === range[1]) return path.length > 0 && touched(document, path.slice(0, -1), edits);
  return edits.some((edit) => edit.start <= range[2] && edit.end >= range[0]);
}
