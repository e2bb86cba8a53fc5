import type { ClientRow, RealmRow, RoleRow, ScopeRow, UserRow } from './model.ts';

/** The roles with all their members, and the members' members. */
export function expand(realm: RealmRow, ids: Iterable<string>): RoleRow[] {
  const byId = new Map(realm.roles.map((role) => [role.id, role]));
  const seen = new Set<string>();
  const queue = [...ids];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue;
    const role = byId.get(id);
    if (role === undefined) continue;
    seen.add(id);
    queue.push(...role.composites);
  }
  return realm.roles.filter((role) => seen.has(role.id));
}

/** The ids of a group and of those above it. */
export function ancestry(realm: RealmRow, group: string): string[] {
  const row = realm.groups.find((candidate) => candidate.id === group);
  if (row === undefined) return [];
  return row.parent === null ? [row.id] : [row.id, ...ancestry(realm, row.parent)];
}

/** A user's roles: own, of groups and the groups above them, and all composites' members. */
export function effectiveRoles(realm: RealmRow, user: UserRow): RoleRow[] {
  const groups = new Set(user.groups.flatMap((group) => ancestry(realm, group)));
  return expand(realm, [...user.roles, ...realm.groups.filter((group) => groups.has(group.id)).flatMap((group) => group.roles)]);
}

/**
 * The roles that a client may pass on: all with full scope, else its own, its scope mappings and those of the client
 * scopes that take part (Keycloak: TokenManager.getAccess).
 */
export function passable(realm: RealmRow, client: ClientRow, scopes: readonly ScopeRow[]): ReadonlySet<string> {
  if (client.fields['fullScopeAllowed'] === true) return new Set(realm.roles.map((role) => role.id));
  const own = realm.roles.filter((role) => role.client === client.id).map((role) => role.id);
  return new Set(expand(realm, [...own, ...client.roles, ...scopes.flatMap((scope) => scope.roles)]).map((role) => role.id));
}
