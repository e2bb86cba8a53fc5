import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { ANN_LOGIN, APP, APP_LOGIN, callerOf, GROUPS, payload, SMALL_REALM, type Caller } from './client.ts';

let sandbox: Sandbox;
let caller: Caller;
beforeEach(async () => {
  sandbox = await startSandbox();
  caller = await callerOf(sandbox, 'small');
  await caller.create('^', SMALL_REALM);
});
afterEach(() => sandbox.close());

const app = async (): Promise<JsonObject> => (await caller.admin('GET', `/clients/${APP}`)).body as JsonObject;
const mapperConfig = async (): Promise<unknown> => (((await app())['protocolMappers'] as readonly JsonObject[])[0] ?? {})['config'];

describe('the traps of the real server', () => {
  test('a masked secret becomes the secret', async () => {
    await caller.admin('PUT', `/clients/${APP}`, { secret: '**********' });
    expect((await caller.grant(ANN_LOGIN)).status).toBe(401);
    expect((await caller.grant({ ...ANN_LOGIN, client_secret: '**********' })).status).toBe(200);
  });

  test('a token leaves multivalued in the mapper until the realm cache is cleared', async () => {
    expect(await mapperConfig()).not.toHaveProperty('multivalued');
    await caller.grant(ANN_LOGIN);
    expect(await mapperConfig()).toHaveProperty('multivalued', 'true');
    await caller.admin('POST', '/clear-realm-cache');
    expect(await mapperConfig()).not.toHaveProperty('multivalued');
  });

  test('an update without the authorization flag drops the resource server', async () => {
    await caller.admin('PUT', `/clients/${APP}`, { authorizationServicesEnabled: true });
    expect((await caller.admin('GET', `/clients/${APP}/authz/resource-server`)).status).toBe(200);
    expect((await caller.admin('PUT', `/clients/${APP}`, { description: 'x' })).status).toBe(204);
    expect((await caller.admin('GET', `/clients/${APP}/authz/resource-server`)).status).toBe(404);
  });

  test('settings that were exported bring a resource server back, twice without doubling', async () => {
    const base = `/clients/${APP}/authz/resource-server`;
    await caller.admin('PUT', `/clients/${APP}`, { authorizationServicesEnabled: true });
    await caller.admin('POST', `${base}/resource`, { name: 'report', scopes: [{ name: 'view' }] });
    await caller.admin('POST', `${base}/permission/resource`, { name: 'all', resources: ['report'], policies: [] });
    const settings = (await caller.admin('GET', `${base}/settings`)).body;
    await caller.admin('PUT', `/clients/${APP}`, { description: 'x' });
    await caller.admin('PUT', `/clients/${APP}`, { authorizationServicesEnabled: true });
    for (let n = 0; n < 2; n += 1) expect((await caller.admin('POST', `${base}/import`, settings)).status).toBe(204);
    expect((await caller.admin('GET', `${base}/settings`)).body).toEqual(settings);
  });

  test('a GET makes a missing service account', async () => {
    const { body } = await caller.admin('GET', `/clients/${APP}/service-account-user`);
    await caller.admin('DELETE', `/users/${String((body as JsonObject)['id'])}`);
    expect((await caller.grant({ grant_type: 'client_credentials', ...APP_LOGIN })).status).toBe(401);
    await caller.admin('GET', `/clients/${APP}/service-account-user`);
    expect((await caller.grant({ grant_type: 'client_credentials', ...APP_LOGIN })).status).toBe(200);
  });

  test('one stale role refuses the whole list', async () => {
    const [ann] = (await caller.admin('GET', '/users?username=ann&exact=true')).body as readonly JsonObject[];
    const path = `/users/${String(ann?.['id'])}/role-mappings/realm`;
    const staff = (await caller.admin('GET', '/roles/staff')).body;
    const before = (await caller.admin('GET', path)).body;
    expect(await caller.admin('POST', path, [staff, { id: 'gone', name: 'staff' }])).toMatchObject({ status: 404, body: { error: 'Role not found' } });
    expect((await caller.admin('GET', path)).body).toEqual(before);
  });
});

describe('sessions', () => {
  test('a mapper that is lost and restored shows in the refreshed token, session and id kept', async () => {
    const first = (await caller.grant(ANN_LOGIN)).body as JsonObject;
    const refresh = async (): Promise<JsonObject> => payload(((await caller.grant({ grant_type: 'refresh_token', refresh_token: String(first['refresh_token']), ...APP_LOGIN })).body as JsonObject)['access_token']);
    expect(payload(first['access_token'])['groups']).toEqual(['platform']);
    const mapper = (await caller.admin('GET', `/clients/${APP}/protocol-mappers/models/${GROUPS}`)).body;
    await caller.admin('DELETE', `/clients/${APP}/protocol-mappers/models/${GROUPS}`);
    expect(await refresh()).not.toHaveProperty('groups');
    expect(await caller.create(`/clients/${APP}/protocol-mappers/models`, mapper)).toBe(GROUPS);
    expect(await refresh()).toMatchObject({ groups: ['platform'], sid: payload(first['access_token'])['sid'] });
  });

  test('a client that comes back under its old id has lost its client sessions', async () => {
    const first = (await caller.grant(ANN_LOGIN)).body as JsonObject;
    const old = await app();
    await caller.admin('DELETE', `/clients/${APP}`);
    await caller.create('/clients', { ...old, protocolMappers: [] });
    const again = await caller.grant({ grant_type: 'refresh_token', refresh_token: String(first['refresh_token']), ...APP_LOGIN });
    expect(again).toMatchObject({ status: 400, body: { error_description: "Session doesn't have required client" } });
  });
});
