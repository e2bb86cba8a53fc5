import { isAlias, isMap, isScalar, isSeq, Scalar } from 'yaml';
import type { Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { editBracketed } from './collection.ts';
import { isList, isObject, matchLists } from './origin.ts';
import { printLine } from './print.ts';
import { eolOf, nextLine, Refusal } from './text.ts';
import { columnOf, endOf, itemStart, keyOf, printFlowScalar, printYamlItem, printYamlPair, rangeOf } from './yaml-nodes.ts';
import type { Json, JsonObject } from '../../realm/json.ts';
import type { Origins } from './origin.ts';
import type { TextEdit } from './text.ts';

const escaped = (anchor: string) => anchor.replace(/[^\w-]/g, '\\$&');

interface Context {
  readonly text: string;
  readonly origins: Origins;
}

const STYLE = { eol: '\n', unit: '  ', colon: ': ', comma: ', ', shortLists: true, wide: 'whole' } as const;

/**
 * The edits that turn a YAML tree into the target and touch nothing else; comments, quoting, anchors and key order stay.
 * `node` must have been parsed with `keepSourceTokens`. Throws Refusal where a change would reach through an alias or a merge key.
 */
export function spliceYaml(text: string, node: Node, before: Json, after: Json, origins: Origins): TextEdit[] {
  return edit(node, before, after, { text, origins });
}

function edit(node: Node, before: Json, after: Json, context: Context): TextEdit[] {
  if (before === after) return [];
  if (isAlias(node)) throw new Refusal('A value to change is written as an alias (*name); other places share it.');
  if (node.anchor !== undefined && new RegExp(`\\*${escaped(node.anchor)}(?![^\\s,\\]}])`).test(context.text)) throw new Refusal(`A value to change has the anchor &${node.anchor}; other places take it over.`);
  if (isMap(node) && isObject(before) && isObject(after)) return editMap(node, before, after, context);
  if (isSeq(node) && isList(before) && isList(after)) return editSeq(node, before, after, context);
  if (isScalar(node) && (before === null || after === null || typeof after !== 'object')) {
    const [start, end] = rangeOf(node);
    const header = /^[|>][-+\d]*([ \t]+#[^\r\n]*)?/.exec(context.text.slice(start, end))?.[1] ?? '';
    const tail = node.type?.startsWith('BLOCK') ? header + eolOf(context.text) : '';
    return [{ start, end, text: printValue(after, node as Scalar) + tail }];
  }
  throw new Refusal('A value to change has another shape live than in this file.');
}

function editMap(node: YAMLMap, before: JsonObject, after: JsonObject, context: Context): TextEdit[] {
  const edits: TextEdit[] = [];
  const pairs = node.items as Pair<Node, Node | null>[];
  const names = pairs.map((pair) => keyOf(pair));
  for (const name of Object.keys(before)) {
    if (before[name] !== after[name] && !names.includes(name)) throw new Refusal('A value to change comes from a merge key (<<) or an alias.');
  }
  const remove = pairs.map((pair, index) => {
    const name = names[index] ?? '';
    // Of equal keys the last one counts; the others say nothing.
    if (names.lastIndexOf(name) !== index) return false;
    const [old, target] = [before[name], after[name]];
    if (target === undefined) return old !== undefined;
    if (old !== undefined && old !== target) {
      if (!pair.value || isEmpty(pair.value)) edits.push(filled(pair, target, context));
      else if (isSeq(pair.value) && !pair.value.flow && isList(target) && target.length === 0) edits.push(emptied(pair, pair.value, '[]', context));
      else if (isMap(pair.value) && !pair.value.flow && isObject(target) && Object.keys(target).length === 0) edits.push(emptied(pair, pair.value, '{}', context));
      else edits.push(...edit(pair.value, old, target, context));
    }
    return false;
  });
  const added = Object.entries(after).filter(([name]) => !(name in before));
  if (node.flow) {
    const printed = added.map(([name, value]) => () => `${printLine(name, STYLE)}: ${printLine(value, STYLE)}`);
    return [...edits, ...editBracketed(context.text, bracketed(node, pairs.map((pair) => [pair.key, pair.value ?? pair.key])), remove, printed, { before: '', after: '', joint: ', ' })];
  }
  const first = pairs[0];
  if (!first) throw new Refusal('An empty mapping has no place for what has to be added.');
  if (remove.length > 0 && remove.every(Boolean)) throw new Refusal('Every field of a mapping would go; take the mapping out by hand.');
  pairs.forEach((pair, index) => {
    if (remove[index]) edits.push(removePair(pairs, index, pair, context));
  });
  return [...edits, ...insertAfter(endOf(context.text, node), added.map(([name, value]) => printYamlPair(name, value, columnOf(context.text, rangeOf(first.key)[0]))), context)];
}

const printValue = (value: Json, like: Scalar) => (value !== null && typeof value === 'object' ? printLine(value, STYLE) : printFlowScalar(value, like));

/** `key:` alone, which is null. */
function isEmpty(value: Node): boolean {
  const [start, end] = rangeOf(value);
  return isScalar(value) && start === end;
}

function filled(pair: Pair<Node, Node | null>, value: Json, { text }: Context): TextEdit {
  const at = text.indexOf(':', rangeOf(pair.key)[1]) + 1;
  // To YAML an unquoted token is a comment; whoever replaces it would find it behind another value.
  if (/^[ \t]*###[\w.-]+###/.test(text.slice(at))) throw new Refusal('A token (###NAME###) stands in place of a value and is not quoted, so that YAML takes it for a comment; quote it first.');
  return { start: at, end: at, text: ` ${printValue(value, new Scalar(null))}` };
}

/**
 * A block list that loses its last item becomes `key: []`, a mapping `key: {}`: the brackets must stand on the key's line or deeper than the key.
 * A comment of the key stays, and that of the last item where the key has none.
 */
function emptied(pair: Pair<Node, Node | null>, value: Node, brackets: string, { text }: Context): TextEdit {
  const start = text.indexOf(':', rangeOf(pair.key)[1]) + 1;
  const end = endOf(text, value, true);
  const own = /^[ \t]+#[^\n]*?(?=\r?\n)/.exec(text.slice(start, end))?.[0];
  return { start, end: own === undefined ? end : lineEnd(text, end), text: ` ${brackets}${own ?? ''}` };
}

/** Where the line of an offset ends, its line end not included. */
function lineEnd(text: string, offset: number): number {
  const found = text.indexOf('\n', offset);
  const end = found === -1 ? text.length : found;
  return text[end - 1] === '\r' ? end - 1 : end;
}

function removePair(pairs: readonly Pair<Node, Node | null>[], index: number, pair: Pair<Node, Node | null>, { text }: Context): TextEdit {
  const start = rangeOf(pair.key)[0];
  const lead = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const following = pairs[index + 1];
  if (/\S/.test(lead)) {
    if (!following) throw new Refusal('A field to take out shares its line with the rest of its list item.');
    const next = rangeOf(following.key)[0];
    const own = endOf(text, pair.value ?? pair.key, true);
    // What is said of the next field stays with it: the dash has its line for itself then.
    return /\n[ \t]*#/.test(text.slice(own, next)) ? { start: lead.endsWith(' ') ? start - 1 : start, end: own, text: '' } : { start, end: next, text: '' };
  }
  return { start: start - lead.length, end: nextLine(text, endOf(text, pair.value ?? pair.key, true)), text: '' };
}

function editSeq(node: YAMLSeq, before: readonly Json[], after: readonly Json[], context: Context): TextEdit[] {
  const match = matchLists(before, after, context.origins);
  const items = node.items as Node[];
  const edits: TextEdit[] = [];
  const remove = items.map((item, index) => {
    const [old, target] = [before[index], match.kept[index]];
    if (old === undefined || target === undefined) return true;
    edits.push(...edit(item, old, target, context));
    return false;
  });
  if (node.flow) {
    const printed = match.added.map((value) => () => printLine(value, STYLE));
    return [...edits, ...editBracketed(context.text, bracketed(node, items.map((item) => [item, item])), remove, printed, { before: '', after: '', joint: ', ' })];
  }
  const column = columnOf(context.text, itemStart(node, 0));
  items.forEach((item, index) => {
    if (!remove[index]) return;
    const start = itemStart(node, index);
    const line = context.text.lastIndexOf('\n', start - 1) + 1;
    if (/\S/.test(context.text.slice(line, start))) throw new Refusal('A list item to take out shares its line with another one.');
    edits.push({ start: line, end: nextLine(context.text, endOf(context.text, item, true)), text: '' });
  });
  return [...edits, ...insertAfter(endOf(context.text, node), match.added.map((value) => printYamlItem(value, column)), context)];
}

/** New lines go below the last line of what they follow; a comment on that line stays on it. */
function insertAfter(end: number, blocks: readonly string[], { text }: Context): TextEdit[] {
  if (blocks.length === 0) return [];
  const eol = eolOf(text);
  const body = blocks.join('').replaceAll('\n', eol);
  const fresh = end > 0 && text[end - 1] === '\n';
  const at = fresh ? end : nextLine(text, end);
  const open = at > 0 && text[at - 1] === '\n';
  return [{ start: at, end: at, text: open ? body : eol + body.slice(0, -eol.length) }];
}

function bracketed(node: YAMLMap | YAMLSeq, members: readonly (readonly [Node, Node])[]) {
  const [start, end] = rangeOf(node);
  return { start, end, members: members.map(([first, last]) => ({ start: rangeOf(first)[0], end: rangeOf(last)[1] })) };
}
