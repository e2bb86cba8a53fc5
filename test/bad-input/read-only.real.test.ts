// Who may only look can do everything but restore, and nothing that looks leaves a trace in the realm.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { must } from '../../src/sandbox/incident/calls.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { list, object, text } from '../../src/sandbox/incident/read.ts';
import type { Json } from '../../src/realm/json.ts';
import { readRealm } from '../harness/independent.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { expectRefusal, recordedIn } from './refusal.ts';
import { accountWith, confirmed, decided, removeMasterUsers, run, stageOn, userWith, type Login, type Story } from './story.ts';

const LOOK = ['view-realm', 'view-clients', 'view-users', 'view-identity-providers', 'view-events'];
const WAYS = ['service account', 'user of the realm', 'user of master'] as const;
type Way = (typeof WAYS)[number];

async function accountsWith(story: Story, roles: readonly string[]): Promise<Readonly<Record<Way, Login>>> {
  return { 'service account': await accountWith(story, roles), 'user of the realm': await userWith(story, roles, 'realm'), 'user of master': await userWith(story, roles, 'master') };
}

describe('an account that may only look', () => {
  let story: Story;
  let looking: Readonly<Record<Way, Login>>;
  let all: Readonly<Record<Way, Login>>;
  let before: Json;

  /** Everything that the server recorded besides what this test did by itself. */
  const events = async (): Promise<readonly Json[]> => list(await must(story.calls, 'GET', '/admin-events?max=500'));
  /** The whole realm by a partial export: unlike a reading through each client, it makes no account that is missing. */
  const whole = async (): Promise<Json> => inOrder(await must(story.calls, 'POST', '/partial-export?exportClients=true&exportGroupsAndRoles=true'));
  const accounts = async (): Promise<readonly (string | undefined)[]> => list(object(await whole())?.['users'] ?? null).map((each) => text(each, 'serviceAccountClientId'));

  beforeAll(async () => {
    await sharedRealmGone('rights-look');
    story = await stageOn(sharedKeycloak(), 'rights-look');
    looking = await accountsWith(story, LOOK);
    all = await accountsWith(story, ['manage-clients', 'manage-realm', 'manage-users', 'manage-identity-providers', 'view-events']);
    // A service account that its flag promises and nobody has made: the read of it would make it.
    await must(story.calls, 'POST', '/partialImport', { ifResourceExists: 'FAIL', clients: [{ clientId: 'promised', enabled: true, serviceAccountsEnabled: true, secret: 'lab' }] });
    expect(await accounts()).not.toContain('promised');
    await must(story.calls, 'PUT', '/events/config', { ...object(await must(story.calls, 'GET', '/events/config')), adminEventsEnabled: true, adminEventsDetailsEnabled: true });
    await must(story.calls, 'DELETE', '/admin-events');
    before = await whole();
  });
  afterAll(async () => {
    await removeMasterUsers(story.calls);
    await wipeRealm(story.calls);
  });

  it.each(WAYS)('can do all but restore, and leaves no trace: %s', async (way) => {
    const as = looking[way];
    const doctor = await run(story, ['doctor'], { as });
    expect(doctor.exit).toBe(3);
    const told = JSON.parse(doctor.stdout) as { rights: { job: string; allowed: boolean | null }[] };
    expect(told.rights.filter(({ allowed }) => allowed === true).map(({ job }) => job)).toEqual([
      'capture realm settings, roles, keys and flows', 'capture clients, scopes and mappers', 'capture groups and service accounts', 'capture identity providers', 'read admin events', 'preview tokens',
    ]);
    const snapshot = await run(story, ['snapshot'], { as, with: ['--out', story.directory] });
    expect(snapshot.exit, snapshot.stderr).toBe(0);
    const { file } = JSON.parse(snapshot.stdout) as { file: string };
    expect(existsSync(file)).toBe(true);
    expect((await run(story, ['compare'], { as, with: ['--evidence', story.evidence] })).exit).toBe(2);
    const plan = await run(story, ['plan'], { as, with: decided(story) });
    expect(plan.exit, plan.stderr).toBe(0);
    expect((JSON.parse(plan.stdout) as { groups: unknown[] }).groups.length).toBeGreaterThan(0);
    const exported = await run(story, ['export'], { as, with: ['--evidence', story.evidence, '--out', join(story.directory, way)] });
    expect(exported.exit, exported.stderr).toBe(0);
    expect((await run(story, ['recover'], { as, with: [...confirmed(story), '--read-only'] })).exit).toBe(2);

    const refused = await run(story, ['recover'], { as, with: confirmed(story) });
    const owner = way === 'user of master' ? 'client rights-look-realm of realm master' : 'client realm-management';
    expectRefusal(refused, { exit: 3, says: `needs manage-clients and manage-users of ${owner}, which these credentials lack; nothing was written`, next: /Nothing that was chosen can be restored without them/ });
    const [id = ''] = recordedIn(refused.sessions).runs;
    expect(readFileSync(join(refused.sessions, id, 'transcript.md'), 'utf8')).toContain('client-mapper `groups`');
    expect(await events()).toEqual([]);
    expect(await whole()).toEqual(before);
  });

  it('nor does the whole of looking as somebody who might write, with --read-only and up to the word', async () => {
    for (const way of WAYS) {
      const as = all[way];
      const doctor = await run(story, ['doctor'], { as });
      expect((JSON.parse(doctor.stdout) as { rights: { allowed: boolean | null }[] }).rights.filter(({ allowed }) => allowed !== true)).toEqual([]);
      expect(doctor.exit).toBe(0);
      for (const command of ['compare', 'plan']) expect([0, 2]).toContain((await run(story, [command], { as, with: command === 'plan' ? decided(story) : ['--evidence', story.evidence] })).exit);
      expect((await run(story, ['recover'], { as, with: [...confirmed(story), '--read-only'] })).exit).toBe(2);
      // Without the word: everything up to the first write.
      expect((await run(story, ['recover'], { as, with: decided(story) })).exit).toBe(5);
    }
    expect(await accounts()).not.toContain('promised');
    expect(await events()).toEqual([]);
    expect(await whole()).toEqual(before);
  });

  it('the server does record a write, and making the promised account: the list would not have been empty', async () => {
    const [promised] = list(await must(story.calls, 'GET', '/clients?clientId=promised'));
    await must(story.calls, 'GET', `/clients/${text(promised ?? null, 'id')}/service-account-user`);
    expect(await accounts()).toContain('promised');
    await must(story.calls, 'POST', '/roles', { name: 'seen' });
    expect((await events()).map((event) => text(event, 'resourceType'))).toContain('REALM_ROLE');
  });
});

