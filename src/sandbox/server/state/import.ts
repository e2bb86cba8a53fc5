/** A whole realm from one representation: what `POST /admin/realms` does. */
import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../../realm/json.ts';
import { fresh } from '../data/fresh.ts';
import { buildClient, buildGroup, buildMapper, buildRole, buildScope, buildServiceAccount, buildUser, rolesByName } from './build.ts';
import { clientNamed, groupAt, roleNamed } from './find.ts';
import { list, object, objects, present, text, texts, without } from './json.ts';
import { generateKeys } from './keys.ts';
import type { ClientRow, Fields, MapperRow, RealmRow } from './model.ts';
import { buildOrganization } from './organization.ts';

/** Parts of a realm representation that become rows; everything else stays in `fields`. */
export const PARTS = ['id', 'realm', 'defaultRole', 'defaultRoles', 'clients', 'clientScopes', 'defaultDefaultClientScopes', 'defaultOptionalClientScopes', 'roles', 'groups', 'defaultGroups', 'organizations', 'users', 'scopeMappings',
  'clientScopeMappings', 'authenticationFlows', 'authenticatorConfig', 'requiredActions', 'components', 'identityProviders', 'identityProviderMappers', 'localizationTexts', 'keycloakVersion'] as const;

/**
 * A realm from its representation, with everything that a fresh realm has where the representation is silent. Lists
 * that are there replace the built-in ones (client scopes, flows...), except clients and roles, which are added to them.
 */
export async function importRealm(sent: JsonObject, now: number): Promise<RealmRow> {
  const name = text(sent['realm']) ?? '';
  const base = fresh(name).realm as unknown as JsonObject;
  const or = (key: string): Json | undefined => sent[key] ?? base[key];
  const realm: RealmRow = {
    id: text(sent['id']) ?? randomUUID(), name,
    fields: { ...present(without(base, PARTS)), ...present(without(sent, PARTS)), attributes: { ...object(base['attributes']), ...object(sent['attributes']) } },
    defaultRole: '', clients: [], scopes: [], defaultScopes: [], optionalScopes: [], roles: [], groups: [], defaultGroups: [], organizations: [], users: [], sessions: [], keys: [],
    flows: objects(or('authenticationFlows')).map((flow) => withId({ ...flow, authenticationExecutions: objects(flow['authenticationExecutions']).map(withId) })),
    authenticatorConfigs: objects(or('authenticatorConfig')).map(withId), requiredActions: objects(or('requiredActions')).map((action) => ({ ...action })),
    components: [], identityProviders: objects(sent['identityProviders']).map((provider) => ({ internalId: randomUUID(), ...provider })), identityProviderMappers: objects(sent['identityProviderMappers']).map(withId),
    localization: { ...(object(sent['localizationTexts']) as Record<string, Record<string, string>>) }, adminEvents: [], events: [], warm: [],
  };
  realm.components = components(realm, object(sent['components']), object(base['components']));
  realm.keys = await generateKeys(realm.components, now);
  // With scopes of its own a realm's built-in clients are left without any link.
  const ownScopes = sent['clientScopes'] !== undefined;
  addScopes(realm, ownScopes ? withOfflineAccess(sent, base) : base, !ownScopes);
  const sentClients = objects(sent['clients']);
  const builtIn = objects(base['clients']).filter((client) => !sentClients.some((own) => own['clientId'] === client['clientId']));
  realm.clients = [...builtIn.map((client) => builtInClient(client, buildClient(realm, ownScopes ? { ...client, defaultClientScopes: [], optionalClientScopes: [] } : client, now))), ...sentClients.map((client) => imported(buildClient(realm, client, now)))];
  addRoles(realm, object(base['roles']), object(sent['roles']), text(object(sent['defaultRole'])['name']) ?? `default-roles-${name}`);
  for (const source of [base, sent]) addScopeMappings(realm, source);
  for (const group of objects(sent['groups'])) addGroup(realm, null, group);
  addUsers(realm, sent['users'], now);
  realm.defaultGroups = texts(sent['defaultGroups']).flatMap((path) => groupAt(realm, path)?.id ?? []);
  for (const organization of objects(sent['organizations'])) {
    realm.organizations.push({ ...buildOrganization(realm, organization), id: text(organization['id']) ?? randomUUID(), providers: objects(organization['identityProviders']).flatMap((provider) => text(provider['alias']) ?? []) });
  }
  return realm;
}

/**
 * Built-in clients are born without a secret. One that comes in the representation gets one, even `realm-management`:
 * that is how one can tell later that there was an import (facts, section 7).
 */
function builtInClient(body: JsonObject, row: ClientRow): ClientRow {
  const { 'client.secret.creation.time': _born, ...attributes } = row.attributes;
  return { ...asGiven(body, row), secret: null, attributes };
}

const imported = (row: ClientRow): ClientRow => ({ ...row, attributes: { 'post.logout.redirect.uris': '+', ...row.attributes } });

const withId = (row: JsonObject): Fields => ({ ...row, id: text(row['id']) ?? randomUUID() });

function components(realm: RealmRow, sent: JsonObject, base: JsonObject): Fields[] {
  return componentRows({ ...base, ...sent }, realm.id);
}

