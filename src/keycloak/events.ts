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
  return [...seen.values()].map(asFact).toSorted((a, b) => b.time - a.time);
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
