import { describe, expect, test } from 'vitest';
import { movedBesides } from '../../src/realm/apply.ts';
import { compareStates } from '../../src/realm/compare.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import { kindOf } from '../../src/realm/kinds/index.ts';
import type { Completeness, ObjectId, Operation, Plan } from '../../src/realm/model.ts';
import { orderOwners } from '../../src/realm/order.ts';
import { makePlan, operationsOf } from '../../src/realm/plan.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { state } from './incident.ts';

const FEDERATION = 'org.keycloak.storage.UserStorageProvider';
const MAPPER = 'org.keycloak.storage.ldap.mappers.LDAPStorageMapper';
const POLICY = 'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy';
const KEYS = 'org.keycloak.keys.KeyProvider';
const SECRET = 'a-real-secret';

const realm = (more: Readonly<Record<string, unknown>>): RealmRepresentation => ({ realm: 'primary', clients: [], keycloakVersion: '26.7.4', identityProviders: [], identityProviderMappers: [], components: {}, requiredActions: [], ...more });
const live = (more: Readonly<Record<string, unknown>> = {}) => state(realm(more));
const evidence = (more: Readonly<Record<string, unknown>>, completeness: Completeness = 'full') => state(realm(more), 'snapshot:x', completeness);
const stated = (more: Readonly<Record<string, unknown>>) => state({ realm: 'primary', ...more }, 'file:x', 'stated');

function plan(ours: ReturnType<typeof live>, ...theirs: readonly ReturnType<typeof live>[]): Plan {
  const differences = compareStates(ours, theirs);
  const order = orderOwners({ differences, live: ours, evidence: theirs });
  return makePlan({ live: ours, evidence: theirs, differences, order, choices: Object.fromEntries(differences.map((difference) => [difference.id, 'restore' as const])) });
}
const ids = (of: Plan): string[] => operationsOf(of).map((operation) => operation.id);
const only = (of: Plan): Operation => {
  const operations = operationsOf(of);
  expect(ids(of), JSON.stringify(of.refused)).toHaveLength(1);
  return operations[0] as Operation;
};

const oidc = (config: JsonObject = {}, more: JsonObject = {}): JsonObject => ({ alias: 'corp', internalId: 'corp-id', providerId: 'oidc', enabled: true, types: ['X'], ...more, config: { clientId: 'kc', tokenUrl: 'https://idp/t', ...config } });
const masked = { clientSecret: '**********' };
const saml = (more: JsonObject = {}): JsonObject => ({ alias: 'partner', internalId: 'partner-id', providerId: 'saml', enabled: true, ...more, config: { singleSignOnServiceUrl: 'https://p/sso' } });
const idpMapper = (name: string, value = 'x', alias = 'partner'): JsonObject => ({ id: `${name}-id`, name, identityProviderAlias: alias, identityProviderMapper: 'hardcoded-attribute-idp-mapper', config: { 'attribute.value': value } });

