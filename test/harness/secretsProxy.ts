import { createServer, request } from 'node:http';
import { opened, whole } from './between.ts';
import type { Json } from '../../src/realm/json.ts';
import { list, object } from '../../src/sandbox/incident/read.ts';

/** What of a request a rule may look at, and quote. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
  readonly form: URLSearchParams;
}

export interface Instead {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SecretsProxy {
  readonly url: string;
  /** Every login, token and secret that went through, in either direction. */
  readonly seen: ReadonlySet<string>;
  /** Answers requests instead of the server from now on; without an argument everything passes. */
  instead(rule?: (asked: Asked) => Instead | undefined): void;
  close(): Promise<void>;
}

/** Fields of forms, answers and representations that hold a secret or a token, whatever they belong to. */
const SECRET = /^(?:access_token|refresh_token|id_token|token|password|client_secret|secret|clientSecret|bindCredential|registrationAccessToken|registration_access_token|secretData|privateKey|keyPassword|keystorePassword)$/;

/** Stands between the tool and a server and notes whatever must be in no output. */
export async function startSecretsProxy(target: string): Promise<SecretsProxy> {
  const origin = new URL(target);
  const seen = new Set<string>();
  let rule: (asked: Asked) => Instead | undefined = () => undefined;
  const note = (text: string | undefined) => {
    if (text !== undefined && text.length > 5 && !/^\*+$|^true$|^false$/.test(text)) seen.add(text);
  };
  const walk = (value: Json, key: string): void => {
    if (typeof value === 'string') {
      if (SECRET.test(key)) note(value);
      for (const [token] of value.matchAll(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g)) note(token);
    } else if (Array.isArray(value)) list(value).forEach((entry) => walk(entry, key));
    else for (const [name, entry] of Object.entries(object(value) ?? {})) walk(entry, name);
  };
  const noteBody = (text: string) => {
    try {
      walk(JSON.parse(text) as Json, '');
    } catch {
      for (const [key, value] of new URLSearchParams(text)) walk(value, key);
    }
  };
  const server = createServer(async (incoming, outgoing) => {
    const body = await whole(incoming);
    const { method = 'GET', url: path = '/', headers } = incoming;
    note(headers.authorization?.replace(/^\w+ /, ''));
    noteBody(body.toString('utf8'));
    const given = rule({ method, path, authorization: headers.authorization ?? '', body: body.toString('utf8'), form: new URLSearchParams(body.toString('utf8')) });
    if (given !== undefined) {
      outgoing.writeHead(given.status, { 'content-type': 'application/json', ...given.headers });
      outgoing.end(given.body);
      return;
    }
    const upstream = request({ host: origin.hostname, port: origin.port, method, path, headers: { ...headers, connection: 'close' } }, async (answer) => {
      const text = await whole(answer);
      noteBody(text.toString('utf8'));
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.end(text);
    });
    upstream.on('error', () => outgoing.destroy());
    upstream.end(body);
  });
  const { url, close } = await opened(server);
  return {
    url,
    seen,
    instead: (next = () => undefined) => { rule = next; },
    close,
  };
}
