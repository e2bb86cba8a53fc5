import { chop, displayWidth, sanitise } from '../ui/text.ts';

/** What a piece of text means in a recording. Every meaning is in the words as well. */
export type Paint = 'plain' | 'strong' | 'muted' | 'ok' | 'warn' | 'danger' | 'info';

/** The SGR parameters of each: the 16 colours of the player's own theme, nothing that moves a cursor. */
export const SGR: Readonly<Record<Paint, string>> = { plain: '0', strong: '1', muted: '90', ok: '32', warn: '33', danger: '31', info: '36' };

export interface Piece {
  readonly paint: Paint;
  readonly text: string;
}

export const COLUMNS = 80;
export const ROWS = 24;

// Joiners, variation selectors and skin tones: players differ in how wide they draw what these join, and a line that
// is wider than we think breaks the picture.
const JOINING = /\u200c|\u200d|\ufe0e|\ufe0f|\p{Emoji_Modifier}/gu;

/** Text as a recording may hold it: one line, no control, the same width in every player. */
export function recorded(text: string): string {
  return sanitise(text).replace(JOINING, '');
}

/** A piece of a line. The only way text gets into a recording, so nothing in it can move the cursor. */
export function piece(paint: Paint, text: string): Piece {
  return { paint, text: recorded(text) };
}

/** Breaks pieces into lines of at most 80 cells; those after the first begin with `indent` spaces. */
export function wrapped(pieces: readonly (Piece | string)[], indent = 1): Piece[][] {
  const lines: Piece[][] = [[]];
  let used = 0;
  const put = (paint: Paint, text: string) => {
    lines.at(-1)?.push({ paint, text });
    used += displayWidth(text);
  };
  const breakLine = () => {
    lines.push([{ paint: 'plain', text: ' '.repeat(indent) }]);
    used = indent;
  };
  for (const part of pieces.map((one) => (typeof one === 'string' ? piece('plain', one) : one))) {
    for (const word of part.text.split(/(?<= )(?=[^ ])/)) {
      if (used > indent && used + displayWidth(word.trimEnd()) > COLUMNS) breakLine();
      if (used + displayWidth(word.trimEnd()) <= COLUMNS) {
        put(part.paint, used + displayWidth(word) > COLUMNS ? word.trimEnd() : word);
        continue;
      }
      for (const [index, part2] of chop(word.trimEnd(), COLUMNS - Math.max(used, indent)).entries()) {
        if (index > 0) breakLine();
        put(part.paint, part2);
      }
    }
  }
  return lines.map(trimmed);
}

function trimmed(pieces: readonly Piece[]): Piece[] {
  const last = pieces.at(-1);
  return last === undefined ? [] : [...pieces.slice(0, -1), { ...last, text: last.text.trimEnd() }];
}

/** One line of pieces as a terminal takes it. */
export function ansi(pieces: readonly Piece[]): string {
  return pieces.map(({ paint, text }) => (paint === 'plain' || text.trim() === '' ? text : `\u001b[${SGR[paint]}m${text}\u001b[0m`)).join('');
}
