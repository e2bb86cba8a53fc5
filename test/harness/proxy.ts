import { createServer, request } from 'node:http';
import { opened, whole } from './between.ts';

/** A write that went through. */
export interface SeenWrite {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface CountingProxy {
  readonly url: string;
  /** Every POST, PUT and DELETE of the admin API that reached the server, in order; token requests left out. */
  readonly writes: readonly SeenWrite[];
  clear(): void;
  close(): Promise<void>;
}

/** Stands between the tool and a server and remembers every write, so that "sent once" can be seen from outside. */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const writes: SeenWrite[] = [];
  const origin = new URL(target);
  const server = createServer(async (incoming, outgoing) => {
    const body = await whole(incoming);
    const path = incoming.url ?? '/';
    const method = incoming.method ?? 'GET';
    // Clearing a cache, exporting and asking whether a provider could be imported change nothing in the realm.
    if (method !== 'GET' && path.startsWith('/admin/') && !/clear-(realm|user)-cache|\/partial-export|\/import-config$/.test(path)) writes.push({ method, path, body: body.toString('utf8') });
    const upstream = request({ host: origin.hostname, port: origin.port, method, path, headers: { ...incoming.headers, connection: 'close' } }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.on('error', () => outgoing.destroy());
    upstream.end(body);
  });
  const { url, close } = await opened(server);
  return {
    url,
    writes,
    clear: () => writes.splice(0),
    close,
  };
}
