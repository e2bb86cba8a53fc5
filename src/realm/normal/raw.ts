/** Finding the representation behind an object: bodies of writes are made from it, so that unknown fields come along. */
import type { RealmState } from '../model.ts';
import type { ClientRepresentation, ClientScopeRepresentation, ProtocolMapperRepresentation } from '../representation.ts';

export function rawClient(state: RealmState | undefined, clientId: string): ClientRepresentation | undefined {
  return named(state?.representation.clients, (client) => client.clientId)?.get(clientId);
}

export function rawScope(state: RealmState | undefined, name: string): ClientScopeRepresentation | undefined {
  return named(state?.representation.clientScopes, (scope) => scope.name)?.get(name);
}

const indexes = new WeakMap<readonly object[], ReadonlyMap<string, unknown>>();

/** A list by name, the first of a name winning; kept with the list, because thousands of differences ask for one of thousands of clients. */
function named<Item extends object>(list: readonly Item[] | undefined, nameOf: (item: Item) => string | undefined): ReadonlyMap<string, Item> | undefined {
  if (list === undefined) return undefined;
  const known = indexes.get(list);
  if (known !== undefined) return known as ReadonlyMap<string, Item>;
  const made = new Map(list.toReversed().flatMap((item) => (nameOf(item) === undefined ? [] : [[nameOf(item) ?? '', item] as const])));
  indexes.set(list, made);
  return made;
}

export function rawMapper(container: { readonly protocolMappers?: ProtocolMapperRepresentation[] } | undefined, name: string): ProtocolMapperRepresentation | undefined {
  return container?.protocolMappers?.find((mapper) => mapper.name === name);
}
