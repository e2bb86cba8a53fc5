import type { RealmRepresentation, RoleRepresentation } from '../../realm/representation.ts';
import type { StaleFinding } from '../../realm/snapshot.ts';
import type { Api, Path } from '../api.ts';
import { inFlight } from '../flight.ts';
import { objects, text } from '../text.ts';

const CLIENTS = 50;

/** Roles of which the cached list and the paged one, which comes from the database, disagree; the clients with most roles stand for all. */
export async function movedRoles(api: Api, { roles, clients }: RealmRepresentation): Promise<StaleFinding[]> {
  const ids = new Map((clients ?? []).map((client) => [client.clientId, client.id]));
  const places = Object.entries(roles?.client ?? {}).flatMap(([clientId, cached]) => {
    const id = ids.get(clientId);
    return id === undefined || cached.length === 0 ? [] : [{ path: ['clients', id, 'roles'], owner: clientId, cached }];
  }).toSorted((a, b) => b.cached.length - a.cached.length).slice(0, CLIENTS);
  const realm = roles?.realm ? [{ path: ['roles'], owner: 'the realm', cached: roles.realm }] : [];
  const found = await inFlight([...realm, ...places], ({ path, owner, cached }) => compare(api, path, owner, cached));
  return found.flat();
}

async function compare(api: Api, path: Path, owner: string, cached: readonly RoleRepresentation[]): Promise<StaleFinding[]> {
  const stored = new Set(objects(await api.read(path, { first: 0, max: cached.length + 100 })).flatMap((role) => text(role['name']) ?? []));
  const names = cached.flatMap((role) => role.name ?? []);
  const gone = names.filter((name) => !stored.has(name));
  if (gone.length === 0) return [];
  // Somebody may have deleted the role between the two reads.
  const again = new Set(objects(await api.read(path)).flatMap((role) => text(role['name']) ?? []));
  return gone.filter((name) => again.has(name)).slice(0, 1).map((name): StaleFinding => ({ test: 'other', text: `the role ${name} of ${owner} is in the cached list but not in the stored one` }));
}
