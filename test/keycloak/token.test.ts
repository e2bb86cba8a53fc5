import { describe, expect, it, vi } from 'vitest';
import { openApi } from '../../src/keycloak/api.ts';
import { openHttp } from '../../src/keycloak/http.ts';
import { openTokens } from '../../src/keycloak/token.ts';
import type { Target } from '../../src/keycloak/target.ts';
import { failure } from '../harness/failure.ts';
import { mockNetwork, ORIGIN, target } from './support.ts';

const ENDPOINT = '/realms/master/protocol/openid-connect/token';

function setUp(over: Partial<Target> = {}) {
  const network = mockNetwork();
  const { token: _, ...rest } = target(ORIGIN, { dispatcher: network.agent });
  const whole: Target = { ...rest, username: 'kim', password: 'hunter2', ...over };
  const reply = (status: number, body: object) => network.pool.intercept({ path: ENDPOINT, method: 'POST' }).reply(status, JSON.stringify(body));
  const forms = () => (network.agent.getCallHistory()?.calls() ?? []).map((call) => String(call.body));
  return { ...network, whole, reply, forms, tokens: openTokens(openHttp(whole), whole) };
}

describe('a login', () => {
  it('with a wrong password fails with the words of the server and is never tried again', async () => {
    const { tokens, reply, forms } = setUp();
    reply(400, { error: 'invalid_grant', error_description: 'Invalid user \u001B[31mcredentials' });
    const first = await failure(tokens.access());
    const second = await failure(tokens.access());
    expect([first.code, second.code]).toEqual(['refused-login', 'refused-login']);
    expect(first.message).toContain('Invalid user [31mcredentials');
    expect(first.message + first.next.join()).not.toContain('hunter2');
    expect(forms()).toHaveLength(1);
  });

  it('into a realm that does not exist names the flag', async () => {
    const { tokens, reply } = setUp();
    reply(404, { error: 'Realm does not exist' });
    const error = await failure(tokens.access());
    expect(error.code).toBe('realm-not-found');
    expect(error.next.join()).toContain('--auth-realm');
  });

  it('with a wrong client secret points at the client', async () => {
    const { tokens, reply } = setUp();
    reply(401, { error: 'invalid_client', error_description: 'Invalid client or Invalid client credentials' });
    expect((await failure(tokens.access())).next.join()).toContain('--client-id');
  });

  it('of a service account uses client_credentials', async () => {
    const network = setUp({ clientSecret: 's', clientId: 'rescue' });
    const { username: _, password: __, ...account } = network.whole;
    const tokens = openTokens(openHttp(account), account);
    network.reply(200, { access_token: 'a', expires_in: 60 });
    await tokens.access();
    expect(network.forms()[0]).toBe('grant_type=client_credentials&client_id=rescue&client_secret=s');
  });

  it('is shared by requests that come at once, and kept while it is fresh', async () => {
    const { tokens, reply, forms } = setUp();
    reply(200, { access_token: 'a', expires_in: 60, refresh_token: 'r' });
    expect(await Promise.all([tokens.access(), tokens.access()])).toEqual(['a', 'a']);
    expect(await tokens.access()).toBe('a');
    expect(forms()).toHaveLength(1);
  });

  it('is renewed with the refresh token when it runs out, not with the password', async () => {
    const { tokens, reply, forms } = setUp();
    reply(200, { access_token: 'a', expires_in: 0, refresh_token: 'r' });
    reply(200, { access_token: 'b', expires_in: 60 });
    await tokens.access();
    expect(await tokens.access()).toBe('b');
    expect(forms()[1]).toContain('grant_type=refresh_token');
    expect(forms()[1]).not.toContain('hunter2');
  });

  it('is asked for once more in the middle of the work when the connection is lost over it, and not at the beginning', async () => {
    const { tokens, reply, forms, pool } = setUp();
    const lose = () => pool.intercept({ path: ENDPOINT, method: 'POST' }).replyWithError(Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }));
    lose();
    expect((await failure(tokens.access())).code).toBe('unreachable');
    expect(forms()).toHaveLength(1);
    reply(200, { access_token: 'a', expires_in: 0, refresh_token: 'r' });
    await tokens.access();
    lose();
    reply(200, { access_token: 'b', expires_in: 0, refresh_token: 'q' });
    expect(await tokens.access()).toBe('b');
    lose();
    lose();
    expect((await failure(tokens.access())).code).toBe('unreachable');
    expect(forms()).toHaveLength(6);
  });

  it('ends its own session at the end', async () => {
    const { tokens, reply, pool, agent } = setUp();
    reply(200, { access_token: 'a', expires_in: 60, refresh_token: 'r' });
    pool.intercept({ path: ENDPOINT.replace(/token$/, 'logout'), method: 'POST' }).reply(204, '');
    await tokens.access();
    await tokens.end();
    agent.assertNoPendingInterceptors();
  });
});

describe('a login that is begun ahead', () => {
  it('is the one that whoever comes next gets, also when it is not back yet', async () => {
    const { tokens, reply, forms } = setUp();
    reply(200, { access_token: 'a', expires_in: 60 });
    tokens.begin();
    expect(await Promise.all([tokens.access(), tokens.access()])).toEqual(['a', 'a']);
    tokens.begin();
    expect(forms()).toHaveLength(1);
  });

  it.each([[401, 'invalid_grant', 'refused-login'], [500, 'unknown_error', 'server-error']])('and fails (%i) is told to all who come next, and is not sent again for them', async (status, error, code) => {
    const { tokens, reply, forms, agent } = setUp();
    reply(status, { error });
    tokens.begin();
    // It has failed before anybody asks.
    await vi.waitFor(() => agent.assertNoPendingInterceptors());
    await new Promise((resolve) => setImmediate(resolve));
    expect(await Promise.all([failure(tokens.access()), failure(tokens.access())])).toMatchObject([{ code }, { code }]);
    expect(forms()).toHaveLength(1);
  });

  it('and that nobody waited for is logged out all the same', async () => {
    const { tokens, reply, pool, agent } = setUp();
    reply(200, { access_token: 'a', expires_in: 60, refresh_token: 'r' });
    pool.intercept({ path: ENDPOINT.replace(/token$/, 'logout'), method: 'POST', body: /refresh_token=r/ }).reply(204, '');
    tokens.begin();
    await tokens.end();
    agent.assertNoPendingInterceptors();
  });
});

describe('a token that the server refuses', () => {
  it('is renewed once, and the request is sent again: 401 means that it was not looked at', async () => {
    const { whole, reply, pool } = setUp();
    reply(200, { access_token: 'a', expires_in: 60 });
    reply(200, { access_token: 'b', expires_in: 60 });
    pool.intercept({ path: '/admin/realms/primary/roles', method: 'POST', headers: { authorization: 'Bearer a' } }).reply(401, '{}');
    pool.intercept({ path: '/admin/realms/primary/roles', method: 'POST', headers: { authorization: 'Bearer b' } }).reply(201, '');
    expect((await openApi(whole).send('POST', ['roles'], { name: 'x' })).status).toBe(201);
  });

  it('is not renewed when it was handed in', async () => {
    const { agent, pool } = mockNetwork();
    pool.intercept({ path: '/admin/realms/primary' }).reply(401, '{}');
    expect((await failure(openApi(target(ORIGIN, { dispatcher: agent })).read([]))).code).toBe('refused-login');
  });
});