/** Each with those below it. */
function componentRows(byType: JsonObject, parentId: string): Fields[] {
  return Object.entries(byType).flatMap(([providerType, rows]) => objects(rows).flatMap((row) => {
    const component = withId(present({ ...without(row, ['subComponents']), id: row['id'] ?? null, providerType, parentId, config: object(row['config']) }));
    return [component, ...componentRows(object(row['subComponents']), String(component['id']))];
  }));
}

/** Built-in objects keep the configs of their mappers as the fresh realm has them. */
function asGiven<T extends { mappers: MapperRow[] }>(body: JsonObject, row: T): T {
  return { ...row, mappers: objects(body['protocolMappers']).map(buildMapper) };
}

/** A representation with scopes of its own gets no built-in one, except `offline_access` as an optional one. */
function withOfflineAccess(sent: JsonObject, base: JsonObject): JsonObject {
  const own = objects(sent['clientScopes']);
  const offline = objects(base['clientScopes']).filter((scope) => scope['name'] === 'offline_access' && !own.some((row) => row['name'] === 'offline_access'));
  return { ...sent, clientScopes: [...own, ...offline], defaultOptionalClientScopes: [...texts(sent['defaultOptionalClientScopes']), ...offline.map((scope) => scope['name'] ?? '')] };
}

function addScopes(realm: RealmRow, source: JsonObject, builtIn: boolean): void {
  realm.scopes = objects(source['clientScopes']).map((scope) => (builtIn ? asGiven(scope, buildScope(scope)) : buildScope(scope)));
  const ids = (names: Json | undefined): string[] => texts(names).map((name) => realm.scopes.find((scope) => scope.name === name)?.id).filter((id) => id !== undefined);
  realm.defaultScopes = ids(source['defaultDefaultClientScopes']);
  realm.optionalScopes = ids(source['defaultOptionalClientScopes']);
}

function addRoles(realm: RealmRow, base: JsonObject, sent: JsonObject, defaultRole: string): void {
  const bodies: { readonly owner: string | null; readonly body: JsonObject }[] = [];
  const collect = (owner: string | null, rows: Json | undefined): void => {
    for (const body of objects(rows)) if (!bodies.some((known) => known.owner === owner && known.body['name'] === body['name'])) bodies.push({ owner, body });
  };
  for (const source of [sent, base]) {
    collect(null, source['realm']);
    for (const [clientId, rows] of Object.entries(object(source['client']))) {
      const client = clientNamed(realm, clientId);
      if (client !== undefined) collect(client.id, rows);
    }
  }
  realm.roles = bodies.map(({ owner, body }) => ({ ...buildRole(owner, body), id: text(body['id']) ?? randomUUID() }));
  for (const { owner, body } of bodies) {
    const role = roleNamed(realm, owner, text(body['name']) ?? '');
    if (role !== undefined) role.composites = compositeIds(realm, object(body['composites']));
  }
  realm.defaultRole = roleNamed(realm, null, defaultRole)?.id ?? '';
}

/** `{realm: [names], client: {clientId: [names]}}` to ids. */
export function compositeIds(realm: RealmRow, composites: JsonObject): string[] {
  const ofClients = Object.entries(object(composites['client'])).flatMap(([clientId, names]) => {
    const client = clientNamed(realm, clientId);
    return client === undefined ? [] : rolesByName(realm, client.id, names);
  });
  return [...rolesByName(realm, null, composites['realm']), ...ofClients];
}

function addScopeMappings(realm: RealmRow, source: JsonObject): void {
  const add = (owner: string | null, rows: Json | undefined): void => {
    for (const row of objects(rows)) {
      const target = realm.clients.find((client) => client.clientId === row['client']) ?? realm.scopes.find((scope) => scope.name === row['clientScope']);
      if (target !== undefined) target.roles = [...new Set([...target.roles, ...rolesByName(realm, owner, row['roles'])])];
    }
  };
  add(null, source['scopeMappings']);
  for (const [clientId, rows] of Object.entries(object(source['clientScopeMappings']))) {
    const client = clientNamed(realm, clientId);
    if (client !== undefined) add(client.id, rows);
  }
}

function addGroup(realm: RealmRow, parent: string | null, body: JsonObject): void {
  const group = { ...buildGroup(parent, body), id: text(body['id']) ?? randomUUID() };
  group.roles = compositeIds(realm, { realm: body['realmRoles'] ?? [], client: body['clientRoles'] ?? {} });
  realm.groups.push(group);
  for (const child of objects(body['subGroups'])) addGroup(realm, group.id, child);
}

function addUsers(realm: RealmRow, users: Json | undefined, now: number): void {
  for (const body of objects(users)) {
    const owner = clientNamed(realm, text(body['serviceAccountClientId']) ?? '');
    const named = list(body['realmRoles']).length > 0 || Object.keys(object(body['clientRoles'])).length > 0;
    const user = { ...buildUser(realm, body, now), serviceAccount: owner?.id ?? null };
    if (named) user.roles = compositeIds(realm, { realm: body['realmRoles'] ?? [], client: body['clientRoles'] ?? {} });
    realm.users.push(user);
  }
  for (const client of realm.clients) {
    if (client.fields['serviceAccountsEnabled'] === true && !realm.users.some((user) => user.serviceAccount === client.id)) realm.users.push(buildServiceAccount(realm, client, now));
  }
}
