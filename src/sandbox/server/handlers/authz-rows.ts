/** What is sent about authorization objects, to rows: ids instead of names, and what the server fills in. */
import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../../realm/json.ts';
import { described } from '../refusal.ts';
import { groupAt } from '../state/find.ts';
import { object, objects, text, texts, without } from '../state/json.ts';
import type { AuthzRow, ClientRow, Fields, RealmRow } from '../state/model.ts';

export interface Place {
  readonly realm: RealmRow;
  readonly client: ClientRow;
  readonly authz: AuthzRow;
}

/** Lists of things of the realm in a policy: how one is found by what was sent. */
export const LISTS: Readonly<Record<string, (realm: RealmRow, name: string) => string | undefined>> = {
  roles: (realm, name) => realm.roles.find((role) => role.id === name)?.id ?? roleNamed(realm, name),
  users: (realm, name) => realm.users.find((user) => user.id === name || user.username === name)?.id,
  clients: (realm, name) => realm.clients.find((client) => client.id === name || client.clientId === name)?.id,
  groups: (realm, name) => realm.groups.find((group) => group.id === name)?.id ?? groupAt(realm, name)?.id,
  clientScopes: (realm, name) => realm.scopes.find((scope) => scope.id === name || scope.name === name)?.id,
};

/** Links between objects of the same resource server. */
export const LINKS = {
  resources: { rows: 'resources', key: '_id', exported: 'resources' },
  scopes: { rows: 'scopes', key: 'id', exported: 'scopes' },
  policies: { rows: 'policies', key: 'id', exported: 'applyPolicies' },
} as const;

const failed = () => described(500, 'unknown_error', 'For more on this error consult the server log.');

/** `role` or `client/role`, split at the first slash: a client that does not exist is an error of the server, a role only falls out. */
function roleNamed(realm: RealmRow, name: string): string | undefined {
  const slash = name.indexOf('/');
  const client = slash < 0 ? null : realm.clients.find((row) => row.clientId === name.slice(0, slash))?.id;
  if (client === undefined) throw failed();
  return realm.roles.find((row) => row.client === client && row.name === name.slice(slash + 1))?.id;
}

/** A scope by its name; made where there is none, and given what was sent where `update` says so. */
export function scopeRow(authz: AuthzRow, sent: JsonObject, update = false): Fields {
  const known = authz.scopes.find((scope) => scope['name'] === sent['name']);
  const fields = Object.fromEntries(['displayName', 'iconUri'].flatMap((key) => (sent[key] === undefined ? [] : [[key, sent[key]]])));
  if (known !== undefined && !update) return known;
  const made: Fields = { id: known?.['id'] ?? text(sent['id']) ?? randomUUID(), name: text(sent['name']) ?? '', ...fields };
  if (known === undefined) authz.scopes.push(made);
  else replace(authz.scopes, known, made);
  return made;
}

export function replace(rows: Fields[], old: Fields, row: Fields): void {
  rows[rows.indexOf(old)] = row;
}

/** A resource of the client's own. Scopes that it names and that do not exist are made. */
export function resourceRow({ client, authz }: Place, sent: JsonObject, old?: Fields): Fields {
  const optional = Object.fromEntries(['type', 'displayName', 'icon_uri'].flatMap((key) => (sent[key] === undefined ? [] : [[key, sent[key]]])));
  return {
    name: text(sent['name']) ?? '', owner: old?.['owner'] ?? { id: client.id, name: client.clientId }, ownerManagedAccess: sent['ownerManagedAccess'] ?? false,
    // Attributes that are left out stay, all else goes.
    attributes: sent['attributes'] === undefined ? old?.['attributes'] ?? {} : object(sent['attributes']), _id: old?.['_id'] ?? text(sent['_id']) ?? randomUUID(),
    uris: texts(sent['uris']), scopes: objects(sent['scopes']).map((scope) => scopeRow(authz, scope)), ...optional,
  };
}

const TIMES: Readonly<Record<string, string>> = { notBefore: 'nbf', notOnOrAfter: 'noa', dayMonth: 'dayMonth', dayMonthEnd: 'dayMonthEnd', month: 'month', monthEnd: 'monthEnd', year: 'year', yearEnd: 'yearEnd', hour: 'hour', hourEnd: 'hourEnd', minute: 'minute', minuteEnd: 'minuteEnd' };
/** Settings by type, as they are called in the config. */
const SCALARS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  role: { fetchRoles: 'fetchRoles' }, group: { groupsClaim: 'groupsClaim' }, time: TIMES, regex: { targetClaim: 'targetClaim', pattern: 'pattern', targetContextAttributes: 'targetContextAttributes' },
  resource: { resourceType: 'defaultResourceType' }, scope: { resourceType: 'defaultResourceType' },
};
/** Kept by a PUT that leaves them out. */
const KEPT = new Set(['fetchRoles', 'groupsClaim']);

/**
 * A policy or permission as it is kept, without an id: ids in its lists, settings as texts in `config`.
 * @param imported  true where a role, group or scope that is not found falls out or fails as in an import
 */
export function policyRow({ realm, authz }: Place, sent: JsonObject, type: string, imported: boolean, old?: Fields): Fields {
  const lists = Object.fromEntries(Object.entries(LISTS).flatMap(([field, find]) => {
    if (!Array.isArray(sent[field])) return old?.[field] === undefined ? [] : [[field, old[field] ?? []]];
    return [[field, (sent[field] as readonly Json[]).flatMap((entry) => listEntry(realm, field, entry, find))]];
  }));
  const links = Object.fromEntries(Object.entries(LINKS).flatMap(([field, { rows, key }]) => {
    if (!Array.isArray(sent[field])) return old?.[field] === undefined || imported ? [] : [[field, old[field] ?? []]];
    return [[field, texts(sent[field]).map((name) => {
      const found = authz[rows].find((row) => row[key] === name || row['name'] === name)?.[key];
      // An import may name a policy that comes later in it.
      if (found === undefined && !imported) throw failed();
      return found ?? name;
    })]];
  }));
  const scalars = Object.entries(SCALARS[type] ?? {}).flatMap(([field, name]): [string, string][] => {
    const kept = KEPT.has(field) ? object(old?.['config'])[name] : undefined;
    const value = sent[field] ?? kept;
    return value === undefined || value === null ? [] : [[name, String(value)]];
  });
  const regex = type === 'regex' && !imported ? { targetContextAttributes: 'false' } : {};
  const description = sent['description'] === undefined || sent['description'] === '' ? {} : { description: sent['description'] };
  return {
    name: text(sent['name']) ?? '', ...description, type, logic: sent['logic'] ?? 'POSITIVE', decisionStrategy: sent['decisionStrategy'] ?? 'UNANIMOUS',
    ...lists, ...links, config: { ...object(sent['config']), ...regex, ...Object.fromEntries(scalars) },
  };
}

function listEntry(realm: RealmRow, field: string, entry: Json, find: (realm: RealmRow, name: string) => string | undefined): readonly Json[] {
  const named = typeof entry === 'string' ? entry : text(object(entry)['id']) ?? text(object(entry)['path']) ?? '';
  const id = find(realm, named);
  if (id === undefined) {
    if (field === 'roles' || field === 'groups') return [];
    throw failed();
  }
  if (typeof entry === 'string') return [id];
  const flag = field === 'groups' ? 'extendChildren' : 'required';
  return [{ id, ...without(object(entry), ['id', 'path']), [flag]: object(entry)[flag] ?? false }];
}
