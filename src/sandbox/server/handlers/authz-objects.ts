/** Single authorization objects: made, changed and deleted, with what a deletion takes along. */
import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../../realm/json.ts';
import { described, errorMessage, notFound } from '../refusal.ts';
import { done, route, type Answer, type Request, type Route } from '../route.ts';
import { clientOf } from '../state/find.ts';
import { object, objects, text, texts, without } from '../state/json.ts';
import type { AuthzRow, Fields } from '../state/model.ts';
import { LINKS, policyRow, replace, resourceRow, scopeRow, type Place } from './authz-rows.ts';

function placeOf(request: Request): Place {
  const client = clientOf(request);
  if (client.authz === null) throw notFound('HTTP 404 Not Found');
  return { realm: request.realm, client, authz: client.authz };
}

function rowOf(request: Request, rows: readonly Fields[], key: 'id' | '_id'): Fields {
  const found = rows.find((row) => row[key] === request.params['id']);
  if (found === undefined) throw notFound('HTTP 404 Not Found');
  return found;
}

function createScope(request: Request): Answer {
  const { authz } = placeOf(request);
  const made = scopeRow(authz, object(request.body));
  return { status: 201, body: made, events: [{ path: `${request.path}/${String(made['id'])}`, representation: made }] };
}

function updateScope(request: Request): Answer {
  const { authz } = placeOf(request);
  const old = rowOf(request, authz.scopes, 'id');
  const sent = object(request.body);
  const row: Fields = { id: old['id'] ?? '', name: sent['name'] ?? old['name'] ?? '', ...Object.fromEntries(['displayName', 'iconUri'].flatMap((key) => (sent[key] === undefined ? [] : [[key, sent[key]]]))) };
  replace(authz.scopes, old, row);
  for (const resource of authz.resources) replace(authz.resources, resource, { ...resource, scopes: objects(resource['scopes']).map((scope) => (scope['id'] === row['id'] ? row : scope)) });
  return done;
}

function deleteScope(request: Request): Answer {
  const { authz } = placeOf(request);
  const row = rowOf(request, authz.scopes, 'id');
  if (authz.resources.some((resource) => objects(resource['scopes']).some((scope) => scope['id'] === row['id']))) throw errorMessage(400, 'Scopes can not be removed while associated with resources.');
  authz.scopes = authz.scopes.filter((other) => other !== row);
  takeOut(authz, 'scopes', row['id'] ?? '');
  return done;
}

function createResource(request: Request): Answer {
  const place = placeOf(request);
  const body = object(request.body);
  const name = text(body['name']) ?? '';
  if (place.authz.resources.some((row) => row['name'] === name)) throw described(409, 'invalid_request', `Resource with name [${name}] already exists.`);
  if (body['owner'] !== undefined && text(object(body['owner'])['id']) === null) throw described(400, 'invalid_request', 'You must specify the resource owner.');
  const resource = resourceRow(place, body);
  place.authz.resources.push(resource);
  const representation = { ...without(resource, ['attributes', 'ownerManagedAccess']), owner: { id: place.client.id } };
  return { status: 201, body: resource, events: [{ path: `${request.path}/${String(resource['_id'])}`, representation }] };
}

/** A scope that a resource loses falls out of the permissions for it. */
function updateResource(request: Request): Answer {
  const place = placeOf(request);
  const old = rowOf(request, place.authz.resources, '_id');
  const row = resourceRow(place, object(request.body), old);
  replace(place.authz.resources, old, row);
  const gone = objects(old['scopes']).map((scope) => scope['id']).filter((id) => !objects(row['scopes']).some((scope) => scope['id'] === id));
  for (const policy of place.authz.policies) {
    if (!texts(policy['resources']).includes(String(row['_id'])) || policy['scopes'] === undefined) continue;
    replace(place.authz.policies, policy, { ...policy, scopes: texts(policy['scopes']).filter((id) => !gone.includes(id)) });
  }
  return done;
}

function deleteResource(request: Request): Answer {
  const { authz } = placeOf(request);
  const row = rowOf(request, authz.resources, '_id');
  authz.resources = authz.resources.filter((other) => other !== row);
  takeOut(authz, 'resources', row['_id'] ?? '');
  return done;
}

