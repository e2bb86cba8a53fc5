import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { must, openAdminCalls, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { groups } from '../harness/rich/groups.ts';
import { runTool, sessionPlace, summaryOf } from '../harness/tool.ts';

describe('groups and organizations in the sandbox', () => {
  const realm = 'trees';
  const sessions = sessionPlace();
  let sandbox: Sandbox;
  let calls: AdminCalls;

  beforeAll(async () => {
    sandbox = await startSandbox();
    calls = openAdminCalls({ url: sandbox.url, ...sandbox.admin, realm });
    await must(calls, 'POST', '/admin/realms', { realm, enabled: true });
    await groups.build(calls);
  });
  afterAll(() => sandbox.close());

  test('every damage is restored and taken back as on the real server', async () => {
    const env = { KEYCLOAK_PASSWORD: sandbox.admin.password };
    const target = ['--url', sandbox.url, '--realm', realm, '--username', sandbox.admin.username];
    const before = await groups.read(calls);
    const taken = await runTool(['snapshot', ...target, '--out', sessions], { env });
    for (const damage of groups.damages) await damage.apply(calls);
    const damaged = await groups.read(calls);
    const run = await runTool(['recover', ...target, '--evidence', `snapshot:${taken.stdout.trim()}`, '--lost', 'restore', '--changed', 'restore', '--live-only', 'restore', '--confirm', realm, '--session-dir', sessions, '--json'], { env });
    expect(summaryOf(run), run.stdout.slice(-2000) + run.stderr).toMatchObject({ failed: 0, left: 0, exit: 0 });
    expect(await groups.read(calls)).toEqual(before);
    const undone = await runTool(['undo', 'last', '--username', sandbox.admin.username, '--confirm', realm, '--session-dir', sessions, '--json'], { env });
    expect(undone.exit, undone.stdout.slice(-2000) + undone.stderr).toBe(0);
    expect(await groups.read(calls)).toEqual(damaged);
  }, 120_000);
});