describe('identity providers', () => {
  test('are equal whether a switch was never set or is off, and however old the file is that hides one', () => {
    const shown = live({ identityProviders: [saml({ hideOnLogin: true, types: ['USER_AUTHENTICATION'] })] });
    expect(compareStates(shown, [evidence({ identityProviders: [{ ...saml({ trustEmail: false, storeToken: false }), config: { singleSignOnServiceUrl: 'https://p/sso', hideOnLoginPage: 'true', nothing: '' } }] })])).toEqual([]);
  });

  test('keep their secret out of values, plans and differences', () => {
    const made = plan(live({ identityProviders: [oidc(masked)] }), evidence({ identityProviders: [oidc({ clientSecret: SECRET }, { displayName: 'Corp' })] }));
    const { request, inverse, note, inverseNote, after } = only(made);
    expect(JSON.stringify([made, [...evidence({ identityProviders: [oidc({ clientSecret: SECRET })] }).objects]])).not.toMatch(/a-real-secret|\*\*\*/);
    // A PUT without the secret erases it, without the alias it loses the provider; live never showed the secret, so the way back takes the same one.
    const secret = { $secret: 'identity-provider:corp', field: 'config.clientSecret' };
    expect(request).toMatchObject({ method: 'PUT', path: ['identity-provider', 'instances', 'corp'], body: { alias: 'corp', providerId: 'oidc', displayName: 'Corp', config: { clientSecret: secret } } });
    expect(inverse?.body).toMatchObject({ alias: 'corp', config: { clientSecret: secret } });
    expect(inverse?.body).not.toHaveProperty('displayName');
    expect(request.body).not.toHaveProperty('types');
    expect([note, inverseNote]).toEqual(['only what differs; its client secret is sent as the evidence has it, because the server would erase it', 'Its client secret stays as the evidence has it: the server never showed the one before.']);
    expect(after[0]?.value).toMatchObject({ config: { clientSecret: { $unknown: 'masked' } } });
  });

  test('are not changed where no evidence has the secret, but may take it from a second one', () => {
    const ours = live({ identityProviders: [oidc(masked)] });
    const first = evidence({ identityProviders: [oidc(masked, { displayName: 'Corp' })] });
    expect(plan(ours, first).refused).toEqual([{ id: 'identity-provider:corp', because: expect.stringContaining('name evidence that has it') as string }]);
    expect(ids(plan(ours, first, stated({ identityProviders: [oidc({ clientSecret: SECRET })] })))).toEqual(['update identity-provider:corp']);
  });

  test('come back without a secret that nobody has, and it is said who cannot log in', () => {
    for (const config of [masked, { clientSecret: '${IDP_SECRET}' }]) {
      const { note, losses, after } = only(plan(live(), evidence({ identityProviders: [oidc(config)] })));
      expect([note, losses]).toEqual(['original id kept; without its clientSecret: no evidence has it', ['logins through corp fail until its client secret is set']]);
      expect(after[0]?.value).not.toHaveProperty('config.clientSecret');
    }
    expect(only(plan(live(), evidence({ identityProviders: [oidc({ clientSecret: '${vault.idp}' })] }))).losses).toBeUndefined();
  });

  test('name the users of a full export whose links go with a deleted provider', () => {
    const users = ['ann', 'bob', 'cem', 'dee'].map((username) => ({ username, federatedIdentities: [{ identityProvider: 'partner', userId: '1' }] }));
    expect(only(plan(live(), evidence({ identityProviders: [saml()], users }))).losses?.[0]).toContain('ann, bob, cem and 1 more lost the link');
    expect(only(plan(live({ identityProviders: [saml()] }), evidence({}))).losses).toEqual(['users that were linked to partner lose the link, and with it that way to log in']);
  });

  test('are removed with their mappers, one by one only where they can be put back', () => {
    const more = (provider: JsonObject) => ({ identityProviders: [provider], identityProviderMappers: [idpMapper('a', 'x', String(provider['alias']))] });
    const whole = plan(live(more(saml())), evidence({}));
    expect(ids(whole)).toEqual(['delete identity-provider-mapper:partner/a', 'delete identity-provider:partner']);
    expect(operationsOf(whole).map((operation) => operation.inverse?.method)).toEqual(['POST', 'POST']);
    const blind = only(plan(live(more(oidc(masked))), evidence({})));
    expect([blind.inverse, blind.before.map((image) => image.id)]).toEqual([null, ['identity-provider:corp', 'identity-provider-mapper:corp/a']]);
  });

  test('wait for a flow of their own', () => {
    const source = evidence({ identityProviders: [saml({ firstBrokerLoginFlowAlias: 'first broker login', postBrokerLoginFlowAlias: 'step up' })] });
    const found = [...source.objects.values()].find(({ kind }) => kind === 'identity-provider');
    expect(found && kindOf('identity-provider')?.references(found, source)).toEqual(['flow:step up']);
  });

  test('have what a file leaves out as the server sets it', () => {
    const { after } = only(plan(live(), stated({ identityProviders: [{ alias: 'partner', providerId: 'saml', config: {} }] })));
    expect(after[0]?.value).toMatchObject({ enabled: true, trustEmail: false, hideOnLogin: false });
  });
});

describe('identity provider mappers', () => {
  test('carry id and alias in the body: without the id it is 500, and the alias decides where it lands', () => {
    const made = plan(live({ identityProviders: [saml()], identityProviderMappers: [idpMapper('a')] }), evidence({ identityProviders: [saml()], identityProviderMappers: [idpMapper('a', 'y')] }));
    expect(only(made).request).toMatchObject({ method: 'PUT', body: { id: { $id: 'identity-provider-mapper:partner/a' }, identityProviderAlias: 'partner', config: { 'attribute.value': 'y' } } });
  });

  test('come after their lost provider, and silence of a file about them removes none', () => {
    expect(ids(plan(live(), evidence({ identityProviders: [saml()], identityProviderMappers: [idpMapper('a')] })))).toEqual(['create identity-provider:partner', 'create identity-provider-mapper:partner/a']);
    const two = { identityProviders: [saml(), saml({ alias: 'other' })], identityProviderMappers: [idpMapper('a'), idpMapper('b', 'x', 'other'), idpMapper('c', 'x', 'other')] };
    expect(compareStates(live(two), [stated({ ...two, identityProviderMappers: [idpMapper('b', 'x', 'other')] })]).map(({ name, change }) => [name, change])).toEqual([['c', 'live-only']]);
  });
});

