import { isMap, isScalar, isSeq, visit } from 'yaml';
import type { Document, Node, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { keyOf, rangeOf } from '../splice/yaml-nodes.ts';
import { chartSwitches, configCliPart, parametersOf } from './chart.ts';
import { addTo, argumentsIn, COMMAND_KEYS, environmentOf, ENVIRONMENT_KEYS, followed, imageOf, imagePieceOf, isOff, itemVariables, mapVariables, pairsOf, valueAt, variablesIn, wordsOf } from './container.ts';
import { pieceBetween, sliceOf } from './launch.ts';
import { coverTemplate, insideScalar, looksLikeYaml, parseYaml, TEMPLATE, textOf, yamlInside } from './nested.ts';
import { secretLaunches } from './secret.ts';
import { commandLaunches, newSession, shellLaunches } from './shell.ts';
import { propertyVariables } from './variables.ts';
import type { Surroundings } from './container.ts';
import type { Layer, Launch, Variable } from './launch.ts';

/** Texts and lists of texts that a shell reads: CI jobs, Ansible tasks. */
const SCRIPT_KEYS = new Set(['run', 'cmds', 'commands', 'runcmd', 'install', 'script', 'before_script', 'after_script', 'shell', 'ansible.builtin.shell', 'ansible.builtin.command', 'cmd', 'inline']);
const VARIABLE = /^[A-Z][A-Z0-9_]+$/;
/** What people only read. */
const DESCRIBING = /^(?:name|title|summary|description|note|notes|message|comment|help|usage)$|\.(?:md|txt|adoc|rst)$/i;
/** A command line that begins with what leads to the tool: a container's, another machine's, another user's. */
const LEADING = /^\s*(?:(?:sudo|exec|timeout|env|time|nohup)\s+(?:-\S+\s+|\d+\S*\s+)*)*(?:docker|docker-compose|podman|nerdctl|kubectl|oc|ssh|bash|sh|su)\s[^\n]*\bimport\b/;
/** Texts longer than this are data, not scripts. */
const LONGEST = 200_000;

/**
 * The processes that YAML describes: containers and services of every kind, a chart's values, jobs of a CI, and the same again in texts
 * within (`extraInitContainers: |`, an Application's `values: |`, a script in a ConfigMap). Comments are no nodes and are not looked at.
 */
export function yamlLaunches(layer: Layer, documents: readonly Document.Parsed[]): readonly Launch[] {
  const sources = sourcesIn(layer, documents);
  return documents.flatMap((document) => (document.contents ? walk(document.contents, '', { layer, document, sources }, []) : []));
}

/** What a text is about that may be YAML: a chart's values in a heredoc, a helper of a chart. Nothing where it is none. */
export function insideText(layer: Layer): readonly Launch[] {
  if (!looksLikeYaml(layer.text)) return [];
  for (const read of [layer, ...(TEMPLATE.test(layer.text) ? [{ ...layer, text: coverTemplate(layer.text), lift: null }] : [])]) {
    const documents = parseYaml(read.text).filter(({ contents }) => isMap(contents) || isSeq(contents));
    if (documents.length > 0) return yamlLaunches(read, documents);
  }
  return [];
}

/** ConfigMaps and Secrets of the file with what they give as variables. */
function sourcesIn(layer: Layer, documents: readonly Document.Parsed[]): ReadonlyMap<string, readonly Variable[]> {
  const objects = documents.flatMap((document) => {
    const found: { readonly node: YAMLMap; readonly document: Document }[] = [];
    visit(document, { Map: (_, node) => void (node.has('kind') && found.push({ node, document })) });
    return found;
  });
  return new Map(objects.flatMap(({ node, document }) => {
    const kind = textOf(valueAt(node, 'kind', document));
    const metadata = valueAt(node, 'metadata', document);
    if ((kind !== 'ConfigMap' && kind !== 'Secret') || !isMap(metadata)) return [];
    const given = ['data', 'stringData'].flatMap((field) => {
      const data = kind === 'Secret' && field === 'data' ? null : valueAt(node, field, document);
      return isMap(data) ? mapVariables(data, { layer, document, sources: new Map() }) : [];
    });
    return [[`${kind} ${textOf(valueAt(metadata, 'name', document)) ?? ''}`, given] as const];
  }));
}

/** @param outer  variables of the mappings around, which scripts see (a workflow's `env`) */
function walk(node: Node | null, key: string, around: Surroundings, outer: readonly Variable[]): readonly Launch[] {
  if (isScalar(node)) return scalarLaunches(node, key, around, outer);
  if (isSeq(node)) return listLaunches(node, key, around, outer);
  return isMap(node) ? mapLaunches(node, key, around, outer) : [];
}

function mapLaunches(map: YAMLMap, key: string, around: Surroundings, outer: readonly Variable[]): readonly Launch[] {
  const { document } = around;
  if (key === 'keycloakConfigCli') return configCliPart(map, around);
  const operation = textOf(valueAt(map, 'op', document));
  if (operation !== null && valueAt(map, 'path', document)) return patchLaunches(map, operation, around, outer);
  const within = key === 'helm' ? { ...around, parameters: parametersOf(map, around) } : around;
  const words = wordsOf(map, within);
  const environment = environmentOf(map, within);
  const session = newSession({ environment, image: imageOf(map, within), addVariable: addTo(map, within) });
  const imagePiece = imagePieceOf(map, within);
  const own = (words.length > 0 ? commandLaunches(words, session) : environment.length > 0 || session.image ? [{ ...session, words: [] }] : [])
    .map((launch) => (imagePiece ? { ...launch, imagePiece } : launch));
  const secret = textOf(valueAt(map, 'kind', document)) === 'Secret';
  const below = sessioned(map, within, [...outer, ...environment]) ?? pairsOf(map).flatMap((pair) => {
    const name = keyOf(pair);
    if (!pair.value || isConsumed(pair.value, name, words.length > 0, environment.length > 0) || (isScalar(pair.value) && VARIABLE.test(name)) || (secret && name === 'data')) return [];
    // With `valuesObject` an Application does not look at `values`.
    const idle = (key === '' && name.startsWith('x-')) || (key === 'helm' && name === 'values' && valueAt(map, 'valuesObject', document) !== null);
    const found = walk(pair.value, name, within, [...outer, ...environment]);
    return idle ? found.map((launch) => ({ ...launch, idle: true })) : found;
  });
  const all = [...own, ...below, ...standing(map, key, within), ...chartSwitches(map, key, within), ...partialImport(map, within), ...(secret ? secretLaunches(map, within) : [])];
  return isOff(valueAt(map, 'enabled', document)) ? all.map((launch) => ({ ...launch, idle: true })) : all;
}

/** `before_script`, `script` and `after_script` of one job are read by one shell. */
function sessioned(map: YAMLMap, around: Surroundings, outer: readonly Variable[]): readonly Launch[] | null {
  const before = valueAt(map, 'before_script', around.document);
  const script = valueAt(map, 'script', around.document);
  if (!isSeq(before) || !isSeq(script)) return null;
  const session = newSession({ environment: outer });
  return [before, script].flatMap((list) => (list.items as Node[]).flatMap((item) => (isScalar(item) ? shellLaunches(insideScalar(item, around.layer), session) : [])));
}

/** What has been read as part of a launch is not read again by itself. */
function isConsumed(value: Node, key: string, hasWords: boolean, hasVariables: boolean): boolean {
  if ((COMMAND_KEYS as readonly string[]).includes(key)) return hasWords && !isMap(value);
  return hasVariables && ENVIRONMENT_KEYS.includes(key);
}

/** One operation of a JSON patch; what it only compares or takes away is nothing that will be there. */
function patchLaunches(map: YAMLMap, operation: string, around: Surroundings, outer: readonly Variable[]): readonly Launch[] {
  const value = valueAt(map, 'value', around.document);
  const steps = (textOf(valueAt(map, 'path', around.document)) ?? '').split('/').filter((step) => !/^(?:-|\d+)$/.test(step));
  const key = steps.at(-1) ?? '';
  const found = (COMMAND_KEYS as readonly string[]).includes(key) ? commandLaunches(argumentsIn(value, around), newSession()) : walk(value, key, around, outer);
  return operation === 'add' || operation === 'replace' ? found : found.map((launch) => ({ ...launch, idle: true }));
}

/** Variables that stand in a mapping by themselves: data of a ConfigMap, an anchor that services merge, one entry of a list that a patch adds. */
function standing(map: YAMLMap, key: string, around: Surroundings): readonly Launch[] {
  const name = textOf(valueAt(map, 'name', around.document));
  const single = name !== null && VARIABLE.test(name) && isScalar(valueAt(map, 'value', around.document));
  const found = single ? itemVariables(map, around) : mapVariables(map, around).filter((variable) => VARIABLE.test(variable.name));
  return found.length === 0 || key === 'metadata' ? [] : [{ words: [], environment: found, image: null, addVariable: null }];
}

/** The body of a partial import, as a task or a file has it. */
function partialImport(map: YAMLMap, { layer }: Surroundings): readonly Launch[] {
  const pair = pairsOf(map).find((each) => keyOf(each) === 'ifResourceExists');
  if (!pair || !isScalar(pair.value)) return [];
  const [start, end] = [rangeOf(pair.key)[0], rangeOf(pair.value)[1]];
  const word = { text: `ifResourceExists=${String(pair.value.value)}`, offset: layer.place(start), ...pieceBetween(layer, start, end), follow: () => null, inside: () => sliceOf(layer, start, end) };
  return [{ words: [word], environment: [], image: null, addVariable: null }];
}

function listLaunches(list: YAMLSeq, key: string, around: Surroundings, outer: readonly Variable[]): readonly Launch[] {
  const items = list.items as Node[];
  const lines = SCRIPT_KEYS.has(key) ? linesIn(items, around) : null;
  if (lines) {
    // One shell reads them one after the other, but for those of Task.
    const session = newSession({ environment: outer });
    return lines.flatMap((line) => shellLaunches(insideScalar(line, around.layer), key === 'cmds' ? newSession({ environment: outer }) : session));
  }
  const variables = variablesIn(list, around).filter(({ name }) => VARIABLE.test(name));
  if (variables.length > 0 && items.every((item) => isScalar(item) || isNamed(item, around))) return [{ words: [], environment: variables, image: null, addVariable: null }];
  return items.flatMap((item) => walk(followed(item, around.document), '', around, outer));
}

/** The lines of a script, those of other lists that it names among them; null where something else stands there. */
function linesIn(items: readonly Node[], around: Surroundings): readonly Scalar[] | null {
  const lines = items.map((item) => followed(item, around.document)).flatMap((item) => (isSeq(item) ? (item.items as Node[]).map((inner) => followed(inner, around.document)) : [item]));
  return lines.every(isScalar) ? lines as readonly Scalar[] : null;
}

const isNamed = (item: Node, { document }: Surroundings) => isMap(item) && valueAt(item, 'name', document) !== null && (valueAt(item, 'value', document) !== null || valueAt(item, 'valueFrom', document) !== null);

/** A value that looks like a strategy under a name that no program reads. */
function literal(node: Scalar, { layer }: Surroundings): Launch {
  const [start, end] = rangeOf(node);
  return { words: [], environment: [{ name: 'a literal', text: String(node.value), offset: layer.place(start), ...pieceBetween(layer, start, end) }], image: null, addVariable: null };
}

function scalarLaunches(node: Scalar, key: string, around: Surroundings, outer: readonly Variable[]): readonly Launch[] {
  if (typeof node.value !== 'string' || node.value.length > LONGEST || DESCRIBING.test(key) || (/^\s*[[{]\s*["}\]]/.test(node.value) && !node.value.includes('"op"'))) return [];
  const text = node.value;
  if (/^(?:OVERWRITE|IGNORE)_EXISTING$/.test(text)) return [literal(node, around)];
  const layer = insideScalar(node, around.layer);
  const session = () => newSession({ environment: outer });
  if (SCRIPT_KEYS.has(key)) return shellLaunches(layer, session());
  if (/\.(?:env|properties)$/.test(key)) return [{ words: [], environment: propertyVariables(layer), image: null, addVariable: null }];
  if (key.endsWith('.sh') || text.startsWith('#!') || LEADING.test(text) || /^\s*(?:exec\s+)?\S*\bkc\.(?:sh|bat)\s.*(?:^|\s)--\w|^\s*(?:exec\s+)?\S*[/\\]kc\.(?:sh|bat)\s/s.test(text)) return shellLaunches(layer, session());
  const inner = text.includes('\n') ? yamlInside(layer) : null;
  if (inner) return walk(inner.content, key, { ...around, layer: inner.layer, document: null }, outer);
  // Arguments of a server under a key of a chart's own.
  return /(?:^|\s)(?:-Dkeycloak\.migration\.|--import-realm\b)/.test(text) || (text.includes('\n') && /\bkc\.sh\b|\bkcadm\b|partialImport|keycloak-config-cli/.test(text)) ? shellLaunches(layer, session()) : [];
}
