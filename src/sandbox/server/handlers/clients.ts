import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../realm/json.ts';
import { allows, type Actor } from '../permissions.ts';
import { described, errorMessage, notFound, Refusal, unknownError } from '../refusal.ts';
import { created, done, ok, route, type Answer, type EventDraft, type Request, type Route } from '../route.ts';
import { buildClient, buildMapper, buildRole, buildServiceAccount, newSecret, originsOf } from '../state/build.ts';
import { clientOf, roleNamed } from '../state/find.ts';
import { filledMap, object, objects, page, present, text, texts, without } from '../state/json.ts';
import type { ClientRow, Fields, RealmRow, UserRow } from '../state/model.ts';
import { clientJson, userJson } from '../state/represent.ts';
import { emptyAuthz, resourceServerJson } from './authz.ts';

const mayManage = (actor: Actor | null): boolean => actor !== null && allows(actor, 'manage-clients');

function listClients({ realm, query, actor }: Request): Answer {
  const wanted = query.get('clientId');
  const fits = (client: ClientRow): boolean => wanted === null || (query.get('search') === 'true' ? client.clientId.includes(wanted) : client.clientId === wanted);
  const rows = realm.clients.filter(fits).sort((a, b) => (a.clientId < b.clientId ? -1 : 1));
  return ok(page(rows, query).map((client) => clientJson(realm, client, mayManage(actor))));
}

function createClient(request: Request): Answer {
  const { realm } = request;
  const body = object(request.body);
  const id = text(body['id']);
  if (id !== null && id.length > 36) throw described(400, 'invalid_input', 'Client ID must not exceed 36 characters');
  if (realm.clients.some((client) => client.clientId === body['clientId'])) throw errorMessage(409, `Client ${text(body['clientId']) ?? ''} already exists`);
  if (realm.clients.some((client) => client.id === id)) throw described(409, 'conflict', 'Duplicate resource error');
  const client = buildClient(realm, body, request.now);
  if (body['protocol'] === 'openid-connect') protocolDefaults(client, body);
  realm.clients.push(client);
  keepServiceAccount(realm, client, client.fields['serviceAccountsEnabled'], request.now);
  const event = { representation: { ...body, id: client.id } };
  if (body['authorizationServicesEnabled'] !== true) return created(client.id, { events: [event] });
  const [made] = switchAuthz(realm, client, true);
  return created(client.id, { events: [{ ...made, path: `clients/${client.id}` }, event] });
}

/** Naming the protocol changes the defaults: such a client is public with direct access grants unless the body says otherwise. */
function protocolDefaults(client: ClientRow, body: JsonObject): void {
  client.fields['publicClient'] = body['publicClient'] ?? true;
  client.fields['directAccessGrantsEnabled'] = body['directAccessGrantsEnabled'] ?? true;
  if (client.fields['publicClient'] === true) client.secret = null;
  rootDefaults(client, body);
  client.attributes = { 'backchannel.logout.session.required': 'true', 'backchannel.logout.revoke.offline.tokens': 'false', ...client.attributes };
}

/** A root URL stands in for an admin URL, and for redirect URIs where there are none. */
function rootDefaults(client: ClientRow, body: JsonObject): void {
  const root = text(body['rootUrl']) ?? '';
  if (root === '') return;
  if (body['adminUrl'] === undefined) client.fields['adminUrl'] = root;
  if (texts(body['redirectUris']).length > 0) return;
  client.fields['redirectUris'] = [`${root}/*`];
  if (body['webOrigins'] === undefined) client.fields['webOrigins'] = [root];
}

/** Fields that PUT never takes from the body: they have places of their own, or are ignored as on the real server. */
const NOT_BY_PUT = ['id', 'clientId', 'secret', 'attributes', 'protocolMappers', 'defaultClientScopes', 'optionalClientScopes', 'authorizationServicesEnabled', 'authorizationSettings', 'access', 'authenticationFlowBindingOverrides'];

/**
 * The merge of 26.7.4 with its traps: attributes merge by key, mappers replace the whole list, scope lists are ignored,
 * a masked secret is stored as it is, and without the authorization flag the resource server dies (facts, section 3).
 */
