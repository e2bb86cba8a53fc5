/** `POST /partial-export`: nearly the whole realm in one body, secrets masked, key material left out. */
import type { Json } from '../../../realm/json.ts';
import { ok, route, type Answer, type Request, type Route } from '../route.ts';
import { configJson, flowJson } from '../state/flows.ts';
import { object, without } from '../state/json.ts';
import type { ClientRow, Fields, GroupRow, RealmRow, RoleRow } from '../state/model.ts';
import { clientJson, groupJson, roleJson, scopeJson, scopeNames, userJson } from '../state/represent.ts';
import { authzSettings } from './authz.ts';
import { shownComponent } from './components.ts';
import { shownProvider } from './identity-providers.ts';
import { realmJson } from './realms.ts';

const MASK = '**********';

function exportClient(realm: RealmRow, client: ClientRow): Fields {
  const json = without(clientJson(realm, client), ['access']);
  return { ...json, ...(client.secret === null ? {} : { secret: MASK }), ...(client.authz === null ? {} : { authorizationSettings: authzSettings(realm, client) }) };
}

/** Role ids by name: `{realm: [...], client: {clientId: [...]}}`. */
function namesOf(realm: RealmRow, ids: readonly string[]): { readonly realm: string[]; readonly client: Record<string, string[]> } {
  const roles = realm.roles.filter((role) => ids.includes(role.id));
  const client: Record<string, string[]> = {};
  for (const owner of realm.clients) {
    const names = roles.filter((role) => role.client === owner.id).map((role) => role.name);
    if (names.length > 0) client[owner.clientId] = names;
  }
  return { realm: roles.filter((role) => role.client === null).map((role) => role.name), client };
}

function exportRole(realm: RealmRow, role: RoleRow): Fields {
  const names = namesOf(realm, role.composites);
  const composites: Fields = { ...(names.realm.length === 0 ? {} : { realm: names.realm }), ...(Object.keys(names.client).length === 0 ? {} : { client: names.client }) };
  return { ...roleJson(realm, role, true), ...(role.composites.length === 0 ? {} : { composites }) };
}

function exportGroup(realm: RealmRow, group: GroupRow): Fields {
  const children = realm.groups.filter((child) => child.parent === group.id).map((child) => exportGroup(realm, child));
  return { ...without(groupJson(realm, group, 'full', false), ['subGroupCount']), subGroups: children };
}

function scopeMappings(realm: RealmRow, owner: string | null, withClients: boolean): Fields[] {
  const names = (ids: readonly string[]): string[] => realm.roles.filter((role) => role.client === owner && ids.includes(role.id)).map((role) => role.name);
  const clients = withClients ? realm.clients.map((client) => ({ client: client.clientId, roles: names(client.roles) })) : [];
  const scopes = realm.scopes.map((scope) => ({ clientScope: scope.name, roles: names(scope.roles) }));
  return [...clients, ...scopes].filter((row) => row.roles.length > 0);
}

/** What `exportClients` adds: the clients, their service accounts with their roles, and the scope mappings of client roles. */
function clientParts(realm: RealmRow): Fields {
  const clientScopeMappings: Record<string, Json> = {};
  for (const owner of realm.clients) {
    const rows = scopeMappings(realm, owner.id, true);
    if (rows.length > 0) clientScopeMappings[owner.clientId] = rows;
  }
  const users = realm.users.filter((user) => user.serviceAccount !== null).map((user): Fields => {
    const names = namesOf(realm, user.roles);
    const owner = realm.clients.find((client) => client.id === user.serviceAccount)?.clientId ?? '';
    return { ...userJson(user, 'bare'), serviceAccountClientId: owner, realmRoles: names.realm, ...(Object.keys(names.client).length === 0 ? {} : { clientRoles: names.client }), groups: [] };
  });
  return { clients: realm.clients.map((client) => exportClient(realm, client)), ...(Object.keys(clientScopeMappings).length === 0 ? {} : { clientScopeMappings }), ...(users.length === 0 ? {} : { users }) };
}

function roleParts(realm: RealmRow, withClients: boolean): Fields {
  const roles = (owner: string | null): Fields[] => realm.roles.filter((role) => role.client === owner).map((role) => exportRole(realm, role));
  const client = withClients ? { client: Object.fromEntries(realm.clients.map((row) => [row.clientId, roles(row.id)])) } : {};
  return { roles: { realm: roles(null), ...client }, groups: realm.groups.filter((group) => group.parent === null).map((group) => exportGroup(realm, group)) };
}

/** Components by provider type, children inside their parents; the sandbox keeps key material outside of them, so there is none to drop. */
function components(realm: RealmRow, parent: string = realm.id): Fields {
  const byType: Record<string, Json[]> = {};
  for (const component of realm.components.filter((row) => (row['parentId'] ?? realm.id) === parent).map(shownComponent)) {
    const rows = (byType[String(component['providerType'])] ??= []);
    rows.push({ ...without(component, ['providerType', 'parentId']), subComponents: components(realm, String(component['id'])), config: object(component['config']) });
  }
  return byType;
}

function partialExport({ realm, query, world }: Request): Answer {
  const withClients = query.get('exportClients') === 'true';
  const mappings = scopeMappings(realm, null, withClients);
  return ok({
    ...realmJson(realm), keycloakVersion: world.version,
    clientScopes: realm.scopes.map((scope) => scopeJson(realm, scope)),
    defaultDefaultClientScopes: scopeNames(realm, realm.defaultScopes), defaultOptionalClientScopes: scopeNames(realm, realm.optionalScopes),
    ...(mappings.length === 0 ? {} : { scopeMappings: mappings }),
    ...(withClients ? clientParts(realm) : {}),
    ...(query.get('exportGroupsAndRoles') === 'true' ? roleParts(realm, withClients) : {}),
    identityProviders: realm.identityProviders.map(shownProvider(realm)), identityProviderMappers: realm.identityProviderMappers,
    components: components(realm), authenticationFlows: realm.flows.map((flow) => flowJson(realm, flow)), authenticatorConfig: realm.authenticatorConfigs.map(configJson), requiredActions: realm.requiredActions,
    localizationTexts: realm.localization,
  });
}

export const EXPORT_ROUTES: readonly Route[] = [route('POST /partial-export', 'manage-realm', partialExport)];
