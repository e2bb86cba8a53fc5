import type { UserRepresentation } from '../../realm/representation.ts';
import type { Api } from '../api.ts';
import { objects, text } from '../text.ts';
import type { Client } from './clients.ts';
import type { Reading } from './reading.ts';
import { mappedRoles } from './scopes.ts';

/**
 * The user behind a client's service account. `GET /clients/{id}/service-account-user` would name it with certainty,
 * but creates it where it is missing (verified-keycloak.md, top ten 7), so it is looked up by its name, which Keycloak
 * keeps in step with the clientId. Service accounts are left out of `search=`, but not of `username=`.
 */
export async function serviceAccountOf(api: Api, clientId: string): Promise<UserRepresentation & { readonly id: string } | undefined> {
  const username = `service-account-${clientId}`.toLowerCase();
  const found = objects(await api.read(['users'], { username, exact: true, briefRepresentation: false }));
  for (const { access: _, ...user } of found) {
    const id = text(user['id']);
    if (id !== undefined && user['username'] === username) return { ...(user as UserRepresentation), id };
  }
  return undefined;
}

/** The service accounts with their roles and groups, in the shape in which a partial export has them. */
export async function readServiceAccounts(reading: Reading, clients: readonly Client[]): Promise<UserRepresentation[] | undefined> {
  const { api, notes } = reading;
  // A client that became public keeps the flag and the user behind it, out of use (tried on 26.7.4).
  const owners = clients.filter((client) => client.serviceAccountsEnabled === true);
  const read = await reading.part('service accounts and their roles', 'view-users', () =>
    reading.each('service accounts', owners, async (client) => {
      const user = await serviceAccountOf(api, client.clientId);
      if (!user) return { client, user: undefined };
      const [roles, groups] = await Promise.all([mappedRoles(api, ['users', user.id, 'role-mappings']), api.read(['users', user.id, 'groups'])]);
      return { client, user: { ...user, ...roles, groups: objects(groups).flatMap((group) => text(group['path']) ?? []), serviceAccountClientId: client.clientId } };
    }));
  for (const { client } of (read ?? []).filter(({ client, user }) => user === undefined && client.publicClient !== true && client.bearerOnly !== true)) notes.push(`The client ${client.clientId} has service accounts switched on but no service-account user.`);
  return read?.flatMap(({ user }) => (user ? [user] : []));
}
