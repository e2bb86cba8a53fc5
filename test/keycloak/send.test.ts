import { describe, expect, it } from 'vitest';
import type { RequestTemplate } from '../../src/realm/model.ts';
import { describePath, fillBody, fillPath, serviceAccountsIn } from '../../src/keycloak/fill.ts';
import { openKeycloak } from '../../src/keycloak/keycloak.ts';
import { failure } from '../harness/failure.ts';
import { mockNetwork, ORIGIN, references, target } from './support.ts';

const CLIENT = '7d0e0000-0000-4000-8000-000000000000';
const known = references({
  ids: { 'client:api': CLIENT },
  roles: { 'realm-role:reader': { id: 'role-1', name: 'reader' } },
  secrets: { 'client:api': 's3' },
});
const answers = { ...known, id: known.id, role: known.role, secret: known.secret, serviceAccount: () => 'user-1' };

describe('filling in references', () => {
  it('puts ids into paths and roles, secrets and ids into bodies', () => {
    expect(fillPath(['clients', { $id: 'client:api' }, 'roles'], answers)).toEqual(['clients', CLIENT, 'roles']);
    expect(fillBody([{ $role: 'realm-role:reader' }], answers)).toEqual([{ id: 'role-1', name: 'reader' }]);
    expect(fillBody({ id: { $id: 'client:api' }, secret: { $secret: 'client:api', field: 'secret' }, list: [1, null] }, answers)).toEqual({ id: CLIENT, secret: 's3', list: [1, null] });
  });

  it('leaves a secret out that no evidence has', () => {
    expect(fillBody({ clientId: 'x', secret: { $secret: 'client:x', field: 'secret' } }, answers)).toEqual({ clientId: 'x' });
  });

  it('names the object whose id is not known', () => {
    expect(() => fillPath([{ $id: 'client-scope:orders' }], answers)).toThrow(/client-scope:orders/);
  });

  it('finds service accounts in paths and bodies', () => {
    expect(serviceAccountsIn({ method: 'POST', path: ['users', { $serviceAccount: 'client:a' }], body: [{ x: { $serviceAccount: 'client:b' } }] })).toEqual(['client:a', 'client:b']);
  });

  it('shortens UUIDs and names what is not there yet', () => {
    expect(describePath(['clients', { $id: 'client:api' }, 'default-client-scopes', { $id: 'client-scope:new' }], known)).toEqual(['clients', '7d0e…', 'default-client-scopes', '{client-scope:new}']);
    expect(describePath(['users', { $serviceAccount: 'client:api' }], known)).toEqual(['users', '{service account of api}']);
  });
});

describe('what is never sent', () => {
  const request = (method: RequestTemplate['method'], path: readonly string[], body?: RequestTemplate['body']): RequestTemplate => ({ method, path, ...(body === undefined ? {} : { body }) });
  it.each<[string, RequestTemplate, string]>([
    ['a masked secret', request('POST', ['clients'], { clientId: 'x', secret: '**********' }), 'evidence-masked'],
    ['a masked secret deep inside', request('POST', ['identity-provider', 'instances'], { config: { clientSecret: '**********' } }), 'evidence-masked'],
    ['a key provider', request('POST', ['components'], { providerType: 'org.keycloak.keys.KeyProvider', providerId: 'rsa-generated' }), 'write-failed'],
    ['a whole set of keys', request('POST', ['components'], { components: { 'org.keycloak.keys.KeyProvider': [] } }), 'write-failed'],
    ['the deletion of the realm', request('DELETE', []), 'write-failed'],
    ['another name for the realm', request('PUT', [], { realm: 'other' }), 'write-failed'],
    ['a date before which no token counts', request('PUT', [], { notBefore: 1 }), 'write-failed'],
    ['a partial import', request('POST', ['partialImport'], {}), 'write-failed'],
    ['the end of all sessions', request('POST', ['logout-all']), 'write-failed'],
    ['a new client secret', request('POST', ['clients', 'c1', 'client-secret']), 'write-failed'],
  ])('%s', async (_, write, code) => {
    const { agent } = mockNetwork();
    const keycloak = openKeycloak(target(ORIGIN, { dispatcher: agent }));
    expect((await failure(keycloak.send(write, known))).code).toBe(code);
    expect(agent.getCallHistory()?.calls()).toEqual([]);
  });

  it('the deletion of a component that turns out to be a key provider', async () => {
    const { agent, pool } = mockNetwork();
    pool.intercept({ path: '/admin/realms/primary/components/k1' }).reply(200, JSON.stringify({ id: 'k1', providerType: 'org.keycloak.keys.KeyProvider' }));
    expect((await failure(openKeycloak(target(ORIGIN, { dispatcher: agent })).send(request('DELETE', ['components', 'k1']), known))).code).toBe('write-failed');
    expect(agent.getCallHistory()?.calls().map((call) => call.method)).toEqual(['GET']);
  });

  it('anything at all when the run is read-only', async () => {
    const { agent } = mockNetwork();
    const keycloak = openKeycloak(target(ORIGIN, { dispatcher: agent, readOnly: true }));
    expect((await failure(keycloak.send(request('POST', ['roles'], { name: 'x' }), known))).code).toBe('usage');
    expect((await failure(keycloak.clearCaches())).code).toBe('usage');
  });
});

describe('the answer to a write', () => {
  const write: RequestTemplate = { method: 'POST', path: ['clients', { $id: 'client:api' }, 'protocol-mappers', 'models'], body: { name: 'groups' } };
  const sent = (status: number, body: string) => {
    const { agent, pool } = mockNetwork();
    pool.intercept({ path: `/admin/realms/primary/clients/${CLIENT}/protocol-mappers/models`, method: 'POST', body: '{"name":"groups"}' }).reply(status, body);
    return openKeycloak(target(ORIGIN, { dispatcher: agent })).send(write, known);
  };

  it('comes back when the server did it', async () => {
    expect(await sent(201, '')).toMatchObject({ status: 201, body: null });
  });

  it.each([[403, 'missing-role'], [409, 'write-failed'], [400, 'write-failed'], [500, 'write-failed']])('%i becomes %s, with the words of the server and the short path', async (status, code) => {
    const error = await failure(sent(status, '{"errorMessage":"Protocol mapper exists with same name"}'));
    expect(error.code).toBe(code);
    expect(error.message).toContain('POST /admin/realms/primary/clients/7d0e…/protocol-mappers/models');
    expect(error.message).toContain('Protocol mapper exists');
  });
});

describe('a look', () => {
  const look = { request: { method: 'GET' as const, path: ['clients', { $id: 'client:gone' as const }] }, pick: (body: unknown) => (body === null ? null : { value: 'there' }) };

  it('below an object without an id finds nothing and asks nothing', async () => {
    const { agent } = mockNetwork();
    expect(await openKeycloak(target(ORIGIN, { dispatcher: agent })).look(look, known)).toBeNull();
    expect(agent.getCallHistory()?.calls()).toEqual([]);
  });

  it('takes 404 as not there and passes the query on', async () => {
    const { agent, pool } = mockNetwork();
    pool.intercept({ path: '/admin/realms/primary/clients?clientId=a%26b' }).reply(404, '{"error":"no"}');
    expect(await openKeycloak(target(ORIGIN, { dispatcher: agent })).look({ ...look, request: { method: 'GET', path: ['clients'], query: { clientId: 'a&b' } } }, known)).toBeNull();
  });
});
