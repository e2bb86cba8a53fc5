/** A staged incident, a proxy that can hold it at any request, and the tool in a terminal: what the tests of signals stand on. */
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { expect } from 'vitest';
import { startHoldProxy, type HoldProxy } from '../harness/holdProxy.ts';
import { readRealm } from '../harness/independent.ts';
import { runTool, sessionPlace, type ToolRun } from '../harness/tool.ts';
import { stageSandbox, type Story } from '../bad-input/story.ts';
import { openPty, TOOL, type Pty } from './tmux.ts';
import { expectUsable } from './walk.ts';

export type Mode = 'ink' | 'plain';

export interface World {
  readonly mode: Mode;
  /** Whether the evidence was named when the run began. */
  readonly evidence: boolean;
  readonly story: Story;
  readonly proxy: HoldProxy;
  readonly pty: Pty;
  readonly sessions: string;
  /** Starts `recover` in the terminal. */
  start(): Promise<void>;
  /** Exit codes that the shell has seen so far: first its own, then what the tool gave; 148 is "stopped". */
  codes(): readonly number[];
  /** Everything that was written to the terminal. */
  bytes(): string;
  /** Holds git at its next call, whatever it is asked. */
  readonly git: { hold(): Promise<void>; release(): void };
  close(): Promise<void>;
}

/**
 * @param evidence  whether the evidence is named on the command line; otherwise the run asks for it
 * @param password  whether it stands in the environment; otherwise it is asked for
 * @param wrap      makes the command line of the shell from that of the tool
 */
