import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { columnOf, endOf, itemStart, keyOf, printFlowScalar, rangeOf } from '../splice/yaml-nodes.ts';
import { eolOf, nextLine } from '../splice/text.ts';
import { pieceBetween } from './launch.ts';
import { insideScalar, textOf, yamlInside } from './nested.ts';
import { argumentWords } from './shell.ts';
import { variableIn } from './variables.ts';
import type { Layer, Launch, Piece, Variable, Word } from './launch.ts';
import type { TextEdit } from '../splice/text.ts';

/** What a mapping may call the parts of a command line, in the order in which they are put together. */
export const COMMAND_KEYS = ['entrypoint', 'command', 'args', 'extraArgsPrefix', 'extraArgs', 'extraStartupArgs', 'argv'] as const;
export const ENVIRONMENT_KEYS: readonly string[] = ['env', 'extraEnv', 'extraEnvs', 'extraEnvVars', 'environment', 'envVars', 'env_vars', 'variables', 'environmentVariables'];

/** What the rest of the file adds to a container. */
export interface Surroundings {
  readonly layer: Layer;
  readonly document: Document | null;
  /** By kind and name (`ConfigMap keycloak-env`). */
  readonly sources: ReadonlyMap<string, readonly Variable[]>;
  /** What an Application sets over the values of its chart, by path. */
  readonly parameters?: ReadonlyMap<string, Switch>;
}

/** A switch of a chart as its templates will take it. */
export interface Switch {
  readonly variable: Variable;
  readonly on: boolean;
}

/** Helm reads YAML 1.1: `off` and `no` are false, and any quoted text is true. */
export function isOff(node: unknown): boolean {
  return isScalar(node) && (node.value === false || (node.type === 'PLAIN' && /^(?:false|off|no|n)$/i.test(String(node.value))));
}

export function pairsOf(map: YAMLMap): readonly Pair<Node, Node | null>[] {
  return map.items as Pair<Node, Node | null>[];
}

/** What a key of a mapping stands for, aliases followed. */
export function valueAt(map: YAMLMap, key: string, document: Document | null): Node | null {
  const own = pairsOf(map).find((pair) => keyOf(pair) === key);
  if (own) return followed(own.value, document);
  for (const merged of mergedInto(map, document)) {
    const found = valueAt(merged, key, document);
    if (found) return found;
  }
  return null;
}

/** What `<<` brings into a mapping. */
function mergedInto(map: YAMLMap, document: Document | null): readonly YAMLMap[] {
  const value = followed(pairsOf(map).find((pair) => keyOf(pair) === '<<')?.value ?? null, document);
  const all = isSeq(value) ? (value.items as Node[]).map((item) => followed(item, document)) : [value];
  return all.flatMap((node) => (isMap(node) ? [node as YAMLMap] : []));
}

export function followed(node: Node | null, document: Document | null): Node | null {
  return isAlias(node) && document ? node.resolve(document) ?? null : node;
}

/** The words of the command line that a mapping describes: lists item by item, texts taken apart. */
export function wordsOf(map: YAMLMap, around: Surroundings): readonly Word[] {
  return COMMAND_KEYS.flatMap((key) => argumentsIn(valueAt(map, key, around.document), around));
}

export function argumentsIn(value: Node | null, { layer }: Surroundings): readonly Word[] {
  if (isSeq(value)) return (value.items as Node[]).flatMap((item, index) => (isScalar(item) ? [listWord(value, index, item, layer)] : []));
  return isScalar(value) && typeof value.value === 'string' ? argumentWords(insideScalar(value, layer)) : [];
}

function listWord(list: YAMLSeq, index: number, item: Scalar, layer: Layer): Word {
  const [start, end] = rangeOf(item);
  return {
    text: String(item.value), offset: layer.place(start),
    ...pieceBetween(layer, start, end),
    // Arguments are texts, and `false` without quotes is none.
    ...(item.type === 'PLAIN' ? { swap: (part, fresh) => layer.lift?.(swapped(layer, { start, end }, part, fresh)) ?? null } : {}),
    follow: (argument) => layer.lift?.([insertItem(list, index, argument, layer.text)]) ?? null,
    inside: () => insideScalar(item, layer),
  };
}

