/**
 * The realm that the custom resources of an operator state together, as a realm representation. Two operators have a KeycloakRealm: the legacy one
 * (keycloak.org/v1alpha1), whose specs are representations, and that of EPAM (v1.edp.epam.com), whose fields have names of their own. Pure.
 */
import { own, type Json, type JsonObject } from '../../realm/json.ts';
import { at, isObject, listAt, textAt, type KubeObject } from '../controllers/object.ts';

export interface OperatorRealm {
  readonly realm: JsonObject;
  /** The objects that it is made of, that of the realm first. */
  readonly made: readonly KubeObject[];
  /** What the objects state and the realm here does not have. */
  readonly notes: readonly string[];
}

/** Would make it look like an export, which says all that there is; a custom resource states what it lists, and its type has neither. */
const OF_EXPORTS = ['keycloakVersion', 'components'] as const;

/**
 * The realm of the legacy operator; null where it has no spec.realm.
 * @param clients  KeycloakClients of its namespace; those that select another realm are left out
 */
export function legacyRealm(object: KubeObject, clients: readonly KubeObject[]): OperatorRealm | null {
  const stated = at(object, 'spec', 'realm');
  if (!isObject(stated)) return null;
  const mine = clients.filter((client) => selects(at(client, 'spec', 'realmSelector'), object.metadata.labels ?? {}) && textAt(client, 'spec', 'client', 'clientId') !== undefined);
  const roles = mine.flatMap((client) => rolesOf(textAt(client, 'spec', 'client', 'clientId') ?? '', listAt(client, 'spec', 'roles')));
  const realm = Object.fromEntries(Object.entries(stated).filter(([field]) => !OF_EXPORTS.some((left) => left === field)));
  return {
    realm: { ...realm, clients: united([...listAt(stated, 'clients'), ...mine.flatMap((client) => at(client, 'spec', 'client') ?? [])]), ...withClientRoles(at(stated, 'roles'), roles) },
    made: [object, ...mine],
    notes: [
      ...unread('KeycloakRealm', [...left(at(object, 'spec'), ['realm', 'instanceSelector']), ...OF_EXPORTS.filter((field) => at(stated, field) !== undefined).map((field) => `realm.${field}`)]),
      ...unread('KeycloakClients', mine.flatMap((client) => left(at(client, 'spec'), ['realmSelector', 'client', 'roles']))),
    ],
  };
}

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
const MAPPER_FIELDS = { name: 'name', protocol: 'protocol', protocolMapper: 'protocolMapper', config: 'config' };

/** Say where an object belongs or how the operator works, and nothing of the realm. */
const ADMINISTRATIVE = ['realmRef', 'targetRealm', 'keycloakRef', 'keycloakOwner', 'reconciliationStrategy'];

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
      ...unread('KeycloakRealm', left(at(object, 'spec'), Object.keys(REALM_FIELDS))),
      ...unread('KeycloakClients', clients.flatMap(({ spec }) => [
        ...left(spec, [...Object.keys(CLIENT_FIELDS), 'webUrl', 'homeUrl', 'protocolMappers', 'clientRoles', 'serviceAccount']), ...left(at(spec, 'serviceAccount'), ['enabled']).map((field) => `serviceAccount.${field}`),
      ])),
      // Which scopes every new client gets is a list of the whole realm, and each object here knows of one scope.
      ...unread('KeycloakClientScopes', scopes.flatMap(({ spec }) => left(spec, [...Object.keys(SCOPE_FIELDS), 'protocolMappers']))),
      ...unread('KeycloakRealmRoles', roles.flatMap(({ spec }) => left(spec, [...Object.keys(ROLE_FIELDS), 'composites', 'compositesClientRoles']))),
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

function mappersOf(spec: Json | undefined): JsonObject {
  return isEmpty(at(spec, 'protocolMappers')) ? {} : { protocolMappers: listAt(spec, 'protocolMappers').map((mapper) => renamed(mapper, MAPPER_FIELDS)) };
}

/** Only what is stated: an empty list of these operators means that nobody filled it in. */
function renamed(spec: Json | undefined, fields: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).flatMap(([field, name]) => {
    const value = at(spec, field);
    return value === undefined || isEmpty(value) ? [] : [[name, value]];
  }));
}

/** One client per clientId: a KeycloakClient is applied after the realm's own list. */
function united(clients: readonly Json[]): readonly Json[] {
  return [...new Map(clients.map((client, index) => [textAt(client, 'clientId') ?? index, client])).values()];
}

type ClientRoles = readonly [clientId: string, roles: readonly Json[]];

function rolesOf(clientId: string, roles: readonly Json[]): readonly ClientRoles[] {
  return roles.length === 0 ? [] : [[clientId, roles]];
}

function withClientRoles(stated: Json | undefined, more: readonly ClientRoles[]): JsonObject {
  const roles = isObject(stated) ? stated : {};
  const client = new Map(Object.entries(isObject(roles['client']) ? roles['client'] : {}));
  for (const [clientId, added] of more) {
    const names = new Set(added.map((role) => textAt(role, 'name')));
    client.set(clientId, [...listAt(stated, 'client', clientId).filter((role) => !names.has(textAt(role, 'name'))), ...added]);
  }
  if (client.size === 0) return stated === undefined ? {} : { roles: stated };
  return { roles: { ...roles, client: Object.fromEntries(client) } };
}

/** A label selector as Kubernetes reads it: an empty one takes everything, a missing one nothing. */
function selects(selector: Json | undefined, labels: Readonly<Record<string, string>>): boolean {
  if (!isObject(selector)) return false;
  const wanted = at(selector, 'matchLabels');
  return Object.entries(isObject(wanted) ? wanted : {}).every(([label, value]) => own(labels, label) === value)
    && listAt(selector, 'matchExpressions').every((expression) => {
      const value = own(labels, textAt(expression, 'key') ?? '');
      const among = value !== undefined && listAt(expression, 'values').includes(value);
      const operator = textAt(expression, 'operator');
      return operator === 'In' ? among : operator === 'NotIn' ? !among : operator === 'Exists' ? value !== undefined : operator === 'DoesNotExist' && value === undefined;
    });
}

/** Fields that say something and are not among those that are read. */
function left(spec: Json | undefined, read: readonly string[]): readonly string[] {
  return isObject(spec) ? Object.entries(spec).flatMap(([field, value]) => (isEmpty(value) || read.includes(field) || ADMINISTRATIVE.includes(field) ? [] : [field])) : [];
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

function unread(of: string, fields: readonly string[]): readonly string[] {
  return fields.length === 0 ? [] : [`not read of ${of}: ${[...new Set(fields)].sort().join(', ')}`];
}