const ldap = (config: JsonObject = {}, mappers?: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  id: 'people-id', name: 'people', providerId: 'ldap', ...more, ...(mappers === undefined ? {} : { subComponents: { [MAPPER]: mappers } }),
  config: { editMode: ['READ_ONLY'], usernameLDAPAttribute: ['uid'], rdnLDAPAttribute: ['uid'], vendor: ['other'], ...config },
});
const inner = (name: string, config: JsonObject = {}, providerId = 'user-attribute-ldap-mapper'): JsonObject => ({ id: `${name}-id`, name, providerId, config });
const federation = (...all: readonly JsonObject[]) => ({ components: { [FEDERATION]: all } });
const PEOPLE = `component:${FEDERATION}/people` as ObjectId;
const under = (name: string) => `${PEOPLE}/${MAPPER}/${name}`;
const policy = (name: string, subType: string, config: JsonObject = {}, id = `${name}${subType}`): JsonObject => ({ id, name, subType, providerId: 'p', subComponents: {}, config });

describe('components', () => {
  test('are one thing in a full export, which has key material, and in what the server shows', () => {
    const key = (config: JsonObject) => ({ id: 'k', name: 'rsa-generated', providerId: 'rsa-generated', config: { priority: ['100'], ...config } });
    const shown = live({ components: { [KEYS]: [key({})], [FEDERATION]: [ldap({ bindCredential: ['**********'], krbPrincipalAttribute: ['krb5PrincipalName'] })], 'org.keycloak.userprofile.UserProfileProvider': [{ id: 'u', name: 'profile', providerId: 'x' }] } });
    const full = evidence({ components: { [KEYS]: [key({ privateKey: ['x'], certificate: ['y'], keyUse: ['SIG'] })], [FEDERATION]: [ldap({ bindCredential: [SECRET], lastSync: ['12'], empty: [''] })] } });
    expect(compareStates(shown, [full])).toEqual([]);
    expect(JSON.stringify([...full.objects])).not.toContain(SECRET);
    expect([...shown.objects.keys()].filter((id) => id.startsWith('component:'))).toEqual([`component:${KEYS}/rsa-generated`, PEOPLE]);
  });

  test('that are keys are shown and never written, whatever is chosen', () => {
    const made = plan(live({ components: { [KEYS]: [{ id: 'k', name: 'rsa', providerId: 'rsa', config: { priority: ['1'] } }] } }), evidence({ components: { [KEYS]: [{ id: 'k', name: 'rsa', providerId: 'rsa', config: { priority: ['9'] } }, { id: 'l', name: 'hmac', providerId: 'hmac', config: {} }] } }));
    expect(ids(made)).toEqual([]);
    expect(made.refused.map(({ because }) => because)).toEqual(Array(2).fill(expect.stringContaining('rotates keys')));
  });

  test('are changed by the keys that differ alone, with provider and type, and an empty list for what goes', () => {
    const made = plan(live(federation(ldap({ bindCredential: ['**********'], usersDn: ['ou=x'], pagination: ['true'] }))), evidence(federation(ldap({ bindCredential: ['**********'], usersDn: ['ou=y'], batchSizeForSync: ['9'] }))));
    expect(only(made).request).toEqual({ method: 'PUT', path: ['components', { $id: PEOPLE }], body: { providerId: 'ldap', providerType: FEDERATION, config: { batchSizeForSync: ['9'], pagination: [], usersDn: ['ou=y'] } } });
    expect(only(made).inverse?.body).toEqual({ providerId: 'ldap', providerType: FEDERATION, config: { batchSizeForSync: [], pagination: ['true'], usersDn: ['ou=x'] } });
  });

  test('get a lost bind credential by reference, and say when nobody has it', () => {
    const restored = (...theirs: Parameters<typeof evidence>[0][]) => plan(live(), ...theirs.map((more) => evidence(more)));
    const [known] = operationsOf(restored(federation(ldap({ bindCredential: ['**********'] }, [])), federation(ldap({ bindCredential: [SECRET] }, []))));
    expect(known?.request.body).toMatchObject({ id: 'people-id', providerType: FEDERATION, config: { bindCredential: [{ $secret: PEOPLE, field: 'config.bindCredential.0' }] } });
    expect(known?.losses).toBeUndefined();
    const [blind] = operationsOf(restored(federation(ldap({ bindCredential: ['**********'] }, []))));
    expect(blind?.losses).toEqual(['logins of users of people fail until its bindCredential is set']);
    expect(JSON.stringify(blind)).not.toContain('***');
  });

  test('of LDAP come back with exactly their mappers, though the server makes its own', () => {
    const theirs = evidence(federation(ldap({}, [inner('email', { 'ldap.attribute': ['mail'] }), inner('own', { x: ['y'] }, 'hardcoded-attribute-mapper')])));
    const made = plan(live(), theirs);
    expect(compareStates(live(), [theirs]).map(({ id }) => id)).toEqual([PEOPLE]);
    const surplus = ['Kerberos principal attribute mapper', 'creation date', 'first name', 'last name', 'modify date', 'username'];
    expect(ids(made)).toEqual([`create ${PEOPLE}`, `create ${under('own')}`, ...surplus.map((name) => `delete ${under(name)}`), `update ${under('email')}`]);
    const update = operationsOf(made).find(({ id }) => id.startsWith('update'));
    expect(update?.request.body).toMatchObject({ config: { 'ldap.attribute': ['mail'], 'read.only': [] } });
    expect(update?.before[0]?.value).toEqual({ $unknown: 'as the server makes it' });
    expect(operationsOf(made).every(({ id, dependsOn }) => id === `create ${PEOPLE}` || dependsOn.includes(`create ${PEOPLE}`))).toBe(true);
  });

  test('of LDAP keep the mappers of the server where a file says nothing of mappers, and nobody is blamed for them', () => {
    const ours = live();
    const theirs = stated(federation(ldap()));
    const operations = operationsOf(plan(ours, theirs));
    expect(operations.map(({ id }) => id)).toEqual([`create ${PEOPLE}`]);
    expect(movedBesides({ before: ours, after: live(federation(ldap({}, [inner('email')]))), evidence: [theirs], operations })).toEqual([]);
  });

  test('of LDAP get a short id where the evidence has none, as the server gives them, because the ids of their users carry it', () => {
    const [made] = operationsOf(plan(live({}), evidence(federation(ldap({}, [], { id: '' })))));
    expect(made?.request.body).toMatchObject({ name: 'people', id: expect.stringMatching(/^[\w-]{22}$/) });
  });

  test('of LDAP that are only live are removed with their mappers, and it is said that these do not come back', () => {
    const gone = only(plan(live(federation(ldap({}, [inner('email')]))), evidence({})));
    expect([gone.inverse, gone.losses, gone.before.map(({ id }) => id)]).toEqual([null, ['users that were imported through people are deleted with it, and their sessions end'], [PEOPLE, under('email')]]);
  });

  test('of Kerberos go before others come: the server switches the step of the browser flow off with each', () => {
    const kerberos = (name: string): JsonObject => ({ id: name, name, providerId: 'kerberos', config: { kerberosRealm: ['R'] } });
    const made = plan(live(federation(kerberos('z'))), evidence(federation(kerberos('a'))));
    expect(ids(made)).toEqual([`delete component:${FEDERATION}/z`, `create component:${FEDERATION}/a`]);
    expect(operationsOf(made)[0]?.losses?.[1]).toContain('switches the Kerberos step of the browser flow off');
  });

  test('of one name are told apart by sub-type, else by number', () => {
    const both = evidence({ components: { [POLICY]: [policy('Allowed', 'anonymous'), policy('Allowed', 'authenticated'), policy('x:y', '')] } });
    expect([...both.objects.keys()].filter((id) => id.startsWith('component:'))).toEqual([`component:${POLICY}/anonymous:Allowed`, `component:${POLICY}/authenticated:Allowed`, `component:${POLICY}/:x:y`]);
    const extra = plan(live({ components: { [POLICY]: [policy('A', 'anonymous', { n: ['1'] }, 'i'), policy('A', 'anonymous', { n: ['2'] }, 'j')] } }), evidence({ components: { [POLICY]: [policy('A', 'anonymous', { n: ['1'] }, 'i')] } }));
    expect(ids(extra)).toEqual([`delete component:${POLICY}/anonymous:A/2`]);
    const edited = plan(live({ components: { [POLICY]: [policy('A', 'anonymous', { n: ['1'] }, 'i'), policy('A', 'anonymous', { n: ['2'] }, 'j')] } }), evidence({ components: { [POLICY]: [policy('A', 'anonymous', { n: ['2'] }, 'j')] } }));
    expect(ids(edited)).toEqual([]);
    expect(edited.refused.map(({ because }) => because)).toEqual(Array(2).fill(expect.stringContaining('which of them is which cannot be told')));
    const gone = plan(live({ components: { [POLICY]: [] } }), evidence({ components: { [POLICY]: [policy('A', 'anonymous', { n: ['1'] }, 'i'), policy('A', 'anonymous', { n: ['2'] }, 'j')] } }));
    expect(ids(gone)).toEqual([`create component:${POLICY}/anonymous:A`, `create component:${POLICY}/anonymous:A/2`]);
  });

  test('are never missed or blamed by a file that does not speak of them', () => {
    const ours = live({ components: { [POLICY]: [policy('Trusted Hosts', 'anonymous'), policy('Mine', 'anonymous')], [FEDERATION]: [ldap({}, [inner('email')])] } });
    expect(compareStates(ours, [stated({ components: { [POLICY]: [] } })]).map(({ id, change }) => [id, change])).toEqual([[`component:${POLICY}/anonymous:Mine`, 'live-only']]);
    expect(compareStates(ours, [stated(federation(ldap({})))])).toEqual([]);
  });

  test('are refused for a placeholder of a deployment, not for one of the server', () => {
    const lost = (value: string) => plan(live(federation(ldap({}, []))), evidence(federation(ldap({}, [inner('random', { 'ldap.attribute.value': [value] })]))));
    expect(ids(lost('${RANDOM}'))).toEqual([`create ${under('random')}`]);
    expect(lost('${LDAP_VALUE}').refused[0]?.because).toContain('${LDAP_VALUE}');
  });
});

