/** Text measured and cut as a terminal draws it, and what every text from outside goes through first. Pure. */
export { sanitise } from '../realm/sanitise.ts';

const ASCII = /^[ -~]*$/;
const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]/u;
const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6]|[\u{16FE0}-\u{18DFF}\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}])/u;

/** The user-perceived characters of a text. */
export function graphemes(text: string): readonly string[] {
  if (ASCII.test(text)) return text.split('');
  return [...SEGMENTER.segment(text)].map((part) => part.segment);
}

/** Terminal cells that a sanitised text takes. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  return graphemes(text).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
}

function graphemeWidth(grapheme: string): number {
  if (ZERO.test(grapheme)) return 0;
  return WIDE.test(grapheme) || grapheme.includes('\uFE0F') ? 2 : 1;
}

/** The longest start (or end) of a text that fits into `width` cells. */
function take(text: string, width: number, from: 'start' | 'end'): string {
  // No character takes more cells than it has code units, but many take fewer: a long text is cut beforehand where that is sure.
  const parts = graphemes(ASCII.test(text) ? (from === 'start' ? text.slice(0, width + 1) : text.slice(-width - 1)) : text);
  const ordered = from === 'start' ? parts : parts.toReversed();
  const kept: string[] = [];
  let used = 0;
  for (const part of ordered) {
    used += graphemeWidth(part);
    if (used > width) break;
    kept.push(part);
  }
  return (from === 'start' ? kept : kept.reverse()).join('');
}

/** Cuts at the end, with `…`. */
export function truncateEnd(text: string, width: number): string {
  if (text.length * 2 <= width || displayWidth(text) <= width) return text;
  return width <= 0 ? '' : `${take(text, width - 1, 'start')}…`;
}

/** Cuts in the middle: of an id or a path the start and the end tell most. */
export function truncateMiddle(text: string, width: number): string {
  if (text.length * 2 <= width || displayWidth(text) <= width) return text;
  if (width <= 1) return width <= 0 ? '' : '…';
  const head = Math.ceil((width - 1) / 2);
  return `${take(text, head, 'start')}…${take(text, width - 1 - head, 'end')}`;
}

/** Fills with spaces up to `width` cells; longer texts stay as they are. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Splits a word that is wider than a line. */
export function chop(word: string, width: number): readonly string[] {
  if (width < 2) return [word];
  const pieces: string[] = [];
  let rest = word;
  while (displayWidth(rest) > width) {
    const piece = take(rest, width, 'start');
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return rest === '' ? pieces : [...pieces, rest];
}
