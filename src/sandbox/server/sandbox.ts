import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../../realm/json.ts';
import { dispatch, type Call } from './dispatch.ts';
import { Refusal } from './refusal.ts';
import type { Answer } from './route.ts';
import { loadWorld, saveWorld } from './state/file.ts';
import type { World } from './state/model.ts';
import { newWorld } from './state/world.ts';

export interface SandboxOptions {
  /** The port to listen on; a free one when absent or 0, or the one that the state file remembers. */
  readonly port?: number;
  /** Everything is written there after each change and read from there at the start. Holds keys and secrets: mode 0600. */
  readonly stateFile?: string;
  /** What the server says it is; `26.7.4` when absent. */
  readonly version?: string;
  /** Milliseconds since the epoch; the time of this machine when absent. A drill stages its realm some time ago. */
  readonly clock?: () => number;
}

export interface Sandbox {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** The master realm's administrator. */
  readonly admin: { readonly username: string; readonly password: string };
  close(): Promise<void>;
  /** A copy of the whole state. Holds secrets. */
  dump(): Json;
}

const ADMIN = { username: 'admin', password: 'admin' } as const;

/**
 * Starts the small Keycloak of the demo on 127.0.0.1. A start with the state file of an earlier one goes on where that
 * ended, also after kill -9: same port, keys, sessions; tokens stay valid. Rejects when the port is taken.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { stateFile, clock = Date.now } = options;
  const world = (stateFile === undefined ? undefined : loadWorld(stateFile)) ?? (await newWorld(options.version ?? '26.7.4', ADMIN, clock()));
  const save = (): void => {
    if (stateFile !== undefined) saveWorld(stateFile, world);
  };
  const server = createServer((request, response) => void serve(world, save, clock, request, response));
  await listen(server, options.port === undefined || options.port === 0 ? world.port : options.port);
  world.port = (server.address() as AddressInfo).port;
  save();
  return {
    url: urlOf(world), admin: ADMIN,
    dump: () => structuredClone(world) as unknown as Json,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

const urlOf = (world: World): string => `http://127.0.0.1:${world.port}`;

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function serve(world: World, save: () => void, clock: () => number, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const call = await read(world, incoming, clock());
  const answer = await answerTo(world, call);
  // Tokens start sessions and reads can write (the service account), so everything but a plain GET is saved.
  if (call.method !== 'GET' || call.path.endsWith('/service-account-user') || call.path.includes('/evaluate-scopes/')) save();
  const location = answer.created === undefined ? {} : { location: `${urlOf(world)}${call.path.replace(/\/$/, '')}/${encodeURIComponent(answer.created)}` };
  const body = answer.body === undefined || answer.body === null ? '' : JSON.stringify(answer.body);
  outgoing.writeHead(answer.status, { ...location, ...(body === '' ? {} : { 'content-type': 'application/json;charset=UTF-8' }), 'cache-control': 'no-cache' });
  outgoing.end(body);
}

async function answerTo(world: World, call: Call): Promise<Answer> {
  try {
    return await dispatch(world, call);
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: error.body };
    return { status: 500, body: { error: 'unknown_error', error_description: `The sandbox has a fault: ${error instanceof Error ? error.message : String(error)}` } };
  }
}

async function read(world: World, incoming: IncomingMessage, now: number): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const [path = '/', query = ''] = (incoming.url ?? '/').split('?');
  const isForm = (incoming.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return {
    method: incoming.method ?? 'GET', path, query: new URLSearchParams(query), form: new URLSearchParams(isForm ? text : ''), body: isForm ? null : parse(text),
    authorization: incoming.headers.authorization ?? null, now, url: urlOf(world),
  };
}

/** A body that is no JSON counts as the text that it is: localization texts come as plain text. */
function parse(text: string): Json {
  if (text === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
