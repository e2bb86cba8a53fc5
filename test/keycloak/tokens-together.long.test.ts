// What docs/decisions/0017 rests on: tokens that are made at one moment take settings out of a mapper in Keycloak's cache.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { must, openAdminCalls, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { sharedKeycloak } from '../harness/shared.ts';

const REALM = 'tokens-together';
const CONFIG = { 'claim.name': 'groups', 'full.path': 'false', 'access.token.claim': 'true', 'id.token.claim': 'true', 'userinfo.token.claim': 'true', 'introspection.token.claim': 'true' };
const KINDS = ['access-token', 'id-token', 'userinfo'];
/** Without the queue about one mapper in two hundred is hit on 26.7.4. */
const MAPPERS = 3000;

let calls: AdminCalls;
let user: string;
let client: string;

beforeAll(async () => {
  calls = openAdminCalls({ ...sharedKeycloak(), realm: REALM });
  await calls.call('DELETE', `/admin/realms/${REALM}`);
  await must(calls, 'POST', '/admin/realms', { realm: REALM, enabled: true });
  user = await made('/users', { username: 'ada', enabled: true });
  client = await made('/clients', { clientId: 'billing' });
});

afterAll(() => calls.call('DELETE', `/admin/realms/${REALM}`));

/** The id of what was made. */
async function made(path: string, body: unknown): Promise<string> {
  const { status, location } = await calls.call('POST', path, body);
  expect(status).toBe(201);
  return location?.split('/').at(-1) ?? '';
}

/** Makes the mapper anew, has tokens made with it, and gives what it shows then. */
async function settingsAfter(tokens: (ask: (kind: string) => Promise<unknown>) => Promise<unknown>): Promise<Record<string, string>> {
  const mapper = await made(`/clients/${client}/protocol-mappers/models`, { name: 'groups', protocol: 'openid-connect', protocolMapper: 'oidc-group-membership-mapper', config: CONFIG });
  await tokens((kind) => must(calls, 'GET', `/clients/${client}/evaluate-scopes/generate-example-${kind}?scope=openid&userId=${user}`));
  const { config } = (await must(calls, 'GET', `/clients/${client}/protocol-mappers/models/${mapper}`)) as { readonly config: Record<string, string> };
  await must(calls, 'DELETE', `/clients/${client}/protocol-mappers/models/${mapper}`);
  return config;
}

it('three at a time, until one loses settings', async () => {
  let [mappers, left] = [0, 0];
  do {
    mappers += 1;
    left = Object.keys(await settingsAfter((ask) => Promise.all(KINDS.map(ask)))).length;
  } while (mappers < MAPPERS && left >= Object.keys(CONFIG).length);
  expect(left).toBeLessThan(Object.keys(CONFIG).length);
});

it('one at a time: all keep theirs, and get multivalued', async () => {
  for (let mapper = 0; mapper < 1000; mapper += 1) {
    expect(await settingsAfter(async (ask) => { for (const kind of KINDS) await ask(kind); })).toEqual({ ...CONFIG, multivalued: 'true' });
  }
});
