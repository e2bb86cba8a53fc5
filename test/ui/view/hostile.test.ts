// Every screen and every line that stays, with text from outside in every place of the journal: nothing is wider than the screen, taller than it, or drives it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../../src/ui/text.ts';
import { lineText, type Line } from '../../../src/ui/view/line.ts';
import { ATTACKS } from '../../bad-input/hostile.ts';
import { expectHarmless } from '../../harness/harmless.ts';
import { HOSTILE, poisoned } from '../../transcript/hostile.ts';
import { sized } from '../fixtures.ts';
import { EVENTS, view } from './scenes.ts';

const SIZES = [sized(40), sized(80), sized(120)];
const LOCALS = [{}, { detail: true }, { overlay: 'why' }, { overlay: 'keys' }, { cursor: 1, item: 1, pane: 'differences' }, { field: 'user', typed: ATTACKS.unseen }, { notice: ATTACKS.lines }] as const;

function expectFits(lines: readonly Line[], columns: number, of: string): void {
  const texts = lines.map(lineText);
  expectHarmless(texts.join('\n'), of);
  for (const line of texts) {
    expect(line, of).not.toContain('\n');
    expect(displayWidth(line), `${of}: ${line}`).toBeLessThanOrEqual(columns);
  }
}

type Moment = readonly [name: keyof typeof EVENTS, size: (typeof SIZES)[number], local: (typeof LOCALS)[number]];

function expectScreen(text: string, [name, size, local]: Moment): void {
  const { live, finished } = view(EVENTS[name].map((event) => poisoned(event, text)), size, local);
  expectFits(live, size.columns, `${name} at ${size.columns}`);
  expect(live.length).toBeLessThan(size.rows);
  expectFits(finished.flatMap(({ lines }) => lines), size.columns, `record of ${name} at ${size.columns}`);
}

const NAMES = Object.keys(EVENTS) as (keyof typeof EVENTS)[];
/** Each screen at each width; the ways to look at one in turn. */
const MOMENTS = NAMES.flatMap((name, at) => SIZES.map((size, width): Moment => [name, size, LOCALS[(at + width) % LOCALS.length] ?? {}]));
const CHOOSING = LOCALS.map((local): Moment => ['choose', sized(80), local]);

describe('screens with hostile text in every field', () => {
  it.each([...Object.values(ATTACKS), ...HOSTILE].map((text) => [JSON.stringify(text).slice(0, 40), text]))('%s', (_name, text) => {
    for (const moment of [...MOMENTS, ...CHOOSING]) expectScreen(text, moment);
  });

  it('of any kind', () => {
    const unit = fc.oneof(fc.constantFrom('\u001b[', '\u001b]', '\u009b', '\u0007', '\r\n', '\t', '\u202e', '\u200d', '\ufe0f', '👩', '🏽', '日', 'e\u0301', '\u3164', '|', '`', ' ', 'a'), fc.string({ unit: 'binary', maxLength: 2 }));
    const moment = fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...SIZES), fc.constantFrom(...LOCALS));
    fc.assert(fc.property(fc.array(unit, { maxLength: 60 }), moment, (parts, at) => expectScreen(parts.join(''), at)), { numRuns: 300 });
  });
});
