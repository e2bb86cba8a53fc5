import type { Scalar } from 'yaml';
import { eolOf, Refusal } from './text.ts';
import type { TextEdit } from './text.ts';

/** The text inside a YAML scalar, with the way back: edits of the inside become edits of the file. */
export interface OpenScalar {
  readonly inner: string;
  toOuter(edits: readonly TextEdit[]): TextEdit[];
}

/**
 * Opens a YAML scalar for editing in place. The inside is the source text without indent and quoting: for a literal block
 * and a quoted scalar on one line that is its value; where YAML folds lines, the inside still has them, which JSON does not mind.
 * Callers compare what they parse from the inside with what they parse from the value.
 * Throws Refusal for plain scalars over several lines.
 */
export function openScalar(text: string, node: Scalar): OpenScalar {
  const [start, end] = node.range ?? [0, 0];
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') return openBlock(text, start, end, String(node.value));
  if (node.type === 'QUOTE_SINGLE') return openQuoted(text, start + 1, end - 1, singleQuoted);
  if (node.type === 'QUOTE_DOUBLE') return openQuoted(text, start + 1, end - 1, doubleQuoted);
  const raw = text.slice(start, end);
  if (raw.includes('\n')) throw new Refusal('This value is a plain scalar over several lines; write it as a literal block (|) first.');
  return { inner: raw, toOuter: (edits) => edits.map((edit) => ({ start: edit.start + start, end: edit.end + start, text: edit.text })) };
}

interface Line {
  readonly inner: number;
  readonly outer: number;
  /** Blanks at its beginning that belong to the block, not to the text. */
  readonly indent: number;
}

function openBlock(text: string, start: number, end: number, value: string): OpenScalar {
  const body = text.indexOf('\n', start) + 1 || end;
  const eol = eolOf(text);
  const indent = blockIndent(text.slice(body, end), value);
  const lines: Line[] = [];
  let inner = '';
  for (let at = body; at < end;) {
    const newline = text.indexOf('\n', at);
    const next = newline === -1 || newline >= end ? end : newline + 1;
    const source = text.slice(at, next);
    const blanks = Math.min(indent, /^ */.exec(source)?.[0].length ?? 0);
    lines.push({ inner: inner.length, outer: at, indent: blanks });
    inner += source.slice(blanks).replace(/\r\n$/, '\n');
    at = next;
  }
  const padding = ' '.repeat(indent);
  return { inner, toOuter: (edits) => edits.map((edit) => outerEdit(edit, inner, lines, { eol, padding, end })) };
}

/** The first line with text has the block's indent before what the value has. */
function blockIndent(body: string, value: string): number {
  const blanks = (text: string) => /^(?:[ \t]*\r?\n)*( *)/.exec(text)?.[1]?.length ?? 0;
  return Math.max(0, blanks(body) - blanks(value));
}

function lineAt(lines: readonly Line[], offset: number): Line | undefined {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle]?.inner ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return lines[low];
}

/** Where text begins at the start of a line it brings its indent; what follows keeps or loses its own accordingly. */
function outerEdit(edit: TextEdit, inner: string, lines: readonly Line[], block: { readonly eol: string; readonly padding: string; readonly end: number }): TextEdit {
  const atLineStart = (offset: number) => offset === 0 || inner[offset - 1] === '\n';
  const outerOf = (offset: number) => {
    if (offset >= inner.length && atLineStart(offset)) return { at: block.end, indent: 0 };
    const line = lineAt(lines, atLineStart(offset) ? offset : offset - 1);
    if (!line) return { at: block.end, indent: 0 };
    return atLineStart(offset) ? { at: line.outer, indent: line.indent } : { at: line.outer + line.indent + offset - line.inner, indent: 0 };
  };
  const start = outerOf(edit.start);
  const end = outerOf(edit.end);
  const padded = (atLineStart(edit.start) ? `\n${edit.text}` : edit.text).replace(/\n(?!\n|$)/g, `\n${block.padding}`);
  const body = atLineStart(edit.start) ? padded.slice(1) : padded;
  const open = edit.text === '' ? atLineStart(edit.start) : edit.text.endsWith('\n');
  if (atLineStart(edit.end)) return { start: start.at, end: open ? end.at : end.at + end.indent, text: body.replaceAll('\n', block.eol) };
  return { start: start.at, end: end.at, text: (body + (open ? block.padding : '')).replaceAll('\n', block.eol) };
}

interface Quoting {
  /** Length in the source and text in the inside of what stands at an offset. */
  read(source: string, at: number): { readonly length: number; readonly text: string };
  write(text: string, source: string): string;
}

function openQuoted(text: string, start: number, end: number, quoting: Quoting): OpenScalar {
  const source = text.slice(start, end);
  const offsets: number[] = [];
  const parts: string[] = [];
  for (let at = 0; at < source.length;) {
    const { length, text: part } = quoting.read(source, at);
    for (let i = 0; i < part.length; i += 1) offsets.push(start + at);
    parts.push(part);
    at += length;
  }
  offsets.push(end);
  return {
    inner: parts.join(''),
    toOuter: (edits) => edits.map((edit) => ({ start: offsets[edit.start] ?? end, end: offsets[edit.end] ?? end, text: quoting.write(edit.text, source) })),
  };
}

const singleQuoted: Quoting = {
  read: (source, at) => (source.startsWith("''", at) ? { length: 2, text: "'" } : { length: 1, text: source.charAt(at) }),
  write: (text, source) => text.replaceAll("'", "''").replaceAll('\n', eolOf(source)),
};

const NAMED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', b: '\b', f: '\f', '"': '"', '/': '/', '\\': '\\', ' ': ' ' };

const doubleQuoted: Quoting = {
  read(source, at) {
    if (source[at] !== '\\') return { length: 1, text: source.charAt(at) };
    const joined = /^\\\r?\n[ \t]*/.exec(source.slice(at, at + 400));
    if (joined) return { length: joined[0].length, text: '' };
    const code = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/.exec(source.slice(at, at + 6));
    if (code) return { length: code[0].length, text: String.fromCharCode(Number.parseInt(code[1] ?? code[2] ?? '', 16)) };
    const named = NAMED[source.charAt(at + 1)];
    if (named === undefined) throw new Refusal('This quoted value has an escape that this tool does not write.');
    return { length: 2, text: named };
  },
  write(text, source) {
    const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\t', '\\t');
    return source.includes('\n') ? escaped.replace(/\r?\n/g, eolOf(source)) : escaped.replaceAll('\r', '\\r').replaceAll('\n', '\\n');
  },
};
