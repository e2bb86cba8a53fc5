/** Authorization services of one client as a whole: their three settings, their export and their import. */
import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../../realm/json.ts';
import { described, notFound } from '../refusal.ts';
import { done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { clientOf, groupPath } from '../state/find.ts';
import { object, objects, page, text, without } from '../state/json.ts';
import type { AuthzRow, ClientRow, Fields, RealmRow } from '../state/model.ts';
import { AUTHZ_OBJECT_ROUTES } from './authz-objects.ts';
import { LINKS, LISTS, policyRow, resourceRow, scopeRow, type Place } from './authz-rows.ts';

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

const nameOf = (rows: readonly Fields[], key: string, id: Json): Json => rows.find((row) => row[key] === id)?.['name'] ?? id;

/** Names instead of ids, as JSON text; what is gone falls out. The path of a group is written without escaping its slashes. */
function exported(realm: RealmRow, field: string, entries: readonly Json[]): string {
  const naming: Readonly<Record<string, (id: Json) => Json | undefined>> = {
    roles: (id) => {
      const role = realm.roles.find((row) => row.id === id);
      const client = role?.client === null ? undefined : realm.clients.find((row) => row.id === role?.client)?.clientId;
      return role === undefined ? undefined : client === undefined ? role.name : `${client}/${role.name}`;
    },
    users: (id) => realm.users.find((row) => row.id === id)?.username,
    clients: (id) => realm.clients.find((row) => row.id === id)?.clientId,
    clientScopes: (id) => realm.scopes.find((row) => row.id === id)?.name,
    groups: (id) => {
      const group = realm.groups.find((row) => row.id === id);
      return group === undefined ? undefined : groupPath(realm, group);
    },
  };
  return JSON.stringify(entries.flatMap((entry) => {
    const name = naming[field]?.(typeof entry === 'string' ? entry : object(entry)['id'] ?? null);
    if (name === undefined) return [];
    return typeof entry === 'string' ? [name] : [{ [field === 'groups' ? 'path' : 'id']: name, ...without(object(entry), ['id']) }];
  }));
}

/** The settings as exports hold them: names instead of ids. */
export function authzSettings(realm: RealmRow, client: ClientRow): Fields {
  const authz = client.authz ?? emptyAuthz();
  const policies = authz.policies.map((policy): Fields => {
    const { config: scalars, ...rest } = policy;
    const config: Record<string, Json> = { ...object(scalars) };
    for (const field of Object.keys(LISTS)) if (Array.isArray(policy[field])) config[field] = exported(realm, field, policy[field]);
    for (const [field, { rows, key, exported: name }] of Object.entries(LINKS)) {
      const ids = policy[field];
      if (Array.isArray(ids) && ids.length > 0) config[name] = JSON.stringify(ids.map((id) => nameOf(authz[rows], key, id as Json)));
    }
    return { ...without(rest, ['id', ...Object.keys(LISTS), ...Object.keys(LINKS)]), config };
  });
  const resources = authz.resources.map((resource) => {
    const scopes = objects(resource['scopes']).map((scope) => ({ name: scope['name'] ?? '' }));
    return { ...without(resource, ['owner', '_id', 'scopes']), ...(scopes.length === 0 ? {} : { scopes }) };
  });
  return { ...authz.settings, resources, policies, scopes: authz.scopes.map((scope) => without(scope, ['id'])) };
}

/**
 * Adds what is missing, by name, and brings scopes and policies that are there up to date; resources that are there stay as they are, and
 * settings that are left out go back to their defaults. Deletes nothing, so it can be repeated.
 */
function importSettings(request: Request): Answer {
  const client = clientOf(request);
  const authz = structuredClone(authzOf(request));
  const place: Place = { realm: request.realm, client, authz };
  const sent = object(request.body);
  authz.settings = { ...SETTINGS, ...Object.fromEntries(Object.entries(sent).filter(([key]) => key in SETTINGS)) };
  for (const scope of objects(sent['scopes'])) scopeRow(authz, scope, true);
  for (const resource of objects(sent['resources'])) {
    const made = resourceRow(place, resource);
    if (!authz.resources.some((row) => row['name'] === resource['name'])) authz.resources.push(made);
  }
  for (const policy of objects(sent['policies'])) {
    const there = authz.policies.find((row) => row['name'] === policy['name']);
    const made = policyRow(place, typed(policy), text(there?.['type'] ?? policy['type']) ?? '', true);
    if (there === undefined) authz.policies.push({ ...made, id: text(policy['id']) ?? randomUUID() });
    else authz.policies[authz.policies.indexOf(there)] = { ...made, id: there['id'] ?? '' };
  }
  authz.policies = authz.policies.map((policy) => resolved(policy, authz));
  client.authz = authz;
  return { ...done, events: [{ operation: 'UPDATE', path: request.path, representation: resourceServerJson(client) }] };
}

/** Policies may stand before those that they name, so links are looked up when all are there; one that leads nowhere fails the whole. */
function resolved(policy: Fields, authz: AuthzRow): Fields {
  return Object.fromEntries(Object.entries(policy).map(([field, value]) => {
    const link = field in LINKS ? LINKS[field as keyof typeof LINKS] : undefined;
    if (link === undefined || !Array.isArray(value)) return [field, value];
    return [field, value.map((name) => {
      const found = authz[link.rows].find((row) => row[link.key] === name || row['name'] === name);
      if (found === undefined) throw described(500, 'unknown_error', 'For more on this error consult the server log.');
      return found[link.key] ?? '';
    })];
  }));
}

/** A policy of an export as the endpoint of its type would have it. */
function typed(policy: JsonObject): JsonObject {
  const config = object(policy['config']);
  const listed = (text_: Json | undefined): Json | undefined => (typeof text_ === 'string' && text_.startsWith('[') ? (JSON.parse(text_) as Json) : undefined);
  const lists = Object.fromEntries(Object.keys(LISTS).flatMap((field) => (listed(config[field]) === undefined ? [] : [[field, listed(config[field]) ?? null]])));
  const links = Object.fromEntries(Object.entries(LINKS).flatMap(([field, { exported: name }]) => (listed(config[name]) === undefined ? [] : [[field, listed(config[name]) ?? null]])));
  const scalars = without(config, [...Object.keys(LISTS), ...Object.values(LINKS).map(({ exported: name }) => name)]);
  return { ...without(policy, ['config', 'id']), ...lists, ...links, config: scalars };
}

/** Without a decision strategy the server answers 409, and whatever else is left out goes back to its default. */
function updateSettings(request: Request): Answer {
  const authz = authzOf(request);
  const sent = object(request.body);
  if (sent['decisionStrategy'] === undefined) throw described(409, 'conflict', 'Duplicate resource error');
  authz.settings = { ...SETTINGS, ...Object.fromEntries(Object.entries(sent).filter(([key]) => key in SETTINGS)) };
  return done;
}

const BASE = '/clients/{client}/authz/resource-server';
const READ = 'view-authorization';
// Even the export wants the right to manage (facts, section 4).
const WRITE = 'manage-authorization|manage-clients';

/** In a list of policies the lists stand as JSON text in the config; links to resources and policies are left out. */
function listed(policy: Fields): Fields {
  const lists = Object.fromEntries(Object.keys(LISTS).flatMap((field) => (policy[field] === undefined ? [] : [[field, JSON.stringify(policy[field])]])));
  return { ...without(policy, [...Object.keys(LISTS), ...Object.keys(LINKS)]), config: { ...object(policy['config']), ...lists } };
}

function search(rows: readonly Fields[], query: URLSearchParams): Answer {
  const found = rows.find((row) => row['name'] === query.get('name'));
  return found === undefined ? done : ok(found);
}

export const AUTHZ_ROUTES: readonly Route[] = [
  route(`GET ${BASE}`, READ, (request) => {
    authzOf(request);
    return ok(resourceServerJson(clientOf(request)));
  }),
  route(`PUT ${BASE}`, WRITE, updateSettings, { event: 'AUTHORIZATION_RESOURCE_SERVER' }),
  route(`GET ${BASE}/settings`, WRITE, (request) => {
    authzOf(request);
    return ok(authzSettings(request.realm, clientOf(request)));
  }),
  route(`POST ${BASE}/import`, WRITE, importSettings, { event: 'AUTHORIZATION_RESOURCE_SERVER' }),
  route(`GET ${BASE}/resource`, READ, (request) => ok(page(authzOf(request).resources, request.query, 100))),
  route(`GET ${BASE}/resource/search`, READ, (request) => search(authzOf(request).resources, request.query)),
  route(`GET ${BASE}/scope`, READ, (request) => ok(page(authzOf(request).scopes, request.query, 100))),
  route(`GET ${BASE}/scope/search`, READ, (request) => search(authzOf(request).scopes, request.query)),
  route(`GET ${BASE}/policy`, READ, (request) => ok(page(authzOf(request).policies.map(listed), request.query, 100))),
  route(`GET ${BASE}/policy/search`, READ, (request) => search(authzOf(request).policies.map(listed), request.query)),
  ...AUTHZ_OBJECT_ROUTES,
];
