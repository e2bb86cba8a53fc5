/** Which roles of a realm let those who hold them change the configuration of a realm. */
import type { JsonObject } from '../../realm/json.ts';
import type { Api, Path } from '../api.ts';
import type { Client } from '../capture/clients.ts';
import { objects, text } from '../text.ts';
import { tolerated } from './tolerated.ts';

/** A role that means write access, by itself or by what it contains. */
export interface WriteRole {
  readonly id: string;
  /** Where its holders are asked for, without `users` and `groups`. */
  readonly path: Path;
  /** For people: `realm-management manage-clients`, `role platform-team (realm-management manage-clients)`. */
  readonly label: string;
  /** As a mapper of a directory names it: `realm-management.manage-clients`, `platform-team`. */
  readonly key: string;
}

interface Role {
  readonly id: string;
  readonly name: string;
  readonly client: Client | undefined;
  readonly composite: boolean;
}

/** The client of a realm that carries the administrative roles on the realm `of`. */
export function adminClient(realm: string, of: string): string {
  return realm === 'master' ? `${of}-realm` : 'realm-management';
}

/**
 * Every role of the realm that means write access on the realm `of`. The contents of a role are asked for only where its `composite` says
 * that there are some, and not of a role that counts already.
 *
 * The server leaves out of a composite what the reader may not see: roles of clients without view-clients, realm roles without view-realm,
 * with 200 (tried on 26.7.4).
 * @param clients     all of them
 * @param realmRoles  the realm roles as the server lists them
 * @param unknown     is told what was not answered, a sentence each
 */
export async function readWriteRoles(api: Api, of: string, clients: readonly Client[], realmRoles: readonly JsonObject[], unknown: (sentence: string) => void): Promise<readonly WriteRole[]> {
  const list = (parts: Path): Promise<readonly JsonObject[]> => tolerated(api, unknown, async () => objects(await api.read(parts)));
  const ofClients = await Promise.all(clients.map(async (client) => rolesIn(await list(['clients', client.id, 'roles']), client)));
  const roles = new Map([...rolesIn(realmRoles, undefined), ...ofClients.flat()].map((role) => [role.id, role]));
  const grants = (role: Role): boolean => isGrant(role, api.realm, of);
  const contents = new Map(await Promise.all([...roles.values()].filter((role) => role.composite && !grants(role)).map(async ({ id }) =>
    [id, (await list(['roles-by-id', id, 'composites'])).flatMap((member) => roles.get(text(member['id']) ?? '') ?? [])] as const)));
  return [...roles.values()].flatMap((role) => {
    const granted = grantsWithin(role, grants, contents).map((grant) => nameOf(grant, api.realm)).toSorted();
    return granted.length === 0 ? [] : [asWriteRole(role, api.realm, grants(role) ? '' : ` (${granted.join(', ')})`)];
  });
}

/** Pure: the granting roles that are reached from a role, itself included, none of them through another one. Composites may be circular. */
function grantsWithin(start: Role, grants: (role: Role) => boolean, contents: ReadonlyMap<string, readonly Role[]>): readonly Role[] {
  const seen = new Set<Role>([start]);
  for (const role of seen) {
    if (!grants(role)) for (const member of contents.get(role.id) ?? []) seen.add(member);
  }
  return [...seen].filter(grants);
}

/** realm-admin and create-client, every manage-*, and in master the role admin (AdminRoles.java of Keycloak). */
function isGrant({ name, client }: Role, realm: string, of: string): boolean {
  if (!client) return realm === 'master' && name === 'admin';
  return client.clientId === adminClient(realm, of) && (name === 'realm-admin' || name === 'create-client' || name.startsWith('manage-'));
}

function rolesIn(listed: readonly JsonObject[], client: Client | undefined): readonly Role[] {
  return listed.flatMap((role) => {
    const [id, name] = [text(role['id']), text(role['name'])];
    return id === undefined || name === undefined ? [] : [{ id, name, client, composite: role['composite'] === true }];
  });
}

function asWriteRole(role: Role, realm: string, contains: string): WriteRole {
  const { id, name, client } = role;
  return {
    id,
    path: client ? ['clients', client.id, 'roles', name] : ['roles', name],
    label: `${nameOf(role, realm)}${contains}`,
    key: client ? `${client.clientId}.${name}` : name,
  };
}

function nameOf({ name, client }: Role, realm: string): string {
  if (client) return `${client.clientId} ${name}`;
  return realm === 'master' ? `master role ${name}` : `role ${name}`;
}
