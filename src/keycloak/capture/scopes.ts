import type { Json } from '../../realm/json.ts';
import type { ClientScopeRepresentation, ScopeMappingRepresentation } from '../../realm/representation.ts';
import type { Api, Path } from '../api.ts';
import { isObject, objects, text } from '../text.ts';
import type { Client } from './clients.ts';
import type { Reading } from './reading.ts';

export type ClientScope = ClientScopeRepresentation & { readonly id: string; readonly name: string };

/** All client scopes with their mappers. */
export async function listClientScopes(api: Api): Promise<ClientScope[]> {
  return objects(await api.read(['client-scopes'])).flatMap((scope) => {
    const id = text(scope['id']);
    const name = text(scope['name']);
    return id === undefined || name === undefined ? [] : [{ ...(scope as ClientScopeRepresentation), id, name }];
  });
}

/** Names of the client scopes that new clients get. */
export async function realmDefaultScopes(api: Api, list: 'default-default-client-scopes' | 'default-optional-client-scopes'): Promise<string[]> {
  return objects(await api.read([list])).flatMap((scope) => text(scope['name']) ?? []);
}

export interface ScopeMappings {
  readonly scopeMappings: ScopeMappingRepresentation[];
  readonly clientScopeMappings: Record<string, ScopeMappingRepresentation[]>;
}

/**
 * The roles in the scope of each client and client scope, in the shape of an export: realm roles by holder, client
 * roles by the client that owns them. One request a holder gives both.
 */
export async function readScopeMappings(reading: Reading, clients: readonly Client[], scopes: readonly ClientScope[]): Promise<ScopeMappings> {
  const holders = [
    ...clients.map((client) => ({ path: ['clients', client.id, 'scope-mappings'], holder: { client: client.clientId } })),
    ...scopes.map((scope) => ({ path: ['client-scopes', scope.id, 'scope-mappings'], holder: { clientScope: scope.name } })),
  ];
  const read = await reading.each('scope mappings', holders, async ({ path, holder }) => ({ holder, ...(await mappedRoles(reading.api, path)) }));
  const rows = read.flatMap(({ holder, clientRoles }) => Object.entries(clientRoles).map(([owner, roles]) => ({ owner, row: { ...holder, roles } })));
  return {
    scopeMappings: read.flatMap(({ holder, realmRoles }) => (realmRoles.length > 0 ? [{ ...holder, roles: realmRoles }] : [])),
    // A client may be called `constructor`: owners are keys of a map until the object is made.
    clientScopeMappings: Object.fromEntries([...Map.groupBy(rows, ({ owner }) => owner)].map(([owner, of]) => [owner, of.map(({ row }) => row)])),
  };
}

export interface MappedRoles {
  readonly realmRoles: string[];
  readonly clientRoles: Record<string, string[]>;
}

/** Role names behind a `scope-mappings` or `role-mappings` resource; both give realm and client roles at once. */
export async function mappedRoles(api: Api, path: Path): Promise<MappedRoles> {
  const body = await api.read(path);
  const mappings = isObject(body) ? body : {};
  const clients = isObject(mappings['clientMappings']) ? mappings['clientMappings'] : {};
  return {
    realmRoles: names(mappings['realmMappings']),
    clientRoles: Object.fromEntries(Object.entries(clients).map(([clientId, entry]) => [clientId, names(isObject(entry) ? entry['mappings'] : [])])),
  };
}

function names(roles: Json | undefined): string[] {
  return objects(roles ?? []).flatMap((role) => text(role['name']) ?? []);
}
