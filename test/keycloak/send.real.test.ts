import { afterAll, beforeAll, expect, it } from 'vitest';
import { openKeycloak } from '../../src/keycloak/keycloak.ts';
import type { ObjectId, RequestTemplate } from '../../src/realm/model.ts';
import type { Snapshot } from '../../src/realm/snapshot.ts';
import { readState } from '../../src/realm/state.ts';
import type { Keycloak, References } from '../../src/runner/ports.ts';
import { logIn } from '../../src/sandbox/incident/login.ts';
import { createRealm, wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { accountWith, administrator, quiet } from './real.ts';
import { failure } from '../harness/failure.ts';

const REALM = 'adapter-send';
const calls = sharedCalls(REALM);
let keycloak: Keycloak;
let before: Snapshot;
let references: References;

beforeAll(async () => {
  await createRealm(calls);
  await logIn(calls, 6);
  keycloak = openKeycloak(administrator(sharedKeycloak(), REALM));
  before = (await keycloak.capture(quiet)).snapshot;
  const { objects } = readState(before);
  references = {
    id: (object) => objects.get(object)?.serverId,
    role: (object) => {
      const role = objects.get(object);
      return role?.serverId === undefined ? undefined : { id: role.serverId, name: role.name };
    },
    secret: () => undefined,
  };
});
afterAll(async () => {
  await keycloak.close();
  await wipeRealm(calls);
});

const models = (method: RequestTemplate['method'], ...rest: string[]): RequestTemplate => ({ method, path: ['clients', { $id: 'client:search-service' }, 'protocol-mappers', 'models', ...rest] });
const MAPPER = { id: '11111111-2222-4333-8444-555555555555', name: 'zone', protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper', config: { 'claim.name': 'zone', 'claim.value': 'eu' } };

it('a protocol mapper is made with its original id, read back, refused the second time, and taken away again', async () => {
  const look = { request: models('GET', MAPPER.id), pick: (body: unknown) => (body === null ? null : { value: 'there' }) };
  expect(await keycloak.look(look, references)).toBeNull();
  expect((await keycloak.send({ ...models('POST'), body: MAPPER }, references)).status).toBe(201);
  expect(await keycloak.look(look, references)).toEqual({ value: 'there' });
  const again = await failure(keycloak.send({ ...models('POST'), body: MAPPER }, references));
  expect(again.code).toBe('write-failed');
  expect(again.message).toContain('Protocol mapper exists');
  await keycloak.send(models('DELETE', MAPPER.id), references);
  expect(await keycloak.look(look, references)).toBeNull();
});

it('a role mapping of a service account finds its user by name', async () => {
  const owner: ObjectId = 'client:media-service';
  const request = (method: RequestTemplate['method']): RequestTemplate => ({ method, path: ['users', { $serviceAccount: owner }, 'role-mappings', 'realm'], body: [{ $role: 'realm-role:auditor' }] });
  await keycloak.send(request('POST'), references);
  const look = { request: { method: 'GET' as const, path: ['users', { $serviceAccount: owner }, 'role-mappings', 'realm'] }, pick: (body: unknown) => ({ value: JSON.stringify(body).includes('"auditor"') }) };
  expect(await keycloak.look(look, references)).toEqual({ value: true });
  await keycloak.send(request('DELETE'), references);
  expect(await keycloak.look(look, references)).toEqual({ value: false });
});

it('a missing role is named as such, and nothing is changed', async () => {
  const weak = await accountWith(calls, sharedKeycloak(), ['view-clients']);
  expect((await failure(weak.send({ ...models('POST'), body: { ...MAPPER, id: '11111111-2222-4333-8444-666666666666' } }, references))).code).toBe('missing-role');
  expect((await failure(weak.clearCaches())).code).toBe('missing-role');
  await weak.close();
});

it('clearing the caches ends no session, and changes nothing but how the realm is read', async () => {
  await keycloak.clearCaches();
  const after = await keycloak.facts();
  expect(after.sessions?.map((session) => session.id)).toEqual(before.facts?.sessions?.map((session) => session.id));
  expect(after.offlineSessions?.map((session) => session.id)).toEqual(before.facts?.offlineSessions?.map((session) => session.id));
  expect(after.keys).toEqual(before.facts?.keys);
});
