import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import { editBracketed } from './collection.ts';
import { isList, isObject, matchLists } from './origin.ts';
import { printBlock, printLine, styleOf } from './print.ts';
import { indentAt, Refusal } from './text.ts';
import type { Json, JsonObject } from '../../realm/json.ts';
import type { JsonStyle } from './print.ts';
import type { Origins } from './origin.ts';
import type { TextEdit } from './text.ts';

interface Context {
  readonly text: string;
  readonly style: JsonStyle;
  readonly origins: Origins;
}

/**
 * The edits that turn a text of JSON into the target, and touch nothing else. The parser is only asked for offsets:
 * `jsonc-parser`'s own `modify` re-prints the parents of what it changes.
 *
 * @param text    strict JSON (no comments)
 * @param before  what JSON.parse makes of it
 * @param after   made from `before` with the functions of origin.ts
 * @param at      where in the text the value lies, for files that hold several
 */
export function spliceJson(text: string, before: Json, after: Json, origins: Origins, at: readonly (string | number)[] = []): TextEdit[] {
  if (before === after) return [];
  const root = parseTree(text, [], { disallowComments: true });
  const node = root && findNodeAtLocation(root, [...at]);
  if (!node) throw new Refusal('The JSON of this file cannot be located.');
  return edit(node, before, after, { text, style: styleOf(text), origins });
}

function edit(node: Node, before: Json, after: Json, context: Context): TextEdit[] {
  if (before === after) return [];
  if (node.type === 'object' && isObject(before) && isObject(after)) return editObject(node, before, after, context);
  if (node.type === 'array' && isList(before) && isList(after)) return editArray(node, before, after, context);
  return [{ start: node.offset, end: node.offset + node.length, text: print(after, indentAt(context.text, node.offset), context, false) }];
}

function editObject(node: Node, before: JsonObject, after: JsonObject, context: Context): TextEdit[] {
  const properties = node.children ?? [];
  const edits: TextEdit[] = [];
  const remove = properties.map((property, index) => {
    const [key, value] = property.children ?? [];
    const name = String(key?.value);
    // JSON.parse takes the last of two equal keys, so the last one is the value that counts.
    if (properties.slice(index + 1).some((later) => later.children?.[0]?.value === name)) return false;
    if (!(name in after)) return true;
    const old = before[name];
    const target = after[name];
    if (value && old !== undefined && target !== undefined) edits.push(...edit(value, old, target, context));
    return false;
  });
  const added = Object.entries(after).filter(([name]) => !(name in before)).map(([name, value]) =>
    ({ ownLine, indent }: { readonly ownLine: boolean; readonly indent: string }) => `${printLine(name, context.style)}${context.style.colon}${print(value, indent, context, ownLine)}`);
  return [...edits, ...editBracketed(context.text, bracketed(node), remove, added, emptyStyle(node, context))];
}

function editArray(node: Node, before: readonly Json[], after: readonly Json[], context: Context): TextEdit[] {
  const elements = node.children ?? [];
  const match = matchLists(before, after, context.origins);
  const edits: TextEdit[] = [];
  const remove = elements.map((element, index) => {
    const old = before[index];
    const target = match.kept[index];
    if (target === undefined || old === undefined) return true;
    edits.push(...edit(element, old, target, context));
    return false;
  });
  const last = elements.at(-1);
  const broken = last !== undefined && context.text.slice(last.offset, last.offset + last.length).includes('\n');
  const added = match.added.map((value) => ({ ownLine, indent }: { readonly ownLine: boolean; readonly indent: string }) => print(value, indent, context, ownLine || broken));
  return [...edits, ...editBracketed(context.text, bracketed(node), remove, added, emptyStyle(node, context))];
}

function bracketed(node: Node) {
  return {
    start: node.offset,
    end: node.offset + node.length,
    members: (node.children ?? []).map((child) => ({ start: child.offset, end: child.offset + child.length })),
  };
}

/** An empty collection of a file over several lines is opened over several lines. */
function emptyStyle(node: Node, { text, style }: Context): { readonly before: string; readonly after: string; readonly joint: string } {
  if (!text.includes('\n')) return { before: '', after: '', joint: style.comma };
  const indent = indentAt(text, node.offset);
  return { before: style.eol + indent + style.unit, after: style.eol + indent, joint: style.comma };
}

function print(value: Json, indent: string, context: Context, ownLine: boolean): string {
  const broken = ownLine || (context.text.includes('\n') && typeof value === 'object');
  return broken ? printBlock(value, indent, context.style) : printLine(value, context.style);
}
