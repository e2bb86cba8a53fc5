// The built tool behind a proxy that the environment names, to a server that only the proxy can reach.
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { runTool } from '../harness/tool.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

it('HTTP_PROXY is used, and NO_PROXY holds', async () => {
  const { port } = new URL(sandbox.url);
  const passed: string[] = [];
  const proxy = createServer((incoming, outgoing) => {
    passed.push(incoming.url ?? '');
    const { pathname, search } = new URL(incoming.url ?? '', 'http://elsewhere.test');
    incoming.pipe(request({ host: '127.0.0.1', port, method: incoming.method, path: pathname + search, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    }));
  });
  proxy.on('connect', ({ url = '' }, socket) => {
    passed.push(url);
    const upstream = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  const HTTP_PROXY = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const args = ['doctor', '--url', 'http://keycloak.test', '--realm', 'master', '--username', sandbox.admin.username];
  const env = { KEYCLOAK_PASSWORD: sandbox.admin.password, HTTP_PROXY };

  const doctor = await runTool(args, { env });
  expect(doctor.stderr).toBe('');
  expect(doctor.exit).toBe(0);
  expect(passed.join(' ')).toContain('keycloak.test');

  passed.length = 0;
  const without = await runTool(args, { env: { ...env, NO_PROXY: 'keycloak.test' } });
  expect(without.exit).toBe(3);
  expect(passed).toEqual([]);
  proxy.closeAllConnections();
  proxy.close();
});
