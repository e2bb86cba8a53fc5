import { isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { openScalar } from '../splice/scalar.ts';
import { Refusal } from '../splice/text.ts';
import { itemStart, keyOf, printFlowScalar, rangeOf } from '../splice/yaml-nodes.ts';
import { ACTION, commandSettings, importSite } from './command-settings.ts';
import { assignments, environmentSite } from './environment-settings.ts';
import { missingInExtraEnv } from './extra-env.ts';
import type { SettingSite } from '../artefacts/artefact.ts';
import type { TextEdit } from '../splice/text.ts';
import type { Word } from './words.ts';

/** A text with the way from its offsets to those of the file. */
interface Layer {
  readonly text: string;
  lift(edits: readonly TextEdit[]): TextEdit[];
}

/**
 * The strategy settings in YAML: name/value pairs of env lists, keys of maps, `KEY=value` items, commands and their arguments, and
 * YAML within strings (`extraEnv: |`) with the same inside. Comments are not looked at: they are no nodes.
 */
export function yamlSettings(text: string, documents: readonly Document.Parsed[]): readonly SettingSite[] {
  const layer: Layer = { text, lift: (edits) => [...edits] };
  return documents.flatMap((document) => (document.contents ? walk(document.contents, layer, '') : []));
}

function walk(node: Node, layer: Layer, key: string): readonly SettingSite[] {
  if (isScalar(node)) return scalarSettings(node, layer, key);
  if (isSeq(node)) return listSettings(node, layer, key);
  if (!isMap(node)) return [];
  const own = [...pairSettings(node, layer), ...argumentSettings(node, layer)];
  const read = new Set(own.length > 0 ? ['command', 'args'] : []);
  return [...own, ...(node.items as Pair<Node, Node | null>[]).flatMap((pair) => (pair.value && !(isSeq(pair.value) && read.has(keyOf(pair)) && hasImport(own)) ? walk(pair.value, layer, keyOf(pair)) : []))];
}

/** In a list of arguments a flag is an item: one text with two flags would reach the JVM as one. */
function listSettings(list: YAMLSeq, layer: Layer, key: string): readonly SettingSite[] {
  const items = list.items as Node[];
  const texts = items.map((item) => (isScalar(item) ? String(item.value) : ''));
  const strategy = texts.findLast((text) => text.startsWith('-Dkeycloak.migration.strategy='))?.split('=')[1] ?? null;
  const sites = items.flatMap((item, index) => {
    if (texts[index] !== ACTION) return walk(item, layer, key);
    const fix = strategy === null ? { edits: [insertItem(list, index, '-Dkeycloak.migration.strategy=IGNORE_EXISTING', layer.text)], done: '-Dkeycloak.migration.strategy=IGNORE_EXISTING added' } : null;
    return [lifted({ setting: ACTION, offset: rangeOf(item)[0], value: strategy, fix }, layer)];
  });
  return key === 'extraEnv' ? [...sites, ...missingInExtraEnv(list, layer.text).map((site) => lifted(site, layer))] : sites;
}

const hasImport = (sites: readonly SettingSite[]) => sites.some(({ setting }) => setting === 'kc.sh import');

function lifted(site: SettingSite, layer: Layer): SettingSite {
  const [place] = layer.lift([{ start: site.offset, end: site.offset, text: '' }]);
  return { ...site, offset: place?.start ?? 0, fix: site.fix && { edits: layer.lift(site.fix.edits), done: site.fix.done } };
}

/** `{name: X, value: Y}` of an env list, `X: Y` of a map, and the operator's spelling of the story. */
function pairSettings(map: YAMLMap, layer: Layer): readonly SettingSite[] {
  const name = map.get('name');
  const sites = (map.items as Pair<Node, Node | null>[]).flatMap((pair) => {
    const key = keyOf(pair);
    const value = pair.value;
    if (key === 'realmImport' && isMap(value)) return [strategyField(value, layer)];
    if (!isScalar(value)) return [];
    const variable = key === 'value' && typeof name === 'string' ? name : key;
    return [environmentSite(variable, String(value.value), rangeOf(pair.key)[0], (wanted) => replaceScalar(value, wanted))];
  });
  return sites.flatMap((site) => (site ? [lifted(site, layer)] : []));
}

function strategyField(map: YAMLMap, _layer: Layer): SettingSite | null {
  const node: unknown = map.get('strategy', true);
  if (!isScalar(node)) return null;
  const fix = node.value === 'IGNORE_EXISTING' ? null : { edits: replaceScalar(node, 'IGNORE_EXISTING'), done: 'set to IGNORE_EXISTING' };
  return { setting: 'spec.realmImport.strategy', offset: rangeOf(node)[0], value: String(node.value), fix };
}

function replaceScalar(node: Scalar, wanted: string): TextEdit[] {
  const [start, end] = rangeOf(node);
  // A variable's value must stay a string: `false` without quotes would be refused by Kubernetes.
  const quoted = node.type === 'PLAIN' && wanted === 'false' && typeof node.value === 'string' ? JSON.stringify(wanted) : printFlowScalar(wanted, node);
  return [{ start, end, text: node.type === 'PLAIN' && typeof node.value === 'boolean' ? wanted : quoted }];
}

/** `command` and `args` of one container are one command line, item by item. */
function argumentSettings(map: YAMLMap, layer: Layer): readonly SettingSite[] {
  const lists = ['command', 'args'].flatMap((key) => {
    const list: unknown = map.get(key, true);
    return isSeq(list) ? [list] : [];
  });
  const words = lists.flatMap((list) => (list.items as Node[]).flatMap((item, index) => (isScalar(item) ? [{ list, index, word: wordOf(item) }] : [])));
  const command = words.find(({ word }) => word.text === 'import');
  if (!command || words.some(({ word }) => /\s/.test(word.text))) return [];
  const before = words.slice(0, words.indexOf(command)).map(({ word }) => word.text);
  const image = map.get('image');
  const known = before.some((text) => /kc\.(?:sh|bat)$/.test(text)) || (typeof image === 'string' && /keycloak/i.test(image) && !map.has('command') && before.every((text) => text.startsWith('-')));
  if (!known) return [];
  const add = () => [insertItem(command.list, command.index, '--override=false', layer.text)];
  return [lifted(importSite(words.map(({ word }) => word), command.word, overridden(map), add), layer)];
}

function wordOf(item: Scalar): Word {
  const [start, end] = rangeOf(item);
  const quote = item.type?.startsWith('QUOTE') ? 1 : 0;
  return { text: String(item.value), start: start + quote, end: end - quote };
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

function overridden(map: YAMLMap): boolean {
  const env: unknown = map.get('env', true);
  return isSeq(env) && env.items.some((item) => isMap(item) && item.get('name') === 'KC_OVERRIDE' && String(item.get('value')) === 'false');
}

function scalarSettings(node: Scalar, layer: Layer, key: string): readonly SettingSite[] {
  if (typeof node.value !== 'string' || node.value.length > 200_000 || /^\s*[[{]\s*"/.test(node.value)) return [];
  const open = openedLayer(node, layer);
  const inner = node.type?.startsWith('BLOCK') && /^\s*(?:- |[\w.-]+:)/.test(node.value) ? innerYaml(node.value, open, key) : null;
  if (inner) return inner;
  const text = open?.text ?? node.value;
  const sites = [...assignments(text), ...commandSettings(text, /KC_OVERRIDE=["']?false/.test(text))];
  return sites.map((site) => (open ? lifted(site, open) : { ...site, offset: layer.lift([{ start: rangeOf(node)[0], end: rangeOf(node)[0], text: '' }])[0]?.start ?? 0, fix: null }));
}

/** null where offsets cannot be followed; then settings are reported, not patched. Folded lines are one line to whoever reads the value. */
function openedLayer(node: Scalar, layer: Layer): Layer | null {
  try {
    const open = openScalar(layer.text, node);
    const folds = node.type !== 'BLOCK_LITERAL' && String(node.value).trimEnd() !== open.inner.trimEnd();
    const text = folds ? open.inner.replaceAll('\n', ' ') : open.inner;
    return squeezed(text) === squeezed(String(node.value)) ? { text, lift: (edits) => layer.lift(open.toOuter(edits)) } : null;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

const squeezed = (text: string) => text.replace(/[ \t]+/g, ' ').trim();

function innerYaml(value: string, open: Layer | null, key: string): readonly SettingSite[] | null {
  const documents = [...parseAllDocuments(value, { keepSourceTokens: true, uniqueKeys: false, logLevel: 'silent' })] as Document.Parsed[];
  const content = documents[0]?.contents;
  if (!open || documents.some(({ errors }) => errors.length > 0) || !(isMap(content) || isSeq(content)) || /^[ \t]*\{\{/m.test(value)) return null;
  return walk(content, open, key);
}
