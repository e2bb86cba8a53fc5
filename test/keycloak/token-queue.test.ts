import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { confirmed, run, stageSandbox } from '../bad-input/story.ts';

const TOKEN = /\/evaluate-scopes\/generate-example-|\/realms\/primary\/protocol\/openid-connect\/(?:token|userinfo)/;

it('a recovery of several clients beside each other never has two tokens made at one moment', async () => {
  const story = await stageSandbox();
  const tokens = { made: 0, now: 0, most: 0 };
  const proxy = createServer((incoming, outgoing) => {
    const counts = TOKEN.test(incoming.url ?? '');
    if (counts) {
      tokens.made += 1;
      tokens.now += 1;
      tokens.most = Math.max(tokens.most, tokens.now);
    }
    const upstream = request(new URL(incoming.url ?? '/', story.url), { method: incoming.method, headers: { ...incoming.headers, connection: 'close' } }, (answer) => {
      if (counts) tokens.now -= 1;
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(upstream);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const done = await run({ ...story, url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` }, ['recover'], { with: confirmed(story) });
  proxy.closeAllConnections();
  proxy.close();
  await story.sandbox.close();
  expect(done.exit, done.stderr).toBe(0);
  expect(tokens.made).toBeGreaterThan(10);
  expect(tokens.most).toBe(1);
});
