// Every row of a restore in docs/rights.md, carried out with exactly its roles on a real Keycloak, and refused without each of them.
import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOBS, ROLES, type Job } from '../../src/keycloak/jobs.ts';
import { compareStates } from '../../src/realm/compare.ts';
import type { Difference } from '../../src/realm/model.ts';
import { lackedBy } from '../../src/realm/needs.ts';
import { orderOwners } from '../../src/realm/order.ts';
import { fewestRoles } from '../../src/runbook/roles.ts';
import { readState } from '../../src/realm/state.ts';
import type { Snapshot } from '../../src/realm/snapshot.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { accountWith, type Login } from '../bad-input/story.ts';
import { startCountingProxy, type CountingProxy } from '../harness/proxy.ts';
import { familiesOn } from '../harness/rich/index.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { runTool, sessionPlace, summaryOf, type ToolRun } from '../harness/tool.ts';
import { buildWorld } from '../property/destroy.ts';
import { snapshot, type World } from '../property/trial.ts';

const REALM = 'rights-needs';
/** Without these nothing is compared, whatever is restored. */
const SIGHT = ['view-realm', 'view-clients', 'view-users', 'view-identity-providers', 'view-organizations'];
const RESTORES = JOBS.filter(({ step }) => step === 'restore');
/** What one account has: the roles of the row and what has to be seen besides; who manages something sees it too. */
function granted(roles: readonly string[]): readonly string[] {
  const seen = SIGHT.filter((role) => !roles.includes(role.replace('view-', 'manage-')));
  return [...new Set([...seen, ...roles])].toSorted();
}

describe('what a restore takes, on a real Keycloak', () => {
  const calls = sharedCalls(REALM);
  const directory = sessionPlace();
  const world: World = { server: sharedKeycloak(), calls, directory, families: familiesOn(sharedKeycloak().version) };
  const accounts = new Map<string, Login>();
  let proxy: CountingProxy;
  let evidence: string;

  const account = (roles: readonly string[]): Login => {
    const found = accounts.get(granted(roles).join(' '));
    if (found === undefined) throw new Error(`no account with ${roles.join(' ')}`);
    return found;
  };

  beforeAll(async () => {
    await calls.call('DELETE', `/admin/realms/${REALM}`);
    await buildWorld(world);
    const sets = new Map([fewestRoles(ROLES), ...RESTORES.map(({ roles }) => roles), ...RESTORES.flatMap(({ roles }) => roles.map((role) => roles.filter((other) => other !== role)))].map((roles) => [granted(roles).join(' '), granted(roles)]));
    for (const [key, roles] of sets) accounts.set(key, await accountWith({ calls }, roles));
    evidence = await snapshot(world, 'evidence');
    proxy = await startCountingProxy(sharedKeycloak().url);
    for (const family of world.families) for (const damage of family.damages) await damage.apply(calls);
  });
  afterAll(async () => {
    await proxy.close();
    await wipeRealm(calls);
  });

  /** The differences as the administrator sees them, with the roles that each of them takes. */
  async function differences(): Promise<{ readonly found: readonly Difference[]; readonly takes: (id: string) => readonly string[]; readonly lackedWith: (roles: readonly string[]) => ReadonlySet<string> }> {
    const read = (spec: string) => JSON.parse(readFileSync(spec.replace('snapshot:', ''), 'utf8')) as Snapshot;
    const live = readState(read(await snapshot(world, 'now')));
    const known = [readState(read(evidence))];
    const found = compareStates(live, known);
    const input = { live, evidence: known, differences: found, choices: Object.fromEntries(found.map(({ id }) => [id, 'restore' as const])), order: orderOwners({ differences: found, live, evidence: known }) };
    const all = lackedBy(input, new Set(ROLES.filter((role) => role.startsWith('manage-'))));
    return { found, takes: (id) => all.get(id as Difference['id']) ?? [], lackedWith: (roles) => new Set<string>(lackedBy(input, new Set(ROLES.filter((role) => role.startsWith('manage-') && !roles.includes(role)))).keys()) };
  }

  async function recover(login: Login, restored: ReadonlySet<string>): Promise<ToolRun> {
    const answers = join(directory, 'answers.yaml');
    writeFileSync(answers, JSON.stringify(Object.fromEntries([...restored].map((id) => [id, 'restore']))));
    proxy.clear();
    return runTool(['recover', '--url', proxy.url, '--realm', REALM, ...login.flags, '--evidence', evidence, '--answers', answers, '--lost', 'leave', '--changed', 'leave', '--live-only', 'leave', '--confirm', REALM, '--accept-unproven', 'not what is tried here', '--session-dir', join(directory, 'sessions'), '--json'], { env: login.env });
  }

  it.each(RESTORES.map((row) => [row.job, row] as const))('%s', async (_job, row: Job) => {
    const { found, takes, lackedWith } = await differences();
    const lacked = lackedWith(row.roles);
    const possible = found.filter(({ id, onlyCompared }) => !lacked.has(id) && onlyCompared === undefined);
    expect(possible.length).toBeGreaterThan(0);
    // Another row may take less; what takes exactly this is what the page says of it.
    const exactly = possible.filter(({ id }) => takes(id).join() === [...row.roles].sort().join());
    expect([...new Set(exactly.map(({ kind }) => kind))].filter((kind) => row.kinds?.includes(kind) !== true)).toEqual([]);
    const restored = new Set<string>(possible.map(({ id }) => id));

    for (const role of row.roles) {
      const refused = await recover(account(row.roles.filter((kept) => kept !== role)), new Set(exactly.map(({ id }) => id)));
      // What cannot even be seen is not planned; that it is missing is said all the same.
      if (role === 'manage-authorization') {
        expect(refused.stdout).toMatch(/"unseen":\["authorization settings \(of \d clients? in the evidence\): seeing them takes manage-authorization"\]/);
        expect(refused.exit).toBe(3);
        continue;
      }
      expect(refused.stderr).toContain(`This plan needs ${role} of client realm-management, which these credentials lack; nothing was written.`);
      expect(refused.exit).toBe(3);
      expect(proxy.writes).toEqual([]);
    }
    const done = await recover(account(row.roles), restored);
    // Whoever cannot see authorization settings is told that they were not compared.
    const dark = !row.roles.some((role) => role === 'manage-clients' || role === 'manage-authorization');
    expect([dark ? 3 : 0, 4], done.stderr + done.stdout.slice(-1500)).toContain(done.exit);
    expect(summaryOf(done)).toMatchObject({ failed: 0 });
    expect(done.stdout).toContain('"moved":[]');
    expect((await differences()).found.filter(({ id }) => restored.has(id)).map(({ id }) => id)).toEqual([]);
  });

  it('what takes the roles of several rows is restored with the fewest roles that bring all of them along', async () => {
    const { found } = await differences();
    const fewest = fewestRoles(ROLES);
    expect([...fewest].sort()).toEqual(['manage-clients', 'manage-identity-providers', 'manage-realm', 'manage-users', 'view-events']);
    const done = await recover(account(fewest), new Set(found.filter(({ change }) => change !== 'live-only').map(({ id }) => id)));
    expect([0, 4], done.stderr).toContain(done.exit);
    expect((await differences()).found.filter(({ change }) => change !== 'live-only').map(({ id }) => id)).toEqual([]);
  });
});
