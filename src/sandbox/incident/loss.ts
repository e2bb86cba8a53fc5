import type { RealmRepresentation } from '../../realm/representation.ts';

/** A protocol mapper of a client that the sync dropped. */
export const LOST_MAPPERS = [
  { client: 'auth-service', mapper: 'groups' },
  { client: 'api-gateway', mapper: 'aud-timeline' },
] as const;

/** A client scope that the sync dropped, with the one client that was linked to it. */
export const LOST_SCOPES = [
  { scope: 'profile-extended', client: 'profile-service', link: 'default' },
  { scope: 'timeline-read', client: 'timeline-service', link: 'default' },
  { scope: 'media-upload', client: 'media-service', link: 'optional' },
] as const;

/** Roles that the sync took from a service account: the realm role, and the client role with its owner. */
export const LOST_ROLES = { client: 'billing-service', realmRole: 'internal-service', owner: 'profile-service', clientRole: 'read' } as const;

/** What a person added in the console after the sync: no file has it, and nobody may lose it. */
export const LIVE_ONLY = {
  redirect: { client: 'api-gateway', uri: 'https://gw2.example.com/*' },
  mapper: { client: 'profile-service', name: 'tenant', attribute: 'tenant' },
} as const;

/** A mapper that a person edited after the sync, in two fields: one helps, the other takes the audience out of access tokens. Only in the demo. */
export const EDITED_MAPPER = { client: 'api-gateway', mapper: 'aud-profile', config: { 'access.token.claim': 'false', 'id.token.claim': 'true' } } as const;

/** The six clients that differ materially after the incident. */
export const CHANGED_CLIENTS = [...LOST_MAPPERS.map((loss) => loss.client), ...LOST_SCOPES.map((loss) => loss.client), LOST_ROLES.client] as const;

/**
 * The stale version of a realm: the same without what the incident destroyed. Works on a hand-written file as on a
 * full export, because it goes by names; the argument stays as it is.
 */
export function staleRealm(realm: RealmRepresentation): RealmRepresentation {
  const stale = structuredClone(realm);
  for (const client of stale.clients ?? []) {
    const lost = LOST_MAPPERS.filter((loss) => loss.client === client.clientId).map((loss): string => loss.mapper);
    if (client.protocolMappers !== undefined) client.protocolMappers = client.protocolMappers.filter((mapper) => !lost.includes(mapper.name ?? ''));
    if (client.defaultClientScopes !== undefined) client.defaultClientScopes = client.defaultClientScopes.filter(kept);
    if (client.optionalClientScopes !== undefined) client.optionalClientScopes = client.optionalClientScopes.filter(kept);
  }
  if (stale.clientScopes !== undefined) stale.clientScopes = stale.clientScopes.filter((scope) => kept(scope.name ?? ''));
  for (const user of stale.users ?? []) {
    if (user.username !== `service-account-${LOST_ROLES.client}`) continue;
    if (user.realmRoles !== undefined) user.realmRoles = user.realmRoles.filter((role) => role !== LOST_ROLES.realmRole);
    const roles = user.clientRoles?.[LOST_ROLES.owner]?.filter((role) => role !== LOST_ROLES.clientRole);
    if (user.clientRoles !== undefined && roles !== undefined) {
      if (roles.length > 0) user.clientRoles[LOST_ROLES.owner] = roles;
      else delete user.clientRoles[LOST_ROLES.owner];
    }
  }
  return stale;
}

function kept(scope: string): boolean {
  return !LOST_SCOPES.some((loss) => loss.scope === scope);
}
