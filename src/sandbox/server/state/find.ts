import { notFound } from '../refusal.ts';
import type { Request } from '../route.ts';
import type { ClientRow, GroupRow, MapperRow, RealmRow, RoleRow, ScopeRow, UserRow } from './model.ts';

function must<T>(found: T | undefined, error: string): T {
  if (found === undefined) throw notFound(error);
  return found;
}

export const clientOf = ({ realm, params }: Request): ClientRow => must(realm.clients.find((client) => client.id === params['client']), 'Could not find client');
export const scopeOf = ({ realm, params }: Request, error = 'Could not find client scope'): ScopeRow => must(realm.scopes.find((scope) => scope.id === params['scope']), error);
export const userOf = ({ realm, params }: Request): UserRow => must(realm.users.find((user) => user.id === params['user']), 'User not found');
export const groupOf = ({ realm, params }: Request, error = 'Could not find group by id'): GroupRow => must(realm.groups.find((group) => group.id === params['group']), error);

/** The client that owns the roles of a mapping: `…/clients/{owner}`. */
export const ownerOf = ({ realm, params }: Request): ClientRow => must(realm.clients.find((client) => client.id === params['owner']), 'Could not find client');

/** A role by name: of the client in the path, else of the realm. */
export function roleOf(request: Request): RoleRow {
  const owner = request.params['client'] === undefined ? null : clientOf(request).id;
  return must(roleNamed(request.realm, owner, request.params['role'] ?? ''), 'Could not find role');
}

export const roleById = (realm: RealmRow, id: string): RoleRow => must(realm.roles.find((role) => role.id === id), 'Could not find role with id');
export const roleNamed = (realm: RealmRow, client: string | null, name: string): RoleRow | undefined => realm.roles.find((role) => role.client === client && role.name === name);
export const clientNamed = (realm: RealmRow, clientId: string): ClientRow | undefined => realm.clients.find((client) => client.clientId === clientId);

/** What holds protocol mappers: the client or the client scope in the path. */
export const holderOf = (request: Request): { readonly id: string; mappers: MapperRow[] } => (request.params['client'] === undefined ? scopeOf(request) : clientOf(request));
export const mapperOf = (request: Request): MapperRow => must(holderOf(request).mappers.find((mapper) => mapper.id === request.params['mapper']), 'Model not found');

/** `/engineering/platform`. */
export function groupPath(realm: RealmRow, group: GroupRow): string {
  const parent = realm.groups.find((candidate) => candidate.id === group.parent);
  return `${parent === undefined ? '' : groupPath(realm, parent)}/${group.name}`;
}

export const groupAt = (realm: RealmRow, path: string): GroupRow | undefined => realm.groups.find((group) => groupPath(realm, group) === (path.startsWith('/') ? path : `/${path}`));
