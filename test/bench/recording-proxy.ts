import { Agent, createServer, request, type IncomingMessage } from 'node:http';
import type { Sent } from './bare.ts';

export interface RecordingProxy {
  readonly url: string;
  /** Every request that came through, tokens of the administrator left out, in the order of arrival. */
  readonly sent: readonly Sent[];
  close(): Promise<void>;
}

/** Stands between a client and the server and remembers every request. Connections are kept: what is counted here is also timed roughly. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const sent: Sent[] = [];
  const origin = new URL(target);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const body = await whole(incoming);
    if (!path.startsWith('/realms/master/')) sent.push({ method, path, body: body === '' ? null : body, type: headers['content-type'] ?? null });
    const upstream = request({ host: origin.hostname, port: origin.port, method, path, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.on('error', () => outgoing.destroy());
    upstream.end(body);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    sent,
    close: () => new Promise((resolve) => {
      agent.destroy();
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}

async function whole(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}