function swapped(layer: Layer, { start, end }: Pick<TextEdit, 'start' | 'end'>, part: string, fresh: string): TextEdit[] {
  const at = layer.text.slice(start, end).lastIndexOf(part);
  return at === -1 ? [] : [{ start: start + at, end: start + at + part.length, text: fresh === 'false' && part.length === end - start ? JSON.stringify(fresh) : fresh }];
}

/** One argument more, after an item, in the style of the list. */
function insertItem(list: YAMLSeq, index: number, argument: string, text: string): TextEdit {
  const item = list.items[index] as Scalar;
  const end = rangeOf(item)[1];
  const printed = item.type === 'PLAIN' ? argument : printFlowScalar(argument, item);
  if (list.flow) return { start: end, end, text: `, ${printed}` };
  const dash = itemStart(list, index);
  const lead = text.slice(text.lastIndexOf('\n', dash - 1) + 1, dash).replace(/\S/g, ' ');
  const eol = text.slice(end).startsWith('\r\n') ? '\r\n' : '\n';
  return { start: end, end, text: `${eol}${lead}${text.slice(dash, rangeOf(item)[0])}${printed}` };
}

/** The variables that a mapping gives to its process: lists of names and values, mappings, `NAME=value` items, YAML in a text, sources in the same file. */
export function environmentOf(map: YAMLMap, around: Surroundings): readonly Variable[] {
  return [
    ...sourcedBy(valueAt(map, 'envFrom', around.document), around),
    ...ENVIRONMENT_KEYS.flatMap((key) => variablesIn(valueAt(map, key, around.document), around)),
  ];
}

export function variablesIn(node: Node | null, around: Surroundings): readonly Variable[] {
  if (isSeq(node)) return (node.items as Node[]).flatMap((item) => itemVariables(followed(item, around.document), around));
  if (isMap(node)) return mapVariables(node, around);
  if (!isScalar(node) || typeof node.value !== 'string') return [];
  const inside = yamlInside(insideScalar(node, around.layer));
  return inside === null ? [] : variablesIn(inside.content, { ...around, layer: inside.layer });
}

/** What one item of a list of variables sets. */
export function itemVariables(item: Node | null, around: Surroundings): readonly Variable[] {
  if (isMap(item)) {
    const name = textOf(valueAt(item, 'name', around.document));
    const value = valueAt(item, 'value', around.document);
    if (name === null) return mapVariables(item, around);
    if (isScalar(value)) return [scalarVariable(name, value, item, around.layer)];
    return referred(name, valueAt(item, 'valueFrom', around.document), around);
  }
  if (!isScalar(item)) return [];
  const [start, end] = rangeOf(item);
  return variableIn(String(item.value), { text: '', offset: around.layer.place(start), ...pieceBetween(around.layer, start, end) });
}

/** `NAME: value` of a mapping; a merge key brings its own. */
export function mapVariables(map: YAMLMap, around: Surroundings): readonly Variable[] {
  return [...mergedInto(map, around.document).flatMap((merged) => mapVariables(merged, around)), ...pairsOf(map).flatMap((pair) => {
    const value = followed(pair.value, around.document);
    if (isScalar(value)) return [scalarVariable(keyOf(pair), value, pair.key, around.layer)];
    const inner = isMap(value) ? valueAt(value, 'value', around.document) : null;
    return isScalar(inner) ? [scalarVariable(keyOf(pair), inner, pair.key, around.layer)] : [];
  })];
}

export function scalarVariable(name: string, value: Scalar, at: Node, layer: Layer): Variable {
  const [start, end] = rangeOf(value);
  const piece = pieceBetween(layer, start, end);
  const swap: Variable['swap'] = (part, fresh) => {
    // The whole of a value that stands without quotes: a variable must stay a string, and `false` alone is none.
    const bare = value.type === 'PLAIN' && part === String(value.value) && layer.lift !== null;
    if (bare) return layer.lift?.([{ start, end, text: typeof value.value === 'boolean' ? fresh : fresh === 'false' ? JSON.stringify(fresh) : printFlowScalar(fresh, value) }]) ?? null;
    return piece.swap(part, fresh);
  };
  return { name, text: textOf(value) ?? '', offset: layer.place(rangeOf(at)[0]), find: piece.find, swap };
}

