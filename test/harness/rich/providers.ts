import type { Json, JsonObject } from '../../../src/realm/json.ts';
import { must, type AdminCalls } from '../../../src/sandbox/incident/calls.ts';
import { list, object, text } from '../../../src/sandbox/incident/read.ts';
import type { Damage, Family } from './family.ts';

const FEDERATION = 'org.keycloak.storage.UserStorageProvider';
const MAPPER = 'org.keycloak.storage.ldap.mappers.LDAPStorageMapper';
const POLICY = 'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy';
const INSTANCES = '/identity-provider/instances';
const ACTIONS = '/authentication/required-actions';

/** Nobody listens there: a search for users is refused at once. */
const NOWHERE = 'ldap://127.0.0.1:1';

const ldap = (name: string, config: Readonly<Record<string, string>>): JsonObject => ({
  name, providerId: 'ldap', providerType: FEDERATION,
  config: lists({
    enabled: 'true', priority: '0', vendor: 'other', connectionUrl: NOWHERE, usersDn: `ou=${name},dc=example`, usernameLDAPAttribute: 'uid', rdnLDAPAttribute: 'uid', uuidLDAPAttribute: 'entryUUID',
    userObjectClasses: 'inetOrgPerson, organizationalPerson', authType: 'none', editMode: 'READ_ONLY', importEnabled: 'true', ...config,
  }),
});
const saml = (alias: string): JsonObject => ({
  alias, providerId: 'saml', displayName: `Partner ${alias}`, enabled: true, trustEmail: true, firstBrokerLoginFlowAlias: 'first broker login',
  config: { singleSignOnServiceUrl: `https://${alias}.example/sso`, idpEntityId: `https://${alias}.example`, postBindingResponse: 'true', syncMode: 'IMPORT', principalType: 'SUBJECT' },
});
const hardcoded = (name: string, alias: string, value: string): JsonObject => ({
  name, identityProviderAlias: alias, identityProviderMapper: 'hardcoded-attribute-idp-mapper', config: { attribute: name, 'attribute.value': value, syncMode: 'INHERIT' },
});

/**
 * Identity providers with their mappers, user federation with its mappers, registration policies, required actions. Nothing
 * of Kerberos: the server changes the browser flow whenever such a provider comes or goes.
 */
