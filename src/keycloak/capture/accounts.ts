import type { UserRepresentation } from '../../realm/representation.ts';
import type { Api } from '../api.ts';
import { allPages } from '../flight.ts';
import { objects, text } from '../text.ts';
import type { Client } from './clients.ts';
import type { Reading } from './reading.ts';
import { mappedRoles } from './scopes.ts';

const PREFIX = 'service-account-';

function usernameOf(clientId: string): string {
  return `${PREFIX}${clientId}`.toLowerCase();
}

/**
 * The user behind a client's service account. `GET /clients/{id}/service-account-user` would name it with certainty,
 * but creates it where it is missing (verified-keycloak.md, top ten 7), so it is looked up by its name, which Keycloak
 * keeps in step with the clientId. Service accounts are left out of `search=`, but not of `username=`.
 */
export async function serviceAccountOf(api: Api, clientId: string): Promise<UserRepresentation & { readonly id: string } | undefined> {
  const username = usernameOf(clientId);
  const found = objects(await api.read(['users'], { username, exact: true, briefRepresentation: false }));
  for (const { access: _, ...user } of found) {
    const id = text(user['id']);
    if (id !== undefined && user['username'] === username) return { ...(user as UserRepresentation), id };
  }
  return undefined;
}

/** From this many on, one list of all service accounts takes fewer requests than one search for each. */
const MANY = 20;
const PAGE = 100;

/** All users that are called like service accounts, by name; their representation is the same as in a search for one. */
async function listAccounts(api: Api): Promise<ReadonlyMap<string, UserRepresentation & { readonly id: string }>> {
  const found = await allPages(PAGE, async (first, max) => objects(await api.read(['users'], { username: PREFIX, briefRepresentation: false, first, max })));
  const accounts = new Map<string, UserRepresentation & { readonly id: string }>();
  for (const { access: _, ...user } of found) {
    const [id, username] = [text(user['id']), text(user['username'])];
    if (id !== undefined && username !== undefined) accounts.set(username, { ...(user as UserRepresentation), id });
  }
  return accounts;
}

/**
 * The service accounts with their roles and groups, in the shape in which a partial export has them.
 * @param federated  users may come from elsewhere (LDAP). A search for a part of a name would be asked there too, and what it finds be
 *   imported: then each account is asked for by its whole name.
 */
export async function readServiceAccounts(reading: Reading, clients: readonly Client[], federated: boolean): Promise<UserRepresentation[] | undefined> {
  const { api, notes } = reading;
  // A client that became public keeps the flag and the user behind it, out of use (tried on 26.7.4).
  const owners = clients.filter((client) => client.serviceAccountsEnabled === true);
  const read = await reading.part('service accounts and their roles', 'view-users', async () => {
    const listed = federated || owners.length < MANY ? undefined : await listAccounts(api);
    return reading.each('service accounts', owners, async (client) => {
      const user = listed?.get(usernameOf(client.clientId)) ?? await serviceAccountOf(api, client.clientId);
      if (!user) return { client, user: undefined };
      const [roles, groups] = await Promise.all([mappedRoles(api, ['users', user.id, 'role-mappings']), api.read(['users', user.id, 'groups'])]);
      return { client, user: { ...user, ...roles, groups: objects(groups).flatMap((group) => text(group['path']) ?? []), serviceAccountClientId: client.clientId } };
    });
  });
  for (const { client } of (read ?? []).filter(({ client, user }) => user === undefined && client.publicClient !== true && client.bearerOnly !== true)) notes.push(`The client ${client.clientId} has service accounts switched on but no service-account user.`);
  return read?.flatMap(({ user }) => (user ? [user] : []));
}
