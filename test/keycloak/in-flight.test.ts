import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { openKeycloak } from '../../src/keycloak/keycloak.ts';
import { IN_FLIGHT } from '../../src/keycloak/flight.ts';
import { stageSandbox } from '../bad-input/story.ts';

it('a whole capture, facts and stale-cache test included, keeps no more requests in flight than it may, and as many as that', async () => {
  const { url, realm, user, password, sandbox, calls } = await stageSandbox();
  let [now, most] = [0, 0];
  const proxy = createServer((incoming, outgoing) => {
    now += 1;
    most = Math.max(most, now);
    outgoing.on('close', () => { now -= 1; });
    const upstream = request(new URL(incoming.url ?? '/', url), { method: incoming.method, headers: { ...incoming.headers, connection: 'close' } }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(upstream);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const keycloak = openKeycloak({ url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, realm, username: user, password, authRealm: 'master', clientId: 'admin-cli', userAgent: 'test', readOnly: true });
  await keycloak.connect();
  most = 0;
  const { snapshot } = await keycloak.capture({ knownClients: ['gone-1', 'gone-2', 'gone-3', 'gone-4', 'gone-5', 'gone-6'], knownClientIds: [], onProgress: () => undefined });
  await keycloak.close();
  proxy.closeAllConnections();
  proxy.close();
  await sandbox.close();
  expect(snapshot.realm).toBe(calls.realm);
  expect(most).toBe(IN_FLIGHT);
});