export const providers: Family = {
  name: 'providers',
  fields: ['identityProviders', 'identityProviderMappers', 'components', 'requiredActions'],
  async build(calls) {
    for (const provider of [saml('partner'), saml('supplier')]) await must(calls, 'POST', INSTANCES, provider);
    await must(calls, 'POST', INSTANCES, {
      alias: 'corp-sso', providerId: 'oidc', displayName: 'Corporate', enabled: true, storeToken: true,
      config: { clientId: 'kc', clientSecret: 'corp-sso-lab-secret', clientAuthMethod: 'client_secret_post', tokenUrl: `${NOWHERE.replace('ldap', 'http')}/token`, authorizationUrl: 'https://corp.example/auth', issuer: 'https://corp.example', defaultScope: 'openid email' },
    });
    for (const mapper of [hardcoded('origin', 'partner', 'abroad'), hardcoded('tier', 'partner', 'gold'), hardcoded('origin', 'supplier', 'here'), hardcoded('origin', 'corp-sso', 'corp')]) {
      await must(calls, 'POST', `${INSTANCES}/${text(mapper, 'identityProviderAlias')}/mappers`, mapper);
    }
    // One as a person leaves it: an edited mapper, one that was taken out, one of the person's own. One with a secret. One for Active Directory.
    await must(calls, 'POST', '/components', ldap('people', { batchSizeForSync: '500', pagination: 'true' }));
    await must(calls, 'POST', '/components', ldap('staff', { authType: 'simple', bindDn: 'cn=reader', bindCredential: 'staff-lab-secret', enabled: 'false', customUserSearchFilter: '(objectClass=person)' }));
    await must(calls, 'POST', '/components', ldap('office', { vendor: 'ad', rdnLDAPAttribute: 'cn', usernameLDAPAttribute: 'sAMAccountName', uuidLDAPAttribute: 'objectGUID', editMode: 'WRITABLE', enabled: 'false' }));
    // Before 26.7 no list of users is answered beside an LDAP that cannot be reached (400 on 26.0.8, 24.0.5 and 22.0.5).
    if ((await calls.call('GET', '/users?max=-1')).status !== 200) await setConfig(calls, await top(calls, 'people'), { enabled: ['false'] });
    await setConfig(calls, await below(calls, 'people', 'first name'), { 'ldap.attribute': ['givenName'] });
    await remove(calls, await below(calls, 'people', 'modify date'));
    const people = (await top(calls, 'people'))?.['id'] ?? '';
    await must(calls, 'POST', '/components', { name: 'teams', providerId: 'group-ldap-mapper', providerType: MAPPER, parentId: people, config: lists({ 'groups.dn': 'ou=teams', 'group.object.classes': 'groupOfNames', mode: 'READ_ONLY' }) });
    await must(calls, 'POST', '/components', { name: 'from', providerId: 'hardcoded-attribute-mapper', providerType: MAPPER, parentId: people, config: lists({ 'user.model.attribute': 'from', 'attribute.value': 'people' }) });
    await setConfig(calls, await policy(calls, 'Trusted Hosts', 'anonymous'), { 'trusted-hosts': ['b.example', 'a.example'] });
    await setAction(calls, 'TERMS_AND_CONDITIONS', { enabled: true, defaultAction: true });
    await setAction(calls, 'UPDATE_PASSWORD', { config: { max_auth_age: '120' } });
  },
  damages: [
    damage('identity provider partner deleted', (calls) => calls.call('DELETE', `${INSTANCES}/partner`)),
    { ...damage('identity provider supplier edited', (calls) => setProvider(calls, 'supplier', { displayName: 'Somebody else', trustEmail: false, linkOnly: true }, { singleSignOnServiceUrl: 'https://other.example/sso', wantAuthnRequestsSigned: 'true' })), needs: 'export' },
    damage('identity provider rogue added with a mapper', async (calls) => {
      await calls.call('POST', INSTANCES, saml('rogue'));
      await calls.call('POST', `${INSTANCES}/rogue/mappers`, hardcoded('origin', 'rogue', 'nowhere'));
    }),
    damage('mapper tier of partner deleted', async (calls) => removeMapper(calls, 'partner', 'tier')),
    damage('mapper origin of corp-sso edited', async (calls) => {
      const mapper = await idpMapper(calls, 'corp-sso', 'origin');
      if (mapper !== undefined) await calls.call('PUT', `${INSTANCES}/corp-sso/mappers/${String(mapper['id'])}`, { ...mapper, config: { attribute: 'origin', 'attribute.value': 'changed' } });
    }),
    damage('mapper surplus of supplier added', (calls) => calls.call('POST', `${INSTANCES}/supplier/mappers`, hardcoded('surplus', 'supplier', 'x'))),
    damage('user federation people deleted', async (calls) => remove(calls, await top(calls, 'people'))),
    damage('user federation office deleted', async (calls) => remove(calls, await top(calls, 'office'))),
    damage('user federation staff edited', async (calls) => setConfig(calls, await top(calls, 'staff'), { usersDn: ['ou=elsewhere'], customUserSearchFilter: [], connectionPooling: ['true'] })),
    damage('mapper email of staff edited', async (calls) => setConfig(calls, await below(calls, 'staff', 'email'), { 'ldap.attribute': ['otherMail'], 'read.only': ['false'] })),
    damage('mapper last name of staff deleted', async (calls) => remove(calls, await below(calls, 'staff', 'last name'))),
    damage('mapper surplus of staff added', async (calls) => {
      const staff = await top(calls, 'staff');
      if (staff !== undefined) await calls.call('POST', '/components', { name: 'surplus', providerId: 'hardcoded-attribute-mapper', providerType: MAPPER, parentId: staff['id'], config: lists({ 'user.model.attribute': 'surplus', 'attribute.value': 'x' }) });
    }),
    damage('registration policy Trusted Hosts edited', async (calls) => setConfig(calls, await policy(calls, 'Trusted Hosts', 'anonymous'), { 'trusted-hosts': ['evil.example'], 'client-uris-must-match': ['false'] })),
    damage('registration policy Consent Required deleted', async (calls) => remove(calls, await policy(calls, 'Consent Required', 'anonymous'))),
    damage('registration policy Allowed Client Scopes of authenticated clients deleted', async (calls) => remove(calls, await policy(calls, 'Allowed Client Scopes', 'authenticated'))),
    damage('registration policy surplus added', (calls) => calls.call('POST', '/components', { name: 'surplus', subType: 'authenticated', providerId: 'max-clients', providerType: POLICY, config: lists({ 'max-clients': '3' }) })),
    damage('required action TERMS_AND_CONDITIONS switched off', (calls) => setAction(calls, 'TERMS_AND_CONDITIONS', { enabled: false, defaultAction: false })),
    damage('required action UPDATE_PASSWORD edited', (calls) => setAction(calls, 'UPDATE_PASSWORD', { priority: 3, config: { max_auth_age: '900' } })),
    damage('required action CONFIGURE_TOTP unregistered', (calls) => calls.call('DELETE', `${ACTIONS}/CONFIGURE_TOTP`)),
  ],
  async read(calls) {
    const instances = list(await must(calls, 'GET', `${INSTANCES}?max=1000`));
    const identityProviders: Record<string, Json> = {};
    for (const provider of instances) {
      const alias = text(provider, 'alias') ?? '';
      const { internalId: _id, organizationId: _organization, ...rest } = object(provider) ?? {};
      const mappers = list(await must(calls, 'GET', `${INSTANCES}/${alias}/mappers`));
      identityProviders[alias] = { ...rest, mappers: mappers.map((mapper) => without(mapper, 'id')) };
    }
    const all = list(await must(calls, 'GET', '/components')).map((entry) => object(entry) ?? {});
    const names = new Map(all.map((entry) => [entry['id'], entry['name'] ?? '']));
    const components = all.filter((entry) => entry['providerType'] === FEDERATION || entry['providerType'] === MAPPER || entry['providerType'] === POLICY)
      .map((entry) => ({ ...without(entry, 'id'), parentId: names.get(entry['parentId'] ?? '') ?? 'the realm' }));
    const requiredActions = list(await must(calls, 'GET', ACTIONS));
    return sorted({ identityProviders, components, requiredActions: [...requiredActions] });
  },
};