function updateClient(request: Request): Answer {
  const { realm } = request;
  const client = clientOf(request);
  const body = object(request.body);
  const clientId = text(body['clientId']);
  if (clientId !== null && realm.clients.some((other) => other !== client && other.clientId === clientId)) throw described(409, 'conflict', 'Duplicate resource error');
  if (clientId !== null) client.clientId = clientId;
  if (body['authorizationServicesEnabled'] === true && (body['serviceAccountsEnabled'] ?? client.fields['serviceAccountsEnabled']) !== true) throw described(500, 'unknown_error', 'For more on this error consult the server log.');
  const open = client.fields['publicClient'] === true;
  const overrides = flowOverrides(realm, client, body);
  Object.assign(client.fields, present(without(body, NOT_BY_PUT)), { authenticationFlowBindingOverrides: overrides });
  if ((body['webOrigins'] ?? null) === null && texts(client.fields['webOrigins']).length === 0) client.fields['webOrigins'] = originsOf(client.fields['redirectUris']);
  client.secret = text(body['secret']) ?? client.secret;
  if (client.fields['publicClient'] === true) client.secret = null;
  else if (open && client.secret === null) giveSecret(client, request.now);
  client.attributes = mergeAttributes(client.attributes, object(body['attributes']));
  if (body['protocolMappers'] !== undefined) replaceMappers(client, body);
  keepServiceAccount(realm, client, body['serviceAccountsEnabled'], request.now);
  // A public or bearer-only client has no authorization services, whatever its flag says.
  const guarded = body['authorizationServicesEnabled'] === true && client.fields['publicClient'] !== true && client.fields['bearerOnly'] !== true;
  return { ...done, events: switchAuthz(realm, client, guarded) };
}

/** By key, as attributes; a flow that does not exist is a failure of the server, not a refusal. */
function flowOverrides(realm: RealmRow, client: ClientRow, body: JsonObject): Fields {
  const sent = object(body['authenticationFlowBindingOverrides']);
  const known = (id: unknown): boolean => id === null || id === '' || realm.flows.some((flow) => flow['id'] === id);
  if (!Object.values(sent).every(known)) throw unknownError();
  return { ...without(object(client.fields['authenticationFlowBindingOverrides']), Object.keys(sent)), ...filledMap(sent) };
}

/** A null or empty value takes the key out; keys that are not mentioned stay. */
export function mergeAttributes(old: Record<string, string>, sent: JsonObject): Record<string, string> {
  return { ...without(old, Object.keys(sent)), ...filledMap(sent) } as Record<string, string>;
}

function replaceMappers(client: ClientRow, body: JsonObject): void {
  client.mappers = objects(body['protocolMappers']).map((sent) => {
    const old = client.mappers.find((mapper) => mapper.name === sent['name'] && mapper.protocol === sent['protocol']);
    return { ...buildMapper(sent), id: old?.id ?? text(sent['id']) ?? randomUUID() };
  });
}

function keepServiceAccount(realm: RealmRow, client: ClientRow, flag: unknown, now: number): void {
  const existing = realm.users.find((user) => user.serviceAccount === client.id);
  if (flag === false && existing !== undefined) realm.users = realm.users.filter((user) => user !== existing);
  if (flag === true && existing === undefined) realm.users.push(buildServiceAccount(realm, client, now));
  const scope = realm.scopes.find((row) => row.name === 'service_account');
  if (scope === undefined) return;
  if (flag === true && !client.defaults.includes(scope.id) && !client.optionals.includes(scope.id)) client.defaults.push(scope.id);
  if (flag === false) {
    client.defaults = client.defaults.filter((id) => id !== scope.id);
    client.optionals = client.optionals.filter((id) => id !== scope.id);
  }
}

/** Makes or drops the resource server where the flag says something new; gives the events of the whole update. */
function switchAuthz(realm: RealmRow, client: ClientRow, wanted: boolean): EventDraft[] {
  if (wanted === (client.authz !== null)) return [{}];
  const type = 'AUTHORIZATION_RESOURCE_SERVER';
  const representation = resourceServerJson(client);
  client.authz = wanted ? emptyAuthz() : null;
  if (wanted) grantProtection(realm, client);
  return [{ operation: wanted ? 'CREATE' : 'DELETE', type, representation: wanted ? resourceServerJson(client) : representation }, { type }];
}

