/** What the parts of authorization services name: each other, and roles, clients, client scopes and groups of the realm. */
import { compareText } from '../canonical.ts';
import { objectsAt } from '../derived.ts';
import type { Json } from '../json.ts';
import { escapePart, objectId, partOf } from '../keys.ts';
import { isRecord } from '../looks.ts';
import type { Image, ObjectId, RealmObject, RealmState } from '../model.ts';
import { AUTHORIZATION_DEFAULTS } from './authorization.ts';
import { writtenPath } from './groups.ts';

/** The object of one part of a client's authorization services. */
export function partId(client: string, ...parts: readonly string[]): ObjectId {
  return objectId('authorization', client, ...parts);
}

/** All parts of a client's authorization services in a state. */
export function authorizationOf(state: RealmState, client: string): readonly RealmObject[] {
  return objectsAt(state, `authorization@${escapePart(client)}`);
}

/** What a resource server has as soon as its client has the flag. */
export function freshAuthorization(client: string): readonly Image[] {
  return Object.entries(AUTHORIZATION_DEFAULTS).map(([field, value]) => ({ id: partId(client, 'settings', field), value }));
}

/** The names in one set of a value: `applyPolicies`, `scopes`, `roles`. */
export function namesIn(value: Json | undefined, list: string): readonly string[] {
  const found = isRecord(value) ? value[list] : undefined;
  return isRecord(found) ? Object.keys(found) : [];
}

/** Parts of the same client that a part names. */
export function partsNamed(client: string, value: Json | undefined): readonly ObjectId[] {
  return [
    ...namesIn(value, 'scopes').map((name) => partId(client, 'scope', name)),
    ...namesIn(value, 'resources').map((name) => partId(client, 'resource', name)),
    ...namesIn(value, 'applyPolicies').map((name) => partId(client, 'policy', name)),
  ];
}

/** Objects of the realm that a policy names. Groups are named by path and only where the state knows them as objects. */
export function namedByPolicy(value: Json | undefined, state: RealmState): readonly ObjectId[] {
  const groups = namesIn(value, 'groups').flatMap((path) => groupNamed(path, state) ?? []);
  const found = [
    ...namesIn(value, 'roles').map((name) => roleNamed(name, state)),
    ...namesIn(value, 'clients').map((name) => objectId('client', name)),
    ...namesIn(value, 'clientScopes').map((name) => objectId('client-scope', name)),
    ...groups,
  ];
  return [...new Set(found)].toSorted(compareText);
}

/**
 * `auditor` is a role of the realm, `app/reader` one of a client. Both names may hold slashes themselves, which the server does not
 * escape, so the state's own roles decide; where it has none that fits, it is read as the server reads it: up to the first slash.
 */
export function roleNamed(name: string, state: RealmState): ObjectId {
  const realm = objectId('realm-role', name);
  const slashes = [...name].flatMap((letter, index) => (letter === '/' ? [index] : []));
  const ofClients = slashes.map((at) => objectId('client-role', name.slice(0, at), name.slice(at + 1)));
  return [realm, ...ofClients].find((id) => state.objects.has(id)) ?? ofClients[0] ?? realm;
}

/** The server writes the path of a group without escaping the slashes in its name, and cannot read it back (tried on 26.7.4). */
export function groupNamed(path: string, state: RealmState): ObjectId | undefined {
  return [...state.objects.values()].find((object) => object.kind === 'group' && writtenPath(partOf(object.id, 0)) === path)?.id;
}
