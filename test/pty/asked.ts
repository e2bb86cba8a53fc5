/** Signals where a person is asked before or outside of a run: the password, the word of undo, one of the recent realms. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runTool } from '../harness/tool.ts';
import { confirmed } from '../bad-input/story.ts';
import { PROMPT, TOOL } from './tmux.ts';
import { expectUsable } from './walk.ts';
import { endedWith, eventually, expectGivenBack, expectResumable, onlySession, openWorld, stops, verify, type Mode, type World } from './world.ts';

async function inWorld([mode, options]: Parameters<typeof openWorld>, test: (world: World) => Promise<void>): Promise<void> {
  const world = await openWorld(mode, options);
  try {
    await test(world);
  } finally {
    await world.close();
  }
}

/** Ends what runs in the terminal; `kill %1` is for a job that was stopped before. */
export const ENDS = ['C-c', 'C-d', 'SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
export type End = (typeof ENDS)[number];

async function end({ pty }: World, by: End | 'kill %1'): Promise<void> {
  if (by.startsWith('C-')) return pty.key(by);
  if (by.startsWith('SIG')) return void process.kill(await pty.tool(), by as NodeJS.Signals);
  await pty.key('C-z');
  await pty.until('Stopped');
  await pty.command('kill %1');
}

async function ended(of: World): Promise<number | undefined> {
  await eventually(() => endedWith(of) !== undefined, 'the tool to end');
  await of.pty.until((screen) => screen.trimEnd().endsWith(PROMPT));
  return endedWith(of);
}

/** The shell has no job left, and its terminal is as before. */
async function expectNoJob(of: World): Promise<void> {
  const shows = (screen: string) => /^looked/m.test(screen);
  for (let left = true; left;) {
    await of.pty.command('clear; jobs; echo looked');
    left = (await of.pty.until(shows)).includes('Running');
  }
  await of.pty.command('clear; jobs; echo looked');
  expect(await of.pty.until(shows)).not.toMatch(/Running|Stopped/);
  await expectGivenBack(of);
}

/** The password is half typed: the tool leaves, and the terminal echoes again. */
export function leavePassword(by: End): Promise<void> {
  return inWorld(['ink', { password: false }], async (world) => {
    await world.start();
    await world.pty.until('Password of ');
    // What a signal overtakes is read by the shell.
    if (by.startsWith('C-')) await world.pty.type('half');
    await end(world, by);
    expect(await ended(world)).toBe(130);
    expect(await world.pty.all()).toContain('Left at the password; nothing was done.');
    expect(world.bytes()).not.toContain('half');
    await expectGivenBack(world);
  });
}

/** A job that was stopped at the password is killed. */
export function killAtPassword(): Promise<void> {
  return inWorld(['ink', { password: false }], async (world) => {
    await world.start();
    await world.pty.until('Password of ');
    await end(world, 'kill %1');
    await expectNoJob(world);
  });
}

/** Stopped at the password and brought back, twice: it is asked for again, and not shown. */
export function stopPassword(by: 'C-z' | 'SIGTSTP' | 'SIGSTOP'): Promise<void> {
  return inWorld(['ink', { password: false }], async (world) => {
    const { pty, story } = world;
    await world.start();
    await pty.until('Password of ');
    for (let round = 1; round <= 2; round += 1) {
      if (by === 'C-z') await pty.key(by);
      else process.kill(await pty.tool(), by);
      await eventually(() => stops(world) === round, 'the shell to see it stopped');
      await expectUsable(pty);
      await pty.command('clear; fg');
      await pty.until(`Password of ${story.user}:`);
    }
    await pty.type(story.password);
    await pty.key('Enter');
    await pty.until('Stated:');
    expect(await pty.all()).toMatch(new RegExp(`^Password of ${story.user}: *$`, 'm'));
    await pty.key('C-c');
    expect(await ended(world)).toBe(130);
    await expectGivenBack(world);
  });
}

/** A run that was stopped is killed: it ends, says how to resume, and leaves the terminal to the shell. */
export function killStopped(mode: Mode): Promise<void> {
  return inWorld([mode], async (world) => {
    await world.start();
    await world.pty.until('Stated');
    await end(world, 'kill %1');
    await world.pty.until('resume with:');
    await expectNoJob(world);
    await expectResumable(world);
  });
}

/** The word of undo is half typed: the tool leaves, with nothing taken back and no lock left. */
export function leaveUndo(by: End): Promise<void> {
  return inWorld(['ink'], async (world) => {
    const { story, proxy, pty, sessions } = world;
    const done = await runTool(['recover', '--url', proxy.url, '--realm', story.realm, '--username', story.user, ...confirmed(story), '--session-dir', sessions, '--json'], { env: { KEYCLOAK_PASSWORD: story.password } });
    expect(done.exit, done.stderr).toBe(0);
    const writes = proxy.asked.length;
    await pty.command(`${TOOL} undo ${onlySession(world)} --username ${story.user} --session-dir ${sessions}`);
    await pty.until(`Type ${story.realm} to take back`);
    // With something typed, ctrl-d is no end of the input.
    if (by !== 'C-d') {
      await pty.type('pri');
      await pty.until('anything else to leave: pri');
    }
    await end(world, by);
    expect(await ended(world)).toBe(130);
    expect(proxy.asked.length).toBe(writes);
    expect(readdirSync(join(sessions, 'locks'))).toEqual([]);
    await expectGivenBack(world);
    expect(await verify(world)).toMatchObject({ exit: 0, stderr: '' });
  });
}

/** One of the recent realms is to be chosen: the tool leaves, or is stopped and brought back. */
export function interruptRecent(by: 'C-c' | 'SIGTERM' | 'C-z' | 'SIGTSTP'): Promise<void> {
  return inWorld(['ink'], async (world) => {
    const { pty, story, sessions, proxy } = world;
    const config = join(sessions, 'config');
    mkdirSync(config, { recursive: true });
    await pty.command(`export XDG_CONFIG_HOME=${config}; ${TOOL} recover --url ${proxy.url} --realm ${story.realm} --username ${story.user} --session-dir ${sessions}`);
    await pty.until('Stated:');
    await pty.key('C-c');
    expect(await ended(world)).toBe(130);
    await pty.command(`clear; ${TOOL} recover --username ${story.user} --session-dir ${sessions}`);
    await pty.until('Which realm is it?');
    if (by.startsWith('C-')) await pty.key(by);
    else process.kill(await pty.tool(), by);
    if (by === 'C-c' || by === 'SIGTERM') {
      await pty.until('Left at the choice of a realm; nothing was done.');
      await pty.until((screen) => screen.trimEnd().endsWith(PROMPT));
      await expectGivenBack(world);
      expect(world.codes().filter((code) => code !== 0)).toEqual([130, 130]);
      return;
    }
    await eventually(() => stops(world) === 1, 'the shell to see it stopped');
    await expectGivenBack(world);
    await pty.command('clear; fg');
    await pty.until('Which realm is it?');
    await pty.key('Enter');
    await pty.until('Stated:');
  });
}
