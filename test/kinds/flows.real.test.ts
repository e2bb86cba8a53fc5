import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../src/realm/json.ts';
import { must } from '../../src/sandbox/incident/calls.ts';
import { flows } from '../harness/rich/flows.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { runTool, sessionPlace, type ToolRun } from '../harness/tool.ts';

const realm = 'flows-real';
const calls = sharedCalls(realm);
const place = sessionPlace();
const connection = () => ['--url', sharedKeycloak().url, '--realm', realm, '--username', sharedKeycloak().username];
const env = () => ({ KEYCLOAK_PASSWORD: sharedKeycloak().password });

let before: Json;
let evidence: string;

beforeAll(async () => {
  await calls.call('DELETE', '');
  await must(calls, 'POST', '/admin/realms', { realm, enabled: true });
  await flows.build(calls);
  before = await flows.read(calls);
  const taken = await runTool(['snapshot', ...connection(), '--out', place], { env: env() });
  expect(taken.exit, taken.stderr).toBe(0);
  evidence = `snapshot:${taken.stdout.trim()}`;
});
afterAll(() => calls.call('DELETE', ''));

const recover = (sessions: string, from = evidence): Promise<ToolRun> => runTool([
  'recover', ...connection(), '--evidence', from, '--lost', 'restore', '--changed', 'restore', '--live-only', 'restore', '--confirm', realm, '--session-dir', sessions, '--frozen', 'a test', '--thawed', 'a test', '--json',
], { env: env() });

const GROUPS: Readonly<Record<string, (name: string) => boolean>> = {
  'what is gone': (name) => name.endsWith('deleted'),
  'what changed': (name) => name.includes('changed') || name.includes('otherwise'),
  'what was added': (name) => name.includes('added'),
  'everything at once': () => true,
};

describe.each(Object.entries(GROUPS))('%s', (_group, belongs) => {
  it('comes back, and undo takes it back again', async () => {
    const damages = flows.damages.filter(({ name }) => belongs(name));
    expect(damages.length).toBeGreaterThan(2);
    for (const damage of damages) await damage.apply(calls);
    const damaged = await flows.read(calls);
    expect(damaged).not.toEqual(before);
    const sessions = sessionPlace();
    const run = await recover(sessions);
    expect(run.exit, `${run.stderr}\n${run.stdout.split('\n').slice(-4).join('\n')}`).toBe(0);
    expect(await flows.read(calls)).toEqual(before);
    const undone = await runTool(['undo', 'last', '--username', sharedKeycloak().username, '--confirm', realm, '--session-dir', sessions], { env: env() });
    expect(undone.exit, undone.stderr + undone.stdout).toBe(0);
    expect(await flows.read(calls)).toEqual(damaged);
    const again = await recover(sessionPlace());
    expect(again.exit, again.stderr).toBe(0);
    expect(await flows.read(calls)).toEqual(before);
  });
});
