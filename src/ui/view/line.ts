/** Lines as data: text with the meaning of its colour. A front end turns the meaning into colour or leaves it away. */
import { chop, displayWidth, sanitise, truncateEnd } from '../text.ts';

/** What a piece of text means. Every meaning is also in the words or in a prefix: colour only repeats it. */
export type Token = 'plain' | 'ok' | 'warn' | 'danger' | 'muted' | 'added' | 'removed' | 'focus' | 'strong';

export interface Span {
  readonly text: string;
  readonly token: Token;
}

export type Line = readonly Span[];

/** One span. The only place where spans are made, so no text reaches a line unsanitised. */
export function span(token: Token, text: string): Span {
  return { text: sanitise(text), token };
}

/** A line from strings (plain) and spans. */
export function line(...parts: readonly (string | Span)[]): Line {
  return parts.map((part) => (typeof part === 'string' ? span('plain', part) : part)).filter((part) => part.text !== '');
}

export const BLANK: Line = [];

export function lineText(of: Line): string {
  return of.map((part) => part.text).join('');
}

export function lineWidth(of: Line): number {
  return of.reduce((sum, part) => sum + displayWidth(part.text), 0);
}

/** Whether a line takes at most `width` cells. Nothing takes more than two for each code unit, and measuring costs more than the rest of drawing. */
function fits(of: Line, width: number): boolean {
  return of.reduce((sum, part) => sum + part.text.length, 0) * 2 <= width || lineWidth(of) <= width;
}

/** Cuts a line at `width` cells, with `…`. */
export function fit(of: Line, width: number): Line {
  if (fits(of, width)) return of;
  const out: Span[] = [];
  let left = width;
  for (const part of of) {
    const cells = displayWidth(part.text);
    // The cut mark needs a cell of its own, so the last span that would fill the line exactly is cut as well.
    if (cells < left) {
      out.push(part);
      left -= cells;
      continue;
    }
    out.push({ ...part, text: truncateEnd(`${part.text}  `, left) });
    break;
  }
  return out;
}

/** Breaks a line between words; the lines after the first are indented by `indent` cells. */
export function wrap(of: Line, width: number, indent = 0): readonly Line[] {
  if (fits(of, width)) return [of];
  const room = Math.max(8, width);
  const hang = indent < room - 8 ? indent : 0;
  const lines: Span[][] = [[]];
  let used = 0;
  for (const part of of) {
    for (const word of part.text.split(/(?<= )(?=[^ ])/)) {
      const cells = displayWidth(word.trimEnd());
      if (used > hang && used + cells > room) {
        lines.push(hang > 0 ? [span('plain', ' '.repeat(hang))] : []);
        used = hang;
      }
      const [head = '', ...more] = used + cells > room ? chop(word, room - hang) : [word];
      lines.at(-1)?.push({ ...part, text: head });
      used += displayWidth(head);
      for (const piece of more) {
        lines.push([...(hang > 0 ? [span('plain', ' '.repeat(hang))] : []), { ...part, text: piece }]);
        used = hang + displayWidth(piece);
      }
    }
  }
  return lines.map(trimEnd);
}

/** Parts beside one another with `gap` between; a part that does not fit starts a new line and stays whole while it can. */
export function flow(parts: readonly Line[], width: number, gap: string): readonly Line[] {
  const lines: Line[] = [];
  for (const part of parts.filter((of) => of.length > 0)) {
    const last = lines.at(-1);
    const beside = last === undefined ? null : line(...last, gap, ...part);
    if (beside !== null && fits(beside, width)) lines.splice(-1, 1, beside);
    else lines.push(...wrap(line(' ', ...part), width, 1));
  }
  return lines;
}

function trimEnd(spans: readonly Span[]): Line {
  const last = spans.at(-1);
  if (last === undefined) return spans;
  const text = last.text.trimEnd();
  return text === '' && spans.length > 1 ? trimEnd(spans.slice(0, -1)) : [...spans.slice(0, -1), { ...last, text }];
}

/** `label   text`, wrapped below the text; on narrow screens `label: text`. */
export function labelled(label: string, text: string, width: number, options: { readonly narrow?: boolean; readonly pad?: number; readonly token?: Token; readonly text?: Token } = {}): readonly Line[] {
  const token = options.token ?? 'muted';
  if (options.narrow) return wrap(line(span(token, `${label}: `), span(options.text ?? 'plain', text)), width, 2);
  const pad = options.pad ?? 11;
  const head = label.length + 2 > pad ? `${label}  ` : label.padEnd(pad);
  return wrap(line('   ', span(token, head), span(options.text ?? 'plain', text)), width, 3 + pad);
}

const TO_ASCII: Readonly<Record<string, string>> = {
  '✓': 'x', '…': '~', '─': '-', '│': '|', '┌': '+', '←': '<-', '→': '->', '·': '-', '▏': '_', '↑': 'up ', '↓': 'down', '−': '-', '–': '-',
};
const OURS = new RegExp(`[${Object.keys(TO_ASCII).join('')}]`, 'g');

/** For terminals that cannot show our glyphs: the same line in ASCII. */
export function toAscii(of: Line): Line {
  return of.map((part) => ({ ...part, text: part.text.replace(OURS, (glyph) => TO_ASCII[glyph] ?? glyph) }));
}
