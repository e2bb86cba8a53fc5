import { describe, expect, test } from 'vitest';
import { KINDS, kindOf, kindTable } from '../../src/realm/kinds/index.ts';
import type { Json } from '../../src/realm/json.ts';
import { parseId } from '../../src/realm/keys.ts';
import type { Look, RequestTemplate } from '../../src/realm/model.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { before, state } from './incident.ts';
import { GUARDED, SETTINGS } from './authorization.ts';

const SANDBOXED = ['flow', 'flow-binding'];

/** What the server answers to the looks, made from the representation that it exported. */
function answer(realm: RealmRepresentation, request: RequestTemplate): Json {
  const path = request.path.map((part) => (typeof part === 'string' ? part : '$id' in part ? parseId(part.$id).parts.join('/') : '$serviceAccount' in part ? parseId(part.$serviceAccount).parts.join('/') : ''));
  const [first = '', name = '', third, role = ''] = path;
  const roleList = (names: readonly string[] | undefined) => (names ?? []).map((item) => ({ name: item }));
  const roleOf = (client: string | null, wanted: string) => (client === null ? realm.roles?.realm : realm.roles?.client?.[client])?.find((item) => item.name === wanted);
  const members = (client: string | null, wanted: string, tail: readonly string[]) => {
    const composites = roleOf(client, wanted)?.composites;
    return roleList(tail[0] === 'realm' ? composites?.realm : composites?.client?.[tail[1] ?? '']);
  };
  const found = ((): unknown => {
    if (first === 'client-scopes' && path.length === 1) return realm.clientScopes;
    if (first === 'clients' && path.length === 1) return realm.clients?.filter((client) => client.clientId === request.query?.['clientId']);
    if (first === 'roles') return third === undefined ? roleOf(null, name) : members(null, name, path.slice(3));
    if (third === 'authz') return realm.clients?.find((client) => client.clientId === name)?.['authorizationSettings'];
    if (first === 'clients' && third === 'roles') return path.length === 4 ? roleOf(name, role) : members(name, role, path.slice(5));
    if (third === 'scope-mappings') {
      const rows = path[3] === 'realm' ? realm.scopeMappings : realm.clientScopeMappings?.[path[4] ?? ''];
      return roleList(rows?.find((row) => (first === 'clients' ? row.client : row.clientScope) === name)?.roles);
    }
    if (first === 'users') {
      const user = realm.users?.find((each) => each.serviceAccountClientId === name);
      return roleList(path[3] === 'realm' ? user?.realmRoles : user?.clientRoles?.[path[4] ?? '']);
    }
    if (first === 'group-by-path') return realm.groups?.find((group) => group.path === `/${path.slice(1).join('/')}`);
    if (first === 'default-default-client-scopes') return roleList(realm.defaultDefaultClientScopes);
    if (first === 'default-optional-client-scopes') return roleList(realm.defaultOptionalClientScopes);
    throw new Error(`nobody asked for ${path.join('/')} before`);
  })();
  return (found ?? null) as Json;
}

function withAuthorization(): RealmRepresentation {
  const realm = before();
  return { ...realm, clients: [...(realm.clients ?? []), { ...GUARDED, authorizationSettings: SETTINGS }] };
}

function seen(realm: RealmRepresentation, look: Look): ReturnType<Look['pick']> {
  const more: Json[] = [];
  const first = answer(realm, look.request);
  for (let wanted = look.follow?.([first]) ?? []; wanted.length > more.length; wanted = look.follow?.([first, ...more]) ?? []) more.push(answer(realm, wanted[more.length] ?? look.request));
  const picked = look.pick(first, more);
  return picked ?? (look.otherwise === undefined ? null : seen(realm, look.otherwise));
}

describe('looking at an object on the server', () => {
  const realm = withAuthorization();
  const objects = [...state(realm).objects.values()];

  test('finds every object as the snapshot has it, with its id', () => {
    for (const object of objects) {
      const found = seen(realm, kindOf(object.kind)?.look(object.id) ?? { request: { method: 'GET', path: [] }, pick: () => null });
      expect(found?.value, object.id).toEqual(object.value);
      if (object.serverId !== undefined) expect(found?.serverId, object.id).toBe(object.serverId);
    }
    expect(new Set(objects.map((object) => object.kind)).size).toBe(KINDS.length - SANDBOXED.length);
  });

  test('finds none of them in an empty realm, and reads 404 as absent', () => {
    const empty: RealmRepresentation = { realm: 'x', clients: [], clientScopes: [], roles: {} };
    for (const object of objects) {
      const look = kindOf(object.kind)?.look(object.id);
      expect(look === undefined ? undefined : seen(empty, look), object.id).toBeNull();
      expect(look?.pick(null, []), object.id).toBeNull();
    }
  });
});

test('the docs table has a row for every kind', () => {
  expect(kindTable().map((row) => row.kind).toSorted()).toEqual(KINDS.map((kind) => kind.name).toSorted());
  for (const row of kindTable()) for (const cell of Object.values(row)) expect(cell).not.toBe('');
});
