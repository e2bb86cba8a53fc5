/** Finding the representation behind an object: bodies of writes are made from it, so that unknown fields come along. */
import type { RealmState } from '../model.ts';
import type { ClientRepresentation, ClientScopeRepresentation, ProtocolMapperRepresentation } from '../representation.ts';

export function rawClient(state: RealmState | undefined, clientId: string): ClientRepresentation | undefined {
  return state?.representation.clients?.find((client) => client.clientId === clientId);
}

export function rawScope(state: RealmState | undefined, name: string): ClientScopeRepresentation | undefined {
  return state?.representation.clientScopes?.find((scope) => scope.name === name);
}

export function rawMapper(container: { readonly protocolMappers?: ProtocolMapperRepresentation[] } | undefined, name: string): ProtocolMapperRepresentation | undefined {
  return container?.protocolMappers?.find((mapper) => mapper.name === name);
}
