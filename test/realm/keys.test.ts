import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holderPart, objectId, parseId, parseScopeMapping, placesOf, roleId, roleOfPart, rolePart, scopeMappingId } from '../../src/realm/keys.ts';
import { readState } from '../../src/realm/state.ts';

const name = fc.oneof(fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }), fc.constantFrom('a/b', '%2F', '%252F', '*', 'client-scope:x', 'https://app.example.com/', 'a:b', '..', '%', '/', '%3A', '__proto__'));
const role = fc.record({ client: fc.option(name, { nil: null }), role: name });

describe('the contract names', () => {
  const ids = readState({
    realm: 'primary', source: 'live', completeness: 'full',
    representation: {
      realm: 'primary',
      clients: [{ clientId: 'auth-service', fullScopeAllowed: true, redirectUris: ['https://a/*'], attributes: { 'pkce.code.challenge.method': 'S256' }, defaultClientScopes: ['orders:read'], protocolMappers: [{ name: 'groups' }] }],
      roles: { realm: [{ name: 'moderator' }], client: { 'timeline-service': [{ name: 'read' }] } },
      users: [{ serviceAccountClientId: 'timeline-service', realmRoles: ['internal-service'], clientRoles: { 'auth-service': ['introspect'] } }],
      scopeMappings: [{ client: 'billing-service', roles: ['internal-service'] }, { clientScope: 'offline_access', roles: ['offline_access'] }],
      clientScopeMappings: { 'timeline-service': [{ client: 'billing-service', roles: ['read'] }] },
    },
  });
  test.each([
    'client-mapper:auth-service/groups', 'client-scope-link:auth-service/orders:read', 'realm-role:moderator', 'client-role:timeline-service/read',
    'service-account-role:timeline-service/internal-service', 'service-account-role:timeline-service/auth-service/introspect',
    'scope-mapping:billing-service/internal-service', 'scope-mapping:billing-service/timeline-service/read', 'scope-mapping:client-scope:offline_access/offline_access',
    'client-setting:auth-service/redirectUris/https:%2F%2Fa%2F*', 'client-setting:auth-service/attributes/pkce.code.challenge.method', 'client-setting:auth-service/fullScopeAllowed',
  ] as const)('%s', (id) => {
    expect(ids.objects.has(id)).toBe(true);
  });
});

test('any names come back out of an id', () => {
  fc.assert(fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (parts) => {
    expect(parseId(objectId('client-setting', ...parts))).toEqual({ kind: 'client-setting', parts });
  }));
});

test('different names never make the same id', () => {
  fc.assert(fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), fc.array(name, { minLength: 1, maxLength: 3 }), (a, b) => {
    expect(objectId('client', ...a) === objectId('client', ...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
  }));
});

test('scope mappings of clients and of client scopes are never confused', () => {
  const holder = fc.oneof(name.map((client) => ({ client })), name.map((clientScope) => ({ clientScope })));
  fc.assert(fc.property(holder, role, (held, ref) => {
    expect(parseScopeMapping(scopeMappingId(held, ref))).toEqual({ holder: held, role: ref });
  }));
  expect(holderPart({ client: 'client-scope:x' })).not.toBe(holderPart({ clientScope: 'x' }));
});

test('a role fits into one part of a key', () => {
  fc.assert(fc.property(role, (ref) => {
    expect(roleOfPart(rolePart(ref))).toEqual(ref);
    expect(parseId(objectId('composite', rolePart(ref), 'x')).parts[0]).toBe(rolePart(ref));
    expect(parseId(roleId(ref)).parts).toEqual(ref.client === null ? [ref.role] : [ref.client, ref.role]);
  }));
});

test('a client that is called * does not pass for its whole kind', () => {
  expect(placesOf(objectId('client-mapper', '*', 'm'))).toEqual(['client-mapper@*', 'client-mapper@%2A']);
});
