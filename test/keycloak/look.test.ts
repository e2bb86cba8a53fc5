// A client is looked at where it was last seen, and searched for where it no longer is.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openKeycloak } from '../../src/keycloak/keycloak.ts';
import { objectId } from '../../src/realm/keys.ts';
import { kindOf } from '../../src/realm/kinds/index.ts';
import { must, openAdminCalls, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import { references, target } from './support.ts';

let sandbox: Sandbox;
let calls: AdminCalls;
beforeAll(async () => {
  sandbox = await startSandbox();
  calls = openAdminCalls({ url: sandbox.url, ...sandbox.admin, realm: 'primary' });
  await must(calls, 'POST', '/admin/realms', { realm: 'primary', enabled: true });
});
afterAll(() => sandbox.close());

const mapper = (name: string): JsonObject => ({ name, protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper', config: { 'claim.name': name, 'claim.value': 'x' } });
const make = async (clientId: string, ...names: readonly string[]): Promise<string> => {
  await must(calls, 'POST', '/clients', { clientId, protocolMappers: names.map(mapper) });
  return String((await must(calls, 'GET', `/clients?clientId=${clientId}`) as readonly JsonObject[])[0]?.['id']);
};

async function lookedAt(client: string, name: string, id: string): Promise<unknown> {
  const { token: _ready, ...login } = target(sandbox.url);
  const keycloak = openKeycloak({ ...login, ...sandbox.admin });
  try {
    const look = kindOf('client-mapper')?.look(objectId('client-mapper', client, name));
    return look && await keycloak.look(look, references({ ids: { [objectId('client', client)]: id } }));
  } finally {
    await keycloak.close();
  }
}

it('that is where it was', async () => {
  expect(await lookedAt('there', 'groups', await make('there', 'groups'))).toMatchObject({ value: { provider: 'oidc-hardcoded-claim-mapper' } });
});

it('that was made again under another id', async () => {
  const old = await make('again', 'old');
  await must(calls, 'DELETE', `/clients/${old}`);
  await make('again', 'new');
  expect(await lookedAt('again', 'new', old)).toMatchObject({ value: { provider: 'oidc-hardcoded-claim-mapper' } });
  expect(await lookedAt('again', 'old', old)).toBeNull();
});

it('that bears another name by now: whoever has its id is somebody else', async () => {
  const id = await make('renamed', 'groups');
  await must(calls, 'PUT', `/clients/${id}`, { clientId: 'called-otherwise' });
  expect(await lookedAt('renamed', 'groups', id)).toBeNull();
  expect(await lookedAt('called-otherwise', 'groups', id)).toMatchObject({ value: {} });
});