/** `envFrom` of objects in the same file. */
function sourcedBy(node: Node | null, { sources, document }: Surroundings): readonly Variable[] {
  if (!isSeq(node)) return [];
  return (node.items as Node[]).flatMap((item) => (isMap(item) ? [['ConfigMap', 'configMapRef'], ['Secret', 'secretRef']].flatMap(([kind, key]) => {
    const reference = valueAt(item, key ?? '', document);
    const prefix = textOf(valueAt(item, 'prefix', document)) ?? '';
    const given = isMap(reference) ? sources.get(`${kind} ${textOf(valueAt(reference, 'name', document)) ?? ''}`) ?? [] : [];
    return given.map((variable) => ({ ...variable, name: prefix + variable.name }));
  }) : []));
}

/** `valueFrom` of a key of an object in the same file. */
function referred(name: string, node: Node | null, { sources, document }: Surroundings): readonly Variable[] {
  if (!isMap(node)) return [];
  return [['ConfigMap', 'configMapKeyRef'], ['Secret', 'secretKeyRef']].flatMap(([kind, key]) => {
    const reference = valueAt(node, key ?? '', document);
    if (!isMap(reference)) return [];
    const [object, entry] = ['name', 'key'].map((field) => textOf(valueAt(reference, field, document)) ?? '');
    return (sources.get(`${kind} ${object}`) ?? []).filter((variable) => variable.name === entry).map((variable) => ({ ...variable, name }));
  });
}

/** Where a mapping names its image. */
export function imagePieceOf(map: YAMLMap, { layer }: Surroundings): Piece | undefined {
  const pair = pairsOf(map).find((each) => keyOf(each) === 'image');
  return pair && { text: '', offset: layer.place(rangeOf(pair.key)[0]), find: () => layer.place(rangeOf(pair.key)[0]), swap: () => null };
}

/** `image: name:tag`, or a chart's `image` with `repository` and `tag`. */
export function imageOf(map: YAMLMap, { document }: Surroundings): string | null {
  const value = valueAt(map, 'image', document);
  if (!isMap(value)) return textOf(value);
  const [registry, repository, tag] = ['registry', 'repository', 'tag'].map((key) => textOf(valueAt(value, key, document)));
  return repository ? `${registry ? `${registry}/` : ''}${repository}${tag ? `:${tag}` : ''}` : tag ? `:${tag}` : null;
}

/** How a variable is added to the list of variables that a mapping has: below the last one, in the list's own indent. */
export function addTo(map: YAMLMap, around: Surroundings): Launch['addVariable'] {
  const list = ENVIRONMENT_KEYS.map((key) => valueAt(map, key, around.document)).find((node) => isSeq(node) || isScalar(node));
  const inside = isScalar(list) ? yamlInside(insideScalar(list, around.layer)) : null;
  const [node, layer] = inside ? [inside.content, inside.layer] : [list, around.layer];
  return isSeq(node) ? (name, value) => layer.lift?.([...newItems(node, layer.text, [[name, value]])]) ?? null : null;
}

/** Edits that add `{name, value}` items below the last item of a block list; none where the list has another form. */
export function newItems(list: YAMLSeq, text: string, variables: readonly (readonly [string, string])[]): readonly TextEdit[] {
  const last = list.items.at(-1) as Node | undefined;
  if (list.flow || !isMap(last)) return [];
  const eol = eolOf(text);
  const dash = itemStart(list, list.items.length - 1);
  const lead = ' '.repeat(columnOf(text, dash));
  const gap = rangeOf(last)[0] - dash;
  const at = nextLine(text, endOf(text, last, true));
  return variables.map(([name, value]) => {
    const lines = [`${lead}-${' '.repeat(gap - 1)}name: ${name}`, `${lead}${' '.repeat(gap)}value: ${value}`];
    return { start: at, end: at, text: text[at - 1] === '\n' ? lines.map((line) => line + eol).join('') : lines.map((line) => eol + line).join('') };
  });
}
