import { graphemes, displayWidth } from '../ui/text.ts';

/** One character cell row: runs of text of one style. */
export interface Run {
  /** Column at which it starts, from 0. */
  readonly column: number;
  readonly text: string;
  readonly width: number;
  /** SGR parameters as the recording has them; '0' is plain. */
  readonly style: string;
}

interface Recorded {
  readonly columns: number;
  readonly rows: number;
  readonly title: string;
  readonly events: readonly (readonly [number, string, string])[];
}

/** A recording of ours, read back. Only what transcriptCast writes is understood. */
export function readCast(cast: string): Recorded {
  const [first = '{}', ...rest] = cast.split('\n').filter((line) => line !== '');
  const header = JSON.parse(first) as { width?: number; height?: number; title?: string };
  return { columns: header.width ?? 80, rows: header.height ?? 24, title: header.title ?? '', events: rest.map((line) => JSON.parse(line) as [number, string, string]) };
}

/**
 * The rows on the screen at the end of the recording, or when the chapter that begins at a marker is over.
 *
 * @param at 'end', or the text of a marker (or its beginning: `Prove`)
 * @throws   Error when there is no such marker
 */
export function screenAt(recorded: Recorded, at: string): readonly (readonly Run[])[] {
  const output = untilOf(recorded, at).filter(([, kind]) => kind === 'o').map(([, , data]) => data).join('');
  const lines = output.split('\r\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.slice(-recorded.rows).map(runsOf);
}

function untilOf({ events }: Recorded, at: string): Recorded['events'] {
  if (at === 'end') return events;
  const isMarker = ([, kind]: readonly [number, string, string]) => kind === 'm';
  const start = events.findIndex((event) => isMarker(event) && event[2].startsWith(at));
  if (start < 0) throw new Error(`The recording has no marker ${at}; it has ${events.filter(isMarker).map((event) => event[2]).join(', ')}`);
  const length = events.slice(start + 1).findIndex(isMarker);
  return length < 0 ? events : events.slice(0, start + 1 + length);
}

const SEQUENCE = new RegExp(`${String.fromCharCode(0x1b)}\\[([0-9;]*)m`);

function runsOf(line: string): Run[] {
  const runs: Run[] = [];
  let style = '0';
  let column = 0;
  for (const [index, part] of line.split(SEQUENCE).entries()) {
    // Every second part is what the group caught: the parameters of a sequence.
    if (index % 2 === 1) style = part === '' ? '0' : part;
    else if (part !== '') {
      const width = displayWidth(part);
      const last = runs.at(-1);
      if (last && last.style === style) runs[runs.length - 1] = { ...last, text: last.text + part, width: last.width + width };
      else runs.push({ column, text: graphemes(part).join(''), width, style });
      column += width;
    }
  }
  return runs;
}
