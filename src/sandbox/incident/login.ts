import { RescueError } from '../../realm/errors.ts';
import type { AdminCalls } from './calls.ts';
import { labSecret, LOGIN_CLIENTS } from './clients.ts';
import { USER_PASSWORD } from './people.ts';
import { message, text } from './read.ts';
import { STORY_USERS } from './story.ts';

/** One user's login, kept so that a later refresh shows whether the session survived. Holds real tokens: never log it. */
export interface LoggedIn {
  readonly client: string;
  /** null for a public client. */
  readonly secret: string | null;
  readonly user: string;
  readonly offline: boolean;
  readonly access: string;
  readonly refresh: string;
  /** The session the tokens belong to (`sid`). */
  readonly session: string;
}

/** Logins in flight at once: enough to keep two cores of a real server busy with password hashes. */
const AT_ONCE = 4;

/**
 * Logs users in by password grants, in turn over the login clients of the story; those of mobile-app are offline.
 * Throws RescueError `refused-login` for the first login that fails.
 */
export async function logIn(calls: AdminCalls, count: number, userCount = STORY_USERS): Promise<LoggedIn[]> {
  const tokens: LoggedIn[] = [];
  for (let first = 0; first < count; first += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, offset) => logInOne(calls, first + offset, userCount));
    tokens.push(...await Promise.all(batch));
  }
  return tokens;
}

async function logInOne(calls: AdminCalls, index: number, userCount: number): Promise<LoggedIn> {
  const client = LOGIN_CLIENTS[index % LOGIN_CLIENTS.length] ?? LOGIN_CLIENTS[0];
  const user = `user${String(index % userCount).padStart(3, '0')}`;
  const secret = client.public ? null : labSecret(client.clientId);
  const answer = await calls.token({
    grant_type: 'password', client_id: client.clientId, username: user, password: USER_PASSWORD,
    scope: client.offline ? 'openid offline_access' : 'openid', ...(secret === null ? {} : { client_secret: secret }),
  });
  const access = text(answer.body, 'access_token');
  const refresh = text(answer.body, 'refresh_token');
  const session = text(answer.body, 'session_state');
  if (answer.status !== 200 || access === undefined || refresh === undefined || session === undefined) {
    throw new RescueError('refused-login', `${user} cannot log in through ${client.clientId}: ${answer.status} ${message(answer.body)}`, ['Stage the realm first.']);
  }
  return { client: client.clientId, secret, user, offline: client.offline, access, refresh, session };
}

/** Refreshes one login. Gives the new access token, or why there is none. */
export async function refresh(calls: AdminCalls, login: LoggedIn): Promise<{ readonly access: string } | { readonly refused: string }> {
  const answer = await calls.token({
    grant_type: 'refresh_token', client_id: login.client, refresh_token: login.refresh,
    ...(login.secret === null ? {} : { client_secret: login.secret }),
  });
  const access = text(answer.body, 'access_token');
  return answer.status === 200 && access !== undefined ? { access } : { refused: `${answer.status} ${message(answer.body)}` };
}
