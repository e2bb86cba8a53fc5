import { describe, expect, test } from 'vitest';
import { expectationsFor } from '../../src/realm/claims.ts';
import { compareStates } from '../../src/realm/compare.ts';
import type { ClaimExpectation } from '../../src/realm/model.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { after, before, mapper, state, withClient } from './incident.ts';

function awaited(live: RealmRepresentation, evidence: RealmRepresentation, owner?: string): readonly ClaimExpectation[] {
  const [now, sources] = [state(live), [state(evidence, 'snapshot:x')]];
  const differences = compareStates(now, sources);
  return expectationsFor({ differences, choices: Object.fromEntries(differences.map(({ id }) => [id, 'restore' as const])), live: now, evidence: sources, ...(owner === undefined ? {} : { owner }) });
}
const FLAGS = { 'access.token.claim': 'true', 'id.token.claim': 'true' };
const lostMapper = (provider: string, config: Record<string, string>, client: Record<string, unknown> = {}) => awaited(withClient(client), withClient({ ...client, protocolMappers: [mapper('m', provider, { ...FLAGS, ...config })] }))[0];

describe('what a mapper makes, and who can show it', () => {
  test.each([
    ['oidc-group-membership-mapper', { 'claim.name': 'groups' }, { claim: 'groups', needs: 'group', tokens: ['access', 'id', 'userinfo'] }],
    ['oidc-usermodel-attribute-mapper', { 'claim.name': 'tenant', 'user.attribute': 't' }, { claim: 'tenant', needs: 'attribute', needed: 't' }],
    ['oidc-usermodel-property-mapper', { 'claim.name': 'login', 'user.attribute': 'username' }, { claim: 'login', needs: 'nothing' }],
    ['oidc-usermodel-realm-role-mapper', { 'claim.name': 'roles' }, { claim: 'roles', needs: 'role' }],
    ['oidc-usermodel-client-role-mapper', { 'claim.name': 'resource_access.${client_id}.roles', 'usermodel.clientRoleMapping.clientId': 'my.app' }, { claim: 'resource_access.my\\.app.roles', needs: 'role' }],
    ['oidc-audience-mapper', { 'included.client.audience': 'api' }, { claim: 'aud', member: 'api', needs: 'nothing', tokens: ['access', 'id'] }],
    ['oidc-audience-mapper', { 'included.custom.audience': 'urn:api' }, { claim: 'aud', member: 'urn:api' }],
    ['oidc-hardcoded-claim-mapper', { 'claim.name': 'zone', 'claim.value': 'eu' }, { claim: 'zone', needs: 'nothing' }],
    ['oidc-usersessionmodel-note-mapper', { 'claim.name': 'n', 'user.session.note': 'AUTH_TIME' }, { claim: 'n', needs: 'real-login' }],
    ['oidc-usersessionmodel-note-mapper', { 'claim.name': 'client_id', 'user.session.note': 'client_id' }, { claim: 'client_id', needs: 'service-account' }],
    ['oidc-full-name-mapper', {}, { claim: 'name', needs: 'attribute' }],
    ['script-anything', { 'claim.name': 's' }, { claim: 's', needs: 'real-login' }],
  ] as const)('%s %j', (provider, config, expected) => {
    expect(lostMapper(provider, config)).toMatchObject({ client: 'app', mapper: 'm', inLightweight: true, because: ['client-mapper:app/m'], ...expected });
  });

  test.each([
    ['constructor', {}], ['oidc-group-membership-mapper', {}], ['oidc-hardcoded-role-mapper', { role: 'x' }],
  ])('%s %j promises nothing', (provider, config) => {
    expect(lostMapper(provider, config)).toBeUndefined();
  });

  test('a mapper that feeds only introspection is awaited in no token', () => {
    const made = awaited(withClient({}), withClient({ protocolMappers: [mapper('m', 'oidc-hardcoded-claim-mapper', { 'claim.name': 'x', 'introspection.token.claim': 'true' })] }));
    expect(made).toEqual([]);
  });

  test('a client with lightweight tokens gets only what is marked for them', () => {
    const client = { attributes: { 'client.use.lightweight.access.token.enabled': 'true' } };
    expect(lostMapper('oidc-hardcoded-claim-mapper', { 'claim.name': 'x' }, client)?.inLightweight).toBe(false);
    expect(lostMapper('oidc-hardcoded-claim-mapper', { 'claim.name': 'x', 'lightweight.claim': 'true' }, client)?.inLightweight).toBe(true);
  });
});

