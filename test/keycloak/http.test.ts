import { createServer as createSecureServer } from 'node:https';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { address, baseAddress, isLoopback } from '../../src/keycloak/address.ts';
import { openHttp, type Http } from '../../src/keycloak/http.ts';
import { CERTIFICATE, KEY } from './fixtures/self-signed.ts';
import { failure } from '../harness/failure.ts';
import { listen, mockNetwork, ORIGIN, serve, target, type Local } from './support.ts';

const open: (Http | Local)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function local(listener: Parameters<typeof serve>[0]): Promise<Http> {
  const server = await serve(listener);
  const http = openHttp(target(server.url));
  open.push(http, server);
  return http;
}

describe('addresses', () => {
  it('encodes each part by itself and keeps the path of the base address', () => {
    expect(address(baseAddress('https://sso.example.com/auth/'), ['admin', 'realms', 'a b', 'roles', 'x/y;z?'], { first: 0, exact: true }))
      .toBe('https://sso.example.com/auth/admin/realms/a%20b/roles/x%2Fy%3Bz%3F?first=0&exact=true');
  });

  it.each(['', '.', '..'])('refuses the part "%s", which a URL parser would resolve into another resource', (part) => {
    expect(() => address('http://a', ['roles', part])).toThrow(/cannot stand in an address/);
  });

  it('refuses a password in the address without repeating it', async () => {
    const error = await failure(Promise.resolve().then(() => baseAddress('https://kim:hunter2@sso.example.com')));
    expect(error.code).toBe('usage');
    expect(error.message).not.toContain('hunter2');
  });

  it('knows this machine by its names', () => {
    expect(['http://localhost:8080', 'http://127.0.0.5', 'http://[::1]:1'].every(isLoopback)).toBe(true);
    expect(isLoopback('http://127.0.0.1.example.com')).toBe(false);
  });
});

describe('reads', () => {
  it('are repeated while a server is starting, after as long as it says', async () => {
    const { agent, pool } = mockNetwork();
    pool.intercept({ path: '/x' }).reply(503, '{"error":"Bootstrap in progress"}', { headers: { 'retry-after': '0' } }).times(2);
    pool.intercept({ path: '/x' }).reply(200, '{"ok":true}');
    const http = openHttp(target(ORIGIN, { dispatcher: agent }));
    expect((await http.call({ method: 'GET', url: `${ORIGIN}/x` })).body).toEqual({ ok: true });
    expect(http.count()).toBe(3);
  });

  it('are repeated with a bound, and then the answer stands', async () => {
    const { agent, pool } = mockNetwork();
    pool.intercept({ path: '/x' }).reply(503, '{"error":"busy"}').persist();
    const http = openHttp(target(ORIGIN, { dispatcher: agent }));
    expect((await http.call({ method: 'GET', url: `${ORIGIN}/x` })).status).toBe(503);
    expect(http.count()).toBe(3);
  });

  it('survive a connection that is cut once', async () => {
    let asked = 0;
    const http = await local((request, response) => {
      asked += 1;
      if (asked === 1) request.socket.destroy();
      else response.end('[]');
    });
    expect((await http.call({ method: 'GET', url: `${http.base}/x` })).body).toEqual([]);
  });

  it('end as unreachable when every connection is cut', async () => {
    const http = await local((request) => {
      request.socket.destroy();
    });
    expect((await failure(http.call({ method: 'GET', url: `${http.base}/x` }))).code).toBe('unreachable');
  });

  it('call an HTML page by its name', async () => {
    const http = await local((_, response) => {
      response.end('<!doctype html><title>Welcome</title>');
    });
    const error = await failure(http.call({ method: 'GET', url: `${http.base}/x` }));
    expect(error.code).toBe('not-keycloak');
    expect(error.message).toContain('an HTML page');
  });

  it('do not follow a redirect, and name its target without its query', async () => {
    const http = await local((_, response) => {
      response.writeHead(302, { location: 'https://login.example.com/go?session=secret' }).end();
    });
    const error = await failure(http.call({ method: 'GET', url: `${http.base}/x` }));
    expect(error.code).toBe('not-keycloak');
    expect(error.message).toContain('https://login.example.com/go');
    expect(error.message).not.toContain('secret');
    expect(http.count()).toBe(1);
  });
});

describe('writes', () => {
  const write = (http: Http) => http.call({ method: 'POST', url: `${http.base}/x`, json: { name: 'groups' } });

  it('are sent once when the connection is cut after sending, and say that nobody knows', async () => {
    let received = 0;
    const http = await local((request) => {
      received += 1;
      request.on('data', () => undefined).on('end', () => request.socket.destroy());
    });
    const error = await failure(write(http));
    expect(error.code).toBe('no-answer');
    expect(received).toBe(1);
  });

  it('say that nobody knows when there is only silence', async () => {
    let received = 0;
    const http = await local(() => {
      received += 1;
    });
    expect((await failure(write(http))).code).toBe('no-answer');
    expect(received).toBe(1);
  });

  it('say that nothing was sent when there is no connection at all', async () => {
    const server = await serve(() => undefined);
    await server.close();
    const http = openHttp(target(server.url));
    open.push(http);
    const error = await failure(write(http));
    expect(error.code).toBe('unreachable');
    expect(error.message).toContain('nothing was sent');
  });

  it.each([502, 504])('take %i from a gateway as no answer', async (status) => {
    const http = await local((_, response) => {
      response.writeHead(status).end('<html>bad gateway</html>');
    });
    expect((await failure(write(http))).code).toBe('no-answer');
    expect(http.count()).toBe(1);
  });

  it('give back a 500 of the server itself, unrepeated', async () => {
    const http = await local((_, response) => {
      response.writeHead(500).end('{"error":"unknown_error"}');
    });
    expect((await write(http)).status).toBe(500);
    expect(http.count()).toBe(1);
  });
});

describe('TLS', () => {
  async function secure(): Promise<Local> {
    const server = await listen(createSecureServer({ cert: CERTIFICATE, key: KEY }, (_, response) => {
      response.end('{}');
    }), 'https');
    open.push(server);
    return server;
  }

  it('names a certificate that nobody trusts, once', async () => {
    const http = openHttp(target((await secure()).url));
    open.push(http);
    const error = await failure(http.call({ method: 'GET', url: `${http.base}/x` }));
    expect(error.code).toBe('tls');
    expect(error.next.join(' ')).toContain('--ca-file');
    expect(http.count()).toBe(1);
  });

  it('trusts the authority of --ca-file', async () => {
    const caFile = join(mkdtempSync(join(tmpdir(), 'realm-rescue-')), 'ca.pem');
    writeFileSync(caFile, CERTIFICATE);
    const http = openHttp(target((await secure()).url, { caFile }));
    open.push(http);
    expect((await http.call({ method: 'GET', url: `${http.base}/x` })).status).toBe(200);
  });

  it('names a port that does not speak TLS', async () => {
    const server = await serve((_, response) => {
      response.end('{}');
    });
    const http = openHttp(target(server.url.replace('http:', 'https:')));
    open.push(server, http);
    expect((await failure(http.call({ method: 'GET', url: `${http.base}/x` }))).code).toBe('tls');
  });

  it('says when the file holds no certificate', async () => {
    const caFile = join(mkdtempSync(join(tmpdir(), 'realm-rescue-')), 'ca.pem');
    writeFileSync(caFile, 'nothing');
    expect((await failure(Promise.resolve().then(() => openHttp(target('https://127.0.0.1:1', { caFile }))))).code).toBe('tls');
  });
});
