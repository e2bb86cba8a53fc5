import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { importRealm } from '../../src/sandbox/server/state/import.ts';
import type { ClientRow, RealmRow, UserRow } from '../../src/sandbox/server/state/model.ts';
import { accessToken, idToken, userinfo, type Subject } from '../../src/sandbox/server/tokens/build.ts';
import { setClaim, typed } from '../../src/sandbox/server/tokens/claims.ts';

const mapper = (protocolMapper: string, config: Record<string, string>): JsonObject => ({ name: `${protocolMapper} ${JSON.stringify(config)}`, protocol: 'openid-connect', protocolMapper, config: { 'access.token.claim': 'true', 'id.token.claim': 'true', ...config } });

async function realmWith(client: JsonObject, user: JsonObject = {}): Promise<RealmRow> {
  return importRealm({
    realm: 'r', enabled: true, roles: { realm: [{ name: 'staff' }, { name: 'lead', composite: true, composites: { realm: ['staff'] } }], client: { other: [{ name: 'read' }] } },
    groups: [{ name: 'eng', realmRoles: ['staff'], subGroups: [{ name: 'sub' }] }],
    clients: [{ clientId: 'app', redirectUris: ['http://a.test/*'], ...client }, { clientId: 'other' }],
    users: [{ username: 'ann', enabled: true, firstName: 'Ann', lastName: 'Lab', email: 'ann@example.test', ...user }],
  }, 0);
}

function subject(realm: RealmRow, requested = ''): Subject {
  const client = realm.clients.find((row) => row.clientId === 'app') as ClientRow;
  return { realm, client, user: realm.users.find((row) => row.username === 'ann') as UserRow, requested, session: 's', notes: {} };
}

const stamp = { issuer: 'http://x', jti: 'onrtro:1', now: 1000, lifespan: 60 };
const access = (realm: RealmRow, requested?: string): JsonObject => accessToken(subject(realm, requested), stamp).claims;

describe('protocol mappers', () => {
  test.each([
    ['groups by name', mapper('oidc-group-membership-mapper', { 'claim.name': 'groups', 'full.path': 'false' }), { groups: ['sub'] }],
    ['groups by path', mapper('oidc-group-membership-mapper', { 'claim.name': 'groups', 'full.path': 'true' }), { groups: ['/eng/sub'] }],
    ['one value of an attribute', mapper('oidc-usermodel-attribute-mapper', { 'claim.name': 'team', 'user.attribute': 'team' }), { team: 'blue' }],
    ['all values of an attribute', mapper('oidc-usermodel-attribute-mapper', { 'claim.name': 'team', 'user.attribute': 'team', multivalued: 'true' }), { team: ['blue', 'red'] }],
    ['a number deep inside', mapper('oidc-hardcoded-claim-mapper', { 'claim.name': 'a.b', 'claim.value': '7', 'jsonType.label': 'int' }), { a: { b: 7 } }],
    ['an audience', mapper('oidc-audience-mapper', { 'included.client.audience': 'other' }), { aud: expect.arrayContaining(['other', 'account']) }],
    ['a role that is added is also shown', mapper('oidc-hardcoded-role-mapper', { role: 'other.read' }), { resource_access: { other: { roles: ['read'] } }, aud: expect.arrayContaining(['other']) }],
  ])('%s', async (_title, body, expected) => {
    const realm = await realmWith({ protocolMappers: [body] }, { groups: ['/eng/sub'], attributes: { team: ['blue', 'red'] } });
    expect(access(realm)).toMatchObject(expected);
  });

  test('a group above gives its roles', async () => {
    const realm = await realmWith({}, { groups: ['/eng/sub'] });
    expect((access(realm)['realm_access'] as JsonObject)['roles']).toContain('staff');
  });

  test('without full scope only mapped roles pass', async () => {
    const realm = await realmWith({ fullScopeAllowed: false }, { realmRoles: ['lead'] });
    expect(access(realm)).not.toHaveProperty('realm_access');
    const app = realm.clients.find((row) => row.clientId === 'app') as ClientRow;
    app.roles = realm.roles.filter((role) => role.name === 'staff').map((role) => role.id);
    expect(access(realm)['realm_access']).toEqual({ roles: ['staff'] });
  });

  test('a lightweight token keeps only what is marked for it', async () => {
    const config = { 'claim.name': 'zone', 'claim.value': 'eu' };
    const realm = await realmWith({ attributes: { 'client.use.lightweight.access.token.enabled': 'true' }, protocolMappers: [mapper('oidc-hardcoded-claim-mapper', config), mapper('oidc-hardcoded-claim-mapper', { ...config, 'claim.name': 'kept', 'lightweight.claim': 'true' })] });
    expect(Object.keys(access(realm)).sort()).toEqual(['azp', 'exp', 'iat', 'iss', 'jti', 'kept', 'scope', 'sid', 'typ']);
    expect(idToken(subject(realm), stamp, null).claims).toMatchObject({ zone: 'eu', kept: 'eu' });
  });

  test('an audience that is on for ID tokens stands beside the client itself', async () => {
    const realm = await realmWith({ protocolMappers: [mapper('oidc-audience-mapper', { 'included.client.audience': 'other' })] });
    expect(idToken(subject(realm, 'openid'), stamp, null).claims['aud']).toEqual(['app', 'other']);
    expect(idToken(subject(await realmWith({}), 'openid'), stamp, null).claims['aud']).toBe('app');
  });

  test('userinfo follows the switch for ID tokens where it has none of its own', async () => {
    const realm = await realmWith({ protocolMappers: [mapper('oidc-hardcoded-claim-mapper', { 'claim.name': 'no', 'claim.value': 'x', 'userinfo.token.claim': 'false' }), mapper('oidc-hardcoded-claim-mapper', { 'claim.name': 'yes', 'claim.value': 'x' })] });
    expect(userinfo(subject(realm, 'openid'))).toMatchObject({ yes: 'x' });
    expect(userinfo(subject(realm, 'openid'))).not.toHaveProperty('no');
  });
});

describe('the scope claim', () => {
  test('names optional scopes only when asked for', async () => {
    const realm = await realmWith({});
    expect(String(access(realm)['scope']).split(' ').sort()).toEqual(['email', 'profile']);
    expect(String(access(realm, 'openid phone')['scope']).split(' ').sort()).toEqual(['email', 'openid', 'phone', 'profile']);
  });
});

test('claims are set along dotted paths, an escaped dot belongs to the name', () => {
  const claims = { a: { kept: 1 } };
  setClaim(claims, 'a.b\\.c', true);
  expect(claims).toEqual({ a: { kept: 1, 'b.c': true } });
});

test.each([['true', 'boolean', true], ['7', 'long', 7], ['[1]', 'JSON', [1]], ['no json', 'JSON', 'no json'], ['x', 'String', 'x']])('%s as %s', (value, label, expected) => expect(typed(value, label)).toEqual(expected));
