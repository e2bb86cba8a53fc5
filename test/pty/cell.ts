/** One signal in one state, and everything that has to hold afterwards. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { JournalLine } from '../../src/runbook/model.ts';
import type { State } from './states.ts';
import { PROMPT } from './tmux.ts';
import { endedWith, eventually, expectGivenBack, expectResumable, onlySession, openWorld, stops, verify, type Mode, type World } from './world.ts';

export const LEAVING = ['SIGINT twice', 'ctrl-c twice', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
export const STOPPING = ['SIGTSTP and fg, twice', 'ctrl-z and fg, twice', 'SIGSTOP, SIGCONT and fg'] as const;
export type Signal = (typeof LEAVING)[number] | (typeof STOPPING)[number];
export const SIGNALS: readonly Signal[] = [...LEAVING, ...STOPPING];

const STOPPING_SOON = 'Stopping after the request in flight';

/** Goes to the state, delivers the signal, and asserts. */
export async function tryCell(mode: Mode, state: State, signal: Signal): Promise<void> {
  const world = await openWorld(mode, state.world);
  try {
    await state.reach(world);
    await world.pty.until(state.shows[mode]);
    const pid = await world.pty.tool();
    if ((STOPPING as readonly Signal[]).includes(signal)) await stopAndGoOn(world, state, signal);
    else await deliver(world, state, signal);
    await expectLeft(world, state, signal, pid);
  } finally {
    await world.close();
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // The first signal was enough: it has ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function deliver({ pty }: World, { runs, ended }: State, signal: Signal): Promise<void> {
  const pid = await pty.tool();
  switch (signal) {
    case 'SIGINT twice':
      send(pid, 'SIGINT');
      // Two signals of one kind that nobody has taken yet are one.
      if (runs && !ended) await pty.until(STOPPING_SOON);
      return send(pid, 'SIGINT');
    case 'ctrl-c twice':
      await pty.key('C-c');
      if (runs && !ended) await pty.until(STOPPING_SOON);
      return pty.key('C-c');
    default: return send(pid, signal as NodeJS.Signals);
  }
}

/** Stops the job and brings it back, then leaves by ctrl-c. */
async function stopAndGoOn(world: World, state: State, signal: Signal): Promise<void> {
  const { pty, mode, proxy, git } = world;
  const once = signal.startsWith('SIGSTOP');
  for (let round = 1; round <= (once ? 1 : 2); round += 1) {
    const pid = await pty.tool();
    if (signal.startsWith('ctrl-z')) await pty.key('C-z');
    else send(pid, once ? 'SIGSTOP' : 'SIGTSTP');
    await eventually(() => stops(world) === round, `the shell to see ${signal}`);
    await atPrompt(world);
    if (!once) await expectGivenBack(world);
    await pty.command('clear; fg');
    // What stood on the screen stands there again, with what was typed; a prompt without a screen is asked again. As long as the shell's
    // prompt is there, this is still what was drawn before.
    const wanted = (mode === 'ink' && !state.ended) || !state.runs ? state.shows[mode] : 'recover';
    await pty.until((screen) => !screen.includes(PROMPT) && screen.includes(wanted));
  }
  if (!state.runs) return pty.key('C-c');
  if (!state.ended) {
    await pty.key('C-c');
    await pty.until(STOPPING_SOON);
  }
  git.release();
  proxy.release();
}

/** Without a screen the terminal keeps what was typed and not sent, and gives it to the shell: there it is taken away. */
async function atPrompt({ pty, mode }: World): Promise<void> {
  await pty.until((screen) => screen.trimEnd().split('\n').at(-1)?.includes(PROMPT) === true);
  if (mode === 'plain') await pty.key('C-u');
  await pty.until((screen) => screen.trimEnd().endsWith(PROMPT));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function expectLeft(world: World, state: State, signal: Signal, pid: number): Promise<void> {
  const { pty, sessions } = world;
  if (state.ended) {
    await eventually(() => !isAlive(pid), 'the tool to end');
    await atPrompt(world);
    // A second ctrl-c may reach the shell, which then counts it as its own.
    if (signal === 'ctrl-c twice') expect(world.codes()[1]).toBe(0);
    else expect(endedWith(world)).toBeUndefined();
  } else {
    await eventually(() => endedWith(world) !== undefined, 'the tool to end');
    expect(endedWith(world)).toBe(130);
  }
  await atPrompt(world);
  const said = (await pty.all()).replaceAll(/\s+/g, ' ');
  if (!state.ended) expect(said.replaceAll(' ', '')).toContain(`realm-rescueresume${onlySession(world)}--session-dir${sessions}`);
  await expectGivenBack(world);
  if (state.ended) expect(await verify(world)).toMatchObject({ exit: 0, stderr: '' });
  else {
    expectSaid(world, signal);
    await expectResumable(world, state.resume);
  }
}

/** The record says by what the run was interrupted, where there was still the time to write that. */
function expectSaid(world: World, signal: Signal): void {
  const last: unknown = JSON.parse(readFileSync(join(world.sessions, onlySession(world), 'journal.jsonl'), 'utf8').trimEnd().split('\n').at(-1) ?? '');
  if (!(last as JournalLine).event.type.startsWith('run.stopped')) return;
  const by = ['SIGTERM', 'SIGHUP', 'SIGQUIT'].includes(signal) ? signal : 'ctrl-c';
  expect(last).toMatchObject({ event: { reason: 'interrupted', note: `interrupted by ${by}` } });
}
