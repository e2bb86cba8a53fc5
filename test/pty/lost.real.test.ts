/** Nobody reads any more: the terminal has gone, with a SIGHUP or without one, or the reader of a pipe has. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startHoldProxy } from '../harness/holdProxy.ts';
import { readRealm } from '../harness/independent.ts';
import { sessionPlace, type ToolRun } from '../harness/tool.ts';
import { confirmed, stageSandbox } from '../bad-input/story.ts';
import { STATES } from './states.ts';
import { TOOL } from './tmux.ts';
import { eventually, expectResumable, expectResumed, openWorld, TRACE, verify, type World } from './world.ts';

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

const state = (name: string) => STATES.find((one) => one.name === name) ?? STATES[0];

describe.each([['with a SIGHUP', ''], ['without one, as where the terminal is not ours', 'setsid -w ']] as const)('the terminal is closed, %s', (_, before) => {
  it.each([
    ['ink', 'the question of Freeze'], ['ink', 'Restore, the first write in flight'], ['ink', 'the question of Thaw'],
    ['plain', 'the question of Freeze'], ['plain', 'Restore, the first write in flight'],
  ] as const)('%s, at %s: the process ends, and resume goes on', async (mode, name) => {
    const place = sessionPlace();
    const [code, said] = [join(place, 'code'), join(place, 'stderr')];
    // This shell outlives the terminal, to see how the tool ends.
    const world: World = await openWorld(mode, { wrap: (command) => `sh -c "trap : HUP; ${before}${command} 2> ${said}; echo \\$? > ${code}"` });
    close = world.close;
    await state(name)?.reach(world);
    await world.pty.close();
    await eventually(() => existsSync(code) && readFileSync(code, 'utf8') !== '', 'the tool to end');
    expect(readFileSync(code, 'utf8').trim()).toBe('130');
    expect(readFileSync(said, 'utf8')).not.toMatch(TRACE);
    await expectResumable(world);
  });
});

/** The exit code is that of the tool, whatever reads from it. */
function bash(script: string, password: string): Promise<ToolRun> {
  const child = spawn('bash', ['-c', `${script}; exit \${PIPESTATUS[0]}`], { env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', KEYCLOAK_PASSWORD: password }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString('utf8'); });
  child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString('utf8'); });
  return new Promise((resolve) => { child.on('close', (exit, signal) => resolve({ exit, signal, stdout, stderr })); });
}

async function openPipe() {
  const { sandbox, ...story } = await stageSandbox();
  const proxy = await startHoldProxy(story.url);
  close = async () => {
    await proxy.close();
    await sandbox.close();
  };
  const sessions = join(sessionPlace(), 'sessions');
  const target = `--url ${proxy.url} --realm ${story.realm} --username ${story.user}`;
  const recover = `${TOOL} recover ${target} ${confirmed(story).join(' ')} --session-dir ${sessions}`;
  return { story, proxy, sessions, target, recover };
}

describe('the reader of a pipe has gone', () => {
  it.each(['--json | head -1', '--no-input | head -1', '--json | true', '--json 2>&1 | true'])('recover %s: the run goes on to its end', async (pipe) => {
    const { story, sessions, recover, proxy } = await openPipe();
    const run = await bash(`${recover} ${pipe}`, story.password);
    expect(run).toMatchObject({ exit: 0, stderr: '' });
    expect((await readRealm(story.calls)).plain).toEqual(story.wanted);
    expect(new Set(proxy.asked).size).toBe(proxy.asked.length);
    expect(await verify({ sessions })).toMatchObject({ exit: 0, stderr: '' });
  });

  it.each(['--json', ''])('compare %s: no more is said', async (json) => {
    const { story, target } = await openPipe();
    expect(await bash(`${TOOL} compare ${target} --evidence ${story.evidence} ${json} | true`, story.password)).toMatchObject({ exit: 2, stderr: json ? '' : expect.stringMatching(/^\d+ lost, .*\n$/) });
  });
});

describe('standard output takes nothing', () => {
  it('compare says so, and does not succeed', async () => {
    const { story, target } = await openPipe();
    const run = await bash(`${TOOL} compare ${target} --evidence ${story.evidence} --json > /dev/full`, story.password);
    expect(run).toMatchObject({ exit: 1, stderr: expect.stringContaining('What the command prints cannot be written (ENOSPC).') });
    expect(run.stderr).not.toMatch(TRACE);
  });

  it('recover goes on to its end, and says so', async () => {
    const { story, recover } = await openPipe();
    const run = await bash(`${recover} --json > /dev/full`, story.password);
    expect(run).toMatchObject({ exit: 1, stderr: expect.stringContaining('What the command prints cannot be written (ENOSPC).') });
    expect((await readRealm(story.calls)).plain).toEqual(story.wanted);
  });
});

describe('a signal to a run without a terminal', () => {
  const MOMENTS = [
    ['the login', (path: string) => path.endsWith('/token')],
    ['the capture', (path: string) => path.includes('/clients?first=0')],
    ['the first write', (_: string, write: boolean) => write],
    ['a proof', (path: string, _: boolean, writes: number) => writes > 0 && path.includes('/generate-example-access-token')],
  ] as const;
  const SIGNALS = [['SIGINT', 'SIGINT'], ['SIGTERM'], ['SIGHUP']] as const;

  it.each(MOMENTS.flatMap(([name, wanted]) => SIGNALS.map((signals) => [signals.join(', '), name, wanted, signals] as const)))('%s at %s', async (_, __, wanted, signals) => {
    const { story, sessions, recover, proxy } = await openPipe();
    const arrived = proxy.hold(({ path, write, writes }) => wanted(path, write, writes));
    const [, ...args] = recover.split(' ');
    const [first, second] = signals;
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
});