/** The answer to a policy that was made: as it was sent, with ids for what is found. */
function policyJson(row: Fields, sent: JsonObject): Fields {
  const { config: _, ...rest } = row;
  const echoed = Object.fromEntries(['users', 'clients'].flatMap((field) => (sent[field] === undefined ? [] : [[field, sent[field]]])));
  const scalars = without(sent, ['id', 'name', 'description', 'type', 'logic', 'decisionStrategy', 'config', 'roles', 'groups', 'clientScopes', ...Object.keys(LINKS)]);
  return { ...rest, ...scalars, ...echoed, ...(row['type'] === 'regex' ? { targetContextAttributes: sent['targetContextAttributes'] ?? false } : {}) };
}

function createPolicy(request: Request): Answer {
  const place = placeOf(request);
  const sent = object(request.body);
  const id = text(sent['id']) ?? randomUUID();
  const name = text(sent['name']) ?? '';
  if (place.authz.policies.some((row) => row['name'] === name)) throw described(409, 'invalid_request', `Policy with name [${name}] already exists.`);
  const row: Fields = { id, ...policyRow(place, sent, request.params['type'] ?? '', false) };
  place.authz.policies.push(row);
  const body = policyJson(row, sent);
  return { status: 201, body, events: [{ path: `${request.path}/${id}`, representation: body }] };
}

function updatePolicy(request: Request): Answer {
  const place = placeOf(request);
  const old = rowOf(request, place.authz.policies, 'id');
  const sent = object(request.body);
  replace(place.authz.policies, old, { id: old['id'] ?? '', ...policyRow(place, { name: old['name'] ?? '', ...sent }, request.params['type'] ?? '', false, old) });
  return { status: 201 };
}

function deletePolicy(request: Request): Answer {
  const { authz } = placeOf(request);
  dropPolicy(authz, rowOf(request, authz.policies, 'id'));
  return done;
}

function dropPolicy(authz: AuthzRow, row: Fields): void {
  authz.policies = authz.policies.filter((other) => other !== row);
  takeOut(authz, 'policies', row['id'] ?? '');
}

/** Takes something out of every policy that names it; a policy that named nothing else of its kind goes too. */
function takeOut(authz: AuthzRow, field: keyof typeof LINKS, id: Json): void {
  for (const policy of authz.policies.filter((row) => texts(row[field]).includes(String(id)))) {
    const rest = texts(policy[field]).filter((other) => other !== id);
    if (rest.length === 0) dropPolicy(authz, policy);
    else if (authz.policies.includes(policy)) replace(authz.policies, policy, { ...policy, [field]: rest });
  }
}

const BASE = '/clients/{client}/authz/resource-server';
const WRITE = 'manage-authorization|manage-clients';

export const AUTHZ_OBJECT_ROUTES: readonly Route[] = [
  route(`POST ${BASE}/scope`, WRITE, createScope, { event: 'AUTHORIZATION_SCOPE' }),
  route(`PUT ${BASE}/scope/{id}`, WRITE, updateScope, { event: 'AUTHORIZATION_SCOPE' }),
  route(`DELETE ${BASE}/scope/{id}`, WRITE, deleteScope, { event: 'AUTHORIZATION_SCOPE' }),
  route(`POST ${BASE}/resource`, WRITE, createResource, { event: 'AUTHORIZATION_RESOURCE' }),
  route(`PUT ${BASE}/resource/{id}`, WRITE, updateResource, { event: 'AUTHORIZATION_RESOURCE' }),
  route(`DELETE ${BASE}/resource/{id}`, WRITE, deleteResource, { event: 'AUTHORIZATION_RESOURCE' }),
  route(`POST ${BASE}/policy/{type}`, WRITE, createPolicy, { event: 'AUTHORIZATION_POLICY' }),
  route(`PUT ${BASE}/policy/{type}/{id}`, WRITE, updatePolicy, { event: 'AUTHORIZATION_POLICY' }),
  route(`DELETE ${BASE}/policy/{type}/{id}`, WRITE, deletePolicy, { event: 'AUTHORIZATION_POLICY' }),
  route(`POST ${BASE}/permission/{type}`, WRITE, createPolicy, { event: 'AUTHORIZATION_POLICY' }),
  route(`PUT ${BASE}/permission/{type}/{id}`, WRITE, updatePolicy, { event: 'AUTHORIZATION_POLICY' }),
  route(`DELETE ${BASE}/permission/{type}/{id}`, WRITE, deletePolicy, { event: 'AUTHORIZATION_POLICY' }),
];
