import { createServer, type RequestListener, type Server } from 'node:http';
import { MockAgent } from 'undici';
import type { References } from '../../src/runner/ports.ts';
import type { Target } from '../../src/keycloak/target.ts';

/** A target on this machine with a ready token, so that no login is in the way. No pauses between attempts. */
export function target(url: string, over: Partial<Target> = {}): Target {
  return { url, realm: 'primary', authRealm: 'master', clientId: 'admin-cli', token: 'ready', userAgent: 'test', readOnly: false, patience: { attempts: 3, pause: 1, silence: 1_000 }, ...over };
}

export const ORIGIN = 'http://keycloak.test';

/** A network in which only what a test sets up exists. */
export function mockNetwork(): { readonly agent: MockAgent; readonly pool: ReturnType<MockAgent['get']> } {
  const agent = new MockAgent({ enableCallHistory: true });
  agent.disableNetConnect();
  return { agent, pool: agent.get(ORIGIN) };
}

export interface Local {
  readonly url: string;
  close(): Promise<void>;
}

/** A server on a free loopback port: for what only a real socket can do, such as hanging up. */
export async function serve(listener: RequestListener): Promise<Local> {
  return listen(createServer(listener), 'http');
}

export async function listen(server: Server, scheme: 'http' | 'https'): Promise<Local> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `${scheme}://127.0.0.1:${address.port}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

/** References from plain tables. */
export function references(tables: { readonly ids?: Record<string, string>; readonly roles?: Record<string, { id: string; name: string }>; readonly secrets?: Record<string, string> } = {}): References {
  return { id: (object) => tables.ids?.[object], role: (object) => tables.roles?.[object], secret: (object) => tables.secrets?.[object] };
}
