import { decodeJwt } from 'jose';
import type { Json } from '../realm/json.ts';
import type { Api } from './api.ts';
import { isSilence } from './people.ts';
import type { Target } from './target.ts';
import { isObject, objects, text } from './text.ts';

/** The role of the master realm that may do everything in every realm. */
const ADMIN = 'admin';

/** The client that carries the roles on a realm: an administrator of another realm has them on a client named after this one, and so has one of master on master. */
export function roleClient(target: Pick<Target, 'realm' | 'authRealm'>): string {
  return target.authRealm === target.realm && target.realm !== 'master' ? 'realm-management' : `${target.realm}-realm`;
}

/**
 * The roles of realm-management that the account itself holds, where that can be read: from its token if the token
 * says (a service account's usually does; admin-cli's is lightweight since Keycloak 26 and does not), else from its
 * own user. undefined when neither speaks. Every `manage-X` and `realm-admin` brings its `view-X` along.
 */
export async function ownRoles(api: Api, target: Target): Promise<ReadonlySet<string> | undefined> {
  const owner = roleClient(target);
  const claims = claimsOf(await api.tokens.access());
  const roles = rolesInToken(claims, owner) ?? (await rolesOfUser(api, target, owner, text(claims['preferred_username'])));
  return roles && new Set(roles.includes(ADMIN) && target.authRealm === 'master' ? ALL : roles.flatMap((role) => [role, role.replace(/^manage-/, 'view-')]));
}

const ALL = ['realm', 'clients', 'users', 'identity-providers', 'organizations', 'events', 'authorization'].flatMap((area) => [`manage-${area}`, `view-${area}`]);

function claimsOf(token: string): Record<string, unknown> {
  try {
    return decodeJwt(token);
  } catch {
    // An opaque token through a proxy of somebody's own: it simply says nothing.
    return {};
  }
}

function rolesInToken(claims: Record<string, unknown>, owner: string): string[] | undefined {
  const access = isObject(claims['resource_access']) ? claims['resource_access'][owner] : undefined;
  const realm = isObject(claims['realm_access']) ? claims['realm_access'] : undefined;
  if (!access && !realm) return undefined;
  return [...strings(isObject(access) ? access['roles'] : undefined), ...strings(realm?.['roles']).filter((role) => role === ADMIN)];
}

async function rolesOfUser(api: Api, target: Target, owner: string, named: string | undefined): Promise<string[] | undefined> {
  const username = target.username ?? named ?? (target.clientSecret === undefined ? undefined : `service-account-${target.clientId}`);
  if (username === undefined) return undefined;
  const root = ['admin', 'realms', target.authRealm];
  const list = async (parts: readonly string[], query = {}): Promise<Json | undefined> => {
    try {
      const reply = await api.getFromServer([...root, ...parts], query);
      return reply.status === 200 ? reply.body : undefined;
    } catch (error) {
      if (isSilence(error)) return undefined;
      throw error;
    }
  };
  const [users, clients] = await Promise.all([list(['users'], { username, exact: true }), list(['clients'], { clientId: owner })]);
  const [user, client] = [users, clients].map((found) => text(objects(found ?? [])[0]?.['id']));
  if (user === undefined || client === undefined) return undefined;
  const [realm, ofClient] = await Promise.all([list(['users', user, 'role-mappings', 'realm', 'composite']), list(['users', user, 'role-mappings', 'clients', client, 'composite'])]);
  if (realm === undefined || ofClient === undefined) return undefined;
  return [...names(ofClient), ...names(realm).filter((role) => role === ADMIN)];
}

function names(roles: Json): string[] {
  return objects(roles).flatMap((role) => text(role['name']) ?? []);
}

function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
