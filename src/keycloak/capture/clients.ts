import type { JsonObject } from '../../realm/json.ts';
import type { ClientRepresentation } from '../../realm/representation.ts';
import type { Api } from '../api.ts';
import { allPages } from '../flight.ts';
import { objects, text } from '../text.ts';
import type { Reading } from './reading.ts';

/**
 * A page of clients costs the square of its size on a cold server; one call for 2,000 clients took 65 s, pages of
 * 25 to 50 four at a time 1.6 s to 2.3 s (baselines.md 4.1).
 */
const PAGE = 40;

/** A client as `GET /clients` gives it, whose id and clientId are known to be there. */
export type Client = ClientRepresentation & { readonly id: string; readonly clientId: string };

/** Every client of the list, with mappers, scope names, attributes and secret inside. */
export async function listClients(api: Api): Promise<Client[]> {
  const pages = await allPages(PAGE, async (first, max) => objects(await api.read(['clients'], { first, max })));
  return pages.flatMap(asClient);
}

/**
 * One client asked for by its name. On a node that kept running through an import this still answers from the cache
 * when the list no longer has it (verified-keycloak.md, "Node kept running during the import").
 */
export async function clientByName(api: Api, clientId: string): Promise<Client | undefined> {
  const found = objects(await api.read(['clients'], { clientId })).flatMap(asClient);
  return found.find((client) => client.clientId === clientId);
}

/** A client from an answer; empty when the answer is none. */
export function asClient(found: JsonObject): Client[] {
  // `access` says what the reader may do; it is not part of the client.
  const { access: _, ...client } = found;
  const id = text(client['id']);
  const clientId = text(client['clientId']);
  return id === undefined || clientId === undefined ? [] : [{ ...(client as ClientRepresentation), id, clientId }];
}

/**
 * Adds the settings of the authorization services, where a client has them. They are not in the client itself, and
 * reading them wants manage-authorization or manage-clients: view-authorization gets 403 (verified-keycloak.md 4).
 */
export async function withAuthorization(reading: Reading, clients: readonly Client[]): Promise<Client[]> {
  const guarded = clients.filter((client) => client.authorizationServicesEnabled === true);
  const settings = new Map<string, JsonObject>();
  await reading.each('authorization services', guarded, async (client) => {
    const found = await reading.part(`authorization services of ${client.clientId}`, 'manage-authorization', () =>
      reading.api.read(['clients', client.id, 'authz', 'resource-server', 'settings']));
    for (const body of objects(found === undefined ? [] : [found])) settings.set(client.id, body);
  });
  return clients.map((client) => {
    const found = settings.get(client.id);
    return found ? { ...client, authorizationSettings: found } : client;
  });
}
