import { randomUUID } from 'node:crypto';
import { buildUser } from './build.ts';
import { importRealm } from './import.ts';
import { addToMaster } from './master.ts';
import type { RealmRow, World } from './model.ts';

/** The two roles that only the master realm has. */
const MASTER_ROLES = [{ name: 'admin', description: '${role_admin}', composite: true, composites: { realm: ['create-realm'] } }, { name: 'create-realm', description: '${role_create-realm}' }];

/** A server as it is after its first start: the master realm and its one administrator. */
export async function newWorld(version: string, admin: { readonly username: string; readonly password: string }, now: number): Promise<World> {
  const master = await importRealm({ realm: 'master', enabled: true, displayName: 'Keycloak', accessTokenLifespan: 60, roles: { realm: MASTER_ROLES } }, now);
  addToMaster(master, master, now);
  const user = buildUser(master, { id: randomUUID(), username: admin.username, enabled: true, attributes: { is_temporary_admin: ['true'] }, credentials: [{ type: 'password', value: admin.password }] }, now);
  user.roles.push(...master.roles.filter((role) => role.client === null && role.name === 'admin').map((role) => role.id));
  master.users.push(user);
  return { schema: 'realm-rescue/sandbox/v1', version, port: 0, realms: [master] };
}

export const realmNamed = (world: World, name: string): RealmRow | undefined => world.realms.find((realm) => realm.name === name);
