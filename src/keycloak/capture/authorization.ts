import type { Json, JsonObject } from '../../realm/json.ts';
import { allPages } from '../flight.ts';
import { isObject, objects, text } from '../text.ts';
import type { Client } from './clients.ts';
import type { Reading } from './reading.ts';

/** As many as the server gives by itself when nothing is said (org.keycloak.models.Constants.DEFAULT_MAX_RESULTS). */
const PAGE = 100;

/**
 * Adds the settings of the authorization services, where a client has them. They are not in the client itself, and
 * reading them wants manage-authorization or manage-clients: view-authorization gets 403 (verified-keycloak.md 4).
 */
export async function withAuthorization(reading: Reading, clients: readonly Client[]): Promise<Client[]> {
  const guarded = clients.filter((client) => client.authorizationServicesEnabled === true);
  const settings = new Map<string, JsonObject>();
  await reading.each('authorization services', guarded, async (client) => {
    const found = await reading.part(`authorization services of ${client.clientId}`, 'manage-authorization', () => settingsOf(reading, client));
    if (found) settings.set(client.id, found);
  });
  return clients.map((client) => {
    const found = settings.get(client.id);
    return found ? { ...client, authorizationSettings: found } : client;
  });
}

/** As an export has them, with the ids that only the lists give: an object can then be changed, deleted, and brought back as itself. */
async function settingsOf({ api }: Reading, client: Client): Promise<JsonObject | undefined> {
  const base = ['clients', client.id, 'authz', 'resource-server'];
  const body = await api.read([...base, 'settings']);
  if (!isObject(body)) return undefined;
  const pages = (list: string) => allPages(PAGE, async (first, max) => objects(await api.read([...base, list], { first, max })));
  const [scopes, resources, policies] = await Promise.all([pages('scope'), pages('resource'), pages('policy')]);
  return { ...body, scopes: withIds(body['scopes'], scopes, 'id', client), resources: withIds(body['resources'], resources, '_id', client), policies: withIds(body['policies'], policies, 'id', client) };
}

function withIds(items: Json | undefined, listed: readonly JsonObject[], key: 'id' | '_id', client: Client): Json {
  const ids = new Map(listed.map((item) => [nameOf(item, client), text(item[key])]));
  return objects(items ?? []).map((item) => {
    const id = ids.get(nameOf(item, client));
    return id === undefined ? item : { ...item, [key]: id };
  });
}

/** Two resources may have one name when two users, or a user and the client, own them. The client's own come without an owner in the settings. */
function nameOf(item: JsonObject, client: Client): string {
  const owner = isObject(item['owner']) ? text(item['owner']['name']) : undefined;
  return JSON.stringify([item['name'] ?? null, owner === client.clientId ? null : owner ?? null]);
}
