/** Realms that are written inside of values: as JSON in a string, and in YAML that is itself a string (an Application's `values: |`, a patch). */
import { isCollection, isMap, isScalar, visit } from 'yaml';
import type { Node, Scalar, YAMLMap } from 'yaml';
import { insideScalar, parseYaml } from '../launches/nested.ts';
import { spliceJson } from '../splice/json.ts';
import { openScalar } from '../splice/scalar.ts';
import { Refusal } from '../splice/text.ts';
import { spliceYaml } from '../splice/yaml.ts';
import { isRealm, isWholeRealm, realmsIn } from './realm-value.ts';
import type { Json, JsonObject } from '../../realm/json.ts';
import type { Layer } from '../launches/launch.ts';
import type { RealmSite } from './artefact.ts';

/** Cheap tests before anything is parsed; kustomize's `literals` have the name of the file before the JSON. */
const REALM_JSON = /^\uFEFF?(?:[\w.-]+=)?\s*[[{]/;
const REALM_YAML = /(?:^|[\s"'{,\\])realm\\?["']?\s*:/;

/**
 * The realms in a value and in everything below it.
 * @param layer    the text that the node was parsed from
 * @param where    how people call the place
 * @param refusal  why nothing here may be edited; null where it may
 */
export function realmsBelow(layer: Layer, node: Node | null, where: string, refusal: string | null): readonly RealmSite[] {
  return scalarsBelow(node).flatMap(({ scalar, steps, immutable }) => realmsInScalar(layer, scalar, [where, ...steps].filter((step) => step !== '').join('.'), immutable ? IMMUTABLE : refusal));
}

function realmsInScalar(layer: Layer, node: Scalar, where: string, refusal: string | null): readonly RealmSite[] {
  const { value } = node;
  if (typeof value !== 'string' || !value.includes('realm')) return [];
  const found = REALM_JSON.test(value) ? jsonRealms(layer, { node, value, where, refusal }) : [];
  // What is no strict JSON may be read as YAML by whoever reads it: trailing commas, values without quotes.
  return found.length === 0 && /[\n{]/.test(value) && REALM_YAML.test(value) ? yamlRealms(insideScalar(node, layer), where, refusal) : found;
}

interface Place {
  readonly node: Scalar;
  readonly value: string;
  readonly where: string;
  readonly refusal: string | null;
}

function jsonRealms(layer: Layer, { node, value, where, refusal }: Place): readonly RealmSite[] {
  const before = /^[\w.-]+=/.exec(value)?.[0].length ?? 0;
  const parsed = parse(value.slice(before));
  return realmsIn(parsed).map(({ realm, path }) => ({
    realm: realm.realm, where, value: realm, refusal: refusal ?? closed(layer),
    splice(after, origins) {
      const open = openScalar(layer.text, node);
      const inner = open.inner.slice(before);
      if (JSON.stringify(parse(inner)) !== JSON.stringify(parsed)) throw new Refusal('The JSON in this value is folded in a way that this tool does not edit; write it as a literal block (|) first.');
      const edits = spliceJson(inner, realm, after, origins, path).map((edit) => ({ ...edit, start: edit.start + before, end: edit.end + before }));
      return lifted(layer, open.toOuter(edits));
    },
  }));
}

/** A text in YAML: it is a realm (keycloak-config-cli), or has realms somewhere in it. */
function yamlRealms(layer: Layer, where: string, refusal: string | null): readonly RealmSite[] {
  return parseYaml(layer.text).flatMap((document): readonly RealmSite[] => {
    const custom = document.getIn(['kind']) === 'KeycloakRealmImport';
    const node: unknown = custom ? document.getIn(['spec', 'realm'], true) : document.contents;
    const value = isMap(node) ? (node as YAMLMap).toJS(document, { maxAliasCount: -1 }) as Json : null;
    if (!isMap(node) || !isRealm(value ?? undefined) || !isWholeRealm(value as JsonObject)) {
      // A text that is one scalar again says what it said before.
      return isCollection(document.contents) ? realmsBelow(layer, document.contents, where, refusal) : [];
    }
    const realm = value as JsonObject & { readonly realm: string };
    return [{ realm: realm.realm, where, value: realm, refusal: refusal ?? closed(layer), splice: (after, origins) => lifted(layer, spliceYaml(layer.text, node, realm, after, origins)) }];
  });
}

const closed = (layer: Layer) => (layer.lift === null ? 'This value is written in a way that this tool only reads (folded lines, or a template); write it as a literal block (|) first.' : null);

function lifted(layer: Layer, edits: Parameters<NonNullable<Layer['lift']>>[0]) {
  if (layer.lift === null) throw new Refusal(closed(layer) ?? '');
  return layer.lift(edits);
}

const IMMUTABLE = 'This object is immutable: the cluster refuses a change; give it a new name, and use that name where it is mounted.';

interface FoundScalar {
  readonly scalar: Scalar;
  readonly steps: readonly string[];
  /** It stands in an object that the cluster lets nobody change. */
  readonly immutable: boolean;
}

/** Every scalar below a node with the keys to it, keys themselves not included. */
function scalarsBelow(start: Node | null): readonly FoundScalar[] {
  if (isScalar(start)) return [{ scalar: start, steps: [], immutable: false }];
  const found: FoundScalar[] = [];
  if (start === null) return found;
  visit(start, {
    Scalar(key, scalar, path) {
      const immutable = path.some((step) => isMap(step) && step.get('immutable') === true);
      if (key !== 'key') found.push({ scalar, immutable, steps: path.flatMap((step) => ('key' in step && isScalar(step.key) ? [String(step.key.value)] : [])) });
    },
  });
  return found;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as Json;
  } catch {
    return undefined;
  }
}
