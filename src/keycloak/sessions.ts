import { RescueError } from '../realm/errors.ts';
import type { JsonObject } from '../realm/json.ts';
import type { LiveFacts, SessionFact } from '../realm/snapshot.ts';
import type { Api } from './api.ts';
import { inFlight } from './flight.ts';
import { isObject, number, objects, text } from './text.ts';

const PAGE = 500;

export type SessionStats = LiveFacts['sessionStats'];

/** A client whose sessions are asked for; `expected` is what the statistics say, which may be too much. */
export interface SessionOwner {
  readonly id: string;
  readonly expected: { readonly active: number; readonly offline: number } | undefined;
}

/** The rows of client-session-stats; null without view-realm. They count dead rows too (verified-keycloak.md, top ten 4). */
export async function sessionStats(api: Api): Promise<readonly (SessionStats[number] & { readonly id: string })[] | null> {
  const rows = await allowed(() => api.read(['client-session-stats']));
  return rows === null ? null : objects(rows).map((row) => ({ id: text(row['id']) ?? '', clientId: text(row['clientId']) ?? '', active: number(row['active']) ?? 0, offline: number(row['offline']) ?? 0 }));
}

/**
 * The sessions of all clients, each once. The lists are the honest source: rows whose user is gone are left out.
 * null when these credentials may not see them.
 */
export async function listSessions(api: Api, owners: readonly SessionOwner[], kind: 'user-sessions' | 'offline-sessions'): Promise<readonly SessionFact[] | null> {
  const found = await allowed(() => inFlight(owners, (owner) => sessionsOf(api, owner, kind)));
  if (!found) return null;
  return [...new Map(found.flat().map((session) => [session.id, session])).values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

async function sessionsOf(api: Api, owner: SessionOwner, kind: 'user-sessions' | 'offline-sessions'): Promise<SessionFact[]> {
  const expected = owner.expected && (kind === 'user-sessions' ? owner.expected.active : owner.expected.offline);
  if (expected === 0) return [];
  const all: SessionFact[] = [];
  // Rows of users that are gone are dropped after paging, so a page that is not full is not always the last one.
  for (let first = 0; ; first += PAGE) {
    const page = objects(await api.read(['clients', owner.id, kind], { first, max: PAGE }));
    all.push(...page.flatMap(asSession));
    if (page.length === 0 || (page.length < PAGE && first + PAGE >= (expected ?? 0))) return all;
  }
}

function asSession(row: JsonObject): SessionFact[] {
  const id = text(row['id']);
  if (id === undefined) return [];
  const clients = isObject(row['clients']) ? Object.values(row['clients']).flatMap((clientId) => text(clientId) ?? []) : [];
  return [{ id, userId: text(row['userId']) ?? '', username: text(row['username']) ?? '', start: number(row['start']) ?? 0, lastAccess: number(row['lastAccess']) ?? 0, clients: clients.toSorted() }];
}

/** The answer, or null when a role is missing. */
export async function allowed<Result>(read: () => Promise<Result>): Promise<Result | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RescueError && error.code === 'missing-role') return null;
    throw error;
  }
}
