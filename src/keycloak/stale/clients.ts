import type { JsonObject } from '../../realm/json.ts';
import { isAskable } from '../../realm/looks.ts';
import type { StaleFinding } from '../../realm/snapshot.ts';
import type { Api } from '../api.ts';
import { asClient, clientByName, listClients, type Client } from '../capture/clients.ts';
import { inFlight } from '../flight.ts';
import { allowed, sessionStats } from '../sessions.ts';
import { isObject, objects, text } from '../text.ts';

const BUILTIN = ['account', 'account-console', 'admin-cli', 'broker', 'realm-management', 'security-admin-console'];
const EVENTS = 1000;

/**
 * The clients that answer by name or by id although the list does not have them. The list comes from the database, a
 * single client from the cache; by name only if somebody asked for it by name before (a login does), by id always.
 *
 * Names: the built-in clients, those of evidence, audiences of what was found. Ids: clients with sessions, those of
 * evidence, those that the default role and admin events mention.
 */
export async function unlistedClients(api: Api, listed: readonly Client[], named: readonly string[], ids: readonly string[]): Promise<Client[]> {
  const found = new Map<string, Client>();
  const asked = new Set(listed.flatMap((client) => [client.id, client.clientId]));
  const ask = async (keys: readonly string[], read: (key: string) => Promise<Client | undefined>): Promise<void> => {
    const fresh = [...new Set(keys)].filter((key) => key !== '' && !asked.has(key));
    if (fresh.length === 0) return;
    for (const key of fresh) asked.add(key);
    const answers = (await inFlight(fresh, read)).flatMap((client) => client ?? []).filter((client) => !found.has(client.id));
    for (const client of answers) found.set(client.id, client);
    await ask(answers.flatMap(audiences), (clientId) => clientByName(api, clientId));
  };
  await ask([...BUILTIN, ...named, ...listed.flatMap(audiences)], (clientId) => clientByName(api, clientId));
  await ask([...ids, ...(await mentionedIds(api))], (id) => clientById(api, id));
  // Made since the list was read: the search looks into the database as well.
  const stored = await inFlight([...found.values()], (client) => isStored(api, client));
  return [...found.values()].filter((_, index) => !stored[index]);
}

export function unlistedFindings(unlisted: readonly Client[]): StaleFinding[] {
  return unlisted.map((client) => ({ test: 'client-only-by-name', text: `${client.clientId} answers by name or id but is not in the list` }));
}

async function mentionedIds(api: Api): Promise<string[]> {
  const stats = (await sessionStats(api)) ?? [];
  const realm = await api.read([]);
  const defaultRole = isObject(realm) && isObject(realm['defaultRole']) ? text(realm['defaultRole']['id']) : undefined;
  const members = defaultRole === undefined ? [] : objects((await allowed(() => api.read(['roles-by-id', defaultRole, 'composites']))) ?? []);
  const events = await api.get(['admin-events'], { resourceTypes: 'CLIENT', max: EVENTS });
  return [
    ...stats.map((row) => row.id),
    ...members.flatMap((member) => (member['clientRole'] === true ? (text(member['containerId']) ?? []) : [])),
    ...(events.status === 200 ? objects(events.body) : []).flatMap(clientIdOfPath),
  ];
}

function clientIdOfPath(event: JsonObject): string[] {
  const id = /^clients\/([^/]+)/.exec(text(event['resourcePath']) ?? '')?.[1];
  return id === undefined ? [] : [id];
}

async function clientById(api: Api, id: string): Promise<Client | undefined> {
  const client = await allowed(() => api.read(['clients', id]));
  return isObject(client) ? asClient(client)[0] : undefined;
}

async function isStored(api: Api, client: Client): Promise<boolean> {
  const stored = isAskable(client.clientId) ? objects(await api.read(['clients'], { clientId: client.clientId, search: true, first: 0, max: 100 })) : await listClients(api);
  return stored.some(({ id }) => id === client.id);
}

function audiences(client: Client): string[] {
  return (client.protocolMappers ?? []).flatMap((mapper) => mapper.config?.['included.client.audience'] ?? []);
}