export async function openWorld(mode: Mode, { evidence = true, password = true, wrap = (command) => command }: { readonly evidence?: boolean; readonly password?: boolean; readonly wrap?: (command: string) => string } = {}): Promise<World> {
  const { sandbox, ...story } = await stageSandbox();
  const proxy = await startHoldProxy(story.url);
  const place = sessionPlace();
  const sessions = join(place, 'sessions');
  const [codes, bytes, inputrc] = ['codes', 'bytes', 'inputrc'].map((name) => join(place, name)) as [string, string, string];
  // What the shell itself switches on at its prompt would hide what the tool leaves on.
  writeFileSync(inputrc, 'set enable-bracketed-paste off\n');
  const git = heldGit(place);
  const pty = await openPty(80, 24, {
    PATH: [git.directory, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
    PROMPT_COMMAND: `echo $? >> ${codes}`, INPUTRC: inputrc,
    ...(password ? { KEYCLOAK_PASSWORD: story.password } : {}), ...(mode === 'plain' ? { ACCESSIBLE: '1' } : {}),
  });
  await pty.recordTo(bytes);
  const repository = (): string => {
    const run = (...args: readonly string[]) => execFileSync('git', ['-C', story.directory, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { stdio: 'ignore' });
    if (!existsSync(join(story.directory, '.git'))) {
      run('init');
      run('add', 'realm.json');
      run('commit', '-m', 'The realm as it should be');
    }
    return story.directory;
  };
  const flags = (): readonly string[] => ['--url', proxy.url, '--realm', story.realm, '--username', story.user, '--session-dir', sessions, ...(evidence ? ['--evidence', story.evidence] : []), '--repo', repository()];
  return {
    mode, evidence, story, proxy, pty, sessions,
    start: () => pty.command(wrap([TOOL, 'recover', ...flags()].join(' '))),
    codes: () => (existsSync(codes) ? readFileSync(codes, 'utf8').trim().split('\n').map(Number) : []),
    bytes: () => readFileSync(bytes, 'utf8'),
    git,
    close: async () => {
      git.release();
      await pty.close();
      await proxy.close();
      await sandbox.close();
    },
  };
}

/** A `git` that stands before the real one, and waits where it is told to. */
function heldGit(place: string): World['git'] & { readonly directory: string } {
  const [directory, gate, arrived] = ['bin', 'git-waits', 'git-is-there'].map((name) => join(place, name)) as [string, string, string];
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  mkdirSync(directory);
  writeFileSync(join(directory, 'git'), `#!/bin/sh\nif [ -p ${gate} ]; then : > ${arrived}; read _ < ${gate}; fi\nexec ${real} "$@"\n`, { mode: 0o755 });
  return {
    directory,
    hold: async () => {
      execFileSync('mkfifo', [gate]);
      await eventually(() => existsSync(arrived), 'git to be called');
    },
    release: () => {
      if (!existsSync(gate)) return;
      // All that wait for the pipe are let go; nobody waits behind them.
      execFileSync('sh', ['-c', `exec 3<> ${gate}; rm ${gate}; for _ in 1 2 3 4 5 6 7 8; do echo go >&3; done; sleep 0.2`]);
    },
  };
}

const STOPPED = [147, 148];

/** How often the shell has seen the tool stop. */
export function stops({ codes }: Pick<World, 'codes'>): number {
  return codes().filter((code) => STOPPED.includes(code)).length;
}

/** What the tool has ended with, once it has: the commands that look at the terminal give 0. */
export function endedWith({ codes }: Pick<World, 'codes'>): number | undefined {
  return codes().slice(1).find((code) => code !== 0 && !STOPPED.includes(code));
}

/** Waits until something holds; throws with what was waited for after 30 seconds. */
export async function eventually(holds: () => boolean, what: string, limit = 30_000): Promise<void> {
  const end = Date.now() + limit;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`Waited ${limit / 1000} s for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The id of the only run in the session directory. */
export function onlySession({ sessions }: Pick<World, 'sessions'>): string {
  const ids = readdirSync(sessions).filter((name) => name !== 'locks');
  expect(ids).toHaveLength(1);
  return ids[0] ?? '';
}

export function verify(world: Pick<World, 'sessions'>): Promise<ToolRun> {
  return runTool(['transcript', 'verify', onlySession(world), '--session-dir', world.sessions]);
}

/**
 * What holds after every interruption: the journal is whole, `resume` brings the realm to what was wanted, with exit 0 where not
 * another code is right, and the server has got no write twice.
 */
export async function expectResumable(world: World, { flags, exit }: { readonly flags: readonly string[]; readonly exit: number } = { flags: [], exit: 0 }): Promise<void> {
  world.git.release();
  world.proxy.release();
  world.proxy.lie();
  expect(await verify(world)).toMatchObject({ exit: 0, stderr: '' });
  if (!world.evidence) await chooseEvidence(world);
  await expectResumed(world, { flags, exit });
}

/** The part of it that needs no terminal. */
export async function expectResumed(world: Pick<World, 'story' | 'sessions' | 'proxy'>, { flags, exit }: { readonly flags: readonly string[]; readonly exit: number }): Promise<void> {
  const { story, sessions, proxy } = world;
  const given = ['--lost', 'restore', '--changed', 'restore', '--live-only', 'keep', '--confirm', story.realm];
  const resumed = await runTool(['resume', onlySession(world), '--username', story.user, '--session-dir', sessions, ...given, ...flags, '--json'], { env: { KEYCLOAK_PASSWORD: story.password } });
  expect(resumed.exit, `${resumed.stderr}\n${resumed.stdout.slice(-400)}`).toBe(exit);
  expect((await readRealm(story.calls)).plain).toEqual(story.wanted);
  expect(new Set(proxy.asked).size).toBe(proxy.asked.length);
  expect(await verify(world)).toMatchObject({ exit: 0, stderr: '' });
}

/** Which evidence is read can only be said by a person, once a run has begun without. */
async function chooseEvidence(world: World): Promise<void> {
  const { pty, story, sessions, mode } = world;
  await pty.command(`clear; ${TOOL} resume ${onlySession(world)} --username ${story.user} --session-dir ${sessions}`);
  await pty.until(mode === 'ink' ? '1 selected' : 'Numbers with spaces between', 60_000);
  await pty.key('Enter');
  await pty.until('answers missing', 60_000);
  await pty.type('q');
  if (mode === 'plain') await pty.key('Enter');
  expect(await pty.exitCode()).toBe(130);
}

/** Modes of the terminal that a program may switch on: the last word on each. */
// oxlint-disable-next-line no-control-regex
const MODE = /\u001B\[\?([\d;]+)([hl])/g;

/** Names of what was left switched on; a cursor that was left hidden counts, too. */
export function modesLeftOn(bytes: string): readonly string[] {
  const last = new Map<string, string>();
  for (const [, modes = '', state = ''] of bytes.matchAll(MODE)) for (const mode of modes.split(';')) last.set(mode, state);
  return [...last].filter(([mode, state]) => (mode === '25' ? state === 'l' : state === 'h')).map(([mode]) => `?${mode}`);
}

/** A trace of our own or of node's. */
export const TRACE = /^\s+at .+[:(]\d+|node:internal|Unhandled|triggerUncaught|unsettled top-level/im;

/** The terminal is as the shell had it, and what was said is for people. */
export async function expectGivenBack({ pty, bytes }: Pick<World, 'pty' | 'bytes'>): Promise<void> {
  await expectUsable(pty);
  // What is recorded comes a little later than what is shown: up to here it has to be there.
  const mark = randomInt(1_000_000);
  await pty.command(`echo until-$((${mark}+1))`);
  await eventually(() => bytes().includes(`until-${mark + 1}`), 'what was written to be recorded');
  expect(modesLeftOn(bytes())).toEqual([]);
  expect(bytes()).not.toMatch(TRACE);
}
