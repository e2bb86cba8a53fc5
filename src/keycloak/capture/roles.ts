import type { Json } from '../../realm/json.ts';
import type { RoleRepresentation } from '../../realm/representation.ts';
import type { Api, Path } from '../api.ts';
import { objects, text } from '../text.ts';
import type { Client } from './clients.ts';
import type { Reading } from './reading.ts';

/**
 * Roles with attributes. Without `first` and `max` the server answers from its cache, with them from the database
 * (stale.ts): the cached list may be the last copy of what was lost, so that one is taken.
 */
async function listRoles(api: Api, path: Path): Promise<RoleRepresentation[]> {
  return objects(await api.read(path, { briefRepresentation: false })).map((role) => role as RoleRepresentation);
}

export async function readRealmRoles(reading: Reading, clients: readonly Client[]): Promise<RoleRepresentation[] | undefined> {
  const roles = await reading.part('realm roles', 'view-realm', () => listRoles(reading.api, ['roles']));
  return roles && withMembers(reading, 'composite realm roles', roles, clients);
}

/** The roles of each client, by clientId; an empty list for a client without roles, as in an export. */
export async function readClientRoles(reading: Reading, clients: readonly Client[]): Promise<Record<string, RoleRepresentation[]> | undefined> {
  const lists = await reading.part('client roles', 'view-clients', () =>
    reading.each('client roles', clients, async (client) => ({ client, roles: await listRoles(reading.api, ['clients', client.id, 'roles']) })));
  if (!lists) return undefined;
  const complete = await withMembers(reading, 'composite client roles', lists.flatMap(({ roles }) => roles), clients);
  const byId = new Map(complete.map((role) => [role.id, role]));
  return Object.fromEntries(lists.map(({ client, roles }) => [client.clientId, roles.map((role) => byId.get(role.id) ?? role)]));
}

/** Adds the members to composite roles, by name; others cost no request. Asked for by id: a role name may hold a slash. */
async function withMembers(reading: Reading, part: string, roles: readonly RoleRepresentation[], clients: readonly Client[]): Promise<RoleRepresentation[]> {
  const clientIds = new Map(clients.map((client) => [client.id, client.clientId]));
  const composites = roles.filter((role) => role.composite === true && role.id !== undefined);
  const members = new Map<string, RoleRepresentation['composites']>();
  await reading.part(`members of ${part}`, 'view-realm', () =>
    reading.each(part, composites, async ({ id = '' }) => {
      members.set(id, byName(await reading.api.read(['roles-by-id', id, 'composites']), clientIds));
    }));
  return roles.map((role) => {
    const composite = members.get(role.id ?? '');
    return composite ? { ...role, composites: composite } : role;
  });
}

function byName(members: Json, clientIds: ReadonlyMap<string, string>): NonNullable<RoleRepresentation['composites']> {
  const found = objects(members).flatMap((member) => {
    const name = text(member['name']);
    const owner = member['clientRole'] === true ? clientIds.get(text(member['containerId']) ?? '') : null;
    return name === undefined || owner === undefined ? [] : [{ owner, name }];
  });
  const realm = found.filter(({ owner }) => owner === null).map(({ name }) => name);
  // A client may be called `constructor`: owners are keys of a map until the object is made.
  const client = [...Map.groupBy(found, ({ owner }) => owner)].flatMap(([owner, roles]) => (owner === null ? [] : [[owner, roles.map(({ name }) => name)] as const]));
  return { ...(realm.length > 0 ? { realm } : {}), ...(client.length > 0 ? { client: Object.fromEntries(client) } : {}) };
}
