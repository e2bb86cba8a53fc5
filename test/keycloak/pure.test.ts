import { describe, expect, it } from 'vitest';
import type { ClaimExpectation } from '../../src/realm/model.ts';
import type { Api } from '../../src/keycloak/api.ts';
import { asClient } from '../../src/keycloak/capture/clients.ts';
import { allPages, inFlight } from '../../src/keycloak/flight.ts';
import { claimAt, claimWords, shows, wantedTokens } from '../../src/keycloak/prove/claim.ts';
import { neededRole } from '../../src/keycloak/prove/users.ts';
import { rightsFrom, type Found } from '../../src/keycloak/rights.ts';
import { oneLine, serverWords } from '../../src/keycloak/text.ts';

describe('claims', () => {
  const payload = { aud: ['api', 'account'], scope: 'openid orders:read', groups: [], resource_access: { 'a.b': { roles: ['read'] } }, realm_access: { roles: ['staff'] } };

  it('are found along a path whose escaped dots belong to names', () => {
    expect(claimAt(payload, 'resource_access.a\\.b.roles')).toEqual(['read']);
    expect(claimAt(payload, 'resource_access.a.b.roles')).toBeUndefined();
  });

  it.each<[string, string | undefined, boolean]>([
    ['aud', 'api', true], ['aud', 'ap', false], ['scope', 'orders:read', true], ['scope', 'orders', false],
    ['groups', undefined, false], ['realm_access.roles', 'staff', true], ['resource_access.a\\.b.roles', 'write', false], ['nothing', undefined, false],
  ])('%s with member %s: %s', (claim, member, there) => {
    expect(shows(payload, member === undefined ? { claim } : { claim, member })).toBe(there);
  });

  it('take one audience for a list of one', () => {
    expect(shows({ aud: 'api' }, { claim: 'aud', member: 'api' })).toBe(true);
  });

  it('are not awaited in a lightweight access token', () => {
    const expectation: ClaimExpectation = { client: 'c', claim: 'groups', tokens: ['access', 'id'], needs: 'group', inLightweight: false, because: [] };
    expect(wantedTokens(expectation)).toEqual(['id']);
    expect(claimWords({ claim: 'aud', member: 'api' })).toBe('audience api');
  });
});

describe('the role that a claim needs', () => {
  const roles: Readonly<Record<string, readonly string[]>> = { app: ['read'], 'https://app.test/x': ['read/all'] };
  const api = {
    read: async (parts: readonly string[], query?: Readonly<Record<string, unknown>>) => {
      const [, id, , role] = parts;
      if (query !== undefined) return Object.keys(roles).filter((clientId) => clientId === query['clientId']).map((clientId) => ({ id: clientId, clientId }));
      return (roles[id ?? ''] ?? []).includes(role ?? '') ? { name: role } : null;
    },
  } as unknown as Api;

  it.each<[string, string | undefined, string]>([
    ['staff', undefined, 'staff'], ['app/read', 'app', 'read'], ['https://app.test/x/read/all', 'https://app.test/x', 'read/all'], ['realm/role', undefined, 'realm/role'], ['app/other', undefined, 'app/other'],
  ])('%s is looked up where it exists, whatever slashes the names hold', async (needed, client, name) => {
    expect(await neededRole(api, { client: 'c', claim: 'x', tokens: ['access'], needs: 'role', needed, inLightweight: true, because: [] })).toEqual({ client, name });
  });
});

describe('requests in flight', () => {
  it('are four at most, and answers keep their order', async () => {
    let now = 0;
    let most = 0;
    const results = await inFlight(Array.from({ length: 20 }, (_, index) => index), async (item) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      now -= 1;
      return item * 2;
    });
    expect(results).toEqual(Array.from({ length: 20 }, (_, index) => index * 2));
    expect(most).toBe(4);
  });

  it('begin nothing more after a failure', async () => {
    const begun: number[] = [];
    await expect(inFlight([0, 1, 2, 3, 4, 5, 6, 7], async (item) => {
      begun.push(item);
      if (item === 1) throw new Error('no');
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    })).rejects.toThrow('no');
    expect(begun).toEqual([0, 1, 2, 3]);
  });

  it.each([0, 1, 39, 40, 41, 200, 201])('read all %i entries of a paged list', async (total) => {
    const all = Array.from({ length: total }, (_, index) => index);
    expect(await allPages(40, async (first, max) => all.slice(first, first + max))).toEqual(all);
  });
});

describe('rights', () => {
  const all: Found = { 'view-realm': true, 'view-clients': true, 'view-users': true, 'view-identity-providers': true, 'view-events': true, 'view-organizations': true, 'manage-organizations': true, 'manage-clients': true, 'manage-users': true, 'manage-realm': true, 'manage-identity-providers': true, 'manage-authorization': true };
  const job = (found: Found, name: string) => rightsFrom(found).find((right) => right.job.startsWith(name));

  it('are all there for an administrator', () => {
    expect(rightsFrom(all).every((right) => right.allowed === true)).toBe(true);
  });

  it('name the role to grant, and only the one that is missing', () => {
    expect(job({ ...all, 'manage-realm': false }, 'restore realm roles in the scope')).toMatchObject({ allowed: false, role: 'manage-realm' });
  });

  it('stay unknown where nothing shows', () => {
    expect(job({ ...all, 'manage-identity-providers': null }, 'restore identity')).toMatchObject({ allowed: null, role: 'manage-identity-providers' });
  });
});

describe("a server's words", () => {
  it('become one short line without control characters', () => {
    expect(oneLine('a\u001B[2J\nb\u202Ec')).toBe('a [2J b c');
    expect(oneLine('x'.repeat(500))).toHaveLength(200);
    expect(serverWords({ error: 'invalid_grant', error_description: 'Account is not fully set up' })).toBe('Account is not fully set up');
    expect(serverWords({ error: 'unknown_error', error_description: 'For more on this error consult the server log.' })).toBe('For more on this error consult the server log');
    expect(serverWords('<html>')).toBe('');
  });
});

it('a client that no Keycloak has is refused where it is read, with the place; null is absent', () => {
  const client = { id: '1', clientId: 'a' };
  expect(() => asClient({ ...client, protocolMappers: { groups: {} } })).toThrow(/none that a Keycloak has: clients\[0\]\.protocolMappers is no list/);
  expect(asClient({ ...client, protocolMappers: null, access: { view: true } })).toEqual([client]);
  expect(asClient({ clientId: 'a' })).toEqual([]);
});
