import { describe, expect, test } from 'vitest';
import { createEvidenceReader } from '../../src/evidence/reader.ts';
import { parseSpec } from '../../src/evidence/spec.ts';
import { wordOf, type KubeObject } from '../../src/gitops/controllers/object.ts';
import type { ClusterApi } from '../../src/kubernetes/api.ts';
import { clusterCandidates, clusterEvidence } from '../../src/kubernetes/evidence.ts';
import { RescueError } from '../../src/realm/errors.ts';
import { evidenceSpec } from '../../src/realm/evidence-words.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import { refusal } from '../harness/failure.ts';
import { fakeApi, type FakeOptions } from './fake-api.ts';

const NOW = Date.parse('2026-06-02T00:00:00Z');
const CANARY = 'canary-71ac';
const SPEC = 'keycloakrealm:iam/primary';

const object = (apiVersion: string, kind: string, name: string, spec: JsonObject, metadata: JsonObject = {}): KubeObject =>
  ({ apiVersion, kind, spec, metadata: { namespace: 'iam', name, creationTimestamp: '2026-06-01T08:00:00Z', ...metadata } });
const legacy = (kind: string, name: string, spec: JsonObject, metadata?: JsonObject) => object('keycloak.org/v1alpha1', kind, name, spec, metadata);
const epam = (kind: string, name: string, spec: JsonObject, metadata?: JsonObject) => object('v1.edp.epam.com/v1', kind, name, spec, metadata);
const write = (manager: string, time: string) => ({ managedFields: [{ manager, time, fieldsV1: { 'f:spec': {} } }] });

/** The Secret is there so that a read of it is seen: it may not be asked for at all. */
const SECRET: KubeObject = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { namespace: 'iam', name: 'keycloak-client-web-secret' }, data: { clientSecret: Buffer.from(CANARY).toString('base64') } };

function cluster(objects: readonly KubeObject[], options?: FakeOptions) {
  const api = fakeApi([SECRET, ...objects], options);
  const reader = createEvidenceReader({ cwd: '/', cluster: clusterEvidence(api, () => NOW) });
  return { api, read: (realm = 'primary') => reader.read(SPEC, realm), candidates: (of: ClusterApi = api) => clusterCandidates(of, { namespace: 'iam', realm: 'primary', now: NOW }) };
}

test('the spec', () => {
  expect(parseSpec(SPEC)).toEqual({ type: 'keycloakrealm', namespace: 'iam', name: 'primary' });
  expect(evidenceSpec(SPEC)).toBe(SPEC);
  for (const wrong of ['keycloakrealm:primary', 'keycloakrealm:iam/primary/key', 'keycloakrealm:iam/primary@3', 'keycloakrealm']) {
    expect(() => parseSpec(wrong)).toThrow(expect.objectContaining({ code: 'usage', next: ['Write keycloakrealm:NAMESPACE/NAME.'] }));
  }
});

test('the words of the operators stand for no kind: which operator a KeycloakRealm is of, its kind does not say', () => {
  expect(['KeycloakRealm', 'KeycloakClient'].map(wordOf)).toEqual([null, null]);
});

