import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { labSecret } from '../../src/sandbox/incident/clients.ts';
import { clientIds, clientUuid } from '../../src/sandbox/incident/lookups.ts';
import { refresh } from '../../src/sandbox/incident/login.ts';
import { addLiveOnly } from '../../src/sandbox/incident/destroy.ts';
import { CHANGED_CLIENTS, LIVE_ONLY } from '../../src/sandbox/incident/loss.ts';
import { stageIncident, wipeRealm, type Staged } from '../../src/sandbox/incident/stage.ts';
import { must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { list } from '../../src/sandbox/incident/read.ts';
import { readRealm, type Reading } from './independent.ts';
import { startKeycloak } from './keycloak.ts';
import { stageAllReal, stageReal, type Column, type ReallyStaged } from './realStage.ts';
import { sharedCalls } from './shared.ts';
import { useServer } from './use.ts';

/** Clients whose part of the realm, service account included, is not the same in two readings. */
function differing(one: Reading, two: Reading): string[] {
  const part = (reading: Reading, clientId: string): string => JSON.stringify([
    reading.plain.clients[clientId],
    reading.plain.users[`service-account-${clientId}`],
  ]);
  const all = new Set([...Object.keys(one.identity.clients), ...Object.keys(two.identity.clients)]);
  return [...all].filter((clientId) => part(one, clientId) !== part(two, clientId)).sort();
}

async function usable(calls: AdminCalls, staged: Pick<Staged, 'tokens'>): Promise<number> {
  let count = 0;
  for (const login of staged.tokens) if ('access' in await refresh(calls, login)) count += 1;
  return count;
}

describe('the incident by REST on the shared server', () => {
  const calls = sharedCalls('harness-staged');
  let staged: Staged;
  let before: Reading;
  let after: Reading;

  beforeAll(async () => {
    staged = await stageIncident(calls, { liveOnly: false, whenGood: async () => { before = await readRealm(calls); } });
    after = await readRealm(calls);
    return () => wipeRealm(calls);
  });

  it('starts from 12 clients and 14 client scopes', async () => {
    const builtIn = ['account', 'account-console', 'admin-cli', 'broker', 'realm-management', 'security-admin-console'];
    expect((await clientIds(calls)).filter((clientId) => !builtIn.includes(clientId))).toHaveLength(12);
    expect(Object.keys(before.plain.clientScopes)).toHaveLength(14);
  });

  it('makes exactly six clients differ, and three client scopes disappear', () => {
    expect(differing(before, after)).toEqual([...CHANGED_CLIENTS].sort());
    expect(Object.keys(after.plain.clientScopes)).toHaveLength(11);
  });

  it('keeps all 200 logins alive', async () => {
    expect(after.identity).toEqual(before.identity);
    expect(after.identity.sessions.length + after.identity.offlineSessions.length).toBe(200);
    expect(await usable(calls, staged)).toBe(200);
  });

  it('takes the claim groups out of refreshed tokens', async () => {
    const login = staged.tokens.find((entry) => entry.client === 'auth-service' && 'groups' in decodeJwt(entry.access));
    const renewed = login === undefined ? { refused: 'no login' } : await refresh(calls, login);
    expect('access' in renewed ? decodeJwt(renewed.access) : renewed).not.toHaveProperty('groups');
    expect(renewed).toHaveProperty('access');
  });

  it('leaves no admin event of the loss', async () => {
    expect(list(await must(calls, 'GET', '/admin-events?operationTypes=DELETE'))).toEqual([]);
  });

  it('can be edited afterwards, which touches nothing else', async () => {
    await addLiveOnly(calls);
    const edited = await readRealm(calls);
    expect(differing(after, edited)).toEqual([LIVE_ONLY.redirect.client, LIVE_ONLY.mapper.client].sort());
    expect(edited.identity).toEqual(after.identity);
  });
});

describe('the incident by kc.sh import', () => {
  const keycloak = useServer(() => startKeycloak({ database: 'postgres' }));

  describe('with the node stopped', () => {
    let all: Map<Column, ReallyStaged>;
    beforeAll(async () => {
      const columns: readonly Column[] = ['full', 'partial', 'masked', 'hand-written'];
      const staged = await stageAllReal(keycloak(), 'stopped', columns.map((column) => ({ column, realm: `stopped-${column}` })));
      all = new Map(staged.map((one) => [one.column, one]));
    });

    it('(a) from a full export: six clients differ, every login lives', async () => {
      const staged = pick(all, 'full');
      const after = await readRealm(staged.calls);
      expect(staged.log).toContain("Realm 'stopped-full' already exists. Removing it before import");
      expect(differing(staged.before, after)).toEqual([...CHANGED_CLIENTS].sort());
      expect(after.identity).toEqual(staged.before.identity);
      expect(await usable(staged.calls, staged)).toBe(staged.tokens.length);
    });

    it('(a2) from a partial export: client ids stay, users, sessions and keys are gone', async () => {
      const staged = pick(all, 'partial');
      const after = await readRealm(staged.calls);
      expect(after.identity.clients).toEqual(staged.before.identity.clients);
      await expectSessionsGone(staged, after);
      expect(await accepts(staged.calls, labSecret('billing-service'))).toBe(200);
    });

    it('(c) with masked secrets: ten asterisks have become the secret', async () => {
      const staged = pick(all, 'masked');
      expect(await accepts(staged.calls, labSecret('billing-service'))).toBe(401);
      expect(await accepts(staged.calls, '**********')).toBe(200);
    });

    it('(b) from a hand-written file: everything has a new identity, the six clients differ by name', async () => {
      const staged = pick(all, 'hand-written');
      const after = await readRealm(staged.calls);
      expect(after.identity.realmId).not.toBe(staged.before.identity.realmId);
      expect(after.identity.clients['auth-service']).not.toBe(staged.before.identity.clients['auth-service']);
      expect(differing(staged.before, after)).toEqual([...CHANGED_CLIENTS].sort());
      await expectSessionsGone(staged, after);
    });
  });

  describe('with the node running', () => {
    // Each stages its own: clearing the cache of one realm clears those of all realms of the node.
    it('(a) from a full export: the old realm is served until the cache is cleared, then every login lives', async () => {
      const staged = await stageReal(keycloak(), 'running', { column: 'full', realm: 'running-full' });
      expect(differing(staged.before, await readRealm(staged.calls))).not.toContain('auth-service');
      await clearCaches(staged.calls);
      const after = await readRealm(staged.calls);
      expect(differing(staged.before, after)).toEqual([...CHANGED_CLIENTS].sort());
      expect(after.identity).toEqual(staged.before.identity);
      expect(await usable(staged.calls, staged)).toBe(staged.tokens.length);
    });

    it('(b) from a hand-written file: the list of clients is empty while each still answers by name', async () => {
      const staged = await stageReal(keycloak(), 'running', { column: 'hand-written', realm: 'running-written' });
      expect(await clientIds(staged.calls)).toEqual([]);
      expect(await clientUuid(staged.calls, 'auth-service')).toBe(staged.before.identity.clients['auth-service']);
      await clearCaches(staged.calls);
      expect(await clientIds(staged.calls)).toHaveLength(18);
      await expectSessionsGone(staged, await readRealm(staged.calls));
    });
  });
});

function pick(all: ReadonlyMap<Column, ReallyStaged>, column: Column): ReallyStaged {
  const staged = all.get(column);
  if (staged === undefined) throw new Error(`The column ${column} was not staged.`);
  return staged;
}

async function clearCaches(calls: AdminCalls): Promise<void> {
  await must(calls, 'POST', '/clear-realm-cache');
  await must(calls, 'POST', '/clear-user-cache');
}

async function expectSessionsGone(staged: ReallyStaged, after: Reading): Promise<void> {
  expect(staged.before.identity.sessions).not.toEqual([]);
  expect(after.identity.sessions).toEqual([]);
  expect(after.identity.keys.filter((key) => staged.before.identity.keys.includes(key))).toEqual([]);
  expect(await usable(staged.calls, staged)).toBe(0);
}

async function accepts(calls: AdminCalls, secret: string): Promise<number> {
  return (await calls.token({ grant_type: 'client_credentials', client_id: 'billing-service', client_secret: secret })).status;
}
