/**
 * vriesdemichael/keycloak-operator (vriesdemichael.github.io/v1), whose fields are in part those of a representation: writers.md 5, and
 * `to_keycloak_config` of its models. Pure.
 */
import type { Json, JsonObject } from '../../../realm/json.ts';
import { at, isObject, listAt, textAt, type KubeObject } from '../../controllers/object.ts';
import { left, mappersOf, renamed, rolesOf, united, unread, withClientRoles, type OperatorRealm } from './common.ts';

const same = (...fields: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(fields.map((field) => [field, field]));

const REALM_FIELDS = {
  ...same('displayName', 'attributes', 'scopeMappings', 'clientScopeMappings', 'organizationsEnabled'),
  realmName: 'realm', loginPageTitle: 'displayNameHtml', defaultClientScopes: 'defaultDefaultClientScopes', optionalClientScopes: 'defaultOptionalClientScopes',
};
const TOKEN_FIELDS = same(
  'accessTokenLifespan', 'accessTokenLifespanForImplicitFlow', 'ssoSessionIdleTimeout', 'ssoSessionMaxLifespan', 'offlineSessionIdleTimeout', 'offlineSessionMaxLifespanEnabled',
  'offlineSessionMaxLifespan', 'clientSessionIdleTimeout', 'clientSessionMaxLifespan',
);
const SECURITY_FIELDS = {
  ...same(
    'sslRequired', 'bruteForceProtected', 'permanentLockout', 'failureFactor', 'revokeRefreshToken', 'refreshTokenMaxReuse', 'registrationAllowed', 'registrationEmailAsUsername', 'editUsernameAllowed',
    'resetPasswordAllowed', 'rememberMe', 'verifyEmail', 'loginWithEmailAllowed', 'duplicateEmailsAllowed',
  ),
  maxFailureWait: 'maxFailureWaitSeconds', minimumQuickLoginWait: 'minimumQuickLoginWaitSeconds', waitIncrement: 'waitIncrementSeconds', quickLoginCheckMillis: 'quickLoginCheckMilliSeconds', maxDeltaTime: 'maxDeltaTimeSeconds',
};
const SCOPE_FIELDS = same('name', 'description', 'protocol', 'attributes');
const ROLE_FIELDS = same('name', 'description', 'composite', 'attributes');
const GROUP_FIELDS = same('name', 'attributes', 'realmRoles', 'clientRoles');
const CLIENT_FIELDS = {
  ...same('clientId', 'description', 'protocol', 'publicClient', 'bearerOnly', 'redirectUris', 'webOrigins', 'rootUrl', 'adminUrl', 'baseUrl', 'defaultClientScopes', 'optionalClientScopes'),
  clientName: 'name',
};
const SETTING_FIELDS = same(
  'alwaysDisplayInConsole', 'clientAuthenticatorType', 'standardFlowEnabled', 'implicitFlowEnabled', 'directAccessGrantsEnabled', 'serviceAccountsEnabled', 'consentRequired', 'frontchannelLogout', 'fullScopeAllowed',
  'authorizationServicesEnabled',
);
/** Settings that Keycloak keeps as attributes of the client. */
const ATTRIBUTE_FIELDS = {
  accessTokenLifespan: 'access.token.lifespan', refreshTokenLifespan: 'refresh.token.lifespan', clientSessionIdleTimeout: 'client.session.idle.timeout', clientSessionMaxLifespan: 'client.session.max.lifespan',
  pkceCodeChallengeMethod: 'pkce.code.challenge.method',
};

/** Say where an object belongs, how the operator works or where a secret lies, and nothing of the realm. */
const OF_REALM = ['operatorRef', 'clientAuthorizationGrants', 'description'];
const OF_CLIENT = ['realmRef', 'clientSecret', 'manageSecret', 'secretName', 'secretMetadata', 'regenerateSecret', 'secretRotation'];
/** The operator sends them, and Keycloak knows no such fields of a client. */
const UNKNOWN = ['displayOnConsentScreen', 'includeInTokenScope'];

/**
 * The realm of a KeycloakRealm; null where it has no name.
 * @param clients  KeycloakClients of all namespaces that can be read: they name their realm by namespace and name
 */
export function vriesdemichaelRealm(object: KubeObject, clients: readonly KubeObject[]): OperatorRealm | null {
  const { spec, metadata } = object;
  const name = textAt(spec, 'realmName') ?? '';
  if (name === '') return null;
  const mine = clients.filter((client) => textAt(client, 'spec', 'realmRef', 'name') === metadata.name && (textAt(client, 'spec', 'realmRef', 'namespace') ?? client.metadata.namespace) === metadata.namespace && textAt(client, 'spec', 'clientId') !== undefined);
  const clientRoles = mine.flatMap((client) => rolesOf(textAt(client, 'spec', 'clientId') ?? '', listAt(client, 'spec', 'clientRoles').map((role) => ({ name: role }))));
  const accounts = mine.flatMap(serviceAccount);
  const realmRoles = listAt(spec, 'roles', 'realmRoles');
  return {
    realm: {
      ...renamed(spec, REALM_FIELDS), ...renamed(at(spec, 'tokenSettings'), TOKEN_FIELDS), ...renamed(at(spec, 'security'), SECURITY_FIELDS), clients: united(mine.map(client)),
      ...listed('clientScopes', listAt(spec, 'clientScopes').map((scope) => ({ ...renamed(scope, SCOPE_FIELDS), ...mappersOf(scope) }))),
      ...listed('groups', listAt(spec, 'groups').map(group)), ...listed('users', accounts),
      ...withClientRoles(realmRoles.length === 0 ? undefined : { realm: realmRoles.map(role) }, clientRoles),
    },
    made: [object, ...mine],
    notes: [
      ...unread('KeycloakRealm', [
        ...left(spec, [...OF_REALM, ...Object.keys(REALM_FIELDS), 'tokenSettings', 'security', 'clientScopes', 'groups', 'roles']),
        ...left(at(spec, 'tokenSettings'), Object.keys(TOKEN_FIELDS)).map((field) => `tokenSettings.${field}`), ...left(at(spec, 'security'), Object.keys(SECURITY_FIELDS)).map((field) => `security.${field}`),
      ]),
      ...unread('KeycloakClients', mine.flatMap((one) => [
        ...left(one.spec, [...OF_CLIENT, ...Object.keys(CLIENT_FIELDS), 'settings', 'attributes', 'postLogoutRedirectUris', 'protocolMappers', 'clientRoles', 'serviceAccountRoles']),
        ...left(at(one, 'spec', 'settings'), [...Object.keys(SETTING_FIELDS), ...Object.keys(ATTRIBUTE_FIELDS), ...UNKNOWN]).map((field) => `settings.${field}`),
      ])),
      'what these objects leave out the operator sets to defaults of its own (direct access grants and front-channel logout are on, say); that is not stated here',
    ],
  };
}

function client({ spec }: KubeObject): JsonObject {
  const stated = at(spec, 'attributes');
  const settings = Object.fromEntries(Object.entries(renamed(at(spec, 'settings'), ATTRIBUTE_FIELDS)).map(([name, value]) => [name, String(value)]));
  const after = listAt(spec, 'postLogoutRedirectUris');
  const attributes = { ...(isObject(stated) ? stated : {}), ...settings, ...(after.length === 0 ? {} : { 'post.logout.redirect.uris': after.join('||') }) };
  return {
    ...renamed(spec, CLIENT_FIELDS), ...renamed(at(spec, 'settings'), SETTING_FIELDS),
    // The operator has no switch for it: a client whose object is there is on.
    enabled: true,
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }), ...mappersOf(spec),
  };
}

/** The roles of a service account, as an export has them: at its user. */
function serviceAccount({ spec }: KubeObject): readonly JsonObject[] {
  const clientId = textAt(spec, 'clientId') ?? '';
  const roles = renamed(at(spec, 'serviceAccountRoles'), same('realmRoles', 'clientRoles'));
  return Object.keys(roles).length === 0 ? [] : [{ username: `service-account-${clientId.toLowerCase()}`, serviceAccountClientId: clientId, ...roles }];
}

function role(stated: Json): JsonObject {
  const composites = listAt(stated, 'compositeRoles');
  return { ...renamed(stated, ROLE_FIELDS), ...(composites.length === 0 ? {} : { composites: { realm: composites } }) };
}

function group(stated: Json): JsonObject {
  return { ...renamed(stated, GROUP_FIELDS), ...listed('subGroups', listAt(stated, 'subGroups').map(group)) };
}

function listed(name: string, entries: readonly JsonObject[]): JsonObject {
  return entries.length === 0 ? {} : { [name]: entries };
}
