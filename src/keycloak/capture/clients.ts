import type { Json, JsonObject } from '../../realm/json.ts';
import { isAskable } from '../../realm/looks.ts';
import type { ClientRepresentation } from '../../realm/representation.ts';
import type { Api } from '../api.ts';
import { allPages } from '../flight.ts';
import { isObject, objects, text } from '../text.ts';
import { wellTyped } from '../well-typed.ts';

/**
 * A page of clients costs the square of its size on a cold server; one call for 2,000 clients took 65 s, pages of
 * 25 to 50 four at a time 1.6 s to 2.3 s (baselines.md 4.1).
 */
const PAGE = 40;

/** A client as `GET /clients` gives it, whose id and clientId are known to be there. */
export type Client = ClientRepresentation & { readonly id: string; readonly clientId: string };

/** Every client of the list, with mappers, scope names, attributes and secret inside. */
export async function listClients(api: Api): Promise<Client[]> {
  return (await clientPages(api)).flatMap(asClient);
}

function clientPages(api: Api): Promise<JsonObject[]> {
  return allPages(PAGE, async (first, max) => objects(await api.read(['clients'], { first, max })));
}

/**
 * One client asked for by its name. On a node that kept running through an import this still answers from the cache
 * when the list no longer has it (verified-keycloak.md, "Node kept running during the import").
 */
export async function clientByName(api: Api, clientId: string, id?: string): Promise<Client | undefined> {
  const found = objects(await clientsCalled(api, clientId, id)).flatMap(asClient);
  return found.find((client) => client.clientId === clientId);
}

/**
 * What `GET /clients?clientId=` answers.
 * @param id  where the client was last seen. By its id the server takes it from its cache, where a search goes to the database; if it
 *   is not there, or somebody else is, it is searched for; in the whole list, if no search can carry its name.
 */
export async function clientsCalled(api: Api, clientId: string, id: string | undefined): Promise<Json> {
  const one = id === undefined ? null : await api.read(['clients', id]);
  if (isObject(one) && one['clientId'] === clientId) return [one];
  if (isAskable(clientId)) return api.read(['clients'], { clientId });
  return (await clientPages(api)).filter((client) => client['clientId'] === clientId);
}

/** A client from an answer; empty when the answer is none. Throws RescueError `not-keycloak`. */
export function asClient(found: JsonObject): Client[] {
  // `access` says what the reader may do; it is not part of the client.
  const { access: _, ...client } = found;
  const id = text(client['id']);
  const clientId = text(client['clientId']);
  if (id === undefined || clientId === undefined) return [];
  const [typed] = wellTyped({ clients: [client as ClientRepresentation] }).clients ?? [];
  return [{ ...typed, id, clientId }];
}
