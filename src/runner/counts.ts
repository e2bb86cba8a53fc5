import type { GroupRepresentation, RealmRepresentation } from '../realm/representation.ts';

/** What a representation holds, in the order in which screens show it; nouns in the plural. */
export function counts(realm: RealmRepresentation): Record<string, number> {
  const clients = realm.clients ?? [];
  const scopes = realm.clientScopes ?? [];
  const mappers = [...clients, ...scopes].reduce((total, holder) => total + (holder.protocolMappers?.length ?? 0), 0);
  const roles = (realm.roles?.realm?.length ?? 0) + Object.values(realm.roles?.client ?? {}).reduce((total, list) => total + list.length, 0);
  const flows = Array.isArray(realm['authenticationFlows']) ? realm['authenticationFlows'].length : 0;
  const providers = Array.isArray(realm['identityProviders']) ? realm['identityProviders'].length : 0;
  return { clients: clients.length, 'client scopes': scopes.length, mappers, roles, groups: countGroups(realm.groups ?? []), flows, 'identity providers': providers };
}

function countGroups(groups: readonly GroupRepresentation[]): number {
  return groups.reduce((total, group) => total + 1 + countGroups(group.subGroups ?? []), 0);
}
