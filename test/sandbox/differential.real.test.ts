import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { allCalls } from './calls/index.ts';
import { comparable, KNOWN_DIFFERENCES } from './differences.ts';
import { play, type Played, type Target } from './play.ts';

/** The shared server of the suite; REALM_RESCUE_TEST_KEYCLOAK names another one (its administrator is admin/admin). */
function realTarget(): Target {
  const url = process.env['REALM_RESCUE_TEST_KEYCLOAK'];
  return url === undefined ? inject('keycloak') : { url, username: 'admin', password: 'admin' };
}

describe('the sandbox against a real Keycloak', () => {
  let sandbox: Sandbox;
  let real: readonly Played[];
  let ours: readonly Played[];

  beforeAll(async () => {
    sandbox = await startSandbox();
    // A realm name of its own, without a hyphen at the end of another's: names are replaced in answers.
    const realm = `sbxdiff${Date.now().toString(36)}`;
    [real, ours] = await Promise.all([play(realTarget(), realm, allCalls), play({ url: sandbox.url, ...sandbox.admin }, realm, allCalls)]);
    const token = await fetch(`${realTarget().url}/realms/master/protocol/openid-connect/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username: realTarget().username, password: realTarget().password }) });
    const { access_token } = (await token.json()) as { access_token: string };
    await fetch(`${realTarget().url}/admin/realms/${realm}`, { method: 'DELETE', headers: { authorization: `Bearer ${access_token}` } });
  });
  afterAll(() => sandbox.close());

  test('the table is worth its name', () => expect(allCalls.length).toBeGreaterThan(600));

  test.each(allCalls.map((call, index) => ({ index, title: `${index} ${call.method} ${call.path}${call.as === undefined ? '' : ` as ${call.as}`}` })))('$title', ({ index }) => {
    const [expected, found] = [real[index], ours[index]];
    if (expected === undefined || found === undefined) throw new Error('the call was not played');
    expect({ status: found.status, body: comparable(found.title, found.body) }).toEqual({ status: expected.status, body: comparable(expected.title, expected.body) });
  });

  test.each(KNOWN_DIFFERENCES)('still needed: $because', ({ calls }) => {
    const differing = real.filter((played, index) => calls.test(played.title) && JSON.stringify(played.body) !== JSON.stringify(ours[index]?.body));
    expect(differing).not.toEqual([]);
  });
});
