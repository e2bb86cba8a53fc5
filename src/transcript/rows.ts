import type { JournalLine, RunState, StepName } from '../runbook/model.ts';
import { displayWidth, truncateEnd } from '../ui/text.ts';
import type { By } from '../runbook/events.ts';
import { COLUMNS, piece, recorded, wrapped, type Paint, type Piece } from './paint.ts';
import type { Story } from './story.ts';

/** One line on the screen; with `typed`, a prompt after which a person typed that. */
export interface Row {
  readonly pieces: readonly Piece[];
  readonly typed?: string;
}

/** One event with what surrounds it. */
export interface Shot {
  readonly story: Story;
  readonly line: JournalLine;
  readonly before: RunState;
  readonly after: RunState;
}

/** Pieces as rows, wrapped. */
export function plain(pieces: readonly (Piece | string)[], indent = 1): Row[] {
  return wrapped(pieces, indent).map((line) => ({ pieces: line }));
}

/** A typed word as typed; a word from a flag as said. */
export function confirmation(prompt: string, word: string, by: By): Row[] {
  return by === 'person' ? typing(prompt, word) : plain([piece('muted', ' Confirmed without a key: '), `--confirm ${word}`]);
}

/** A prompt, and what a person typed after it, as far as it fits. */
export function typing(prompt: string, typed: string): Row[] {
  const lines = wrapped([prompt]);
  const last = lines.at(-1) ?? [];
  const room = COLUMNS - last.reduce((sum, part) => sum + displayWidth(part.text), 0) - 1;
  const fits = room >= Math.min(12, displayWidth(typed));
  const rows = (fits ? lines.slice(0, -1) : lines).map((pieces): Row => ({ pieces }));
  return [...rows, { pieces: fits ? [...last, piece('plain', ' ')] : [piece('plain', ' ')], typed: truncateEnd(recorded(typed), fits ? room : COLUMNS - 1) }];
}

const MARK: Readonly<Record<RunState['steps']['connect']['status'], readonly [Paint, string]>> = {
  pending: ['muted', '·'], active: ['info', '>'], done: ['ok', '✓'], warned: ['warn', '!'], failed: ['danger', '✗'], skipped: ['muted', '-'],
};

/** The line that a finished step leaves behind. */
export function stepRows(state: RunState, name: StepName): Row[] {
  const { status, line } = state.steps[name];
  if (line === null) return [];
  const [paint, mark] = MARK[status];
  return plain([' ', piece(paint, mark), piece('strong', ` ${name.charAt(0).toUpperCase()}${name.slice(1)}`.padEnd(12)), line], 14);
}
