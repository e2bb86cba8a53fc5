import { Agent, createServer, request } from 'node:http';
import { opened, whole } from '../harness/between.ts';
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
    const body = (await whole(incoming)).toString('utf8');
    if (!path.startsWith('/realms/master/')) sent.push({ method, path, body: body === '' ? null : body, type: headers['content-type'] ?? null });
    const upstream = request({ host: origin.hostname, port: origin.port, method, path, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.on('error', () => outgoing.destroy());
    upstream.end(body);
  });
  const { url, close } = await opened(server);
  return {
    url,
    sent,
    close: () => {
      agent.destroy();
      return close();
    },
  };
}
