/** Authorization services of one client: resources, scopes, policies and permissions, and their export and import. */
import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../../realm/json.ts';
import { described, notFound } from '../refusal.ts';
import { done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { clientOf } from '../state/find.ts';
import { object, objects, page, text, texts, without } from '../state/json.ts';
import type { AuthzRow, ClientRow, Fields, RealmRow } from '../state/model.ts';

const SETTINGS: JsonObject = { allowRemoteResourceManagement: true, policyEnforcementMode: 'ENFORCING', decisionStrategy: 'UNANIMOUS' };

export const emptyAuthz = (): AuthzRow => ({ settings: { ...SETTINGS }, resources: [], scopes: [], policies: [] });

export function resourceServerJson(client: ClientRow): Fields {
  return { id: client.id, clientId: client.id, name: client.clientId, ...(client.authz?.settings ?? SETTINGS), resources: [], policies: [], scopes: [] };
}

function authzOf(request: Request): AuthzRow {
  const { authz } = clientOf(request);
  if (authz === null) throw notFound('HTTP 404 Not Found');
  return authz;
}

function scopeNamed(authz: AuthzRow, name: string): Fields {
  const known = authz.scopes.find((scope) => scope['name'] === name);
  if (known !== undefined) return known;
  const made: Fields = { id: randomUUID(), name };
  authz.scopes.push(made);
  return made;
}

function addResource(authz: AuthzRow, client: ClientRow, body: JsonObject): Fields {
  const resource: Fields = {
    name: text(body['name']) ?? '', owner: { id: client.id, name: client.clientId }, ownerManagedAccess: body['ownerManagedAccess'] ?? false, attributes: object(body['attributes']), _id: text(body['_id']) ?? randomUUID(),
    uris: texts(body['uris']), scopes: objects(body['scopes']).map((scope) => scopeNamed(authz, text(scope['name']) ?? '')),
  };
  for (const key of ['type', 'displayName', 'icon_uri']) if (body[key] !== undefined) resource[key] = body[key];
  authz.resources.push(resource);
  return resource;
}

function createResource(request: Request): Answer {
  const authz = authzOf(request);
  const body = object(request.body);
  const client = clientOf(request);
  const name = text(body['name']) ?? '';
  if (authz.resources.some((row) => row['name'] === name)) throw described(409, 'invalid_request', `Resource with name [${name}] already exists.`);
  const resource = addResource(authz, client, body);
  const representation = { ...without(resource, ['attributes', 'ownerManagedAccess']), owner: { id: client.id } };
  return { status: 201, body: resource, events: [{ path: `${request.path}/${String(resource['_id'])}`, representation }] };
}

/** A policy as it is made: ids of roles, resources and policies, whatever names came in. */
function createPolicy(request: Request): Answer {
  const authz = authzOf(request);
  const sent = object(request.body);
  const id = text(sent['id']) ?? randomUUID();
  const base: Fields = { id, name: text(sent['name']) ?? '', type: request.params['type'] ?? '', logic: sent['logic'] ?? 'POSITIVE', decisionStrategy: sent['decisionStrategy'] ?? 'UNANIMOUS' };
  if (authz.policies.some((row) => row['name'] === base['name'])) throw described(409, 'invalid_request', `Policy with name [${String(base['name'])}] already exists.`);
  const extra: Fields = {};
  if (sent['description'] !== undefined) base['description'] = sent['description'];
  if (sent['roles'] !== undefined) extra['roles'] = objects(sent['roles']).map((role) => ({ id: role['id'] ?? '', required: role['required'] ?? false }));
  if (sent['resources'] !== undefined) extra['resources'] = texts(sent['resources']).map((name) => idOf(authz.resources, '_id', name));
  if (sent['scopes'] !== undefined) extra['scopes'] = texts(sent['scopes']).map((name) => idOf(authz.scopes, 'id', name));
  if (sent['policies'] !== undefined) extra['policies'] = texts(sent['policies']).map((name) => idOf(authz.policies, 'id', name));
  authz.policies.push({ ...base, ...extra });
  return { status: 201, body: { ...base, ...extra }, events: [{ path: `${request.path}/${id}`, representation: { ...base, ...extra } }] };
}

const idOf = (rows: readonly Fields[], key: string, name: string): Json => rows.find((row) => row[key] === name || row['name'] === name)?.[key] ?? name;
const nameOf = (rows: readonly Fields[], key: string, id: Json): Json => rows.find((row) => row[key] === id)?.['name'] ?? id;

/** In a list of policies the roles stand as JSON text in the config; links to resources and policies are left out. */
function listed(policy: Fields): Fields {
  const config = policy['roles'] === undefined ? {} : { roles: JSON.stringify(policy['roles']) };
  return { ...without(policy, ['roles', 'resources', 'scopes', 'policies']), config };
}

/** The settings as exports hold them: names instead of ids. */
export function authzSettings(realm: RealmRow, client: ClientRow, withIds = false): Fields {
  const authz = client.authz ?? emptyAuthz();
  const roleName = (id: Json): string => {
    const role = realm.roles.find((row) => row.id === id);
    const owner = realm.clients.find((row) => row.id === role?.client);
    return role === undefined ? String(id) : owner === undefined ? role.name : `${owner.clientId}/${role.name}`;
  };
  const policies = authz.policies.map((policy) => {
    const config: Fields = {};
    if (policy['roles'] !== undefined) config['roles'] = JSON.stringify(objects(policy['roles']).map((role) => ({ id: roleName(role['id'] ?? ''), required: role['required'] ?? false })));
    if (policy['resources'] !== undefined) config['resources'] = JSON.stringify(texts(policy['resources']).map((id) => nameOf(authz.resources, '_id', id)));
    if (policy['scopes'] !== undefined) config['scopes'] = JSON.stringify(texts(policy['scopes']).map((id) => nameOf(authz.scopes, 'id', id)));
    if (policy['policies'] !== undefined) config['applyPolicies'] = JSON.stringify(texts(policy['policies']).map((id) => nameOf(authz.policies, 'id', id)));
    return { ...without(policy, [...(withIds ? [] : ['id']), 'roles', 'resources', 'scopes', 'policies']), config };
  });
  const resources = authz.resources.map((resource) => ({ ...without(resource, ['owner', ...(withIds ? [] : ['_id'])]), scopes: objects(resource['scopes']).map((scope) => ({ name: scope['name'] ?? '' })) }));
  return { ...authz.settings, resources, policies, scopes: authz.scopes.map((scope) => (withIds ? scope : without(scope, ['id']))) };
}

/** Adds what is missing, by name, and brings policies that are there up to date; deletes nothing, so it can be repeated. */
function importSettings(request: Request): Answer {
  const authz = authzOf(request);
  const client = clientOf(request);
  const sent = object(request.body);
  for (const scope of objects(sent['scopes'])) scopeNamed(authz, text(scope['name']) ?? '');
  for (const resource of objects(sent['resources'])) if (!authz.resources.some((row) => row['name'] === resource['name'])) addResource(authz, client, resource);
  for (const policy of objects(sent['policies'])) {
    const made = importedPolicy(request.realm, authz, policy);
    const there = authz.policies.find((row) => row['name'] === policy['name']);
    if (there === undefined) authz.policies.push(made);
    else Object.assign(there, without(made, ['id']));
  }
  return { ...done, events: [{ operation: 'UPDATE', path: request.path, representation: resourceServerJson(client) }] };
}

function importedPolicy(realm: RealmRow, authz: AuthzRow, policy: JsonObject): Fields {
  const config = object(policy['config']);
  const listOf = (key: string): readonly Json[] | undefined => (typeof config[key] === 'string' ? (JSON.parse(config[key]) as readonly Json[]) : undefined);
  const roles = listOf('roles')?.flatMap((role) => {
    const id = roleNamed(realm, text(object(role)['id']) ?? '');
    return id === undefined ? [] : [{ ...object(role), id }];
  });
  const made: Fields = { ...without(policy, ['config']), id: randomUUID() };
  if (roles !== undefined) made['roles'] = roles;
  const links = { resources: [authz.resources, '_id', 'resources'], scopes: [authz.scopes, 'id', 'scopes'], policies: [authz.policies, 'id', 'applyPolicies'] } as const;
  for (const [field, [rows, key, source]] of Object.entries(links)) {
    const names = listOf(source);
    if (names !== undefined) made[field] = names.map((name) => idOf(rows, key, String(name)));
  }
  return made;
}

/** `role` or `client/role`, split at the first slash. A role that does not exist falls out; a client that does not is an error of the server. */
function roleNamed(realm: RealmRow, name: string): string | undefined {
  const slash = name.indexOf('/');
  const client = slash < 0 ? null : realm.clients.find((row) => row.clientId === name.slice(0, slash))?.id;
  if (client === undefined) throw described(500, 'unknown_error', 'For more on this error consult the server log.');
  return realm.roles.find((row) => row.client === client && row.name === name.slice(slash + 1))?.id;
}

const BASE = '/clients/{client}/authz/resource-server';
const READ = 'view-authorization';
// Even the export wants the right to manage (facts, section 4).
const WRITE = 'manage-authorization|manage-clients';

export const AUTHZ_ROUTES: readonly Route[] = [
  route(`GET ${BASE}`, READ, (request) => {
    authzOf(request);
    return ok(resourceServerJson(clientOf(request)));
  }),
  route(`GET ${BASE}/settings`, WRITE, (request) => {
    authzOf(request);
    return ok(authzSettings(request.realm, clientOf(request)));
  }),
  route(`POST ${BASE}/import`, WRITE, importSettings, { event: 'AUTHORIZATION_RESOURCE_SERVER' }),
  route(`GET ${BASE}/resource`, READ, (request) => ok(page(authzOf(request).resources, request.query))),
  route(`POST ${BASE}/resource`, WRITE, createResource, { event: 'AUTHORIZATION_RESOURCE' }),
  route(`GET ${BASE}/scope`, READ, (request) => ok(page(authzOf(request).scopes, request.query))),
  route(`GET ${BASE}/policy`, READ, (request) => ok(page(authzOf(request).policies.map(listed), request.query))),
  route(`POST ${BASE}/policy/{type}`, WRITE, createPolicy, { event: 'AUTHORIZATION_POLICY' }),
  route(`POST ${BASE}/permission/{type}`, WRITE, createPolicy, { event: 'AUTHORIZATION_POLICY' }),
];