function damage(name: string, apply: (calls: AdminCalls) => Promise<unknown>): Damage {
  return { name, apply: async (calls) => void (await apply(calls)) };
}

const lists = (config: Readonly<Record<string, string>>): JsonObject => Object.fromEntries(Object.entries(config).map(([key, value]) => [key, [value]]));

async function top(calls: AdminCalls, name: string): Promise<JsonObject | undefined> {
  return object(list(await must(calls, 'GET', `/components?type=${FEDERATION}`)).find((entry) => text(entry, 'name') === name) ?? null);
}

async function below(calls: AdminCalls, provider: string, name: string): Promise<JsonObject | undefined> {
  const parent = await top(calls, provider);
  if (parent === undefined) return undefined;
  return object(list(await must(calls, 'GET', `/components?parent=${String(parent['id'])}`)).find((entry) => text(entry, 'name') === name) ?? null);
}

async function policy(calls: AdminCalls, name: string, subType: string): Promise<JsonObject | undefined> {
  return object(list(await must(calls, 'GET', `/components?type=${POLICY}`)).find((entry) => text(entry, 'name') === name && text(entry, 'subType') === subType) ?? null);
}

async function setConfig(calls: AdminCalls, component: JsonObject | undefined, config: JsonObject): Promise<void> {
  if (component === undefined) return;
  await calls.call('PUT', `/components/${String(component['id'])}`, { providerId: component['providerId'], providerType: component['providerType'], config });
}

async function remove(calls: AdminCalls, component: JsonObject | undefined): Promise<void> {
  if (component !== undefined) await calls.call('DELETE', `/components/${String(component['id'])}`);
}

async function setProvider(calls: AdminCalls, alias: string, fields: JsonObject, config: JsonObject): Promise<void> {
  const { status, body } = await calls.call('GET', `${INSTANCES}/${alias}`);
  const raw = object(body);
  if (status === 200 && raw !== undefined) await calls.call('PUT', `${INSTANCES}/${alias}`, { ...raw, ...fields, config: { ...object(raw['config'] ?? null), ...config } });
}

async function idpMapper(calls: AdminCalls, alias: string, name: string): Promise<JsonObject | undefined> {
  const { body } = await calls.call('GET', `${INSTANCES}/${alias}/mappers`);
  return object(list(body).find((entry) => text(entry, 'name') === name) ?? null);
}

async function removeMapper(calls: AdminCalls, alias: string, name: string): Promise<void> {
  const mapper = await idpMapper(calls, alias, name);
  if (mapper !== undefined) await calls.call('DELETE', `${INSTANCES}/${alias}/mappers/${String(mapper['id'])}`);
}

async function setAction(calls: AdminCalls, alias: string, fields: JsonObject): Promise<void> {
  const { status, body } = await calls.call('GET', `${ACTIONS}/${alias}`);
  if (status === 200) await calls.call('PUT', `${ACTIONS}/${alias}`, { ...object(body), ...fields });
}

function without(value: Json, field: string): JsonObject {
  return Object.fromEntries(Object.entries(object(value) ?? {}).filter(([key]) => key !== field));
}

/** Lists and maps in a fixed order: the server lists everything as it pleases. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const fields = object(value);
  return fields === undefined ? value : Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => [key, sorted(entry)]));
}
