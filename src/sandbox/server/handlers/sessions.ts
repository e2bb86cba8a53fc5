import { ok, route, type Answer, type Request, type Route } from '../route.ts';
import { clientOf } from '../state/find.ts';
import { page } from '../state/json.ts';
import type { SessionRow } from '../state/model.ts';
import { sessionJson } from '../state/represent.ts';

/** Sessions of a client, by id; rows of users who are gone are left out, as on the real server. */
function rows(request: Request, offline: boolean): SessionRow[] {
  const client = clientOf(request);
  const users = new Set(request.realm.users.map((user) => user.id));
  return request.realm.sessions.filter((session) => session.offline === offline && client.id in session.clients && users.has(session.user)).sort((a, b) => (a.id < b.id ? -1 : 1));
}

const list = (offline: boolean) => (request: Request): Answer => ok(page(rows(request, offline), request.query, 100).map((session) => sessionJson(request.realm, session)));
const count = (offline: boolean) => (request: Request): Answer => ok({ count: rows(request, offline).length });

/** Counts as strings, and only clients that have any. */
function stats({ realm }: Request): Answer {
  const of = (id: string, offline: boolean): number => realm.sessions.filter((session) => session.offline === offline && id in session.clients).length;
  const all = realm.clients.map((client) => ({ id: client.id, clientId: client.clientId, active: String(of(client.id, false)), offline: String(of(client.id, true)) }));
  return ok(all.filter((row) => row.active !== '0' || row.offline !== '0'));
}

export const SESSION_ROUTES: readonly Route[] = [
  route('GET /client-session-stats', 'view-realm', stats),
  route('GET /clients/{client}/user-sessions', 'view-clients', list(false)),
  route('GET /clients/{client}/offline-sessions', 'view-clients', list(true)),
  route('GET /clients/{client}/session-count', 'view-clients', count(false)),
  route('GET /clients/{client}/offline-session-count', 'view-clients', count(true)),
];
