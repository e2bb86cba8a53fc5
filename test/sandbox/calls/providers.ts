import type { Json, JsonObject } from '../../../src/realm/json.ts';
import { del, get, post, put, type Call } from './call.ts';

const FEDERATION = 'org.keycloak.storage.UserStorageProvider';
const MAPPER = 'org.keycloak.storage.ldap.mappers.LDAPStorageMapper';
const POLICY = 'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy';
const LDAP = { providerId: 'ldap', providerType: FEDERATION };
/** Ids are unique over all realms of a server, so each play has its own. */
const [LDAP_ID, INNER_ID, PROVIDER_ID, MAPPER_ID] = ['{uuid6}', '{uuid7}', '{uuid8}', '{uuid9}'];
const INSTANCES = '/identity-provider/instances';
const ACTIONS = '/authentication/required-actions';

const ldap = (name: string, config: JsonObject): Json => ({
  name, ...LDAP, config: { connectionUrl: ['ldap://127.0.0.1:1'], usersDn: ['ou=people'], usernameLDAPAttribute: ['uid'], uuidLDAPAttribute: ['entryUUID'], userObjectClasses: ['inetOrgPerson'], authType: ['none'], editMode: ['READ_ONLY'], ...config },
});
/** A provider with every mapper that the server makes for it, and gone again. */
const mappersOf = (name: string, config: JsonObject): Call[] => [
  post('/components', ldap(name, config), { save: { [name]: 'location' } }), get(`/components?parent={${name}}`), get(`/components/{${name}}`), del(`/components/{${name}}`),
];
const saml = { providerId: 'saml', config: { singleSignOnServiceUrl: 'https://x.example/sso', idpEntityId: 'x' } };
const hardcoded = { identityProviderMapper: 'hardcoded-attribute-idp-mapper', config: { attribute: 'a', 'attribute.value': 'b', syncMode: 'INHERIT' } };

