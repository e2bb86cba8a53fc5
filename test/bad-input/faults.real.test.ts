// The same on a real Keycloak: what a write has done there, no fake can promise.
import { describe, expect, it } from 'vitest';
import { must } from '../../src/sandbox/incident/calls.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { readRealm } from '../harness/independent.ts';
import { sharedKeycloak } from '../harness/shared.ts';
import { expectResumable, expectWanted, WRITE_FAULTS } from './faults.ts';
import { startFaultProxy } from './faultProxy.ts';
import { expectRefusal, recordedIn } from './refusal.ts';
import { accountWith, confirmed, run, stageOn, type Story } from './story.ts';

async function staged(realm: string, work: (story: Story) => Promise<void>): Promise<void> {
  const story = await stageOn(sharedKeycloak(), realm);
  await work(story);
  await wipeRealm(story.calls);
}

describe('a write that goes wrong on a real server', () => {
  it.each([['500, not done', 2], ['500, done', 3], ['hangs up, not done', 5], ['gateway gives up, not done', 7]] as const)('%s, at write %i', async (name, nth) => {
    const { [name]: fault } = WRITE_FAULTS;
    if (!fault) throw new Error(name);
    await staged(`bad-write-${nth}`, (story) => expectResumable(story, nth, fault));
  });

  it('done, but the answer is cut off every time: each look shows it, and the run goes on', () => staged('bad-cut', async (story) => {
    const proxy = await startFaultProxy(story.url);
    proxy.break((passing) => (passing.write ? { kind: 'hang-up', applied: true } : undefined));
    const done = await run({ ...story, url: proxy.url }, ['recover'], { with: confirmed(story) });
    expect(done).toMatchObject({ exit: 0, stderr: '' });
    await expectWanted(story, proxy);
    await proxy.close();
  }));

  it('while the server is gone stays where it was: resume says so and sends nothing', () => staged('bad-gone', async (story) => {
    const proxy = await startFaultProxy(story.url);
    const via = { ...story, url: proxy.url };
    let gone = false;
    proxy.break((passing) => {
      gone ||= passing.write && passing.nth === 2;
      return gone && passing.admin ? { kind: 'hang-up' } : undefined;
    });
    const stopped = await run(via, ['recover'], { with: confirmed(story) });
    expectRefusal(stopped, { exit: 3, says: /lost/, next: /resume/ });
    const [id = ''] = recordedIn(stopped.sessions).runs;
    const asked = proxy.asked.length;
    expectRefusal(await run(via, ['resume', id], { sessions: stopped.sessions }), { exit: 3, says: /lost while reading/, next: /Try again/ });
    expect(proxy.asked.length).toBe(asked);
    proxy.break();
    expect((await run(via, ['resume', id], { sessions: stopped.sessions })).exit).toBe(0);
    await expectWanted(story, proxy);
    await proxy.close();
  }));
});

describe('an account without the roles, on a real server', () => {
  it('is refused before the first write, and the role is named', () => staged('bad-roles', async (story) => {
    const proxy = await startFaultProxy(story.url);
    const CASES: readonly (readonly [readonly string[], RegExp, RegExp])[] = [
      [[], /captured whole: these credentials lack view-realm, view-clients and view-users/, /realm-rescue doctor/],
      [['query-clients'], /captured whole: these credentials lack view-realm, view-clients and view-users/, /Grant view-realm/],
      [['view-realm', 'view-users'], /lack view-clients of client realm-management/, /Grant view-clients to service account of only-view-realm-view-users/],
      [['view-realm', 'view-clients', 'view-users'], /needs manage-clients and manage-users .*nothing was written/, /Grant manage-clients and manage-users/],
      [['view-realm', 'manage-clients', 'view-users'], /needs manage-users of client realm-management/, /Grant manage-users/],
    ];
    for (const [roles, says, next] of CASES) {
      const as = await accountWith(story, roles);
      expectRefusal(await run({ ...story, url: proxy.url }, ['recover'], { as, with: confirmed(story) }), { exit: 3, says, next });
    }
    expect(proxy.asked).toEqual([]);
    await proxy.close();
  }));

  it('with the role granted later, the refused run goes on', () => staged('bad-granted', async (story) => {
    // Both are there before the capture: a client that appears later would be somebody's write meanwhile.
    const as = await accountWith(story, ['view-realm', 'manage-clients', 'view-users']);
    const more = await accountWith(story, ['manage-realm', 'manage-clients', 'manage-users']);
    const refused = await run(story, ['recover'], { as, with: confirmed(story) });
    expectRefusal(refused, { exit: 3, says: /needs manage-users/, next: /resume/ });
    const { runs: [id = ''] } = recordedIn(refused.sessions);
    expect((await run(story, ['resume', id], { as: more, sessions: refused.sessions })).exit).toBe(0);
    // The accounts themselves are not of the story.
    const after = (await readRealm(story.calls)).plain;
    expect(after.clientScopes).toEqual(story.wanted.clientScopes);
    expect(after.users['service-account-billing-service']).toEqual(story.wanted.users['service-account-billing-service']);
  }));

  it('a token that has run out says so', () => staged('bad-token', async (story) => {
    const { env } = await accountWith(story, ['view-realm']);
    const [client] = (await must(story.calls, 'GET', '/clients?clientId=only-view-realm')) as { id: string }[];
    await must(story.calls, 'PUT', `/clients/${client?.id}`, { clientId: 'only-view-realm', attributes: { 'access.token.lifespan': '1' } });
    const { body } = await story.calls.token({ grant_type: 'client_credentials', client_id: 'only-view-realm', client_secret: env['KEYCLOAK_CLIENT_SECRET'] ?? '' });
    const { access_token: token } = body as { access_token: string };
    const keys = () => fetch(`${story.url}/admin/realms/${story.realm}/keys`, { headers: { authorization: `Bearer ${token}` } });
    await expect.poll(async () => (await keys()).status, { timeout: 10_000 }).toBe(401);
    const tried = await run(story, ['recover'], { as: { flags: ['--token-stdin'], env: {} }, input: token, with: confirmed(story) });
    expectRefusal(tried, { exit: 3, says: /does not accept the token that was given; it has expired/, next: /fresh token on --token-stdin/ });
    expect(tried.stdout + tried.stderr).not.toContain(token);
  }));
});
