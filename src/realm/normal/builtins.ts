/** What every fresh realm of Keycloak 26 has by itself (org.keycloak.services.managers.RealmManager, DefaultClientScopes). */

const CLIENTS = new Set(['account', 'account-console', 'admin-cli', 'broker', 'realm-management', 'security-admin-console']);

const SCOPES = new Set([
  'acr', 'address', 'basic', 'email', 'microprofile-jwt', 'offline_access', 'organization', 'phone', 'profile', 'roles', 'service_account',
  'web-origins', 'role_list', 'saml_organization', 'AuthnContextClassRef',
]);

/** org.keycloak.models.utils.DefaultAuthenticationFlows; `http challenge` until Keycloak 21. */
const FLOWS = new Set(['browser', 'direct grant', 'registration', 'reset credentials', 'clients', 'first broker login', 'docker auth', 'saml ecp', 'http challenge']);

const REALM_ROLES = new Set(['offline_access', 'uma_authorization']);

export function isBuiltinClient(clientId: string): boolean {
  return CLIENTS.has(clientId);
}

export function isBuiltinScope(name: string): boolean {
  return SCOPES.has(name);
}

/** The role that every user gets is called after the realm, in lower case. */
export function defaultRoleName(realm: string): string {
  return `default-roles-${realm.toLowerCase()}`;
}

export function isBuiltinRealmRole(name: string, realm: string): boolean {
  return REALM_ROLES.has(name) || name === defaultRoleName(realm);
}

export function isBuiltinFlow(alias: string): boolean {
  return FLOWS.has(alias);
}
