/** Finding the representation behind an object: bodies of writes are made from it, so that unknown fields come along. */
import { compareText } from '../canonical.ts';
import type { RealmState } from '../model.ts';
import type { ClientRepresentation, ClientScopeRepresentation, GroupRepresentation, ProtocolMapperRepresentation, RealmRepresentation } from '../representation.ts';

export function rawClient(state: RealmState | undefined, clientId: string): ClientRepresentation | undefined {
  return state?.representation.clients?.find((client) => client.clientId === clientId);
}

export function rawScope(state: RealmState | undefined, name: string): ClientScopeRepresentation | undefined {
  return state?.representation.clientScopes?.find((scope) => scope.name === name);
}

export function rawMapper(container: { readonly protocolMappers?: ProtocolMapperRepresentation[] } | undefined, name: string): ProtocolMapperRepresentation | undefined {
  return container?.protocolMappers?.find((mapper) => mapper.name === name);
}

/** All groups of a realm with their paths; a file may leave `path` out, so it is made from the names. */
export function allGroups(representation: RealmRepresentation): readonly { readonly path: string; readonly group: GroupRepresentation }[] {
  const walk = (groups: readonly GroupRepresentation[], parent: string): { path: string; group: GroupRepresentation }[] =>
    groups.flatMap((group) => {
      const path = group.path ?? `${parent}/${(group.name ?? '').replaceAll('/', '~/')}`;
      return [{ path, group }, ...walk(group.subGroups ?? [], path)];
    });
  return walk(representation.groups ?? [], '').sort((a, b) => compareText(a.path, b.path));
}

/** The names along a group path; a slash inside a name is written `~/` (org.keycloak.models.utils.KeycloakModelUtils). */
export function groupNames(path: string): readonly string[] {
  return path.split(/(?<!~)\//).slice(1).map((name) => name.replaceAll('~/', '/'));
}
