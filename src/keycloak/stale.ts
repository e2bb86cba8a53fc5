/**
 * Whether this node serves the realm from a cache that the database has left behind: the state after `kc.sh import`
 * under a running server. Found by reads only, because the first write on a client would drop its last copy
 * (verified-keycloak.md, top ten 1).
 */
import type { StaleFinding } from '../realm/snapshot.ts';
import type { Api } from './api.ts';
import { clientByName, type Client } from './capture/clients.ts';
import { recentAdminEvents } from './events.ts';
import { inFlight } from './flight.ts';
import { allowed, sessionStats } from './sessions.ts';
import { isObject, text } from './text.ts';

const BUILTIN = ['account', 'account-console', 'admin-cli', 'broker', 'realm-management', 'security-admin-console'];

/**
 * The clients that answer by name or by id although the list does not have them. Asked for: the built-in ones, those
 * that evidence names, those with sessions, those that admin events touched, and audiences of what was found.
 */
export async function unlistedClients(api: Api, listed: readonly Client[], named: readonly string[]): Promise<Client[]> {
  const found = new Map<string, Client>();
  const asked = new Set(listed.map((client) => client.clientId));
  const askFor = async (clientIds: readonly string[]): Promise<void> => {
    const fresh = [...new Set(clientIds)].filter((clientId) => clientId !== '' && !asked.has(clientId));
    if (fresh.length === 0) return;
    for (const clientId of fresh) asked.add(clientId);
    const answers = (await inFlight(fresh, (clientId) => clientByName(api, clientId))).flatMap((client) => client ?? []);
    for (const client of answers) found.set(client.clientId, client);
    await askFor(answers.flatMap(audiences));
  };
  const stats = await sessionStats(api);
  await askFor([...BUILTIN, ...named, ...(stats ?? []).map((row) => row.clientId), ...listed.flatMap(audiences)]);
  const known = new Set([...listed, ...found.values()].map((client) => client.id));
  const touched = [...new Set((await recentAdminEvents(api, [])).flatMap((event) => /^clients\/([^/]+)/.exec(event.resourcePath)?.[1] ?? []))];
  const names = await inFlight(touched.filter((id) => !known.has(id)), async (id) => {
    const client = await allowed(() => api.read(['clients', id]));
    return isObject(client) ? text(client['clientId']) : undefined;
  });
  await askFor(names.flatMap((name) => name ?? []));
  return [...found.values()];
}

export function unlistedFindings(unlisted: readonly Client[]): StaleFinding[] {
  return unlisted.map((client) => ({ test: 'client-only-by-name', text: `${client.clientId} answers by name but is not in the list` }));
}

/**
 * Users who answer by id while the count, which comes from the database, says that there are none.
 * @param userIds  users known from elsewhere, such as sessions
 */
export async function vanishedUsers(api: Api, usersCount: number | null, userIds: readonly string[]): Promise<StaleFinding[]> {
  if (usersCount !== 0) return [];
  for (const id of [...new Set(userIds)].slice(0, 5)) {
    const user = await allowed(() => api.read(['users', id]));
    if (isObject(user)) return [{ test: 'users-gone-from-list', text: `the server counts 0 users, but ${text(user['username']) ?? 'a user'} still answers by id` }];
  }
  return [];
}

function audiences(client: Client): string[] {
  return (client.protocolMappers ?? []).flatMap((mapper) => mapper.config?.['included.client.audience'] ?? []);
}
