import type { ClientRow, RealmRow, ScopeRow, UserRow } from '../state/model.ts';
import { effectiveRoles, expand } from '../state/roles.ts';

/** The names in a `scope` parameter that the client cannot have; Keycloak refuses a login that asks for one. */
export function unknownScopes(realm: RealmRow, client: ClientRow, requested: string): string[] {
  const linked = new Set(realm.scopes.filter((scope) => client.defaults.includes(scope.id) || client.optionals.includes(scope.id)).map((scope) => scope.name));
  return words(requested).filter((name) => name !== 'openid' && !linked.has(name));
}

/**
 * The client scopes that take part in a token: all default ones and the optional ones that were asked for, except those
 * whose roles the user has none of (`offline_access` is such a scope). Unknown names are left out.
 */
export function takingPart(realm: RealmRow, client: ClientRow, user: UserRow, requested: string): ScopeRow[] {
  const asked = words(requested);
  const roles = new Set(effectiveRoles(realm, user).map((role) => role.id));
  return realm.scopes.filter((scope) =>
    scope.protocol === 'openid-connect'
    && (client.defaults.includes(scope.id) || (client.optionals.includes(scope.id) && asked.includes(scope.name)))
    && (scope.roles.length === 0 || expand(realm, scope.roles).some((role) => roles.has(role.id))));
}

/** The `scope` claim: what was asked for as OpenID, and the names that want to be seen. */
export function scopeClaim(scopes: readonly ScopeRow[], requested: string): string {
  const shown = scopes.filter((scope) => scope.attributes['include.in.token.scope'] !== 'false').map((scope) => scope.name);
  return [...(asksOpenid(requested) ? ['openid'] : []), ...shown].join(' ');
}

export const words = (scope: string): string[] => scope.split(' ').filter((word) => word !== '');
export const asksOpenid = (scope: string): boolean => words(scope).includes('openid');
