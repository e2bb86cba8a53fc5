import { expect, test } from 'vitest';
import { RescueError } from '../../src/realm/errors.ts';
import type { Json, JsonObject } from '../../src/realm/json.ts';
import type { Api } from '../../src/keycloak/api.ts';
import { openPeople } from '../../src/keycloak/people.ts';
import { readWriteAccess } from '../../src/keycloak/access/write-access.ts';

const MANAGEMENT = { id: 'management', clientId: 'realm-management' };
const ROLES = [{ id: 'r1', name: 'manage-clients' }, { id: 'r2', name: 'manage-realm' }];
const HEALTHY = { '': { realm: 'primary' }, 'clients': [MANAGEMENT], 'roles': [], 'clients/management/roles': ROLES };

/** A server that answers what it is given, a status where that is a number, and else with an empty list: as an account of the realm itself sees it. */
function serverOf(answers: Readonly<Record<string, Json | Error>>): Api {
  const people = openPeople();
  const answer = async (parts: readonly string[]) => {
    const given = answers[parts.join('/')] ?? [];
    if (given instanceof Error) return people.ask('holders primary', () => Promise.reject(given));
    return typeof given === 'number' ? { status: given, body: null, milliseconds: 0 } : { status: 200, body: given, milliseconds: 0 };
  };
  return { realm: 'primary', authRealm: 'primary', get: answer, read: async (parts: readonly string[]) => (await answer(parts)).body } as unknown as Api;
}

async function unknownOf(answers: Readonly<Record<string, Json | Error>>): Promise<readonly string[]> {
  const { unknown } = await readWriteAccess(serverOf({ ...HEALTHY, ...answers }));
  return unknown.filter((sentence) => !sentence.includes('does not see realm master'));
}

test('everything is known of a realm whose lists are all answered', async () => {
  expect(await unknownOf({})).toEqual([]);
});

test('a client of the administrative roles that is not in the list is no client without holders', async () => {
  expect(await unknownOf({ clients: [] })).toEqual([
    'The server does not list client realm-management of realm primary, so who holds its roles is not known: its cache may be stale, or the client deleted.',
  ]);
});

test('fine-grained admin permissions of before 26.2 are seen at the client of the administrative roles', async () => {
  expect(await unknownOf({ clients: [{ ...MANAGEMENT, authorizationServicesEnabled: true }] })).toEqual([expect.stringMatching(/^Fine-grained admin permissions are on in realm primary: /)]);
});

test('one list that fails is told, and the others are read', async () => {
  const user: JsonObject = { id: 'u', username: 'kim', enabled: true };
  const { writers, unknown } = await readWriteAccess(serverOf({ ...HEALTHY, 'clients/management/roles/manage-clients/users': 500, 'clients/management/roles/manage-realm/users': [user] }));
  expect(writers).toEqual([{ name: 'kim', realm: 'primary', kind: 'person', through: ['realm-management manage-realm'] }]);
  expect(unknown[0]).toBe('Writers of realm primary may be missing. The server answers GET /admin/realms/primary/clients/management/roles/manage-clients/users with 500.');
});

test('groups that a server before 23 does not list below a group are not taken as none', async () => {
  expect(await unknownOf({ 'clients/management/roles/manage-realm/groups': [{ id: 'g', path: '/admins' }], 'groups/g/children': 405 })).toEqual([
    'Writers of realm primary may be missing. The server answers GET /admin/realms/primary/groups/g/children with 405.',
  ]);
});

test('a directory that does not answer is told once', async () => {
  const lost = new RescueError('unreachable', 'The connection was lost while reading.');
  expect(await unknownOf({ 'clients/management/roles/manage-clients/users': lost, 'clients/management/roles/manage-realm/users': lost })).toEqual([
    expect.stringMatching(/^Writers of realm primary may be missing\. The server does not answer a list of users/),
  ]);
});
