import { isList, isObject } from './origin.ts';
import { printable } from '../../realm/harmful.ts';
import type { Json } from '../../realm/json.ts';

/** How new JSON is written, copied from the file around it. */
export interface JsonStyle {
  readonly eol: string;
  /** One level: `  `, four blanks, a tab. */
  readonly unit: string;
  /** What stands after a colon: `` or one blank. */
  readonly colon: string;
  /** What stands after a comma in a list on one line. */
  readonly comma: string;
  /** Lists of plain values stand on one line. */
  readonly shortLists: boolean;
  /** How characters beyond U+FFFF are escaped: as JSON has it, or as YAML does. */
  readonly wide: 'halves' | 'whole';
}

const FIRST_FIELD = /[[{]\s*\n([ \t]+)"/;
const SHORT_LIST = /:\s*\[[ \t]*"[^[\]{}\n]*\]/;
/** A list that is longer than this is broken even where others are not. */
const LINE = 96;
const COLON = /"(\s*:\s*)(?=["{[0-9tfn-])/;

/** Reads the style off a text of JSON: its indent, its line ends, whether a blank follows colons. */
export function styleOf(text: string): JsonStyle {
  const colon = COLON.exec(text)?.[1] ?? ': ';
  return {
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    unit: unitOf(text),
    colon: /[\r\n]/.test(colon) ? ': ' : colon,
    comma: colon === ':' ? ',' : ', ',
    shortLists: SHORT_LIST.test(text),
    wide: 'halves',
  };
}

/** The first two nested openings tell the unit: indent of the inner line minus indent of the outer one. */
function unitOf(text: string): string {
  const first = FIRST_FIELD.exec(text);
  const indent = first?.[1] ?? '  ';
  const line = first ? text.slice(text.lastIndexOf('\n', first.index) + 1, first.index) : '';
  const outer = /^[ \t]*/.exec(line)?.[0] ?? '';
  return indent.startsWith(outer) && indent.length > outer.length ? indent.slice(outer.length) : indent;
}

/** JSON over several lines; `indent` is the indent of the line on which it begins. */
export function printBlock(value: Json, indent: string, style: JsonStyle): string {
  const inner = indent + style.unit;
  const lines = (open: string, parts: readonly string[], close: string) =>
    parts.length === 0 ? open + close : `${open}${style.eol}${parts.map((part) => inner + part).join(`,${style.eol}`)}${style.eol}${indent}${close}`;
  if (isList(value) && style.shortLists && value.every((element) => typeof element !== 'object')) {
    const line = printLine(value, style);
    if (line.length <= LINE) return line;
  }
  if (isList(value)) return lines('[', value.map((element) => printBlock(element, inner, style)), ']');
  if (isObject(value)) return lines('{', Object.entries(value).map(([key, field]) => `${printPlain(key, style)}${style.colon}${printBlock(field, inner, style)}`), '}');
  return printPlain(value, style);
}

/** JSON on one line. */
export function printLine(value: Json, style: JsonStyle): string {
  if (isList(value)) return `[${value.map((element) => printLine(element, style)).join(style.comma)}]`;
  if (isObject(value)) {
    const fields = Object.entries(value).map(([key, field]) => `${printPlain(key, style)}${style.colon}${printLine(field, style)}`);
    return style.comma === ',' || fields.length === 0 ? `{${fields.join(',')}}` : `{ ${fields.join(', ')} }`;
  }
  return printPlain(value, style);
}

/** Whoever reviews a patch has to see what it says: marks that hide or reorder are written as escapes, which mean the same. */
const printPlain = (value: Json, { wide }: JsonStyle): string => printable(JSON.stringify(value), wide);