const action = (alias: string, more: JsonObject = {}): JsonObject => ({ alias, name: alias, providerId: alias, enabled: true, defaultAction: false, priority: 10, config: {}, ...more });

describe('required actions', () => {
  test('that are gone are registered first, which gives them settings of the server, and then set', () => {
    const made = plan(live({ requiredActions: [action('A')] }), evidence({ requiredActions: [action('A'), action('B', { priority: 5, config: { max_auth_age: '7' } })] }));
    expect(ids(made)).toEqual(['register required-action:B', 'update required-action:B']);
    const [register, update] = operationsOf(made);
    expect(register?.after).toEqual(update?.before);
    expect(update?.request.body).toEqual(action('B', { priority: 5, config: { max_auth_age: '7' } }));
    expect(update?.dependsOn).toEqual(['register required-action:B']);
  });

  test('are put whole and with their alias: the server loses an action whose body has none', () => {
    const made = plan(live({ requiredActions: [action('A')] }), stated({ requiredActions: [{ alias: 'A', defaultAction: true }] }));
    expect(only(made).request.body).toEqual(action('A', { defaultAction: true }));
    expect(only(made).inverse?.body).toEqual(action('A'));
  });

  test('come last where a file does not say their place, and not at all under another name than their provider has', () => {
    const made = plan(live({ requiredActions: [action('A', { priority: 41 })] }), stated({ requiredActions: [{ alias: 'B' }] }));
    expect(operationsOf(made).find(({ id }) => id.startsWith('update'))?.request.body).toMatchObject({ alias: 'B', providerId: 'B', priority: 42, enabled: true });
    expect(plan(live(), evidence({ requiredActions: [action('old', { providerId: 'NEW' })] })).refused[0]?.because).toContain('NEW');
  });

  test('that are only live are removed for good, and those of every realm are not missed by a file', () => {
    expect(only(plan(live({ requiredActions: [action('mine')] }), evidence({})))).toMatchObject({ inverse: null, inverseNote: expect.stringContaining('Register it again') as string });
    expect(compareStates(live({ requiredActions: [action('VERIFY_EMAIL'), action('mine')] }), [stated({ requiredActions: [] })]).map(({ name }) => name)).toEqual(['mine']);
  });
});