/** User federation, identity providers and required actions: what a restore sends, and the traps that it goes around. */
export const providerCalls: readonly Call[] = [
  // The server makes mappers of its own; which ones depends on the config.
  ...mappersOf('byUid', { vendor: ['other'], rdnLDAPAttribute: ['uid'] }), ...mappersOf('noRdn', { editMode: ['UNSYNCED'], vendor: ['rhds'] }),
  ...mappersOf('byCn', { vendor: ['ad'], rdnLDAPAttribute: ['cn'] }), ...mappersOf('byCnWritable', { vendor: ['ad'], rdnLDAPAttribute: ['cn'], editMode: ['WRITABLE'] }),
  ...mappersOf('cnIsName', { rdnLDAPAttribute: ['cn'], usernameLDAPAttribute: ['cn'] }), ...mappersOf('password', { editMode: ['WRITABLE'], syncRegistrations: ['true'], usePasswordModifyExtendedOp: ['true'] }),
  // A POST keeps the id and masks the bind credential; PUT merges by key and takes out what is sent empty.
  post('/components', { id: LDAP_ID, ...(ldap('kept', { bindDn: ['cn=a'], bindCredential: ['lab-secret'], authType: ['simple'], customUserSearchFilter: [''], batchSizeForSync: ['5'] }) as JsonObject) }),
  get(`/components/${LDAP_ID}`),
  post('/components', { id: LDAP_ID, ...(ldap('again', {}) as JsonObject) }),
  put(`/components/${LDAP_ID}`, { ...LDAP, config: { editMode: ['WRITABLE'], batchSizeForSync: [], bindCredential: ['**********'] } }), get(`/components/${LDAP_ID}`),
  put(`/components/${LDAP_ID}`, { ...LDAP, config: { bindCredential: [] } }), get(`/components/${LDAP_ID}`),
  put(`/components/${LDAP_ID}`, { ...LDAP, config: { bindCredential: ['lab-secret'], customUserSearchFilter: ['(a=b)'] } }), get(`/components/${LDAP_ID}`),
  post('/components', { id: INNER_ID, name: 'email', providerId: 'hardcoded-attribute-mapper', providerType: MAPPER, parentId: LDAP_ID, config: { 'user.model.attribute': ['x'], 'attribute.value': ['y'] } }),
  post('/components', { name: 'groups', providerId: 'group-ldap-mapper', providerType: MAPPER, parentId: LDAP_ID, config: { 'groups.dn': ['ou=g'], mode: ['READ_ONLY'] } }, { save: { groupMapper: 'location' } }),
  get(`/components?parent=${LDAP_ID}&name=email`), get('/components/{groupMapper}'),
  put(`/components/${INNER_ID}`, { providerId: 'hardcoded-attribute-mapper', providerType: MAPPER, config: { 'attribute.value': ['z'] } }), get(`/components/${INNER_ID}`),
  put(`/components/${LDAP_ID}`, { config: { editMode: ['READ_ONLY'] } }),
  post('/clear-realm-cache'), get(`/components/${LDAP_ID}`),
  del(`/components/${LDAP_ID}`), get(`/components?parent=${LDAP_ID}`), get(`/components/${LDAP_ID}`),
  post('/components', { name: 'Trusted Hosts', subType: 'anonymous', providerId: 'trusted-hosts', providerType: POLICY, config: { 'trusted-hosts': ['b', 'a'], 'host-sending-registration-request-must-match': ['true'], 'client-uris-must-match': ['true'] } }, { save: { hosts: 'location' } }),
  get('/components?name=Trusted%20Hosts'),
  put('/components/{hosts}', { providerId: 'trusted-hosts', providerType: POLICY, config: { 'trusted-hosts': ['c'] } }), get('/components/{hosts}'), del('/components/{hosts}'),
  // A PUT of a provider replaces it, id and type of the provider apart.
  post(INSTANCES, { alias: 'one', internalId: PROVIDER_ID, hideOnLogin: false, ...saml, config: { ...saml.config, hideOnLoginPage: 'true', empty: '' } }), get(`${INSTANCES}/one`),
  post(INSTANCES, { alias: 'two words', ...saml }), post(INSTANCES, { alias: 'flow', firstBrokerLoginFlowAlias: 'nowhere', ...saml }),
  put(`${INSTANCES}/one`, { alias: 'one' }), put(`${INSTANCES}/one`, { alias: 'one', providerId: 'saml', firstBrokerLoginFlowAlias: 'nowhere', config: saml.config }),
  put(`${INSTANCES}/one`, { alias: 'one', providerId: 'github', displayName: 'One', config: saml.config }), get(`${INSTANCES}/one`),
  post(INSTANCES, { alias: 'secret', providerId: 'oidc', config: { clientId: 'kc', clientSecret: 'lab-secret' } }),
  put(`${INSTANCES}/secret`, { alias: 'secret', providerId: 'oidc', config: { clientId: 'kc' } }), get(`${INSTANCES}/secret`),
  // The alias in the body of a mapper decides; a name is there once.
  post(`${INSTANCES}/one/mappers`, { id: MAPPER_ID, name: 'm', identityProviderAlias: 'one', ...hardcoded }), get(`${INSTANCES}/one/mappers`),
  post(`${INSTANCES}/one/mappers`, { name: 'm', identityProviderAlias: 'one', ...hardcoded }), post(`${INSTANCES}/one/mappers`, { name: 'n', ...hardcoded }),
  post(`${INSTANCES}/one/mappers`, { name: 'o', identityProviderAlias: 'secret', ...hardcoded }, { save: { strayMapper: 'location' } }), get(`${INSTANCES}/one/mappers`), get(`${INSTANCES}/secret/mappers`),
  put(`${INSTANCES}/one/mappers/${MAPPER_ID}`, { name: 'm', identityProviderAlias: 'one', ...hardcoded }),
  put(`${INSTANCES}/one/mappers/${MAPPER_ID}`, { id: MAPPER_ID, name: 'm', identityProviderAlias: 'one', ...hardcoded, config: { attribute: 'c' } }), get(`${INSTANCES}/one/mappers`),
  del(`${INSTANCES}/secret`),
  // Without the alias it is answered 204 and gone; it stays in the list without a name.
  put(`${INSTANCES}/one`, { providerId: 'saml', config: saml.config }), get(`${INSTANCES}/one`),
  // Registering gives an action the settings of the server; a PUT replaces, and one without the alias takes it away.
  del(`${ACTIONS}/CONFIGURE_TOTP`), get('/authentication/unregistered-required-actions'), get(`${ACTIONS}/CONFIGURE_TOTP`),
  post('/authentication/register-required-action', { providerId: 'CONFIGURE_TOTP', name: 'Configure OTP' }), get(`${ACTIONS}/CONFIGURE_TOTP`),
  post('/authentication/register-required-action', { providerId: 'CONFIGURE_TOTP', name: 'Configure OTP' }), post('/authentication/register-required-action', { providerId: 'nope', name: 'Nope' }),
  put(`${ACTIONS}/CONFIGURE_TOTP`, { alias: 'CONFIGURE_TOTP', name: 'Configure OTP', providerId: 'CONFIGURE_TOTP', enabled: true, defaultAction: false, priority: 54, config: { max_auth_age: '100' } }), get(`${ACTIONS}/CONFIGURE_TOTP`),
  put(`${ACTIONS}/CONFIGURE_TOTP`, { alias: 'CONFIGURE_TOTP', enabled: true }), get(`${ACTIONS}/CONFIGURE_TOTP`),
  put(`${ACTIONS}/CONFIGURE_TOTP`, { name: 'gone' }), get(`${ACTIONS}/CONFIGURE_TOTP`),
];