describe('client scopes', () => {
  const scopes = (attributes: Record<string, string> = {}, mappers = [mapper('m', 'oidc-hardcoded-claim-mapper', { ...FLAGS, 'claim.name': 'zone' })]) => ({ clientScopes: [{ name: 'orders', protocol: 'openid-connect', attributes, protocolMappers: mappers }] });
  const link = (type: 'default' | 'optional', more: RealmRepresentation) => awaited(withClient({ defaultClientScopes: [], optionalClientScopes: [] }, more), withClient({ [`${type}ClientScopes`]: ['orders'] }, more));

  test('a default link brings the claims of the scope and its name', () => {
    expect(link('default', scopes())).toEqual([
      expect.objectContaining({ claim: 'scope', member: 'orders', tokens: ['access'], because: ['client-scope-link:app/orders'] }),
      expect.objectContaining({ claim: 'zone', because: ['client-scope-link:app/orders'] }),
    ]);
    expect(link('default', scopes())[0]).not.toHaveProperty('scope');
  });

  test('an optional one has to be asked for, and its name may be kept out of the token', () => {
    expect(link('optional', scopes({ 'include.in.token.scope': 'false' }))).toEqual([expect.objectContaining({ claim: 'zone', scope: 'orders' })]);
  });

  describe('with roles of its own', () => {
    const gated = (roles: string[]) => ({
      ...scopes({}, [mapper('m', 'oidc-hardcoded-claim-mapper', { ...FLAGS, 'claim.name': 'zone' }), mapper('g', 'oidc-group-membership-mapper', { ...FLAGS, 'claim.name': 'groups' })]),
      scopeMappings: [{ clientScope: 'orders', roles }], roles: { realm: [{ name: 'clerk', composite: true, composites: { realm: ['packer'], client: { app: ['read'] } } }, { name: 'guard' }, { name: 'packer' }], client: { app: [{ name: 'read' }] } },
    });

    test('needs somebody who holds one of them, or one that these contain', () => {
      expect(link('default', gated(['guard', 'clerk']))).toEqual([
        expect.objectContaining({ claim: 'groups', needs: 'group', gate: ['app/read', 'clerk', 'guard', 'packer'] }),
        expect.objectContaining({ claim: 'scope', needs: 'role', gate: ['app/read', 'clerk', 'guard', 'packer'] }),
        expect.objectContaining({ claim: 'zone', needs: 'role', gate: ['app/read', 'clerk', 'guard', 'packer'] }),
      ]);
    });

    test.each([
      ['without', [], []], ['with', ['guard'], ['guard']], ['with a composite that contains', ['clerk'], ['clerk']],
    ] as const)('promises nothing to a service account %s one of them', (_, held, shown) => {
      const roles = mapper('r', 'oidc-usermodel-realm-role-mapper', { ...FLAGS, 'claim.name': 'own' });
      const realm = { ...gated(['guard', 'packer']), users: [{ serviceAccountClientId: 'app', realmRoles: [...held] }], ...scopes({}, [roles]) };
      const client = (linked: readonly string[]) => withClient({ serviceAccountsEnabled: true, defaultClientScopes: linked, optionalClientScopes: [] }, realm);
      const found = awaited(client([]), client(['orders']));
      expect(found.filter(({ needs }) => needs === 'service-account').map(({ member }) => member)).toEqual(shown);
    });
  });

  test('a lost scope and its link are one expectation with all its reasons', () => {
    const [claim] = awaited(after(), before(), 'web-app').filter((expectation) => expectation.claim === 'moderation_level');
    expect(claim).toMatchObject({ scope: 'moderation', because: ['client-scope-link:web-app/moderation', 'client-scope-mapper:moderation/moderation-level', 'client-scope:moderation'] });
  });
});

describe('roles', () => {
  test('a role of a service account shows in its own tokens', () => {
    expect(awaited(after(), before(), 'timeline-service')).toEqual(expect.arrayContaining([
      expect.objectContaining({ claim: 'realm_access.roles', member: 'internal-service', needs: 'service-account', because: ['service-account-role:timeline-service/internal-service'] }),
      expect.objectContaining({ claim: 'resource_access.auth-service.roles', member: 'introspect', needs: 'service-account' }),
    ]));
  });

  test('a scope mapping lets through the role of a user who has it, where not all roles are in scope', () => {
    expect(awaited(after(), before(), 'billing-service')).toEqual(expect.arrayContaining([
      expect.objectContaining({ claim: 'realm_access.roles', member: 'internal-service', needs: 'role', needed: 'internal-service' }),
    ]));
  });

  test('nothing is promised for a role that the client may not carry', () => {
    const make = (roles: string[]) => withClient({ fullScopeAllowed: false, serviceAccountsEnabled: true, protocolMappers: [mapper('r', 'oidc-usermodel-realm-role-mapper', { ...FLAGS, 'claim.name': 'realm_access.roles' })] }, { roles: { realm: [{ name: 'x' }] }, users: [{ serviceAccountClientId: 'app', realmRoles: roles }] });
    expect(awaited(make([]), make(['x']))).toEqual([]);
  });
});

test('a client that comes back whole is not asked for every claim of the built-in scopes', () => {
  const claims = awaited(after(), before(), 'feed-service');
  expect(claims.map((claim) => claim.claim)).toEqual(expect.arrayContaining(['aud', 'resource_access.timeline-service.roles']));
  expect(claims.filter((claim) => claim.needs === 'real-login' || claim.scope !== undefined)).toEqual([]);
});

test('what is kept or left is not awaited', () => {
  const [live, evidence] = [state(after()), [state(before(), 'snapshot:x')]];
  const differences = compareStates(live, evidence);
  expect(expectationsFor({ differences, choices: Object.fromEntries(differences.map(({ id }) => [id, 'leave' as const])), live, evidence })).toEqual([]);
});
