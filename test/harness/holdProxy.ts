/** Stands between the tool and a server and holds a request for as long as a test wants, so that something can happen at exactly that moment. */
import { createServer, request, type IncomingMessage } from 'node:http';
import { opened, whole } from './between.ts';

/** A request on its way to the server. */
export interface Held {
  readonly method: string;
  readonly path: string;
  /** Whether it would change the realm. */
  readonly write: boolean;
  /** How many writes the server has got so far, this one included. */
  readonly writes: number;
}

/** What is said instead of the server's own words. */
export interface Instead {
  readonly status: number;
  readonly body: unknown;
}

export interface HoldProxy {
  readonly url: string;
  /** `METHOD path body` of every write that the server has got, in order. */
  readonly asked: readonly string[];
  /** From now on the first request that is wanted, and those of the same kind after it, get no answer before `release`: a write has happened by then. Resolves when it is there. */
  hold(wanted: (held: Held) => boolean): Promise<void>;
  /** Answers what was held, and holds nothing more. */
  release(): void;
  /** Answers in the place of the server; undefined lets a request pass. Without an argument everything passes. */
  lie(instead?: (held: Held) => Instead | undefined): void;
  close(): Promise<void>;
}

/** POSTs that change nothing in the realm. */
const HARMLESS = /\/(?:partial-export|clear-(?:realm|user)-cache)(?:\?|$)/;

export async function startHoldProxy(target: string): Promise<HoldProxy> {
  const origin = new URL(target);
  const asked: string[] = [];
  let lie: (held: Held) => Instead | undefined = () => undefined;
  let gate: { readonly wanted: (held: Held) => boolean; readonly arrived: () => void; readonly opened: Promise<void>; readonly open: () => void } | undefined;

  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url: path = '/' } = incoming;
    const body = await whole(incoming);
    const write = method !== 'GET' && path.startsWith('/admin/') && !HARMLESS.test(path);
    const held: Held = { method, path, write, writes: asked.length + (write ? 1 : 0) };
    const instead = lie(held);
    if (write && !instead) asked.push(`${method} ${path} ${body.toString('utf8')}`);
    const waits = gate?.wanted(held) === true ? gate : undefined;
    const say = async (status: number, headers: IncomingMessage['headers'], text: Buffer | string) => {
      waits?.arrived();
      await waits?.opened;
      // Whoever asked may be gone by now.
      if (outgoing.destroyed) return;
      outgoing.writeHead(status, headers);
      outgoing.end(text);
    };
    if (instead) return say(instead.status, { 'content-type': 'application/json' }, JSON.stringify(instead.body));
    const upstream = request({ host: origin.hostname, port: origin.port, method, path, headers: { ...incoming.headers, connection: 'close' } }, async (answer) => {
      const { 'transfer-encoding': _, ...headers } = answer.headers;
      await say(answer.statusCode ?? 502, headers, await whole(answer));
    });
    upstream.on('error', () => outgoing.destroy());
    upstream.end(body);
  });
  const { url, close } = await opened(server);
  const release = () => {
    gate?.open();
    gate = undefined;
  };
  return {
    url,
    asked,
    hold: (wanted) => {
      const [arrival, opening] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      gate = { wanted, arrived: arrival.resolve, opened: opening.promise, open: opening.resolve };
      return arrival.promise;
    },
    release,
    lie: (instead = () => undefined) => {
      lie = instead;
    },
    close: () => {
      release();
      return close();
    },
  };
}
