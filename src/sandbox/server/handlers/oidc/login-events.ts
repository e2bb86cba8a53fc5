import { randomUUID } from 'node:crypto';
import type { Answer, Request } from '../../route.ts';
import { ok } from '../../route.ts';
import { page, texts } from '../../state/json.ts';
import type { ClientRow, UserRow } from '../../state/model.ts';

/** A login event where the realm keeps them. Refreshes leave none: that type is not saved by default (facts, section 4). */
export function recordLogin(request: Request, type: 'LOGIN' | 'CLIENT_LOGIN', client: ClientRow, user: UserRow, session: string | null): void {
  if (request.realm.fields['eventsEnabled'] !== true) return;
  request.realm.events.push({
    id: randomUUID(), time: request.now, type, realmId: request.realm.id, clientId: client.clientId, userId: user.id, ...(session === null ? {} : { sessionId: session }), ipAddress: '127.0.0.1',
    details: { grant_type: session === null ? 'client_credentials' : 'password', username: user.username },
  });
}

/** `GET /events`: newest first, by `type`, `client`, `user`. */
export function listLoginEvents({ realm, query }: Request): Answer {
  const types = query.getAll('type');
  const rows = realm.events.filter((event) => (types.length === 0 || texts(types).includes(String(event['type']))) && ['client', 'user'].every((key) => query.get(key) === null || event[`${key}Id`] === query.get(key)));
  return ok(page(rows.toReversed(), query, 100));
}
