/** Rows to what the Admin REST API says. Which optional keys are left out follows the answers of Keycloak 26.7.4. */
import type { Json } from '../../../realm/json.ts';
import { groupPath } from './find.ts';
import { present } from './json.ts';
import type { ClientRow, Fields, GroupRow, MapperRow, RealmRow, RoleRow, ScopeRow, SessionRow, UserRow } from './model.ts';

/**
 * A mapper as stored, except that one which made a token shows `multivalued`: Keycloak's group mapper writes that into
 * the cached model, and only clearing the realm cache takes it out.
 */
export function mapperRaw(realm: RealmRow, mapper: MapperRow): Fields {
  const config = realm.warm.includes(mapper.id) ? { ...mapper.config, multivalued: 'true' } : { ...mapper.config };
  return { id: mapper.id, name: mapper.name, protocol: mapper.protocol, protocolMapper: mapper.protocolMapper, consentRequired: false, config };
}

/** The switches that an OIDC mapper has even when its config does not say so. */
export function effectiveConfig(mapper: MapperRow): Record<string, string> {
  if (mapper.protocol !== 'openid-connect') return { ...mapper.config };
  const { 'id.token.claim': id, 'access.token.claim': access } = mapper.config;
  return { ...(id === undefined ? {} : { 'userinfo.token.claim': id }), ...(access === undefined ? {} : { 'introspection.token.claim': access }), ...mapper.config };
}

/** As `protocol-mappers/models` shows it, while the inline list of a client shows it raw. */
export function mapperEffective(realm: RealmRow, mapper: MapperRow): Fields {
  const raw = mapperRaw(realm, mapper);
  return { ...raw, config: { ...(raw['config'] as Record<string, string>), ...effectiveConfig(mapper) } };
}

const mappersOf = (realm: RealmRow, mappers: readonly MapperRow[]): Fields => (mappers.length === 0 ? {} : { protocolMappers: mappers.map((mapper) => mapperRaw(realm, mapper)) });

export const scopeNames = (realm: RealmRow, ids: readonly string[]): string[] => realm.scopes.filter((scope) => ids.includes(scope.id)).map((scope) => scope.name);

export function clientJson(realm: RealmRow, client: ClientRow, mayManage = true): Fields {
  const scoped = (ids: readonly string[]): string[] => scopeNames(realm, ids).filter((name) => realm.scopes.find((scope) => scope.name === name)?.protocol === (client.fields['protocol'] ?? 'openid-connect'));
  // The clients that carry the rights of administrators are not for anybody to change.
  const manageable = mayManage && client.clientId !== 'realm-management' && !(realm.name === 'master' && client.clientId.endsWith('-realm'));
  return present({
    id: client.id, clientId: client.clientId, ...client.fields, secret: client.secret, attributes: client.attributes,
    ...mappersOf(realm, client.mappers),
    ...(client.authz === null ? {} : { authorizationServicesEnabled: true }),
    defaultClientScopes: scoped(client.defaults), optionalClientScopes: scoped(client.optionals),
    access: { view: true, configure: manageable, manage: manageable },
  });
}

export function scopeJson(realm: RealmRow, scope: ScopeRow): Fields {
  return present({ id: scope.id, name: scope.name, description: scope.description, protocol: scope.protocol, attributes: scope.attributes, ...mappersOf(realm, scope.mappers) });
}

export function roleJson(realm: RealmRow, role: RoleRow, full = false): Fields {
  return present({
    id: role.id, name: role.name, description: role.description, composite: role.composites.length > 0, clientRole: role.client !== null, containerId: role.client ?? realm.id,
    ...(full ? { attributes: role.attributes } : {}),
  });
}

/** `{realmMappings, clientMappings}`, each only where there is something. */
export function mappingsJson(realm: RealmRow, ids: readonly string[]): Fields {
  const roles = realm.roles.filter((role) => ids.includes(role.id));
  const own = roles.filter((role) => role.client === null);
  const owners = realm.clients.filter((client) => roles.some((role) => role.client === client.id));
  return {
    ...(own.length === 0 ? {} : { realmMappings: own.map((role) => roleJson(realm, role)) }),
    ...(owners.length === 0 ? {} : {
      clientMappings: Object.fromEntries(owners.map((owner) => [owner.clientId, { id: owner.id, client: owner.clientId, mappings: roles.filter((role) => role.client === owner.id).map((role) => roleJson(realm, role)) }])),
    }),
  };
}

const GROUP_ACCESS = { view: true, viewMembers: true, manageMembers: true, manage: true, manageMembership: true };

export type GroupDetail = 'brief' | 'full' | 'member';

/** brief: lists; full: one group; member: a user's group list, without access and counts. */
export function groupJson(realm: RealmRow, group: GroupRow, detail: GroupDetail, access = true): Fields {
  const roles = realm.roles.filter((role) => group.roles.includes(role.id));
  const clientRoles: Record<string, Json> = {};
  for (const client of realm.clients) {
    const names = roles.filter((role) => role.client === client.id).map((role) => role.name);
    if (names.length > 0) clientRoles[client.clientId] = names;
  }
  return present({
    id: group.id, name: group.name, description: group.description, path: groupPath(realm, group), parentId: group.parent, subGroups: [],
    ...(detail === 'member' ? {} : { subGroupCount: realm.groups.filter((child) => child.parent === group.id).length }),
    ...(detail === 'full' ? { attributes: group.attributes, realmRoles: roles.filter((role) => role.client === null).map((role) => role.name), clientRoles } : {}),
    ...(detail === 'member' || !access ? {} : { access: GROUP_ACCESS }),
  });
}

/**
 * list: with the short `access`; one: a single user; bare: members and service accounts, without access.
 * @param manageable whether the caller may manage users; `access` tells it
 */
export function userJson(user: UserRow, kind: 'list' | 'one' | 'bare' | 'brief', manageable = true): Fields {
  const attributes = Object.keys(user.attributes).length === 0 ? {} : { attributes: user.attributes };
  return present({
    id: user.id, username: user.username, ...user.fields, createdTimestamp: user.created,
    ...(kind === 'brief' ? {} : { ...attributes, totp: false, disableableCredentialTypes: [], requiredActions: user.fields['requiredActions'] ?? [], notBefore: 0 }),
    ...(kind === 'one' ? { federatedIdentities: [], access: { manageGroupMembership: manageable, resetPassword: manageable, view: true, mapRoles: manageable, impersonate: manageable, manage: manageable } } : {}),
    ...(kind === 'list' || kind === 'brief' ? { access: { manage: manageable } } : {}),
  });
}

export function sessionJson(realm: RealmRow, session: SessionRow): Fields {
  const user = realm.users.find((candidate) => candidate.id === session.user);
  return {
    id: session.id, username: user?.username ?? '', userId: session.user, ipAddress: session.ip, start: session.start * 1000, lastAccess: session.lastAccess * 1000, rememberMe: false,
    clients: Object.fromEntries(realm.clients.filter((client) => client.id in session.clients).map((client) => [client.id, client.clientId])),
    transientUser: false,
  };
}
