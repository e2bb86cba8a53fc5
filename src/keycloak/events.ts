import type { JsonObject } from '../realm/json.ts';
import type { AdminEventFact, LiveFacts } from '../realm/snapshot.ts';
import type { Api } from './api.ts';
import { allowed } from './sessions.ts';
import { isObject, number, objects, text } from './text.ts';

const NEWEST = 200;
/** Around a suspected import: what else was written shows what it was not. */
const WINDOW_MILLISECONDS = 15 * 60_000;

export async function adminEventSettings(api: Api): Promise<LiveFacts['adminEvents']> {
  const settings = await allowed(() => api.read(['events', 'config']));
  return isObject(settings) ? { enabled: settings['adminEventsEnabled'] === true, details: settings['adminEventsDetailsEnabled'] === true } : null;
}

/**
 * The newest admin events and those around the given moments, newest first, without their contents: who wrote what
 * where, and when. Empty without view-events.
 * @param moments epoch seconds of suspected imports
 */
export async function recentAdminEvents(api: Api, moments: readonly number[]): Promise<readonly AdminEventFact[]> {
  const windows = moments.map((moment) => ({ dateFrom: moment * 1000 - WINDOW_MILLISECONDS, dateTo: moment * 1000 + WINDOW_MILLISECONDS }));
  const lists: JsonObject[] = [];
  for (const query of [{}, ...windows]) {
    // Servers before 26.2 take days only (yyyy-MM-dd) and answer 400 to milliseconds: the newest events must do there.
    const reply = await api.get(['admin-events'], { max: NEWEST, ...query });
    if (reply.status === 403) return [];
    if (reply.status === 200) lists.push(...objects(reply.body));
  }
  const seen = new Map(lists.map((event) => [JSON.stringify([event['id'] ?? null, event['time'] ?? 0, event['resourcePath'] ?? '']), event]));
  return named(api, [...seen.values()].map(asFact).toSorted((a, b) => b.time - a.time));
}

/** So many writers are asked for by name; more of them say nothing more. */
const WRITERS = 5;

/** An event has the id of the client by which somebody wrote: in the realm of that login, which may be this one or the one of ours. */
async function named(api: Api, events: readonly AdminEventFact[]): Promise<readonly AdminEventFact[]> {
  const ids = [...new Set(events.map(({ client }) => client))].filter((id) => id !== '').slice(0, WRITERS);
  const names = new Map(await Promise.all(ids.map(async (id) => [id, await clientName(api, id)] as const)));
  return events.map((event) => ({ ...event, client: names.get(event.client) ?? event.client }));
}

async function clientName(api: Api, id: string): Promise<string | undefined> {
  for (const realm of new Set([api.authRealm, api.realm])) {
    const { status, body } = await api.getFromServer(['admin', 'realms', realm, 'clients', id]);
    if (status === 200 && isObject(body)) return text(body['clientId']);
  }
  return undefined;
}

function asFact(event: JsonObject): AdminEventFact {
  const details = isObject(event['authDetails']) ? event['authDetails'] : {};
  return {
    time: number(event['time']) ?? 0,
    operationType: text(event['operationType']) ?? '',
    resourceType: text(event['resourceType']) ?? '',
    // An update of the realm itself has no path at all.
    resourcePath: text(event['resourcePath']) ?? '',
    client: text(details['clientId']) ?? '',
  };
}
