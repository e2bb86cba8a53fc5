import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../src/realm/json.ts';
import { must } from '../../src/sandbox/incident/calls.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { find, groups as GROUPS } from '../harness/rich/groups.ts';
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

  it('reads the same from a partial export, and takes nothing away on the word of a file that says little', async () => {
    const exported = join(sessions, 'partial.json');
    writeFileSync(exported, JSON.stringify(await must(calls, 'POST', '/partial-export?exportClients=true&exportGroupsAndRoles=true')));
    const same = await runTool(['compare', ...target(), '--evidence', exported, '--json'], { env: env() });
    expect((JSON.parse(same.stdout) as { differences: unknown[] }).differences).toEqual([]);
    const stated = join(sessions, 'stated.json');
    writeFileSync(stated, JSON.stringify({ realm, groups: [{ name: 'platform', attributes: { cost: ['1'] } }], organizations: [{ name: 'globex', description: 'stated' }] }));
    const run = await recover(stated, '--live-only', 'keep');
    expect(summaryOf(run), run.stdout.slice(-3000) + run.stderr).toMatchObject({ failed: 0, exit: 0 });
    const wanted = structuredClone(before) as { groups: { platform: Json }; organizations: { globex: Json } };
    Object.assign(wanted.groups.platform as object, { attributes: { cost: ['1'] } });
    Object.assign(wanted.organizations.globex as object, { description: 'stated' });
    expect(await GROUPS.read(calls)).toEqual(wanted);
    expect((await undo()).exit).toBe(0);
    expect(await GROUPS.read(calls)).toEqual(before);
  });

  it('does not empty a group that was renamed, and says whose membership a lost one has cost', async () => {
    const slashed = await find(calls, ['sales/b']);
    await must(calls, 'PUT', `/groups/${slashed}`, { name: 'selling' });
    await must(calls, 'DELETE', `/groups/${await find(calls, ['sales', 'b'])}`);
    const planned = await runTool(['plan', ...target(), '--evidence', `snapshot:${snapshot}`, '--lost', 'restore', '--changed', 'restore', '--live-only', 'restore', '--json'], { env: env() });
    expect(planned.stdout).toContain('it was renamed or moved to /selling, with its members');
    expect(planned.stdout).toContain('Group /sales/b comes back without members; the evidence does not say who was in it.');
    expect(planned.stdout).not.toMatch(/"(delete|remove) /);
    await must(calls, 'PUT', `/groups/${slashed}`, { name: 'sales/b' });
    await recover(`snapshot:${snapshot}`);
    expect(await GROUPS.read(calls)).toEqual(before);
  });

  it('says what an identity provider silently loses when it is unlinked', async () => {
    const [acme] = (await must(calls, 'GET', '/organizations?search=acme.com&exact=true')) as { id: string }[];
    const provider = { alias: 'groups-domain', providerId: 'oidc', config: { clientId: 'x', clientSecret: 'y', tokenUrl: 'https://idp.example/t', authorizationUrl: 'https://idp.example/a', 'kc.org.domain': 'acme.com' } };
    await must(calls, 'POST', '/identity-provider/instances', provider);
    const at = `/organizations/${acme?.id}/identity-providers`;
    const domain = async (): Promise<unknown> => ((await must(calls, 'GET', '/identity-provider/instances/groups-domain')) as { config: Record<string, string> }).config['kc.org.domain'];
    const good = await runTool(['snapshot', ...target(), '--out', sessions], { env: env() });
    await must(calls, 'POST', at, 'groups-domain');
    expect(await domain()).toBe('acme.com');
    const run = await recover(`snapshot:${good.stdout.trim()}`);
    expect(summaryOf(run), run.stdout.slice(-3000) + run.stderr).toMatchObject({ failed: 0, exit: 0, restored: 1 });
    expect(run.stdout).toContain('takes the e-mail domain (kc.org.domain) out of identity provider groups-domain');
    expect(await domain()).toBeUndefined();
    await must(calls, 'DELETE', '/identity-provider/instances/groups-domain');
    expect(await GROUPS.read(calls)).toEqual(before);
  });

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
  });
});
