import { errorMessage, notFound, unknownError } from '../refusal.ts';
import { created, done, ok, route, type Answer, type EventDraft, type Request, type Route } from '../route.ts';
import { allows } from '../permissions.ts';
import { buildUser, hashPassword } from '../state/build.ts';
import { groupAt, groupOf, userOf } from '../state/find.ts';
import { listMap, object, page, present, text, texts, without } from '../state/json.ts';
import type { GroupRow, RealmRow, UserRow } from '../state/model.ts';
import { groupJson, sessionJson, userJson } from '../state/represent.ts';

/** Service accounts show only when they are asked for by name, whole or in part; `search=` leaves them out (tried on 26.7.4). */
function matching(realm: RealmRow, query: URLSearchParams): UserRow[] {
  const exact = query.get('exact') === 'true';
  const hits = (value: unknown, wanted: string): boolean => typeof value === 'string' && (exact ? value === wanted : value.includes(wanted));
  const values = (user: UserRow): Record<string, unknown> => ({ ...user.fields, username: user.username });
  const wanted = ['username', 'email', 'firstName', 'lastName'].flatMap((key) => (query.get(key) === null ? [] : [[key, (query.get(key) ?? '').toLowerCase()] as const]));
  const search = query.get('search')?.toLowerCase();
  return realm.users
    .filter((user) => user.serviceAccount === null || (query.get('username') !== null && search === undefined))
    .filter((user) => wanted.every(([key, value]) => hits(String(values(user)[key] ?? '').toLowerCase(), value)))
    .filter((user) => search === undefined || ['username', 'email', 'firstName', 'lastName'].some((key) => String(values(user)[key] ?? '').toLowerCase().includes(search)))
    .sort((a, b) => (a.username < b.username ? -1 : 1));
}

const mayManage = ({ actor }: Request): boolean => actor !== null && allows(actor, 'manage-users');

function list(request: Request): Answer {
  const { realm, query } = request;
  return ok(page(matching(realm, query), query, 100).map((user) => userJson(user, query.get('briefRepresentation') === 'true' ? 'brief' : 'list', mayManage(request))));
}

function create(request: Request): Answer {
  const { realm } = request;
  const body = object(request.body);
  const username = (text(body['username']) ?? '').toLowerCase();
  const email = text(body['email'])?.toLowerCase();
  if (realm.users.some((user) => user.username === username)) throw errorMessage(409, 'User exists with same username');
  if (email !== undefined && realm.users.some((user) => user.fields['email'] === email)) throw errorMessage(409, 'User exists with same email');
  if (texts(body['groups']).some((path) => groupAt(realm, path) === undefined)) throw unknownError();
  // The id, role names and anything but groups and credentials are not taken from a body that makes a user.
  const user = buildUser(realm, without(body, ['id']), request.now);
  realm.users.push(user);
  return created(user.id, { events: [{ representation: without(body, ['credentials']) }] });
}

function update(request: Request): Answer {
  const user = userOf(request);
  const body = object(request.body);
  user.username = (text(body['username']) ?? user.username).toLowerCase();
  Object.assign(user.fields, present(without(body, ['id', 'username', 'attributes', 'createdTimestamp', 'groups', 'credentials', 'realmRoles', 'clientRoles', 'access', 'totp', 'notBefore', 'federatedIdentities', 'disableableCredentialTypes'])));
  if (body['attributes'] !== undefined) user.attributes = listMap(body['attributes']);
  return done;
}

/** Sessions of a user who is gone are left out of every list. */
function remove(request: Request): Answer {
  const user = userOf(request);
  request.realm.users = request.realm.users.filter((row) => row !== user);
  request.realm.sessions = request.realm.sessions.filter((session) => session.user !== user.id);
  return done;
}

function resetPassword(request: Request): Answer {
  userOf(request).password = hashPassword(text(object(request.body)['value']) ?? '', request.now);
  return { ...done, events: [{ operation: 'ACTION' }] };
}

function credentials(request: Request): Answer {
  const { password } = userOf(request);
  if (password === null) return ok([]);
  const credentialData = JSON.stringify({ hashIterations: 5, algorithm: 'argon2', additionalParameters: { hashLength: ['32'], memory: ['7168'], type: ['id'], version: ['1.3'], parallelism: ['1'] } });
  return ok([{ id: password.id, type: 'password', createdDate: password.created, credentialData }]);
}

function memberEvent(request: Request, user: UserRow, group: GroupRow, operation: 'CREATE' | 'DELETE'): EventDraft {
  return {
    operation, representation: without(groupJson(request.realm, group, 'full', false), ['subGroupCount']),
    details: present({ username: user.username, email: user.fields['email'] }),
  };
}

function join(request: Request): Answer {
  const user = userOf(request);
  const group = groupOf(request, 'Group not found');
  user.groups = [...new Set([...user.groups, group.id])];
  return { ...done, events: [memberEvent(request, user, group, 'CREATE')] };
}

function leave(request: Request): Answer {
  const user = userOf(request);
  const group = groupOf(request, 'Group not found');
  user.groups = user.groups.filter((id) => id !== group.id);
  return { ...done, events: [memberEvent(request, user, group, 'DELETE')] };
}

const groupsOf = (request: Request): Answer => {
  const user = userOf(request);
  return ok(request.realm.groups.filter((group) => user.groups.includes(group.id)).map((group) => groupJson(request.realm, group, 'member')));
};

function sessions(offline: boolean) {
  return (request: Request): Answer => {
    const user = userOf(request);
    const client = request.params['client'];
    if (client !== undefined && !request.realm.clients.some((row) => row.id === client)) throw notFound('Client not found');
    const rows = request.realm.sessions.filter((session) => session.user === user.id && session.offline === offline && (client === undefined || client in session.clients));
    return ok(rows.map((session) => sessionJson(request.realm, session)));
  };
}

/** Nobody is ever locked out here; it answers for unknown ids too, as the real one does. */
const bruteForce = (): Answer => ok({ numFailures: 0, numSecondaryAuthFailures: 0, numTemporaryLockouts: 0, disabled: false, failedLoginNotBefore: 0, lastFailure: 0, lastIPFailure: 'n/a' });

const USER = { event: 'USER' };
const MEMBERSHIP = { event: 'GROUP_MEMBERSHIP' };

export const USER_ROUTES: readonly Route[] = [
  route('GET /users', 'view-users', list, { weak: 'query-users' }),
  route('POST /users', 'manage-users', create, USER),
  route('GET /users/count', 'view-users|query-users', ({ realm, query }) => ok(matching(realm, query).length)),
  route('GET /users/{user}', 'view-users', (request) => ok(userJson(userOf(request), 'one', mayManage(request)))),
  route('PUT /users/{user}', 'manage-users', update, USER),
  route('DELETE /users/{user}', 'manage-users', remove, USER),
  route('PUT /users/{user}/reset-password', 'manage-users', resetPassword, USER),
  route('GET /users/{user}/credentials', 'view-users', credentials),
  route('GET /users/{user}/groups', 'view-users', groupsOf),
  route('PUT /users/{user}/groups/{group}', 'manage-users', join, MEMBERSHIP),
  route('DELETE /users/{user}/groups/{group}', 'manage-users', leave, MEMBERSHIP),
  route('GET /attack-detection/brute-force/users/{user}', 'view-users', bruteForce),
  route('GET /users/{user}/sessions', 'view-users', sessions(false)),
  route('GET /users/{user}/offline-sessions/{client}', 'view-users', sessions(true)),
];
