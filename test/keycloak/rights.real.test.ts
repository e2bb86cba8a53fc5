import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeycloak } from '../../src/keycloak/keycloak.ts';
import { createRealm, wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { must } from '../../src/sandbox/incident/calls.ts';
import type { Connection } from '../../src/runbook/model.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { failure } from '../harness/failure.ts';
import { accountWith, administrator } from './real.ts';

const REALM = 'adapter-rights';
const calls = sharedCalls(REALM);

beforeAll(() => createRealm(calls));
afterAll(() => wipeRealm(calls));

async function connected(roles: readonly string[]): Promise<Connection> {
  const keycloak = await accountWith(calls, sharedKeycloak(), roles);
  const connection = await keycloak.connect();
  await keycloak.close();
  return connection;
}

const may = (connection: Connection, job: string) => connection.rights.find((right) => right.job.startsWith(job))?.allowed;

it('are all there for the administrator of the server, whose token says nothing', async () => {
  const keycloak = openKeycloak(administrator(sharedKeycloak(), REALM));
  const connection = await keycloak.connect();
  await keycloak.close();
  expect(connection).toMatchObject({ user: sharedKeycloak().username, clientId: 'admin-cli', serverVersion: sharedKeycloak().version });
  expect(connection.rights.filter((right) => right.allowed !== true)).toEqual([]);
});

describe('of a service account with one role', () => {
  const ROWS: readonly (readonly [string, string, boolean | null])[] = [
    ['view-realm', 'capture realm', true], ['view-clients', 'capture realm', false],
    ['view-clients', 'capture clients', true], ['query-clients', 'capture clients', false],
    ['view-users', 'capture groups', true], ['query-users', 'capture groups', false], ['query-groups', 'capture groups', false],
    ['view-identity-providers', 'capture identity', true], ['view-identity-providers', 'restore identity', false],
    ['manage-identity-providers', 'restore identity', true],
    ['view-events', 'read admin events', true],
    ['manage-clients', 'restore clients', true], ['view-clients', 'restore clients', false],
    ['manage-clients', 'restore realm roles in the scope', false], ['manage-clients', 'restore authorization', true],
    ['manage-users', 'restore groups and role mappings', true], ['view-users', 'restore groups and role mappings', false],
    ['manage-realm', 'clear the caches', true], ['view-realm', 'clear the caches', false], ['manage-realm', 'restore clients', false],
    ['view-clients', 'preview tokens', false],
    ['view-realm', 'capture organizations', false], ['query-organizations', 'capture organizations', false], ['manage-realm', 'restore organizations', true],
    ['manage-organizations', 'restore organizations', true], ['view-organizations', 'restore organizations', false], ['manage-organizations', 'restore identity providers of', false],
  ];
  const known = new Map<string, Promise<Connection>>();
  it.each(ROWS)('%s: %s is %s', async (role, job, allowed) => {
    const connection = known.get(role) ?? connected([role]);
    known.set(role, connection);
    expect(may(await connection, job)).toBe(allowed);
  });
});

it('are found without a write', async () => {
  const before = (await must(calls, 'GET', '/admin-events?max=500')) as unknown[];
  await connected(['view-realm']);
  const after = (await must(calls, 'GET', '/admin-events?max=500&operationTypes=ACTION')) as unknown[];
  expect(before.length).toBeGreaterThan(0);
  expect(after).toEqual([]);
});

it('do not matter when the realm does not exist, or the password is wrong', async () => {
  const nowhere = openKeycloak(administrator(sharedKeycloak(), 'no-such-realm'));
  expect((await failure(nowhere.connect())).code).toBe('realm-not-found');
  const wrong = openKeycloak(administrator(sharedKeycloak(), REALM, { password: 'wrong' }));
  expect((await failure(wrong.connect())).code).toBe('refused-login');
});
