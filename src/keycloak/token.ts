/** Access tokens for the Admin API: obtained once, renewed in time, never asked for again with a refused password. */
import { RescueError } from '../realm/errors.ts';
import type { JsonObject } from '../realm/json.ts';
import { address } from './address.ts';
import type { Http, Reply } from './http.ts';
import type { Target } from './target.ts';
import { isObject, number, serverWords, text } from './text.ts';

/** The master realm's tokens live for 60 s: renewed when this share of their life, or the last 15 s, begin. */
const SPARE_SHARE = 0.25;
const SPARE_MILLISECONDS = 15_000;

export interface Tokens {
  /** A token good for the next seconds. Throws RescueError `refused-login`, `realm-not-found`, `unreachable`, `tls`. */
  access(): Promise<string>;
  /** Sends the login now, for whoever asks for a token next; what comes of it, good or bad, is theirs. */
  begin(): void;
  /** Another token, because the server refused this one; the same error as `access` when there is none to be had. */
  renew(refused: string): Promise<string>;
  /** Ends the session that the password login opened, so that none of ours stays behind. */
  end(): Promise<void>;
}

interface Held {
  readonly access: string;
  readonly refresh: string | undefined;
  /** performance.now() at which the token is renewed; Infinity for one that was handed in. */
  readonly renewAt: number;
}

export function openTokens(http: Http, target: Target): Tokens {
  const endpoint = address(http.base, ['realms', target.authRealm, 'protocol', 'openid-connect', 'token']);
  const client = { client_id: target.clientId, ...(target.clientSecret === undefined ? {} : { client_secret: target.clientSecret }) };
  let held: Held | undefined = target.token === undefined ? undefined : { access: target.token, refresh: undefined, renewAt: Number.POSITIVE_INFINITY };
  let running: Promise<Held> | undefined;
  // A rejected password is not tried again: brute-force detection would lock the account (keycloak.md 8).
  let refused: RescueError | undefined;

  const ask = async (form: Readonly<Record<string, string>>): Promise<Reply> => http.call({ method: 'POST', url: endpoint, form, harmless: true });

  const login = async (): Promise<Held> => {
    if (refused) throw refused;
    const reply = await ask(grantOf(target, client));
    if (reply.status === 200) return heldFrom(reply.body as JsonObject);
    const failure = loginFailure(reply, target);
    if (failure.code === 'refused-login') refused = failure;
    throw failure;
  };

  const obtain = async (): Promise<Held> => {
    if (held?.refresh !== undefined) {
      const reply = await ask({ grant_type: 'refresh_token', refresh_token: held.refresh, ...client });
      if (reply.status === 200) return heldFrom(reply.body as JsonObject);
    }
    return login();
  };

  /**
   * A token in the middle of the work is asked for once more where the connection was lost: one that lay idle may be closed by the server just
   * when it is used, most of all while a slow disk keeps this process from noticing. The first login is not.
   */
  const renewed = async (): Promise<Held> => {
    try {
      return await obtain();
    } catch (error) {
      if (held === undefined || !(error instanceof RescueError) || error.code !== 'unreachable') throw error;
      return obtain();
    }
  };

  const next = async (): Promise<string> => {
    const mine = (running ??= renewed());
    try {
      held = await mine;
      return held.access;
    } finally {
      if (running === mine) running = undefined;
    }
  };

  const isGood = (): boolean => held !== undefined && performance.now() < held.renewAt;

  return {
    access: async () => (held && isGood() ? held.access : next()),
    begin: () => {
      if (isGood()) return;
      running ??= obtain();
      // Whoever asks next hears of a failure.
      running.catch(() => undefined);
    },
    renew: async (old) => {
      if (target.token !== undefined) throw new RescueError('refused-login', 'The server does not accept the token that was given; it has expired or belongs to another realm.', ['Give a fresh token on --token-stdin, or log in with --username.']);
      // Several requests may be refused at once; the first one renews for all.
      return held && held.access !== old ? held.access : next();
    },
    end: async () => {
      // A login that nobody waited for has opened a session all the same.
      held = await (running?.catch(() => held) ?? held);
      if (held?.refresh === undefined) return;
      const form = { refresh_token: held.refresh, ...client };
      held = undefined;
      await http.call({ method: 'POST', url: endpoint.replace(/token$/, 'logout'), form, harmless: true }).catch(() => undefined);
    },
  };
}

function grantOf(target: Target, client: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (target.username !== undefined) return { grant_type: 'password', username: target.username, password: target.password ?? '', ...client };
  if (target.clientSecret !== undefined) return { grant_type: 'client_credentials', ...client };
  throw new RescueError('usage', 'There is nothing to log in with.', ['Give --username with a password, a client secret in KEYCLOAK_CLIENT_SECRET, or a token on --token-stdin.']);
}

function heldFrom(body: JsonObject): Held {
  const access = isObject(body) ? text(body['access_token']) : undefined;
  if (access === undefined) throw new RescueError('not-keycloak', 'The answer to the login holds no access token.', ['Check the address; older servers and some proxies want /auth at its end.']);
  const life = (number(body['expires_in']) ?? 60) * 1000;
  return { access, refresh: text(body['refresh_token']), renewAt: performance.now() + life - Math.min(SPARE_MILLISECONDS, life * SPARE_SHARE) };
}

function loginFailure(reply: Reply, target: Target): RescueError {
  const words = serverWords(reply.body);
  const said = words && `: ${words}`;
  if (reply.status === 404) {
    return new RescueError('realm-not-found', `The realm ${target.authRealm}, in which to log in, does not exist on this server.`, ['Check --auth-realm; administrators usually live in master or in the realm itself.']);
  }
  if (reply.status >= 500 || reply.status === 429) {
    return new RescueError('server-error', `The server answers the login with ${reply.status}${said}.`, ['Look into the log of the server, then try again.']);
  }
  const who = target.username ?? target.clientId;
  return new RescueError('refused-login', `The server refuses to log ${who} in to the realm ${target.authRealm}${said}.`, [
    isClientError(reply) ? `Check --client-id ${target.clientId} and its secret.` : 'Check the name, the password and --auth-realm. It has been tried once and will not be tried again by itself.',
  ]);
}

function isClientError(reply: Reply): boolean {
  return isObject(reply.body) && ['invalid_client', 'unauthorized_client'].includes(text(reply.body['error']) ?? '');
}
