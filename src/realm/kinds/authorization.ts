import { valueAt, type FilePlace } from '../file-place.ts';
import { escapePart, objectId, parseId, partOf, place } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { idOf, isAskable, isRecord } from '../looks.ts';
import type { Look, ObjectId, RealmObject, RequestTemplate } from '../model.ts';
import { AUTHORIZATION_DEFAULTS, authorizationParts, POLICY_LISTS, resourceAttributes, type AuthorizationPart } from '../normal/authorization.ts';
import { authorizationOf, namedByPolicy, partsNamed } from '../normal/authorization-names.ts';
import { isBuiltinClient } from '../normal/builtins.ts';
import { rawClient } from '../normal/raw.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import type { ClientRepresentation } from '../representation.ts';
import { restoreAuthorization } from '../writes/authorization-writes.ts';

export const authorization: Kind = {
  name: 'authorization',
  title: 'authorization',
  filedApart: true,
  facts: {
    restored: 'POST, PUT or DELETE of the one resource, scope, policy or permission, after what it names; never the import, which resets the settings and drops what it cannot find',
    idKept: true,
    undo: 'yes',
    lostForGood: 'permission tickets, resources and policies that belong to users; script policies',
  },
  extract: (representation, completeness) => {
    const whole = omissionMeansEmpty(representation, completeness);
    const clients = (representation.clients ?? []).flatMap((raw) => (raw.clientId === undefined ? [] : [{ name: raw.clientId, raw }]));
    return {
      objects: clients.flatMap(({ name, raw }) => (raw.authorizationServicesEnabled === true ? authorizationParts(raw['authorizationSettings'], name, whole) : []).map((part) => object(name, part))),
      listed: clients.flatMap(({ name, raw }) => placesListed(escapePart(name), raw, whole)),
    };
  },
  references: (found, state) => {
    const client = found.owner;
    const inside = new Set(authorizationOf(state, client).filter((each) => parseId(each.id).parts.length === 4).map((each) => partOf(each.id, 2)));
    // A resource that only a user has under that name is found by the server, but not restored.
    const parts = partsNamed(client, found.value).filter((id) => state.objects.has(id) || partOf(id, 1) !== 'resource' || !inside.has(partOf(id, 2)));
    return [objectId('client-setting', client, 'authorizationServicesEnabled'), ...parts, ...namedByPolicy(found.value, state)];
  },
  effect: (change, found) => {
    const [, section = '', name = ''] = parseId(found.id).parts;
    if (section === 'settings') return `${found.owner} decides about permissions with another ${name}`;
    if (change === 'changed') return `${section} ${name} of ${found.owner} decides otherwise`;
    if (change === 'live-only') return `${section} ${name} of ${found.owner} exists only in the live realm`;
    if (section === 'resource' || section === 'scope') return `permissions for ${section} ${name} of ${found.owner} are refused`;
    return `${section} ${name} of ${found.owner} grants nothing any more`;
  },
  // Permissions are asked for one by one; no token shows them by itself.
  claims: () => [],
  builtin: (found) => isBuiltinClient(found.owner) || found.owner === 'admin-permissions',
  serverDefault: (found) => partOf(found.id, 1) === 'settings' && AUTHORIZATION_DEFAULTS[partOf(found.id, 2)] === found.value,
  restore: restoreAuthorization,
  raw: (state, id) => {
    const [client = '', section = '', name = ''] = parseId(id).parts;
    const attributes = section === 'resource' ? resourceAttributes(rawClient(state, client)?.['authorizationSettings'], client, name) : undefined;
    return attributes && { attributes };
  },
  look,
  inFile,
  filedField: (id, path) => {
    const [list = ''] = path.split('.');
    if (partOf(id, 1) === 'resource') return list === 'uris' || list === 'scopes' ? list : path;
    return Object.values(POLICY_LISTS).some((lists) => lists.includes(list)) ? `config.${list}` : path;
  },
};

function object(client: string, { parts, value, serverId }: AuthorizationPart): RealmObject {
  const [section, ...name] = parts;
  return {
    id: objectId('authorization', client, ...parts), kind: 'authorization', owner: client, name: `${section} ${name.join(' of ')}`, value,
    parent: objectId('client', client), ...(serverId === undefined ? {} : { serverId }),
  };
}

/** A client that has the flag and no settings beside it was read by somebody who may not see them. */
function placesListed(key: string, raw: ClientRepresentation, whole: boolean): readonly string[] {
  const settings = raw['authorizationSettings'];
  if (whole) return settings !== undefined || raw.authorizationServicesEnabled !== true ? [place('authorization', key)] : [];
  if (raw.authorizationServicesEnabled !== true || settings === null || typeof settings !== 'object') return [];
  const sections: Readonly<Record<string, readonly string[]>> = { resources: ['resource'], scopes: ['scope'], policies: ['policy', 'permission'] };
  return Object.entries(sections).flatMap(([list, names]) => (list in settings ? names.map((name) => place('authorization', `${key}/${name}`)) : []));
}

/** The settings have names and no ids, the lists have ids and no names of what they name: the one is asked for the value, the other for the id. */
function look(id: ObjectId): Look {
  const [client = '', section = '', name = '', owner] = parseId(id).parts;
  const base: RequestTemplate['path'] = ['clients', { $id: objectId('client', client) }, 'authz', 'resource-server'];
  const find = (body: Parameters<Look['pick']>[0]): AuthorizationPart | undefined =>
    authorizationParts(body, client, true).find(({ parts }) => parts[0] === section && parts[1] === name && parts[2] === owner);
  const list = section === 'permission' ? 'policy' : section;
  return {
    request: { method: 'GET', path: [...base, 'settings'] },
    follow: ([body = null]) => (section === 'settings' || owner !== undefined || find(body) === undefined || !isAskable(name) ? [] : [{ method: 'GET', path: [...base, list, 'search'], query: { name } }]),
    pick: (body, [found = null]) => {
      const part = find(body);
      if (part === undefined) return null;
      return { value: part.value, ...(isRecord(found) ? idOf({ id: found['_id'] ?? found['id'] ?? null }) : {}) };
    },
  };
}

function inFile(id: ObjectId): readonly FilePlace[] {
  const [client = '', section = '', name = '', owner] = parseId(id).parts;
  const base = ['clients', { clientId: client }, 'authorizationSettings'];
  if (owner !== undefined) return [];
  if (section === 'settings') return [valueAt(...base, name)];
  return [valueAt(...base, { scope: 'scopes', resource: 'resources' }[section] ?? 'policies', { name })];
}
