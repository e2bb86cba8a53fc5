import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../src/realm/json.ts';
import { must } from '../../src/sandbox/incident/calls.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { find, GROUPS } from '../harness/rich/groups.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { runTool, sessionPlace, summaryOf, type ToolRun } from '../harness/tool.ts';

const realm = 'groups-1';
const env = () => ({ KEYCLOAK_PASSWORD: sharedKeycloak().password });
const target = () => ['--url', sharedKeycloak().url, '--realm', realm, '--username', sharedKeycloak().username];

describe('groups, default groups and organizations on a real Keycloak', () => {
  const calls = sharedCalls(realm);
  const sessions = sessionPlace();
  let before: Json;
  let snapshot: string;

  const recover = (evidence: string, ...flags: string[]): Promise<ToolRun> =>
    runTool(['recover', ...target(), '--evidence', evidence, '--lost', 'restore', '--changed', 'restore', '--live-only', 'restore', ...flags, '--confirm', realm, '--session-dir', sessions, '--json'], { env: env() });
  const undo = (): Promise<ToolRun> => runTool(['undo', 'last', '--username', sharedKeycloak().username, '--confirm', realm, '--session-dir', sessions, '--json'], { env: env() });

  beforeAll(async () => {
    await must(calls, 'POST', '/admin/realms', { realm, enabled: true });
    await GROUPS.build(calls);
    before = await GROUPS.read(calls);
    const taken = await runTool(['snapshot', ...target(), '--out', sessions], { env: env() });
    expect(taken.exit, taken.stderr).toBe(0);
    snapshot = taken.stdout.trim();
  });
  afterAll(() => wipeRealm(calls));

  it('brings back everything that was damaged at once, and undo damages it again', async () => {
    for (const damage of GROUPS.damages) await damage.apply(calls);
    const damaged = await GROUPS.read(calls);
    expect(damaged).not.toEqual(before);
    const run = await recover(`snapshot:${snapshot}`);
    expect(summaryOf(run), run.stdout.slice(-3000) + run.stderr).toMatchObject({ failed: 0, left: 0, exit: 0 });
    expect(await GROUPS.read(calls)).toEqual(before);
    const undone = await undo();
    expect(undone.exit, undone.stdout.slice(-3000) + undone.stderr).toBe(0);
    expect(await GROUPS.read(calls)).toEqual(damaged);
    const again = await recover(`snapshot:${snapshot}`);
    expect(again.exit, again.stdout.slice(-3000) + again.stderr).toBe(0);
    expect(await GROUPS.read(calls)).toEqual(before);
  });
});
