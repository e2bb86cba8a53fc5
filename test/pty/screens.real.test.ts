import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { sessionPlace } from '../harness/tool.ts';
import type { Pty } from './tmux.ts';
import { openDemo, walkToEnd, walkToRestore } from './walk.ts';
import { eventually } from './world.ts';

/** Colour or any other look of a character. */
// oxlint-disable-next-line no-control-regex
const STYLE = /\u001B\[[\d;]*m/;

let pty: Pty | undefined;
afterEach(async () => {
  await pty?.close();
  pty = undefined;
});

it('NO_COLOR leaves no colour, and without it there is some', async () => {
  pty = await openDemo(sessionPlace(), 80, 24);
  await walkToRestore(pty, 'primary');
  expect(await pty.all(true)).toMatch(STYLE);
  await pty.close();
  pty = await openDemo(sessionPlace(), 80, 24, 'NO_COLOR=1 ');
  await walkToRestore(pty, 'primary');
  const text = await pty.all(true);
  expect(text).toContain('Type primary to send them');
  expect(text).not.toMatch(STYLE);
});

it.each(['TERM=dumb', 'ACCESSIBLE=1'])('%s prints line after line and moves no cursor', async (setting) => {
  const sessions = sessionPlace();
  const bytes = join(sessions, 'bytes');
  pty = await openDemo(sessions, 80, 24, `${setting} `);
  await pty.until('Stated as paused (');
  await pty.recordTo(bytes);
  await pty.command('paused');
  await pty.until('Numbers with spaces between');
  await pty.command('');
  await pty.until('answers missing. Number');
  const [, number = ''] = /(\d+)\. \[ask +\] mapper aud-profile/.exec(await pty.all()) ?? [];
  await pty.command('a');
  await pty.until('1 answer missing.');
  await pty.command(`${number}.1 r`);
  await pty.until('1 answer taken.');
  await pty.command('done');
  await pty.until(`1 answer missing, at number ${number}.2.`);
  await pty.command(`${number}.2 k`);
  await pty.until('No answer is missing.');
  await pty.command('done');
  await pty.until('Type primary to send them');
  await pty.command('primary all');
  await pty.until('What has been resumed', 60_000);
  // What is recorded comes a little later than what is shown.
  await eventually(() => readFileSync(bytes, 'utf8').includes('What has been resumed'), 'what was written to be recorded');
  const written = readFileSync(bytes, 'utf8');
  expect(written).toContain('OK  claim "groups" is there');
  expect(written).not.toContain('\u001B');
  await pty.command('');
  expect(await pty.exitCode()).toBe(0);
});

it('40 columns are enough for a whole recovery', async () => {
  pty = await openDemo(sessionPlace(), 40, 24);
  await walkToRestore(pty, 'primary');
  expect(await walkToEnd(pty, 'primary')).toBe(0);
});

it('a resize in the middle draws anew at the new width, with what was typed', async () => {
  pty = await openDemo(sessionPlace(), 80, 24);
  await walkToRestore(pty, 'primary');
  await pty.type('pri');
  for (const [columns, rows, step] of [[50, 20, 'step: 8/13 Restore'], [120, 40, '>·····  Step 8/13 Restore']] as const) {
    await pty.resize(columns, rows);
    // A terminal that breaks old lines anew may leave a few of them above; the last frame is whole.
    const shown = await pty.until((screen) => screen.split(step).at(-1)?.includes('pri▏') === true && screen.includes(step));
    expect(shown.split(step).at(-1)).toMatch(/Restore 1\/6.*POST.*Sessions stay\..*Type primary.*Enter send the word/s);
  }
  await pty.type('mary');
  await pty.until('primary▏');
  await pty.key('C-c');
  expect(await pty.exitCode()).toBe(130);
});
