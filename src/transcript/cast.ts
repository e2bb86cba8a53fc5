import { printable } from '../realm/harmful.ts';
import { evolve } from '../runbook/transition.ts';
import { initialState } from '../runbook/initial.ts';
import type { JournalLine, RunState } from '../runbook/model.ts';
import { graphemes, truncateMiddle } from '../ui/text.ts';
import { hostOf } from './moments.ts';
import { COLUMNS, ROWS, ansi, recorded } from './paint.ts';
import { scene } from './scenes.ts';
import { tell } from './story.ts';

/** A pause of the real run is shown, but nobody watches a person think. Seconds. */
const LONGEST_GAP = 2;
/** A headless run takes milliseconds; its recording is still for people. Seconds. */
const SHORTEST_GAP = 0.3;
/** Between two lines of one screen, and between two typed characters. Seconds. */
const LINE_GAP = 0.05;
const KEY_GAP = 0.09;

/**
 * The run as a terminal recording, asciicast v2, 80x24: what scrolled by, drawn anew from the journal. It is a picture
 * of the record, not the record. No input events, no environment; one marker a step.
 *
 * Format: docs.asciinema.org/manual/asciicast/v2
 *
 * @returns JSON lines; the same journal gives the same bytes
 */
export function transcriptCast(lines: readonly JournalLine[]): string {
  const story = tell(lines);
  const { run } = story.state;
  const out: string[] = [];
  const write = (at: number, kind: 'o' | 'm', data: string) => out.push(printable(JSON.stringify([Math.round(at * 1000) / 1000, kind, data])));
  let at = 0;
  let chapter = '';
  let state: RunState = initialState();
  let last = lines[0]?.at ?? '';
  for (const line of lines) {
    const before = state;
    state = evolve(state, line.event);
    const { marker: chapterName, rows } = scene({ story, line, before, after: state });
    if (chapterName === null && rows.length === 0) continue;
    const marker = chapterName === null ? null : named(chapterName);
    at += Math.min(LONGEST_GAP, Math.max(SHORTEST_GAP, (Date.parse(line.at) - Date.parse(last)) / 1000));
    last = line.at;
    if (marker !== null && marker !== chapter) write(at, 'm', marker);
    chapter = marker ?? chapter;
    for (const { pieces, typed } of rows) {
      write(at, 'o', ansi(pieces) + (typed === undefined ? '\r\n' : ''));
      at += LINE_GAP;
      if (typed === undefined) continue;
      for (const key of graphemes(typed)) {
        at += KEY_GAP;
        write(at, 'o', ansi([{ paint: 'strong', text: key }]));
      }
      at += 2 * KEY_GAP;
      write(at, 'o', '\r\n');
    }
  }
  const title = run ? named(`realm-rescue: ${run.realm} of ${hostOf(run.url)}, session ${run.id}`) : 'realm-rescue';
  const header = { version: 2, width: COLUMNS, height: ROWS, timestamp: story.from === '' ? 0 : Math.floor(Date.parse(story.from) / 1000), idle_time_limit: LONGEST_GAP, title };
  return `${[printable(JSON.stringify(header)), ...out].join('\n')}\n`;
}

/** The name of a chapter or of the whole: players show it in a line of their own. */
const named = (text: string): string => truncateMiddle(recorded(text), COLUMNS);
