import { RescueError } from '../../realm/errors.ts';
import type { JsonObject } from '../../realm/json.ts';
import { isAskable } from '../../realm/looks.ts';
import type { UserRepresentation } from '../../realm/representation.ts';
import type { Api } from '../api.ts';
import { allPages } from '../flight.ts';
import { isSilence } from '../people.ts';
import { isObject, objects, text } from '../text.ts';
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
 * keeps in step with the clientId. Service accounts are left out of `search=`, but not of `username=`. Beside a directory that does
 * not answer no search does either, and a partial export names it.
 */
export async function serviceAccountOf(api: Api, clientId: string): Promise<Account | undefined> {
  try {
    return await searched(api, clientId);
  } catch (error) {
    if (!isSearchFailure(error)) throw error;
    return (await exportedAccounts(api, error)).get(usernameOf(clientId));
  }
}

type Account = UserRepresentation & { readonly id: string };

async function searched(api: Api, clientId: string): Promise<Account | undefined> {
  const username = usernameOf(clientId);
  const found = objects(await api.read(['users'], { username, exact: true, briefRepresentation: false }));
  for (const { access: _, ...user } of found) {
    const id = text(user['id']);
    if (id !== undefined && user['username'] === username) return { ...(user as UserRepresentation), id };
  }
  return undefined;
}

/** Not answered, or with 400 or 500, as 26.0.8 does beside a directory that cannot be reached. */
function isSearchFailure(error: unknown): error is RescueError {
  return error instanceof RescueError && error.code === 'server-error';
}

/**
 * All service accounts out of a partial export, a POST that only reads: it asks no directory and makes no account that is missing (tried on
 * 26.7.4), but it wants manage-realm.
 * @throws RescueError  why the search failed, where there is no export
 */
async function exportedAccounts(api: Api, failure: RescueError): Promise<ReadonlyMap<string, Account>> {
  const reply = await api.ask(['partial-export'], { exportClients: true, exportGroupsAndRoles: false });
  if (reply.status !== 200 || !isObject(reply.body)) throw failure;
  return byName(objects(reply.body['users'] ?? []).filter((user) => text(user['serviceAccountClientId']) !== undefined));
}

/** From this many on, one list of all service accounts takes fewer requests than one search for each. */
const MANY = 20;
const PAGE = 100;

/** All users that are called like service accounts, by name; their representation is the same as in a search for one. */
async function listAccounts(api: Api): Promise<ReadonlyMap<string, Account>> {
  return byName(await allPages(PAGE, async (first, max) => objects(await api.read(['users'], { username: PREFIX, briefRepresentation: false, first, max }))));
}

function byName(found: readonly JsonObject[]): ReadonlyMap<string, Account> {
  const accounts = new Map<string, Account>();
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
    const listed = await accountsOf(reading, owners, federated);
    return reading.each('service accounts', owners, async (client) => {
      const user = listed.accounts.get(usernameOf(client.clientId)) ?? (listed.whole || !isAskable(client.clientId) ? undefined : await searched(api, client.clientId));
      if (!user) return { client, user: undefined };
      const [roles, groups] = await Promise.all([mappedRoles(api, ['users', user.id, 'role-mappings']), api.read(['users', user.id, 'groups'])]);
      return { client, user: { ...user, ...roles, groups: objects(groups).flatMap((group) => text(group['path']) ?? []), serviceAccountClientId: client.clientId } };
    });
  });
  for (const { client } of (read ?? []).filter(({ client, user }) => user === undefined && client.publicClient !== true && client.bearerOnly !== true)) notes.push(`The client ${client.clientId} has service accounts switched on but no service-account user.`);
  return read?.flatMap(({ user }) => (user ? [user] : []));
}

/** What can be listed at once; `whole` where what is missing in it is not there. */
async function accountsOf({ api, notes }: Reading, owners: readonly Client[], federated: boolean): Promise<{ readonly accounts: ReadonlyMap<string, Account>; readonly whole: boolean }> {
  const [first] = owners;
  if (first === undefined) return { accounts: new Map(), whole: true };
  try {
    const unaskable = owners.find(({ clientId }) => !isAskable(clientId));
    if (!federated && (owners.length >= MANY || unaskable !== undefined)) return { accounts: await listAccounts(api), whole: false };
    // One search tells whether the others will be answered.
    const asked = (unaskable ?? first).clientId;
    const account = federated ? await searched(api, asked) : undefined;
    return { accounts: new Map(account === undefined ? [] : [[usernameOf(asked), account]]), whole: false };
  } catch (error) {
    if (!isSearchFailure(error)) throw error;
    const accounts = await exportedAccounts(api, error);
    notes.push(`${isSilence(error) ? error.message : 'The server fails on searches for users.'} The service accounts were read from a partial export instead.`);
    return { accounts, whole: true };
  }
}