describe('with less than the plan takes', () => {
  it.each(WAYS)('the engineer goes on with the lines that the refusal names: %s', async (way) => {
    const realm = `rights-less-${WAYS.indexOf(way)}`;
    await sharedRealmGone(realm);
    const story = await stageOn(sharedKeycloak(), realm);
    const as = (await accountsWith(story, ['manage-clients', 'view-realm', 'view-users']))[way];
    const whole = (await accountsWith(story, ['manage-clients', 'manage-realm', 'manage-users', 'manage-identity-providers']))[way];
    const refused = await run(story, ['recover'], { as, with: confirmed(story) });
    expectRefusal(refused, { exit: 3, says: /needs manage-users of client/, next: /Or go on with less: resume it with --answers FILE/ });
    expect((await readRealm(story.calls)).plain.clients['auth-service']).toEqual(story.destroyed.clients['auth-service']);

    const answers = join(story.directory, 'less.yaml');
    writeFileSync(answers, refused.stderr.split('\n').filter((line) => /: leave {2}# manage-users$/.test(line)).join('\n'));
    const [id = ''] = recordedIn(refused.sessions).runs;
    const resumed = await run(story, ['resume', id], { as, sessions: refused.sessions, with: ['--answers', answers] });
    expect(resumed.exit, resumed.stderr).toBe(0);
    const less = (await readRealm(story.calls)).plain;
    expect(less.clientScopes).toEqual(story.wanted.clientScopes);
    expect(less.clients['auth-service']).toEqual(story.wanted.clients['auth-service']);
    expect(less.users['service-account-billing-service']).toEqual(story.destroyed.users['service-account-billing-service']);

    // With the smallest set of all roles the rest comes back, too.
    const done = await run(story, ['recover'], { as: whole, with: confirmed(story) });
    expect(done.exit, done.stderr).toBe(0);
    const after = (await readRealm(story.calls)).plain;
    for (const name of Object.keys(story.wanted.users)) expect(after.users[name], name).toEqual(story.wanted.users[name]);
    for (const name of Object.keys(story.wanted.clients)) expect(after.clients[name], name).toEqual(story.wanted.clients[name]);
    expect({ ...after, users: {}, clients: {} }).toEqual({ ...story.wanted, users: {}, clients: {} });
    await removeMasterUsers(story.calls);
    await wipeRealm(story.calls);
  });
});

/** The server gives the lists of an export in no fixed order. */
function inOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(inOrder).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const fields = object(value);
  return fields === undefined ? value : Object.fromEntries(Object.entries(fields).map(([key, entry]) => [key, inOrder(entry)]));
}

/** What an earlier run left behind when it was stopped. */
async function sharedRealmGone(realm: string): Promise<void> {
  const calls = sharedCalls(realm);
  await calls.call('DELETE', `/admin/realms/${realm}`);
  await removeMasterUsers(calls);
}
