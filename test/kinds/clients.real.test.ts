import { afterEach, describe, expect, it } from 'vitest';
import { must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { CLIENTS, DAMAGES } from '../harness/rich/clients.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { runTool, sessionPlace, summaryOf, type ToolRun } from '../harness/tool.ts';

const sessions = sessionPlace();
const env = () => ({ KEYCLOAK_PASSWORD: sharedKeycloak().password });
const target = (realm: string) => ['--url', sharedKeycloak().url, '--realm', realm, '--username', sharedKeycloak().username];
const recover = (realm: string, evidence: string, ...flags: string[]): Promise<ToolRun> =>
  runTool(['recover', ...target(realm), '--evidence', evidence, '--lost', 'restore', '--changed', 'restore', '--live-only', 'restore', ...flags, '--confirm', realm, '--session-dir', sessions, '--json'], { env: env() });
const undo = (realm: string, ...flags: string[]): Promise<ToolRun> => runTool(['undo', 'last', '--username', sharedKeycloak().username, ...flags, '--confirm', realm, '--session-dir', sessions, '--json'], { env: env() });
const said = (run: ToolRun): string => run.stdout.slice(-3000) + run.stderr;

async function snapshot(realm: string): Promise<string> {
  const taken = await runTool(['snapshot', ...target(realm), '--out', sessions], { env: env() });
  expect(taken.exit, taken.stderr).toBe(0);
  return `snapshot:${taken.stdout.trim()}`;
}

async function built(realm: string): Promise<AdminCalls> {
  const calls = sharedCalls(realm);
  await must(calls, 'POST', '/admin/realms', { realm, enabled: true });
  await CLIENTS.build(calls);
  return calls;
}

describe('clients on a real Keycloak', () => {
  let calls: AdminCalls;
  afterEach(() => wipeRealm(calls));

  it.each([
    ['edited', ['settings', 'authorization']], ['damaged', ['roles', 'authorization', 'clients', 'settings']],
  ] as const)('brings back everything that was %s, and undo does it again', async (word, parts) => {
    const realm = `clients-${word}`;
    calls = await built(realm);
    const before = await CLIENTS.read(calls);
    const evidence = await snapshot(realm);
    for (const damage of parts.flatMap((part) => DAMAGES[part])) await damage.apply(calls);
    const damaged = await CLIENTS.read(calls);
    expect(damaged).not.toEqual(before);
    const run = await recover(realm, evidence);
    expect(summaryOf(run), said(run)).toMatchObject({ failed: 0, left: 0, exit: 0 });
    expect(await CLIENTS.read(calls)).toEqual(before);
    const undone = await undo(realm, '--delete-clients');
    expect(undone.exit, said(undone)).toBe(0);
    expect(await CLIENTS.read(calls)).toEqual(damaged);
  });
});