/** A resource server's service account may manage its resources: a client role of its own says so. */
function grantProtection(realm: RealmRow, client: ClientRow): void {
  const role = roleNamed(realm, client.id, 'uma_protection') ?? buildRole(client.id, { name: 'uma_protection' });
  if (!realm.roles.includes(role)) realm.roles.push(role);
  const user = realm.users.find((row) => row.serviceAccount === client.id);
  if (user !== undefined && !user.roles.includes(role.id)) user.roles.push(role.id);
}

/** A client's end by REST takes its roles, service account and client sessions along; the user sessions stay, without it. */
export function dropClient(realm: RealmRow, client: ClientRow): void {
  const roles = new Set(realm.roles.filter((role) => role.client === client.id).map((role) => role.id));
  dropRoles(realm, roles);
  realm.clients = realm.clients.filter((row) => row !== client);
  realm.users = realm.users.filter((user) => user.serviceAccount !== client.id);
  for (const session of realm.sessions) delete session.clients[client.id];
}

function deleteClient(request: Request): Answer {
  const client = clientOf(request);
  dropClient(request.realm, client);
  return { ...done, events: [{ representation: { id: client.id, clientId: client.clientId } }] };
}

/** Takes roles out of the realm and out of everything that holds them. */
export function dropRoles(realm: RealmRow, ids: ReadonlySet<string>): void {
  realm.roles = realm.roles.filter((role) => !ids.has(role.id));
  const keep = (list: string[]): string[] => list.filter((id) => !ids.has(id));
  for (const role of realm.roles) role.composites = keep(role.composites);
  for (const holder of [...realm.users, ...realm.groups, ...realm.clients, ...realm.scopes]) holder.roles = keep(holder.roles);
}

function serviceAccountOf(request: Request): UserRow {
  const client = clientOf(request);
  if (client.fields['serviceAccountsEnabled'] !== true) throw new Refusal(400, { error: `Service account not enabled for the client '${client.clientId}'` });
  const existing = request.realm.users.find((user) => user.serviceAccount === client.id);
  if (existing !== undefined) return existing;
  // The GET that writes (facts, top ten 7): a missing service account is made on the way.
  const made = buildServiceAccount(request.realm, client, request.now);
  request.realm.users.push(made);
  return made;
}

function secretOf(request: Request): Answer {
  const client = clientOf(request);
  return ok({ type: 'secret', ...(client.secret === null ? {} : { value: client.secret }) });
}

function giveSecret(client: ClientRow, now: number): void {
  client.secret = newSecret();
  client.attributes['client.secret.creation.time'] = String(Math.floor(now / 1000));
}

function renewSecret(request: Request): Answer {
  const client = clientOf(request);
  if (client.fields['publicClient'] === true) throw notFound('Client is public');
  giveSecret(client, request.now);
  return ok({ type: 'secret', value: client.secret });
}

export const CLIENT_ROUTES: readonly Route[] = [
  route('GET /clients', 'view-clients', listClients, { weak: 'query-clients' }),
  route('POST /clients', 'manage-clients|create-client', createClient, { event: 'CLIENT' }),
  route('GET /clients/{client}', 'view-clients', (request) => ok(clientJson(request.realm, clientOf(request), mayManage(request.actor)))),
  route('PUT /clients/{client}', 'manage-clients', updateClient, { event: 'CLIENT' }),
  route('DELETE /clients/{client}', 'manage-clients', deleteClient, { event: 'CLIENT' }),
  route('GET /clients-initial-access', 'view-clients', () => ok([])),
  route('GET /clients/{client}/client-secret', 'view-clients', secretOf),
  route('POST /clients/{client}/client-secret', 'manage-clients', renewSecret, { event: 'CLIENT' }),
  route('GET /clients/{client}/service-account-user', 'view-clients', (request) => ok(userJson(serviceAccountOf(request), 'bare'))),
];
