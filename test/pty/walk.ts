import { expect } from 'vitest';
import { runTool } from '../harness/tool.ts';
import { openPty, PROMPT, TOOL, type Pty } from './tmux.ts';

/** A demo in a terminal of its own, its record in `sessions`. */
export async function openDemo(sessions: string, columns: number, rows: number, prefix = ''): Promise<Pty> {
  const pty = await openPty(columns, rows);
  await pty.command(`${prefix}${TOOL} demo --session-dir ${sessions}`);
  return pty;
}

/** From Freeze to the typed word of the first client, with every suggestion taken and the rest restored. */
export async function walkToRestore(pty: Pty, word: string): Promise<void> {
  await pty.until('Stated:');
  await pty.key('Enter');
  // With --evidence nothing is asked about it.
  if (/\d selected/.test(await pty.until((screen) => /\d selected|answers missing/.test(screen), 60_000))) {
    await pty.key('Enter');
    await pty.until('answers missing', 60_000);
  }
  await pty.type('a');
  // In the demo a person has changed a mapper as well, and only a person can say whether that was right.
  const left = await pty.until((screen) => /No answer is missing\.|\b1 answer missing/.test(screen));
  if (left.includes('1 answer missing')) await pty.type('nr');
  await pty.until('No answer is missing.');
  await pty.key('Enter');
  await pty.until(`Type ${word} to`);
}

/** All clients by one typed word, then past Thaw to the prompt of the shell. */
export async function walkToEnd(pty: Pty, word: string): Promise<number> {
  await pty.type(`${word} all`);
  await pty.until(`${word} all▏`);
  await pty.key('Enter');
  // The shell's prompt instead of the question means that the run ended before: waiting longer shows nothing new.
  expect(await pty.until((screen) => screen.includes('What has been resumed') || screen.trimEnd().endsWith(PROMPT), 120_000)).toContain('What has been resumed');
  await pty.key('Enter');
  return pty.exitCode(60_000);
}

/** The session and the head that the end of a run names. */
export async function recordOf(pty: Pty): Promise<{ readonly id: string; readonly head: string }> {
  const text = (await pty.all()).replaceAll('\n', ' ');
  const [, id = ''] = /session\s+([0-9a-z]{4,})/.exec(text) ?? [];
  const [, head = ''] = /head\s+(sha256:[0-9a-f]{64})/.exec(text) ?? [];
  return { id, head };
}

/** `transcript verify` holds the record to the head that stood on the screen. */
export async function expectVerified(sessions: string, pty: Pty): Promise<void> {
  const { id, head } = await recordOf(pty);
  const verified = await runTool(['transcript', 'verify', id, head, '--session-dir', sessions]);
  expect(verified.stdout).toMatch(new RegExp(`^OK {2}\\d+ lines, head ${head}\\n$`));
  expect(verified.exit).toBe(0);
}

/** The terminal as the shell wants it back: it echoes, reads lines, and shows its cursor. */
export async function expectUsable(pty: Pty): Promise<void> {
  await pty.command('clear; stty -a | tr " ;" "\\n\\n" | grep -xE -- "-?(echo|icanon|isig)" | tr "\\n" " "; echo is-set');
  expect(await pty.until((screen) => /^.*icanon.* is-set/m.test(screen))).toMatch(/^isig icanon echo is-set/m);
  expect(await pty.cursor()).toBe(true);
}
