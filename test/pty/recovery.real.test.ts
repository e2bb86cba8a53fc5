import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { readRealm } from '../harness/independent.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { sessionPlace } from '../harness/tool.ts';
import { stageForRecovery } from '../recover/staging.ts';
import { openPty, TOOL, type Pty } from './tmux.ts';
import { expectUsable, expectVerified, openDemo, walkToEnd, walkToRestore } from './walk.ts';

describe('the whole recovery by keys, 80x24', () => {
  let pty: Pty | undefined;
  afterAll(() => pty?.close());

  it('of the demo: exit 0 in under 100 key strokes, and a record that verifies', async () => {
    const sessions = sessionPlace();
    pty = await openDemo(sessions, 80, 24);
    await walkToRestore(pty, 'primary');
    expect(await walkToEnd(pty, 'primary')).toBe(0);
    expect(pty.strokes()).toBeLessThan(100);
    const all = await pty.all();
    for (const left of [' ✓ Restore    6/6  timeline-service', ' ✓ Account    sessions 200 → 200 (0 lost, 0 new)', ' Done in ']) expect(all).toContain(left);
    // What has scrolled up was written once, and nothing of the live part is left behind.
    expect(all.split(' ✓ Capture').length).toBe(2);
    expect(all).not.toContain('Stated:');
    await expectVerified(sessions, pty);
    await expectUsable(pty);
  });
});

describe('the whole recovery by keys on a real Keycloak', () => {
  const realm = 'pty-recover';
  const calls = sharedCalls(realm);
  const sessions = sessionPlace();
  let pty: Pty | undefined;
  let wanted: Awaited<ReturnType<typeof stageForRecovery>>;
  beforeAll(async () => {
    wanted = await stageForRecovery(calls, sessions, 20);
  });
  afterAll(async () => {
    await pty?.close();
    await wipeRealm(calls);
  });

  it('ends with exit 0 in under 100 key strokes, and leaves the realm as it was before the incident', async () => {
    const { url, username, password } = sharedKeycloak();
    pty = await openPty(80, 24);
    await pty.command(`${TOOL} recover --url ${url} --realm ${realm} --username ${username} --evidence ${wanted.evidence} --session-dir ${sessions}`);
    await pty.until('Password of ');
    await pty.type(password);
    await pty.key('Enter');
    await walkToRestore(pty, realm);
    // The password was typed without being shown: after its question nothing stands.
    expect(await pty.all()).toMatch(new RegExp(`^Password of ${username}: *$`, 'm'));
    expect(await walkToEnd(pty, realm)).toBe(0);
    expect(pty.strokes()).toBeLessThan(100);
    const after = await readRealm(calls);
    expect(wanted.destroyed.plain).not.toEqual(wanted.wanted.plain);
    expect(after.plain).toEqual(wanted.wanted.plain);
    expect(after.identity.clients).toEqual(wanted.wanted.identity.clients);
    expect(after.identity.keys).toEqual(wanted.wanted.identity.keys);
    expect(after.identity.sessions).toEqual(expect.arrayContaining([...wanted.wanted.identity.sessions]));
    await expectVerified(sessions, pty);
  });
});
