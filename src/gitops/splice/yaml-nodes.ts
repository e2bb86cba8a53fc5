import { isCollection, isPair, isScalar, stringify } from 'yaml';
import type { Node, Pair, Scalar, YAMLSeq } from 'yaml';
import { hasHarmful, printable } from '../../realm/harmful.ts';
import { lineStart, Refusal } from './text.ts';
import type { Json } from '../../realm/json.ts';

/** Start and end of a node's own text in the source, without the comments and blanks behind it. */
export function rangeOf(node: unknown): readonly [number, number] {
  const range = (node as Node | null)?.range;
  if (!range) throw new Refusal('A part of this YAML has no place in its source.');
  return [range[0], range[1]];
}

/** The name of a mapping's key, as a string; the parser has a symbol for a merge key. */
export function keyOf(pair: Pair<unknown, unknown>): string {
  if (!isScalar(pair.key)) return '';
  return typeof pair.key.value === 'symbol' ? '<<' : String(pair.key.value);
}

/** Blanks before an offset on its line; a dash of a list counts as a blank, because a mapping may begin behind it. */
export function columnOf(text: string, offset: number): number {
  const start = lineStart(text, offset);
  return offset - start - (text[start] === '\uFEFF' ? 1 : 0);
}

/**
 * Where the text of a node ends. A block collection ends where its last member ends, not at the comments that the parser adds to it.
 * @param exact  for a block scalar: the end of its last line of text, so that a following line break is not counted twice
 */
export function endOf(text: string, node: Node, exact = false): number {
  if (isCollection(node) && !node.flow) {
    const last = node.items.at(-1);
    if (isPair(last)) return endOf(text, (last.value ?? last.key) as Node, exact);
    if (last) return endOf(text, last as Node, exact);
  }
  const end = rangeOf(node)[1];
  return exact && isScalar(node) && node.type?.startsWith('BLOCK') && text[end - 1] === '\n' ? end - 1 : end;
}

interface SourceToken { readonly type: string; readonly offset: number }
interface SourceItem { readonly start?: readonly SourceToken[] }

/** Offset of the dash of a block list's item. */
export function itemStart(node: YAMLSeq, index: number): number {
  const source = node.srcToken as { readonly items?: readonly SourceItem[] } | undefined;
  const dashes = (source?.items ?? []).flatMap((item) => item.start?.find((token) => token.type === 'seq-item-ind') ?? []);
  const dash = dashes[index];
  if (!dash) throw new Refusal('A list item has no place in its source.');
  return dash.offset;
}

/** New strings are always quoted: a YAML 1.1 reader (Kubernetes, Helm) takes on, yes, 010 and 1_000 for something else. */
const PRINT = { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', version: '1.1', directives: false } as const;

const indented = (block: string, column: number) => block.replace(/^(?=.)/gm, ' '.repeat(column));

/** Marks that hide or reorder are written as escapes, which only quoted texts can hold; C1 controls may not stand in YAML raw. */
function printYaml(value: Json): string {
  return hasHarmful(JSON.stringify(value)) ? printable(stringify(value, { ...PRINT, defaultKeyType: 'QUOTE_DOUBLE' }), 'whole') : stringify(value, PRINT);
}

/** `key: value` in block style at a column, with its line end. */
export function printYamlPair(key: string, value: Json, column: number): string {
  return indented(printYaml({ [key]: value }), column);
}

/** `- value` in block style, its dash at a column, with its line end. */
export function printYamlItem(value: Json, column: number): string {
  return indented(printYaml([value]), column);
}

/** A scalar on one line in the quoting of the one it replaces. */
export function printFlowScalar(value: string | number | boolean | null, like: Scalar): string {
  if (typeof value !== 'string') return String(value);
  if (hasHarmful(value)) return printable(JSON.stringify(value), 'whole');
  if (like.type === 'QUOTE_SINGLE' && !/[\n\t]/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  if (like.type === 'PLAIN' && /^[A-Za-z][A-Za-z0-9_./:-]*[A-Za-z0-9_/]$/.test(value) && !/^(?:y|yes|no|n|on|off|true|false|null)$/i.test(value)) return value;
  return JSON.stringify(value);
}
