import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { recordedIn } from '../bad-input/refusal.ts';
import { readRealm } from '../harness/independent.ts';
import { startCountingProxy, type CountingProxy } from '../harness/proxy.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { killedAt, runTool, sessionPlace, summaryOf } from '../harness/tool.ts';
import { headlessFlags, password, stageForRecovery } from './staging.ts';

/** Journal events at which the process is killed: the n-th of a type. */
const MOMENTS = [
  ['plan.made', 1], ['group.confirmed', 1], ['write.intended', 1], ['write.sent', 1], ['write.verified', 1],
  ['write.intended', 3], ['write.sent', 4], ['prove.done', 2], ['write.intended', 6], ['account.done', 1],
] as const;

describe('kill -9 during a restore, then resume', () => {
  let proxy: CountingProxy;
  beforeAll(async () => {
    proxy = await startCountingProxy(sharedKeycloak().url);
  });
  afterAll(() => proxy.close());

  it.each(MOMENTS)('at %s number %i: the same end state, no write sent twice', async (type, nth) => {
    const realm = `kill-${type.replace('.', '-')}-${nth}`;
    const calls = sharedCalls(realm);
    const sessions = sessionPlace();
    const staged = await stageForRecovery(calls, sessions, 4);
    proxy.clear();
    const killed = await runTool(['recover', ...headlessFlags(realm, staged.evidence, sessions, proxy.url)], { env: { ...password(), ...killedAt(type, nth) } });
    expect(killed.signal).toBe('SIGKILL');
    const { runs: [id = ''] } = recordedIn(sessions);
    const resumed = await runTool(['resume', id, '--username', sharedKeycloak().username, '--session-dir', sessions, '--confirm', realm, '--json'], { env: password() });
    expect(resumed.stderr).toBe('');
    expect(summaryOf(resumed)).toMatchObject({ failed: 0, exit: 0 });
    expect((await readRealm(calls)).plain).toEqual(staged.wanted.plain);
    const sent = proxy.writes.map((write) => `${write.method} ${write.path} ${write.body}`);
    expect(sent.length).toBeGreaterThan(5);
    expect(sent).toEqual([...new Set(sent)]);
    await wipeRealm(calls);
  });
});
