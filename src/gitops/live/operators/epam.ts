/** The operator of EPAM (v1.edp.epam.com), whose fields have names of their own. Pure. */
import type { Json, JsonObject } from '../../../realm/json.ts';
import { at, isObject, listAt, textAt, type KubeObject } from '../../controllers/object.ts';
import { left, mappersOf, renamed, rolesOf, united, unread, withClientRoles, type OperatorRealm } from './common.ts';

/** What else EPAM's operator has of a namespace. */
export interface EpamParts {
  readonly clients: readonly KubeObject[];
  readonly scopes: readonly KubeObject[];
  readonly roles: readonly KubeObject[];
}

/** Fields of EPAM's specs, and what Keycloak calls them (putKeycloakClient and its neighbours in the operator). */
const REALM_FIELDS = { realmName: 'realm', displayName: 'displayName', displayHtmlName: 'displayNameHtml' };
const CLIENT_FIELDS = {
  clientId: 'clientId', name: 'name', description: 'description', enabled: 'enabled', protocol: 'protocol', public: 'publicClient', bearerOnly: 'bearerOnly', redirectUris: 'redirectUris', webOrigins: 'webOrigins',
  adminUrl: 'adminUrl', attributes: 'attributes', directAccess: 'directAccessGrantsEnabled', standardFlowEnabled: 'standardFlowEnabled', implicitFlowEnabled: 'implicitFlowEnabled',
  authorizationServicesEnabled: 'authorizationServicesEnabled', consentRequired: 'consentRequired', fullScopeAllowed: 'fullScopeAllowed', surrogateAuthRequired: 'surrogateAuthRequired',
  frontChannelLogout: 'frontchannelLogout', clientAuthenticatorType: 'clientAuthenticatorType', defaultClientScopes: 'defaultClientScopes', optionalClientScopes: 'optionalClientScopes',
};
const SCOPE_FIELDS = { name: 'name', description: 'description', protocol: 'protocol', attributes: 'attributes' };
const ROLE_FIELDS = { name: 'name', description: 'description', attributes: 'attributes', composite: 'composite' };

/** Say where an object belongs or how the operator works, and nothing of the realm. */
const ADMINISTRATIVE = ['realmRef', 'targetRealm', 'keycloakRef', 'keycloakOwner', 'reconciliationStrategy'];
const open = (spec: Json | undefined, read: readonly string[]): readonly string[] => left(spec, [...ADMINISTRATIVE, ...read]);

/** The realm of EPAM's operator; null where it has no name. Parts of other realms are left out. */
export function epamRealm(object: KubeObject, parts: EpamParts): OperatorRealm | null {
  const name = textAt(object, 'spec', 'realmName');
  if (name === undefined || name === '') return null;
  const belongs = (part: KubeObject): boolean => {
    // The operator lets the older field win.
    const target = textAt(part, 'spec', 'targetRealm') ?? '';
    if (target !== '') return target === name;
    return textAt(part, 'spec', 'realmRef', 'name') === object.metadata.name && (textAt(part, 'spec', 'realmRef', 'kind') ?? 'KeycloakRealm') === 'KeycloakRealm';
  };
  const clients = parts.clients.filter((part) => belongs(part) && textAt(part, 'spec', 'clientId') !== undefined);
  const [scopes, roles] = [parts.scopes, parts.roles].map((all) => all.filter((part) => belongs(part) && textAt(part, 'spec', 'name') !== undefined)) as [KubeObject[], KubeObject[]];
  const clientRoles = clients.flatMap((client) => rolesOf(textAt(client, 'spec', 'clientId') ?? '', listAt(client, 'spec', 'clientRoles').map((role) => ({ name: role }))));
  return {
    realm: {
      ...renamed(at(object, 'spec'), REALM_FIELDS), clients: united(clients.map(epamClient)),
      ...(scopes.length === 0 ? {} : { clientScopes: scopes.map(({ spec }) => ({ ...renamed(spec, SCOPE_FIELDS), ...mappersOf(spec) })) }),
      ...withClientRoles(roles.length === 0 ? undefined : { realm: roles.map(epamRole) }, clientRoles),
    },
    made: [object, ...clients, ...scopes, ...roles],
    notes: [
      ...unread('KeycloakRealm', open(at(object, 'spec'), Object.keys(REALM_FIELDS))),
      ...unread('KeycloakClients', clients.flatMap(({ spec }) => [
        ...open(spec, [...Object.keys(CLIENT_FIELDS), 'webUrl', 'homeUrl', 'protocolMappers', 'clientRoles', 'serviceAccount']), ...open(at(spec, 'serviceAccount'), ['enabled']).map((field) => `serviceAccount.${field}`),
      ])),
      // Which scopes every new client gets is a list of the whole realm, and each object here knows of one scope.
      ...unread('KeycloakClientScopes', scopes.flatMap(({ spec }) => open(spec, [...Object.keys(SCOPE_FIELDS), 'protocolMappers']))),
      ...unread('KeycloakRealmRoles', roles.flatMap(({ spec }) => open(spec, [...Object.keys(ROLE_FIELDS), 'composites', 'compositesClientRoles']))),
      'not read: groups, users, flows, identity providers, components and role batches, which are objects of their own',
    ],
  };
}

function epamClient({ spec }: KubeObject): JsonObject {
  const client = renamed(spec, CLIENT_FIELDS);
  const [web, home] = [textAt(spec, 'webUrl') ?? '', textAt(spec, 'homeUrl') ?? ''];
  const serviceAccount = at(spec, 'serviceAccount', 'enabled');
  return {
    ...client,
    // What the operator sends where only the address is stated.
    ...(web === '' ? {} : { rootUrl: web, ...(listAt(spec, 'redirectUris').length === 0 ? { redirectUris: [`${web}/*`] } : {}), ...(listAt(spec, 'webOrigins').length === 0 ? { webOrigins: [web] } : {}) }),
    ...(home === '' && web === '' ? {} : { baseUrl: home === '' ? web : home }),
    ...(serviceAccount === undefined || serviceAccount === null ? {} : { serviceAccountsEnabled: serviceAccount }),
    ...mappersOf(spec),
  };
}

function epamRole({ spec }: KubeObject): JsonObject {
  const names = (roles: Json | undefined): Json[] => (Array.isArray(roles) ? (roles as readonly Json[]) : []).flatMap((role) => at(role, 'name') ?? []);
  const [realm, ofClients] = [names(at(spec, 'composites')), at(spec, 'compositesClientRoles')];
  const client = isObject(ofClients) ? Object.fromEntries(Object.entries(ofClients).map(([owner, roles]) => [owner, names(roles)])) : {};
  const composites = { ...(realm.length === 0 ? {} : { realm }), ...(Object.keys(client).length === 0 ? {} : { client }) };
  return { ...renamed(spec, ROLE_FIELDS), ...(Object.keys(composites).length === 0 ? {} : { composites }) };
}
