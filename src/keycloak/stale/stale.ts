/**
 * Whether this node serves the realm from a cache that the database has left behind: the state after `kc.sh import`
 * under a running server. Found by reads only, because the first write on a client would drop its last copy
 * (verified-keycloak.md, top ten 1).
 *
 * Nearly every read comes from the cache. These do not (tried on 26.7.4, an import of a full export under a running
 * node, every other read unchanged): the list of clients, of realms and of users (which objects there are; their
 * contents are cached), `roles` with `first` and `max`, and `roles/{name}/users` and `/groups`. So an overwrite shows
 * when it changed which clients, users or roles there are, or who holds a role. One that changed nothing but mappers
 * or links of client scopes, all ids kept, cannot be seen by any read.
 */
import type { RealmRepresentation } from '../../realm/representation.ts';
import type { StaleFinding } from '../../realm/snapshot.ts';
import type { Api } from '../api.ts';
import type { Client } from '../capture/clients.ts';
import { isSilence } from '../people.ts';
import { allowed } from '../sessions.ts';
import { objects, text } from '../text.ts';
import { unlistedFindings } from './clients.ts';
import { movedGroupRoles, movedRoleMappings } from './mappings.ts';
import { movedRoles } from './roles.ts';
import { vanishedUsers, type KnownUser } from './users.ts';

export interface CachedView {
  readonly representation: RealmRepresentation;
  /** Clients that the list did not have. */
  readonly unlisted: readonly Client[];
  readonly usersCount: number | null;
  /** Users known from sessions. */
  readonly users: readonly KnownUser[];
}

/** Everything on which the cache and the database disagree; empty when nothing shows. */
export async function findStale(api: Api, view: CachedView): Promise<StaleFinding[]> {
  const { representation } = view;
  const found = await Promise.all([
    allowed(() => otherRealmId(api, text(representation.id) ?? '')),
    allowed(() => vanishedUsers(api, view.usersCount, view.users)),
    allowed(() => movedRoles(api, representation)),
    allowed(() => movedRoleMappings(api, representation).catch(nothingTold)),
    allowed(() => movedGroupRoles(api, representation)),
  ]);
  return [...emptyList(representation), ...unlistedFindings(view.unlisted), ...found.flatMap((findings) => findings ?? [])];
}

/** Where a directory is asked for the holders of roles, and does not answer. */
function nothingTold(error: unknown): StaleFinding[] {
  if (isSilence(error)) return [];
  throw error;
}

/** Every realm has at least its built-in clients. */
function emptyList({ clients }: RealmRepresentation): StaleFinding[] {
  return clients?.length === 0 ? [{ test: 'other', text: 'the list of clients is empty, although every realm has some' }] : [];
}

/** The list of realms comes from the database, the realm by its name from the cache: a file without ids gives it a new one. */
async function otherRealmId(api: Api, id: string): Promise<StaleFinding[]> {
  const { status, body } = await api.getFromServer(['admin', 'realms'], { briefRepresentation: true });
  const listed = status === 200 ? objects(body).find((realm) => realm['realm'] === api.realm) : undefined;
  const other = listed && text(listed['id']);
  return other === undefined || other === id || id === '' ? [] : [{ test: 'other', text: 'the list of realms has another id for this realm than the realm itself' }];
}
