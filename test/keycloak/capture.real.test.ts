import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Snapshot } from '../../src/realm/snapshot.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import { openKeycloak } from '../../src/keycloak/keycloak.ts';
import { must } from '../../src/sandbox/incident/calls.ts';
import { logIn } from '../../src/sandbox/incident/login.ts';
import { createRealm, wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { accountWith, administrator, counting, quiet } from './real.ts';

const REALM = 'adapter-capture';
const calls = sharedCalls(REALM);
const network = counting();
let snapshot: Snapshot;
let requests: number;
const parts = new Map<string, number>();

beforeAll(async () => {
  await createRealm(calls);
  await logIn(calls, 12);
  const keycloak = openKeycloak(administrator(sharedKeycloak(), REALM, { dispatcher: network.dispatcher }));
  ({ snapshot, requests } = await keycloak.capture({ knownClients: ['auth-service', 'never-was'], onProgress: ({ part, done }) => parts.set(part, done ?? 0) }));
  await keycloak.close();
});
afterAll(async () => {
  await network.close();
  await wipeRealm(calls);
});

/** Lists by name instead of by position, and without what differs by design. */
function comparable(value: unknown, path = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item): [string, unknown] => {
      const plain = comparable(item, path);
      return [nameOf(plain), plain];
    });
    return items.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value)
    // An export masks secrets; it writes no clientRoles where there are none.
    .filter(([key, item]) => key !== 'secret' && !(key === 'clientRoles' && Object.keys(item as object).length === 0))
    // An export says no ids of the steps of flows.
    .filter(([key]) => !(path.endsWith('/authenticationExecutions') && (key === 'id' || key === 'authenticatorConfigId')))
    .map(([key, item]) => [key, comparable(item, `${path}/${key}`)]));
}

function nameOf(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item);
  const fields = item as JsonObject;
  return JSON.stringify(['clientId', 'client', 'clientScope', 'alias', 'username', 'name', 'providerId', 'subType', 'id'].map((field) => fields[field] ?? ''));
}

it('holds everything that a partial export of the server holds', async () => {
  const exported = await must(calls, 'POST', '/partial-export?exportClients=true&exportGroupsAndRoles=true');
  const { settingDescriptions, ...read } = snapshot.representation;
  expect(settingDescriptions?.steps.secret).toContain('api.key');
  expect(comparable(read)).toEqual(comparable(exported));
});

it('holds the secrets that an export masks, and no key material', () => {
  expect(snapshot.representation.clients?.find((client) => client.clientId === 'auth-service')?.secret).toMatch(/^(?!\*).+/);
  expect(JSON.stringify(snapshot.representation.components)).not.toMatch(/privateKey|BEGIN/);
});

it('is taken with reads alone, in pages, and never by a read that writes', () => {
  const others = network.requests.filter((request) => !request.startsWith('GET ') && !request.includes('/protocol/openid-connect/'));
  expect(others).toEqual([]);
  expect(network.requests.some((request) => /service-account-user|test-nodes-available|partial-export|GET \/admin\/realms\/[^/]+\/clients$/.test(request))).toBe(false);
});

it('costs a request for each object at most, and counts them', () => {
  const { representation } = snapshot;
  const objects = (representation.clients?.length ?? 0) * 3 + (representation.clientScopes?.length ?? 0) + (representation.users?.length ?? 0) * 3 + 60;
  expect(requests).toBeLessThan(objects + 60);
  expect(network.requests.length).toBeGreaterThanOrEqual(requests);
  expect(parts.get('scope mappings')).toBe((representation.clients?.length ?? 0) + (representation.clientScopes?.length ?? 0));
});

it('leaves no trace on the server', async () => {
  const events = (await must(calls, 'GET', '/admin-events?max=5')) as JsonObject[];
  expect(events).toEqual([]);
});

it('finds sessions, keys and users, and nothing stale', async () => {
  const { facts } = snapshot;
  expect(facts?.sessions?.length).toBeGreaterThan(0);
  expect((facts?.sessions?.length ?? 0) + (facts?.offlineSessions?.length ?? 0)).toBe(12);
  expect(facts?.keys.map((key) => key.algorithm).toSorted()).toEqual(['AES', 'HS512', 'RS256', 'RSA-OAEP']);
  const made = facts?.keys.find((key) => key.algorithm === 'RS256')?.madeAt ?? 0;
  expect(Math.abs(Date.now() - made)).toBeLessThan(10 * 60_000);
  expect(facts?.usersCount).toBe(24);
  expect(facts?.builtinSecretTimes).toEqual([]);
  expect(facts?.stale).toEqual([]);
});

it('has the same fingerprint when nothing changed', async () => {
  const keycloak = openKeycloak(administrator(sharedKeycloak(), REALM));
  const again = await keycloak.capture(quiet);
  await keycloak.close();
  expect(again.snapshot.fingerprint).toBe(snapshot.fingerprint);
  expect(again.snapshot.notes).toEqual([]);
});

it('says which parts a weak account could not see, and does not call them empty', async () => {
  const keycloak = await accountWith(calls, sharedKeycloak(), ['view-realm', 'query-clients']);
  const weak = await keycloak.capture(quiet);
  await keycloak.close();
  expect(weak.snapshot.representation.clients).toBeUndefined();
  expect(weak.snapshot.representation.roles?.realm?.length).toBeGreaterThan(0);
  expect(weak.snapshot.notes.join(' ')).toContain('grant view-clients of realm-management');
  expect(weak.snapshot.facts?.sessions).toBeNull();
});
