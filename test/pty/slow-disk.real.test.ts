// A disk on which every sync takes long: the tool stands still meanwhile, but answers keys, keeps its login and ends well.
import { afterEach, describe, expect, it } from 'vitest';
import { must } from '../../src/sandbox/incident/calls.ts';
import { loaded } from '../bad-input/disk-kinds.ts';
import { lastLine } from '../bad-input/refusal.ts';
import { confirmed, run, stageSandbox } from '../bad-input/story.ts';
import { readRealm } from '../harness/independent.ts';
import { sessionPlace } from '../harness/tool.ts';
import type { Pty } from './tmux.ts';
import { expectUsable, expectVerified, openDemo, walkToEnd, walkToRestore } from './walk.ts';

let pty: Pty | undefined;
afterEach(() => pty?.close());

describe('a slow disk', () => {
  it('lets keys through at every step, and the demo end with 0', async () => {
    const sessions = sessionPlace();
    pty = await openDemo(sessions, 80, 24, `NODE_OPTIONS=${loaded('slow-disk.mjs')} REALM_RESCUE_TEST_SYNC=60 `);
    await pty.until('Stated:');
    await pty.type('slowly');
    await pty.until('slowly');
    await pty.key('C-u');
    await walkToRestore(pty, 'primary');
    await pty.key('?');
    await pty.key('BSpace');
    await pty.key('C-u');
    expect(await walkToEnd(pty, 'primary')).toBe(0);
    await expectVerified(sessions, pty);
    await expectUsable(pty);
  });

  it('makes tokens run out between two requests, and breaks nothing', async () => {
    const { sandbox, ...story } = await stageSandbox('slow');
    // Shorter than what some of the syncs between two requests take together.
    await must(story.calls, 'PUT', '/admin/realms/master', { accessTokenLifespan: 1 });
    const done = await run(story, ['recover'], { with: confirmed(story), env: { NODE_OPTIONS: loaded('slow-disk.mjs'), REALM_RESCUE_TEST_SYNC: '150' } });
    expect(done, done.stderr).toMatchObject({ exit: 0, stderr: '' });
    expect(lastLine(done)).toMatchObject({ failed: 0, left: 0 });
    await must(story.calls, 'PUT', '/admin/realms/master', { accessTokenLifespan: 60 });
    expect((await readRealm(story.calls)).plain).toEqual(story.wanted);
    await sandbox.close();
  });
});
