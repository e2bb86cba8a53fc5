import { Agent, type Dispatcher } from 'undici';
import { RescueError } from '../../realm/errors.ts';
import type { Json } from '../../realm/json.ts';
import { message, number, object, text } from './read.ts';

/** One answer of the server, as it came: an error status is an answer too. */
export interface Called {
  readonly status: number;
  /** null for an empty body; a string where the server did not send JSON. */
  readonly body: Json;
  /** The Location header of what was created. */
  readonly location: string | null;
}

/** All that the stager needs from a server: the real Keycloak and the sandbox both give it. */
export interface AdminCalls {
  /** Sends one request with an administrator's token. `path` is below /admin/realms/{realm}, or starts with `/admin/`. */
  call(method: string, path: string, body?: unknown): Promise<Called>;
  /** Sends a form to the token endpoint of the realm. */
  token(form: Readonly<Record<string, string>>): Promise<{ readonly status: number; readonly body: Json }>;
  readonly realm: string;
  readonly url: string;
}

/** Where and as whom; the user lives in the realm master and logs in by admin-cli. */
export interface AdminTarget {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly realm: string;
}

/** Seconds before its end at which an access token is renewed. */
const RENEW_BEFORE = 10;

/** How long a starting server may answer 503, in milliseconds. */
const BOOTSTRAP_LIMIT = 120_000;

/** Connections of all who stage something in this process. */
const agent = new Agent();

/**
 * Opens calls to a Keycloak over HTTP. Nothing is sent before the first call.
 *
 * Keycloak 26.7 answers 503 "Bootstrap in progress" for a moment after it listens; only that is retried, because
 * then nothing was done. Throws RescueError `refused-login` when the administrator may not log in.
 */
export function openAdminCalls(target: AdminTarget): AdminCalls {
  const url = target.url.replace(/\/+$/, '');
  let bearer: { readonly token: string; readonly until: number } | undefined;

  async function adminToken(): Promise<string> {
    if (bearer !== undefined && Date.now() < bearer.until) return bearer.token;
    const form = { grant_type: 'password', client_id: 'admin-cli', username: target.username, password: target.password };
    const answer = await postForm(`${url}/realms/master/protocol/openid-connect/token`, form);
    const token = text(answer.body, 'access_token');
    if (answer.status !== 200 || token === undefined) {
      throw new RescueError('refused-login', `The administrator ${target.username} cannot log in to ${url}: ${answer.status} ${message(answer.body)}`, ['Check user and password of the realm master.']);
    }
    bearer = { token, until: Date.now() + ((number(answer.body, 'expires_in') ?? 60) - RENEW_BEFORE) * 1000 };
    return token;
  }

  return {
    realm: target.realm,
    url,
    async call(method, path, body) {
      const address = path.startsWith('/admin/') ? url + path : `${url}/admin/realms/${encodeURIComponent(target.realm)}${path}`;
      const headers = { authorization: `Bearer ${await adminToken()}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
      const answer = await send(address, method, headers, body === undefined ? undefined : JSON.stringify(body));
      // The rights on a new realm come only with a new token.
      if (method === 'POST' && path === '/admin/realms') bearer = undefined;
      return answer;
    },
    token: (form) => postForm(`${url}/realms/${encodeURIComponent(target.realm)}/protocol/openid-connect/token`, form),
  };
}

function postForm(address: string, form: Readonly<Record<string, string>>): Promise<Called> {
  return send(address, 'POST', { 'content-type': 'application/x-www-form-urlencoded' }, new URLSearchParams(form).toString());
}

async function send(address: string, method: string, headers: Record<string, string>, body: string | undefined): Promise<Called> {
  const limit = Date.now() + BOOTSTRAP_LIMIT;
  const { origin, pathname, search } = new URL(address);
  for (;;) {
    const response = await agent.request({ origin, path: pathname + search, method: method as Dispatcher.HttpMethod, headers, body: body ?? null });
    const raw = await response.body.text();
    if (response.statusCode === 503 && raw.includes('Bootstrap in progress') && Date.now() < limit) {
      await pause(seconds(response.headers['retry-after']));
      continue;
    }
    const location = response.headers['location'];
    return { status: response.statusCode, body: parse(raw), location: typeof location === 'string' ? location : null };
  }
}

/** The server says how long to wait; the status is asked again then. */
function seconds(header: string | string[] | undefined): number {
  const value = Number(header);
  return Number.isFinite(value) && value > 0 ? value : 0.25;
}

function pause(length: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, length * 1000); });
}

function parse(raw: string): Json {
  if (raw === '') return null;
  try {
    return JSON.parse(raw) as Json;
  } catch {
    return raw;
  }
}

/** Sends one request that has to succeed. Throws RescueError `server-error` for any status from 300 on. */
export async function must(calls: AdminCalls, method: string, path: string, body?: unknown): Promise<Json> {
  const answer = await calls.call(method, path, body);
  if (answer.status < 300) return answer.body;
  throw new RescueError('server-error', `${method} ${path} answers ${answer.status}: ${message(answer.body)}`, ['Look at the log of the server.']);
}

/** The id of one object out of a list, by the field that names it; undefined when it is not there. */
export function idIn(list: Json, field: string, name: string): string | undefined {
  if (!Array.isArray(list)) return undefined;
  return text(list.find((entry: Json) => object(entry)?.[field] === name) ?? null, 'id');
}
