/** Nobody reads any more: the terminal has gone, with a SIGHUP or without one, or the reader of a pipe has. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { startHoldProxy, type Held, type HoldProxy } from '../harness/holdProxy.ts';
import { readRealm } from '../harness/independent.ts';
import { sessionPlace, type ToolRun } from '../harness/tool.ts';
import { confirmed, stageSandbox, type Story } from '../bad-input/story.ts';
import { STATES } from './states.ts';
import { TOOL } from './tmux.ts';
import { eventually, expectResumable, expectResumed, openWorld, TRACE, verify, type Mode } from './world.ts';

/**
 * The terminal is closed while the run is in a state: the process ends, and resume goes on.
 * @param hangUp  whether the kernel tells it by SIGHUP; it does not where the terminal belongs to another session, as in a container
 */
export async function closeTerminal(mode: Mode, name: string, hangUp: boolean): Promise<void> {
  const state = STATES.find((one) => one.name === name);
  if (!state) throw new Error(`There is no state "${name}".`);
  const place = sessionPlace();
  const [code, said] = [join(place, 'code'), join(place, 'stderr')];
  // This shell outlives the terminal, to see how the tool ends.
  const world = await openWorld(mode, { ...state.world, wrap: (command) => `sh -c "trap : HUP; ${hangUp ? '' : 'setsid -w '}${command} 2> ${said}; echo \\$? > ${code}"` });
  try {
    await state.reach(world);
    await world.pty.close();
    await eventually(() => existsSync(code) && readFileSync(code, 'utf8') !== '', 'the tool to end');
    expect(readFileSync(code, 'utf8').trim()).toBe('130');
    expect(readFileSync(said, 'utf8')).not.toMatch(TRACE);
    await expectResumable(world, state.resume);
  } finally {
    await world.close();
  }
}

export interface Pipe {
  readonly story: Story;
  readonly proxy: HoldProxy;
  readonly sessions: string;
  /** Command lines that need nobody. */
  readonly recover: string;
  readonly compare: string;
}

/** Stages an incident for a test without a terminal. */
export async function withPipe(test: (pipe: Pipe) => Promise<void>): Promise<void> {
  const { sandbox, ...story } = await stageSandbox();
  const proxy = await startHoldProxy(story.url);
  const sessions = join(sessionPlace(), 'sessions');
  const target = `--url ${proxy.url} --realm ${story.realm} --username ${story.user}`;
  try {
    await test({ story, proxy, sessions, recover: `${TOOL} recover ${target} ${confirmed(story).join(' ')} --session-dir ${sessions}`, compare: `${TOOL} compare ${target} --evidence ${story.evidence}` });
  } finally {
    await proxy.close();
    await sandbox.close();
  }
}

/** Runs a script; its exit code is that of the tool, whatever reads from it. */
export function bash(script: string, password: string): Promise<ToolRun> {
  const child = spawn('bash', ['-c', `${script}; exit \${PIPESTATUS[0]}`], { env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', KEYCLOAK_PASSWORD: password }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString('utf8'); });
  child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString('utf8'); });
  return new Promise((resolve) => { child.on('close', (exit, signal) => resolve({ exit, signal, stdout, stderr })); });
}


/** `recover` into a pipe whose reader has gone: the run goes on to its end. */
export function pipeAway(pipe: string): Promise<void> {
  return withPipe(async ({ story, sessions, recover, proxy }) => {
    expect(await bash(`${recover} ${pipe}`, story.password)).toMatchObject({ exit: 0, stderr: '' });
    expect((await readRealm(story.calls)).plain).toEqual(story.wanted);
    expect(new Set(proxy.asked).size).toBe(proxy.asked.length);
    expect(await verify({ sessions })).toMatchObject({ exit: 0, stderr: '' });
  });
}

/** Signals to a headless run that is held at a request: exit 130, how to go on, and resume goes on. A second signal comes once the first has been heard. */
export function signalHeadless([first, second]: readonly [NodeJS.Signals, NodeJS.Signals?], wanted: (held: Held) => boolean): Promise<void> {
  return withPipe(async ({ story, sessions, recover, proxy }) => {
    const arrived = proxy.hold(wanted);
    const [, ...args] = recover.split(' ');
    const child = spawn(process.execPath, [...args, '--json'], { env: { PATH: process.env['PATH'] ?? '', KEYCLOAK_PASSWORD: story.password }, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString('utf8'); });
    child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString('utf8'); });
    const ended = new Promise<number | null>((resolve) => { child.on('close', resolve); });
    await arrived;
    child.kill(first);
    if (second) {
      await eventually(() => stderr.includes('Stopping after the request in flight'), 'the first signal to be heard');
      child.kill(second);
    }
    expect(await ended).toBe(130);
    expect(stderr).toMatch(/The run can go on: realm-rescue resume \w+ --session-dir /);
    expect(stderr).not.toMatch(TRACE);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ type: 'summary', exit: 130 });
    proxy.release();
    expect(await verify({ sessions })).toMatchObject({ exit: 0, stderr: '' });
    await expectResumed({ story, sessions, proxy }, { flags: [], exit: 0 });
  });
}
