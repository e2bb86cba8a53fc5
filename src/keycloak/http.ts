/** The only place that talks HTTP. Reads are repeated with a bound; everything else is sent exactly once. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { RescueError } from '../realm/errors.ts';
import type { Json } from '../realm/json.ts';
import { connectionFailure, reached } from './failures.ts';
import { baseAddress } from './address.ts';
import { openNetwork } from './network.ts';
import { loginOf, withoutSent } from './sent.ts';
import { USUAL_PATIENCE, type Target } from './target.ts';
import { oneLine } from './text.ts';

const LARGEST_BODY = 64 * 1024 * 1024;
const LONGEST_PAUSE = 10_000;
/** 500 is repeated once only: a busy server gives one now and then, a stale cache gives it every time. */
const WORTH_REPEATING = new Set([429, 500, 502, 503, 504]);

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The whole address. */
  readonly url: string;
  readonly authorization?: string;
  readonly json?: Json;
  readonly form?: Readonly<Record<string, string>>;
  /** Milliseconds without an answer after which a read counts as lost for good: it is not repeated then. Less than the usual patience. */
  readonly silence?: number;
  /** A GET that changes something where it finds something missing: it is sent once, like any write. */
  readonly makes?: boolean;
  /** Asking for a token and the like: a POST that changes nothing in the realm. Sent once all the same. */
  readonly harmless?: boolean;
}

export interface Reply {
  readonly status: number;
  /** null for an empty body, and for an error page that is no JSON. */
  readonly body: Json;
  readonly milliseconds: number;
}

export interface Http {
  readonly base: string;
  /** Requests sent so far, repeated ones included. */
  count(): number;
  /**
   * @throws RescueError `unreachable`, `tls` (nothing happened), `no-answer` (a write may have happened),
   *   `not-keycloak` (an answer that no Keycloak gives)
   */
  call(call: Call): Promise<Reply>;
  close(): Promise<void>;
}

export function openHttp(target: Pick<Target, 'url' | 'caFile' | 'dispatcher' | 'userAgent' | 'patience'>): Http {
  const base = baseAddress(target.url);
  const { origin } = new URL(base);
  const patience = target.patience ?? USUAL_PATIENCE;
  const dispatcher = target.dispatcher ?? openNetwork(base, target.caFile, patience.silence);
  let sent = 0;

  const once = async (call: Call): Promise<Answered> => {
    sent += 1;
    const started = performance.now();
    const silence = Math.min(call.silence ?? patience.silence, patience.silence);
    const response = await dispatcher.request({ origin, path: call.url.slice(origin.length), method: call.method, headers: headersOf(call, target.userAgent), body: bodyOf(call), headersTimeout: silence, bodyTimeout: silence });
    const text = await boundedText(response);
    return { status: response.statusCode, headers: response.headers, text, milliseconds: performance.now() - started };
  };

  const read = async (call: Call): Promise<Answered> => {
    for (let attempt = 1; ; attempt += 1) {
      const last = attempt >= patience.attempts;
      const wait = patience.pause * 2 ** (attempt - 1);
      try {
        const answered = await once(call);
        if (last || !WORTH_REPEATING.has(answered.status) || (answered.status === 500 && attempt > 1)) return answered;
        await pause(Math.min(retryAfter(answered.headers) ?? wait, LONGEST_PAUSE));
      } catch (error) {
        if (error instanceof RescueError || reached(error) === 'tls' || last || (call.silence !== undefined && reached(error) === 'maybe')) throw error;
        await pause(Math.min(wait, LONGEST_PAUSE));
      }
    }
  };

  return {
    base,
    count: () => sent,
    call: async (call) => {
      const writes = call.makes === true || (call.method !== 'GET' && call.harmless !== true);
      try {
        return understand(await (call.method === 'GET' && !writes ? read(call) : once(call)), base, writes, loginOf(call));
      } catch (error) {
        throw error instanceof RescueError ? error : connectionFailure(error, base, writes);
      }
    },
    close: async () => {
      // A dispatcher that was handed in belongs to whoever made it.
      if (!target.dispatcher) await dispatcher.close();
    },
  };
}

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly milliseconds: number;
}

function headersOf(call: Call, userAgent: string): Record<string, string> {
  return {
    accept: 'application/json',
    'user-agent': userAgent,
    ...(call.authorization === undefined ? {} : { authorization: call.authorization }),
    ...(call.form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    ...(call.json === undefined ? {} : { 'content-type': 'application/json' }),
  };
}

function bodyOf(call: Call): string | null {
  if (call.form) return new URLSearchParams(Object.entries(call.form)).toString();
  return call.json === undefined ? null : JSON.stringify(call.json);
}

async function boundedText({ headers, body }: Dispatcher.ResponseData): Promise<string> {
  // Nearly every answer: read at once, which costs less than piece by piece. undici holds the server to the length.
  if (Number(headers['content-length']) <= LARGEST_BODY) return body.text();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    size += bytes.length;
    if (size > LARGEST_BODY) throw new RescueError('server-error', 'The server answers with more than 64 MiB to one request.', ['Check that the address is that of a Keycloak.']);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function retryAfter(headers: Answered['headers']): number | undefined {
  const value = headers['retry-after'];
  const seconds = typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** Turns the text into JSON, or says what stands there instead of a Keycloak. What a refusal quotes of the login is hidden: its words are for people. */
function understand({ status, headers, text, milliseconds }: Answered, base: string, writes: boolean, login: readonly string[]): Reply {
  const json = parse(text);
  // A gateway that gives up says nothing about what the server behind it did.
  if (writes && (status === 502 || status === 504 || (status >= 500 && json === undefined))) {
    throw new RescueError('no-answer', `Something between here and ${base} answered a write with ${status}; the write may or may not have happened.`, ['Resume this run: it looks at the object first and never sends the write again unseen.']);
  }
  if (status >= 300 && status < 400) {
    const location = typeof headers['location'] === 'string' ? headers['location'] : undefined;
    throw new RescueError('not-keycloak', `${base} answers with a redirect${location ? ` to ${oneLine(String(withoutSent(location.replace(/[?#].*$/s, ''), login)))}` : ''} instead of the Admin API.`, ['Give the address behind the redirect with --url; redirects are not followed with a password in hand.']);
  }
  if (json === undefined && status < 500) {
    throw new RescueError('not-keycloak', `${base} answers with ${/^\s*</.test(text) ? 'an HTML page' : 'text that is no JSON'} instead of the Admin API.`, ['Check the address; older servers and some proxies want /auth at its end.']);
  }
  return { status, body: status >= 400 ? withoutSent(json ?? null, login) : (json ?? null), milliseconds };
}

function parse(text: string): Json | undefined {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