describe('of the legacy operator', () => {
  const realm = { realm: 'primary', enabled: true, displayName: 'Primary', clients: [{ clientId: 'own' }, { clientId: 'web', description: 'old' }] };
  const labels = { app: 'sso', tier: 'gold' };
  const REALM = legacy('KeycloakRealm', 'primary', { instanceSelector: { matchLabels: { app: 'sso' } }, realm, realmOverrides: [{ forFlow: 'browser' }] }, { labels });
  const client = (clientId: string, realmSelector: JsonObject, more: JsonObject = {}) => legacy('KeycloakClient', clientId, { realmSelector, client: { clientId, publicClient: true }, ...more });

  test('is spec.realm with the clients that select it', async () => {
    const snapshot = await cluster([
      REALM,
      client('web', { matchLabels: { app: 'sso' } }, { roles: [{ name: 'editor', description: 'edits' }], scopeMappings: { realmMappings: [{ name: 'r' }] } }),
      client('both', { matchLabels: { app: 'sso', tier: 'gold' } }),
      client('other', { matchLabels: { app: 'sso', tier: 'silver' } }),
      { ...client('elsewhere', { matchLabels: { app: 'sso' } }), metadata: { namespace: 'team', name: 'elsewhere' } },
    ]).read();
    expect(snapshot).toMatchObject({ source: SPEC, completeness: 'stated', representation: { realm: 'primary', displayName: 'Primary' } });
    expect(snapshot.representation.clients).toEqual([{ clientId: 'own' }, { clientId: 'web', publicClient: true }, { clientId: 'both', publicClient: true }]);
    expect(snapshot.representation.roles).toEqual({ client: { web: [{ name: 'editor', description: 'edits' }] } });
    expect(snapshot.notes).toEqual(expect.arrayContaining(['not read of KeycloakRealm: realmOverrides', 'not read of KeycloakClients: scopeMappings', expect.stringContaining('is not read as deleted')]));
  });

  test.each<[string, JsonObject, boolean]>([
    ['an empty selector', {}, true],
    ['In', { matchExpressions: [{ key: 'tier', operator: 'In', values: ['gold', 'silver'] }] }, true],
    ['In of others', { matchExpressions: [{ key: 'tier', operator: 'In', values: ['silver'] }] }, false],
    ['NotIn', { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['gold'] }] }, false],
    ['NotIn of a label that is not there', { matchExpressions: [{ key: 'x', operator: 'NotIn', values: ['gold'] }] }, true],
    ['Exists', { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, false],
    ['DoesNotExist', { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, false],
    ['an expression beside a label that does not fit', { matchLabels: { app: 'x' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, false],
  ])('by label selectors as Kubernetes reads them: %s', async (_, selector, fits) => {
    const { representation } = await cluster([REALM, client('new', selector)]).read();
    expect(representation.clients?.some(({ clientId }) => clientId === 'new')).toBe(fits);
  });

  test('adds client roles to those of the realm', async () => {
    const roles = { realm: [{ name: 'admin' }], client: { web: [{ name: 'viewer' }, { name: 'editor', description: 'old' }], own: [{ name: 'o' }] } };
    const { representation } = await cluster([legacy('KeycloakRealm', 'primary', { realm: { ...realm, roles } }, { labels }), client('web', { matchLabels: { app: 'sso' } }, { roles: [{ name: 'editor' }] })]).read();
    expect(representation.roles).toEqual({ realm: [{ name: 'admin' }], client: { web: [{ name: 'viewer' }, { name: 'editor' }], own: [{ name: 'o' }] } });
  });

  test('never passes for an export', async () => {
    const components = { 'org.keycloak.keys.KeyProvider': [{ name: 'rsa', config: { privateKey: [CANARY] } }] };
    const snapshot = await cluster([legacy('KeycloakRealm', 'primary', { realm: { ...realm, keycloakVersion: '15.0.2', components, users: [{ username: 'u' }], clients: [{ id: '1', clientId: 'a' }] } })]).read();
    expect(snapshot.completeness).toBe('stated');
    expect(snapshot.notes).toContain('not read of KeycloakRealm: realm.components, realm.keycloakVersion');
    expect(JSON.stringify(snapshot)).not.toContain(CANARY);
  });

  test('is as new as its newest object', async () => {
    const snapshot = await cluster([{ ...REALM, metadata: { ...REALM.metadata, ...write('kubectl-edit', '2026-06-01T10:00:00Z') } }, { ...client('web', {}), metadata: { namespace: 'iam', name: 'web', ...write('argocd-controller', '2026-06-01T20:00:00Z') } }]).read();
    expect(snapshot.capturedAt).toBe('2026-06-01T20:00:00.000Z');
    expect(snapshot.notes).toContain('last written by argocd-controller, as it calls itself');
  });
});

describe('of the operator of EPAM', () => {
  const REALM = epam('KeycloakRealm', 'primary', { realmName: 'primary', displayName: 'Primary', keycloakRef: { name: 'main' }, passwordPolicy: [{ type: 'length', value: '8' }], users: null });
  const realmRef = { kind: 'KeycloakRealm', name: 'primary' };
  const mapper = { name: 'm', protocol: 'openid-connect', protocolMapper: 'oidc-audience-mapper', config: { 'included.client.audience': 'api' } };
  const WEB = epam('KeycloakClient', 'web', {
    clientId: 'web', realmRef, description: 'Web', secret: '$keycloak-client-web-secret:clientSecret', enabled: true, public: false, directAccess: true, standardFlowEnabled: false, fullScopeAllowed: false, frontChannelLogout: true, protocol: 'openid-connect',
    redirectUris: ['https://web/*'], webOrigins: ['+'], attributes: { 'post.logout.redirect.uris': '+' }, defaultClientScopes: ['profile'], optionalClientScopes: ['phone'], protocolMappers: [{ ...mapper, extra: 1 }],
    serviceAccount: { enabled: true, realmRoles: ['admin'] }, clientRoles: ['editor'], realmRoles: [{ name: 'a', composite: 'b' }], reconciliationStrategy: 'full', authorization: null,
  });

  test('is made of the fields under the names that Keycloak has', async () => {
    const { api, read } = cluster([REALM, WEB]);
    const snapshot = await read();
    expect(snapshot).toMatchObject({ source: SPEC, completeness: 'stated', capturedAt: '2026-06-01T08:00:00.000Z' });
    expect(snapshot.representation).toEqual({
      realm: 'primary', displayName: 'Primary', roles: { client: { web: [{ name: 'editor' }] } },
      clients: [{
        clientId: 'web', description: 'Web', enabled: true, publicClient: false, directAccessGrantsEnabled: true, standardFlowEnabled: false, fullScopeAllowed: false, frontchannelLogout: true, protocol: 'openid-connect', serviceAccountsEnabled: true,
        redirectUris: ['https://web/*'], webOrigins: ['+'], attributes: { 'post.logout.redirect.uris': '+' }, defaultClientScopes: ['profile'], optionalClientScopes: ['phone'], protocolMappers: [mapper],
      }],
    });
    expect(snapshot.notes).toEqual(expect.arrayContaining(['not read of KeycloakRealm: passwordPolicy', 'not read of KeycloakClients: realmRoles, secret, serviceAccount.realmRoles', expect.stringMatching(/^not read: groups, users, flows/)]));
    // Neither the Secret nor the reference to it.
    expect(api.calls.filter((call) => call.includes('secrets'))).toEqual([]);
    expect(JSON.stringify(snapshot)).not.toContain('keycloak-client-web-secret');
  });

  test('takes the clients that name it, and lets targetRealm win', async () => {
    const client = (clientId: string, spec: JsonObject) => epam('KeycloakClient', clientId, { clientId, ...spec });
    const { representation } = await cluster([
      epam('KeycloakRealm', 'primary', { realmName: 'customers' }), client('by-ref', { realmRef: { name: 'primary' } }), client('by-target', { targetRealm: 'customers' }), client('target-wins', { targetRealm: 'elsewhere', realmRef }),
      client('by-cluster-realm', { realmRef: { kind: 'ClusterKeycloakRealm', name: 'primary' } }), client('of-another', { realmRef: { name: 'customers' } }), client('of-none', {}),
    ]).read('customers');
    expect(representation.clients).toEqual([{ clientId: 'by-ref' }, { clientId: 'by-target' }]);
  });

  test.each<[string, JsonObject, JsonObject]>([
    ['webUrl alone', { webUrl: 'https://w' }, { rootUrl: 'https://w', baseUrl: 'https://w', redirectUris: ['https://w/*'], webOrigins: ['https://w'] }],
    ['webUrl beside others', { webUrl: 'https://w', homeUrl: '/home', redirectUris: ['/cb'], webOrigins: ['+'], adminUrl: 'https://a' }, { rootUrl: 'https://w', baseUrl: '/home', redirectUris: ['/cb'], webOrigins: ['+'], adminUrl: 'https://a' }],
    ['none', { redirectUris: [], webUrl: '' }, {}],
  ])('addresses as the operator sends them: %s', async (_, spec, wanted) => {
    const { representation } = await cluster([REALM, epam('KeycloakClient', 'c', { clientId: 'c', realmRef, ...spec })]).read();
    expect(representation.clients).toEqual([{ clientId: 'c', ...wanted }]);
  });

  const SCOPE = epam('KeycloakClientScope', 's', { name: 'orders', realmRef, protocol: 'openid-connect', attributes: { 'include.in.token.scope': 'true' }, type: 'default', protocolMappers: [mapper] });
  const ROLE = epam('KeycloakRealmRole', 'r', { name: 'manager', realmRef, description: 'Manages', composite: true, composites: [{ name: 'user' }], compositesClientRoles: { web: [{ name: 'editor' }] }, isDefault: true });

  test('has the scopes and realm roles of the realm', async () => {
    const { representation, notes } = await cluster([REALM, SCOPE, ROLE, epam('KeycloakClientScope', 'x', { name: 'x', realmRef: { name: 'other' } }), epam('KeycloakRealmRole', 'x', { name: 'x', realmRef: { name: 'other' } })]).read();
    expect(representation.clientScopes).toEqual([{ name: 'orders', protocol: 'openid-connect', attributes: { 'include.in.token.scope': 'true' }, protocolMappers: [mapper] }]);
    expect(representation.roles).toEqual({ realm: [{ name: 'manager', description: 'Manages', composite: true, composites: { realm: ['user'], client: { web: ['editor'] } } }] });
    expect(notes).toEqual(expect.arrayContaining(['not read of KeycloakClientScopes: type', 'not read of KeycloakRealmRoles: isDefault']));
  });

  test('does without scopes and roles that may not be listed, and says so', async () => {
    const { representation, notes } = await cluster([REALM, WEB, SCOPE, ROLE], { forbidden: (verb, plural) => verb === 'list' && plural !== 'keycloakclients' }).read();
    expect(representation.clientScopes).toBeUndefined();
    expect(representation.roles).toEqual({ client: { web: [{ name: 'editor' }] } });
    expect(notes).toEqual(expect.arrayContaining(['KeycloakClientScopes', 'KeycloakRealmRoles'].map((kinds) => `not read: ${kinds}, which these credentials may not list`)));
  });

  test('is refused without its clients, and as another realm', async () => {
    expect(await refusal(cluster([REALM, WEB], { forbidden: (_, plural) => plural === 'keycloakclients' }).read())).toMatchObject({ code: 'missing-role', message: expect.stringContaining('keycloakclients') });
    expect(await refusal(cluster([REALM, WEB]).read('other'))).toMatchObject({ code: 'evidence-other-realm' });
    expect(await refusal(cluster([epam('KeycloakRealm', 'primary', {})]).read())).toMatchObject({ code: 'evidence-unreadable', message: expect.stringContaining('no spec.realmName') });
  });
});

describe('of the operator of vriesdemichael', () => {
  const vries = (kind: string, name: string, spec: JsonObject, metadata?: JsonObject) => object('vriesdemichael.github.io/v1', kind, name, spec, metadata);
  const mapper = { name: 'groups', protocol: 'openid-connect', protocolMapper: 'oidc-group-membership-mapper', config: { 'claim.name': 'groups' } };
  const REALM = vries('KeycloakRealm', 'primary', {
    realmName: 'primary', displayName: 'Primary', loginPageTitle: '<b>Primary</b>', operatorRef: { namespace: 'keycloak-system' }, clientAuthorizationGrants: ['shop'],
    tokenSettings: { accessTokenLifespan: 300, clientOfflineSessionIdleTimeout: 0 }, security: { sslRequired: 'all', maxFailureWait: 900, rememberMe: false }, smtpServer: { host: 'mail', passwordSecret: { name: 'smtp', key: 'password' } },
    clientScopes: [{ name: 'profile-extended', protocol: 'openid-connect', protocolMappers: [mapper] }], defaultClientScopes: ['profile-extended'], optionalClientScopes: [],
    roles: { realmRoles: [{ name: 'staff', composite: true, compositeRoles: ['reader'], clientRole: false }] }, groups: [{ name: 'ops', realmRoles: ['staff'], subGroups: [{ name: 'night', path: '/ops/night', clientRoles: { shop: ['editor'] } }] }],
    scopeMappings: [{ clientScope: 'profile-extended', roles: ['staff'] }],
  });
  const realmRef = { name: 'primary', namespace: 'iam' };
  const SHOP = vries('KeycloakClient', 'shop', {
    clientId: 'Shop', clientName: 'The shop', realmRef, publicClient: false, redirectUris: ['https://shop/*'], webOrigins: [], postLogoutRedirectUris: ['https://shop/a', 'https://shop/b'], attributes: { 'x.y': 'z' },
    settings: { standardFlowEnabled: true, directAccessGrantsEnabled: false, serviceAccountsEnabled: true, displayOnConsentScreen: true, accessTokenLifespan: 120, pkceCodeChallengeMethod: 'S256' },
    protocolMappers: [mapper], clientRoles: ['editor'], serviceAccountRoles: { realmRoles: ['staff'], clientRoles: { billing: ['internal-service'] } }, clientSecret: { name: 'shop-secret', key: 'value' }, authenticationFlows: { browserFlow: 'mfa' },
  }, { namespace: 'shop' });

  test('is made of what the operator would send, with clients of every namespace and the roles of their service accounts', async () => {
    const { read } = cluster([REALM, SHOP, vries('KeycloakClient', 'other', { clientId: 'other', realmRef: { name: 'primary', namespace: 'elsewhere' } })]);
    const snapshot = await read();
    expect(snapshot.representation).toEqual({
      realm: 'primary', displayName: 'Primary', displayNameHtml: '<b>Primary</b>', accessTokenLifespan: 300, sslRequired: 'all', maxFailureWaitSeconds: 900, rememberMe: false,
      clientScopes: [{ name: 'profile-extended', protocol: 'openid-connect', protocolMappers: [mapper] }], defaultDefaultClientScopes: ['profile-extended'], scopeMappings: [{ clientScope: 'profile-extended', roles: ['staff'] }],
      roles: { realm: [{ name: 'staff', composite: true, composites: { realm: ['reader'] } }], client: { Shop: [{ name: 'editor' }] } },
      groups: [{ name: 'ops', realmRoles: ['staff'], subGroups: [{ name: 'night', clientRoles: { shop: ['editor'] } }] }],
      users: [{ username: 'service-account-shop', serviceAccountClientId: 'Shop', realmRoles: ['staff'], clientRoles: { billing: ['internal-service'] } }],
      clients: [{
        clientId: 'Shop', name: 'The shop', enabled: true, publicClient: false, redirectUris: ['https://shop/*'], standardFlowEnabled: true, directAccessGrantsEnabled: false, serviceAccountsEnabled: true,
        attributes: { 'x.y': 'z', 'access.token.lifespan': '120', 'pkce.code.challenge.method': 'S256', 'post.logout.redirect.uris': 'https://shop/a||https://shop/b' }, protocolMappers: [mapper],
      }],
    });
    expect(snapshot.notes).toEqual(expect.arrayContaining(['not read of KeycloakRealm: smtpServer, tokenSettings.clientOfflineSessionIdleTimeout', 'not read of KeycloakClients: authenticationFlows', expect.stringContaining('defaults of its own')]));
    expect(JSON.stringify(snapshot)).not.toMatch(/shop-secret|smtp"/);
  });

  test('does with the clients of its own namespace where no more may be listed, and says so', async () => {
    const near = vries('KeycloakClient', 'near', { clientId: 'near', realmRef: { name: 'primary' } });
    const snapshot = await cluster([REALM, SHOP, near], { forbidden: (verb, plural, namespace) => verb === 'list' && plural === 'keycloakclients' && namespace === null }).read();
    expect(snapshot.representation.clients?.map(({ clientId }) => clientId)).toEqual(['near']);
    expect(snapshot.notes).toContain('not read: KeycloakClients of other namespaces than iam, which these credentials may not list');
    expect(await refusal(cluster([REALM], { forbidden: (verb) => verb === 'list' }).read())).toMatchObject({ code: 'missing-role' });
  });
});

const OLD = legacy('KeycloakRealm', 'primary', { realm: { realm: 'primary', enabled: true } });
const NEW = epam('KeycloakRealm', 'primary', { realmName: 'primary' });

describe('which of them', () => {
  test('is refused where no operator has it', async () => {
    expect(await refusal(cluster([]).read())).toMatchObject({ code: 'object-not-found', message: 'The cluster of context prod has no KeycloakRealms that this tool reads: it serves none of keycloak.org, v1.edp.epam.com, vriesdemichael.github.io.' });
    const other = await refusal(cluster([epam('KeycloakRealm', 'other', { realmName: 'primary' })]).read());
    expect(other).toMatchObject({ code: 'object-not-found', message: 'There is no KeycloakRealm iam/primary in the cluster of context prod.', next: ['Check --context, and the names there: kubectl get keycloakrealms.v1.edp.epam.com -n iam'] });
    expect(await refusal(cluster([NEW], { forbidden: (verb) => verb === 'get' }).read())).toMatchObject({ code: 'missing-role', message: expect.stringContaining('keycloakrealms') });
    expect(await refusal(cluster([legacy('KeycloakRealm', 'primary', {})]).read())).toMatchObject({ code: 'evidence-unreadable', message: expect.stringContaining('no spec.realm.') });
  });

  test('is not guessed', async () => {
    const { read, candidates } = cluster([OLD, NEW]);
    expect(await refusal(read())).toMatchObject({ code: 'evidence-unreadable', message: 'KeycloakRealm iam/primary is there twice: of the legacy operator and of the operator of EPAM.' });
    expect(await candidates()).toEqual([]);
  });

  test('does not need a right for the other', async () => {
    const { api } = cluster([NEW]);
    const guarded: ClusterApi = {
      ...api,
      get: async (name) => {
        if (name.resource.group === 'keycloak.org') throw new RescueError('missing-role', 'no', ['ask']);
        return api.get(name);
      },
    };
    expect((await clusterEvidence(guarded, () => NOW).read({ type: 'keycloakrealm', namespace: 'iam', name: 'primary' })).map(({ text }) => JSON.parse(text))).toEqual([{ realm: 'primary', clients: [] }]);
  });
});

describe('candidates', () => {
  const CLIENT = epam('KeycloakClient', 'web', { clientId: 'web', targetRealm: 'primary' });

  test('are offered, never recommended, by specs that can be read', async () => {
    const { candidates, read } = cluster([NEW, CLIENT, epam('KeycloakRealm', 'other', { realmName: 'other' }), legacy('KeycloakRealm', 'old', { realm: { realm: 'primary', clients: [{ clientId: 'a' }, { clientId: 'b' }] } }), legacy('KeycloakRealm', 'bare', {})]);
    const found = await candidates();
    expect(found.map(({ spec, title, detail, recommended }) => [spec, title, detail.split(' · ')[0], recommended])).toEqual([
      ['keycloakrealm:iam/old', 'KeycloakRealm iam/old, legacy operator', 'states 2 clients, 0 scopes', false],
      [SPEC, 'KeycloakRealm iam/primary, operator of EPAM', 'states 1 client, 0 scopes', false],
    ]);
    expect((await read()).representation.clients).toEqual([{ clientId: 'web' }]);
  });

  test('are left out where realms or clients may not be listed; other trouble is not hidden', async () => {
    for (const refused of ['keycloakrealms', 'keycloakclients']) expect(await cluster([NEW, CLIENT], { forbidden: (verb, plural) => verb === 'list' && plural === refused }).candidates()).toEqual([]);
    const { api, candidates } = cluster([NEW]);
    const broken: ClusterApi = { ...api, list: async (resource, options) => (resource.plural === 'keycloakrealms' ? Promise.reject(new RescueError('unreachable', 'gone')) : api.list(resource, options)) };
    await expect(candidates(broken)).rejects.toMatchObject({ code: 'unreachable' });
    const without: ClusterApi = { ...api, list: async (resource, options) => (resource.group === '' ? api.list(resource, options) : null) };
    expect(await candidates(without)).toEqual([]);
  });
});
