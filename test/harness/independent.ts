import type { Json, JsonObject } from '../../src/realm/json.ts';
import { must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { list, object, text } from '../../src/sandbox/incident/read.ts';
import { named, withoutSecret } from './plain.ts';

/**
 * A second opinion on a realm: plain REST, unpaged and one call at a time, sharing nothing with the tool's own
 * capture. `plain` has names instead of ids, so it is equal before and after a good restore whatever ids were made
 * new; `identity` has what tokens and sessions hang on.
 */
export interface Reading {
  readonly plain: PlainRealm;
  readonly identity: Identity;
}

/** By part, then by name; keys and lists are in a fixed order, so that equal realms are equal as text too. */
export interface PlainRealm {
  readonly realm: JsonObject;
  readonly clients: JsonObject;
  readonly clientScopes: JsonObject;
  readonly defaultScopes: Json;
  readonly optionalScopes: Json;
  readonly roles: JsonObject;
  /** By path. */
  readonly groups: JsonObject;
  /** By user name, service accounts among them. */
  readonly users: JsonObject;
}

export interface Identity {
  readonly realmId: string;
  /** UUID of each client, by clientId. */
  readonly clients: Readonly<Record<string, string>>;
  /** `ALGORITHM kid`, sorted. */
  readonly keys: readonly string[];
  /** Ids of online and offline sessions, sorted, from the lists: the statistics count dead rows. */
  readonly sessions: readonly string[];
  readonly offlineSessions: readonly string[];
}

/** Reads everything that the incident may touch, and the realm around it. Throws RescueError for any answer that is no success. */
export async function readRealm(calls: AdminCalls): Promise<Reading> {
  const get = (path: string): Promise<Json> => must(calls, 'GET', path);
  const realm = await get('');
  const clients = list(await get('/clients?max=-1'));
  const names = new Map(clients.map((client) => [text(client, 'id') ?? '', text(client, 'clientId') ?? '']));
  const scopes = list(await get('/client-scopes'));

  const plainClients: Record<string, Json> = {};
  for (const client of clients) {
    const at = `/clients/${text(client, 'id')}`;
    const clientId = text(client, 'clientId') ?? '';
    plainClients[clientId] = {
      ...withoutSecret(named(client), clientId),
      roles: await roles(get, at, names),
      scopeMappings: mappings(await get(`${at}/scope-mappings`)),
    };
  }
  const plainScopes: Record<string, Json> = {};
  for (const scope of scopes) {
    plainScopes[text(scope, 'name') ?? ''] = { ...named(scope), scopeMappings: mappings(await get(`/client-scopes/${text(scope, 'id')}/scope-mappings`)) };
  }
  const plain: PlainRealm = {
    realm: named(withoutEmpty(realm)),
    clients: named(plainClients),
    clientScopes: named(plainScopes),
    defaultScopes: fields(await get('/default-default-client-scopes'), 'name'),
    optionalScopes: fields(await get('/default-optional-client-scopes'), 'name'),
    roles: named(await roles(get, '', names)),
    groups: named(await groups(get, list(await get('/groups?briefRepresentation=false&max=-1')))),
    users: named(await users(get, clients)),
  };
  return { plain, identity: await identity(get, realm, clients) };
}

/** A text that was emptied by a PUT stays as an empty text; it says the same as none. */
function withoutEmpty(value: Json): Json {
  const fields = object(value);
  return fields === undefined ? value : Object.fromEntries(Object.entries(fields).flatMap(([key, entry]): [string, Json][] => (entry === '' ? [] : [[key, withoutEmpty(entry)]])));
}

type Get = (path: string) => Promise<Json>;

/** Roles of the realm (`at` empty) or of a client, with the names of what composite ones consist of. */
async function roles(get: Get, at: string, clients: ReadonlyMap<string, string>): Promise<Record<string, Json>> {
  const found: Record<string, Json> = {};
  for (const role of list(await get(`${at}/roles?briefRepresentation=false&max=-1`))) {
    const parts = object(role)?.['composite'] === true ? list(await get(`/roles-by-id/${text(role, 'id')}/composites`)) : [];
    const owner = (part: Json): string => clients.get(text(part, 'containerId') ?? '') ?? 'realm';
    found[text(role, 'name') ?? ''] = { ...named(role), composites: parts.map((part) => `${owner(part)}/${text(part, 'name')}`).sort() };
  }
  return found;
}

async function groups(get: Get, level: readonly Json[]): Promise<Record<string, Json>> {
  const found: Record<string, Json> = {};
  for (const group of level) {
    const at = `/groups/${text(group, 'id')}`;
    Object.assign(found, {
      [text(group, 'path') ?? '']: { attributes: object(group)?.['attributes'] ?? {}, roles: mappings(await get(`${at}/role-mappings`)) },
      // Before Keycloak 23 the children stand inside their parent, and there is no list of them.
      ...await groups(get, object(group)?.['subGroupCount'] === undefined ? list(object(group)?.['subGroups']) : list(await get(`${at}/children?briefRepresentation=false&max=-1`))),
    });
  }
  return found;
}

/** People and service accounts. The list of users leaves the latter out; each is asked for through its client. */
async function users(get: Get, clients: readonly Json[]): Promise<Record<string, Json>> {
  const people = list(await get('/users?briefRepresentation=false&max=-1'));
  const all = [...people];
  for (const client of clients) {
    if (object(client)?.['serviceAccountsEnabled'] === true) all.push(await get(`/clients/${text(client, 'id')}/service-account-user`));
  }
  const found: Record<string, Json> = {};
  for (const user of all) {
    const at = `/users/${text(user, 'id')}`;
    found[text(user, 'username') ?? ''] = {
      email: text(user, 'email') ?? null, enabled: object(user)?.['enabled'] ?? null, attributes: object(user)?.['attributes'] ?? {},
      roles: mappings(await get(`${at}/role-mappings`)),
      // A service account that is made anew is in the default groups of that moment; which it was in before is lost, and said.
      ...(people.includes(user) ? { groups: fields(await get(`${at}/groups`), 'path') } : {}),
    };
  }
  return found;
}

/** One field of each entry, sorted. */
function fields(body: Json, field: string): string[] {
  return list(body).map((entry) => text(entry, field) ?? '').sort();
}

/** Realm and client roles of a mapping, as `owner/name`. */
function mappings(body: Json): string[] {
  const ofClients = Object.entries(object(object(body)?.['clientMappings']) ?? {});
  return [
    ...list(object(body)?.['realmMappings']).map((role) => `realm/${text(role, 'name')}`),
    ...ofClients.flatMap(([client, value]) => list(object(value)?.['mappings']).map((role) => `${client}/${text(role, 'name')}`)),
  ].sort();
}

async function identity(get: Get, realm: Json, clients: readonly Json[]): Promise<Identity> {
  const sessions = new Set<string>();
  const offline = new Set<string>();
  for (const client of clients) {
    const at = `/clients/${text(client, 'id')}`;
    for (const row of list(await get(`${at}/user-sessions?max=-1`))) sessions.add(text(row, 'id') ?? '');
    for (const row of list(await get(`${at}/offline-sessions?max=-1`))) offline.add(text(row, 'id') ?? '');
  }
  return {
    realmId: text(realm, 'id') ?? '',
    clients: Object.fromEntries(clients.map((client) => [text(client, 'clientId') ?? '', text(client, 'id') ?? ''])),
    keys: list(object(await get('/keys'))?.['keys']).map((key) => `${text(key, 'algorithm')} ${text(key, 'kid')}`).sort(),
    sessions: [...sessions].sort(),
    offlineSessions: [...offline].sort(),
  };
}
