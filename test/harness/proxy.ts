import { createServer, request, type IncomingMessage } from 'node:http';

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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    writes,
    clear: () => writes.splice(0),
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}

async function whole(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}
