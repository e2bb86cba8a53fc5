/** What the Admin REST API is sent, to rows: the defaults that Keycloak 26.7.4 fills in. */
import { randomBytes, randomUUID, scryptSync } from 'node:crypto';
import type { Json, JsonObject } from '../../../realm/json.ts';
import { groupAt } from './find.ts';
import { filledMap, list, listMap, object, objects, present, stringMap, text, texts, without } from './json.ts';
import type { ClientRow, Fields, GroupRow, MapperRow, RealmRow, RoleRow, ScopeRow, UserRow } from './model.ts';

export function buildMapper(body: JsonObject): MapperRow {
  return {
    id: text(body['id']) ?? randomUUID(), name: text(body['name']) ?? '', protocol: text(body['protocol']) ?? 'openid-connect', protocolMapper: text(body['protocolMapper']) ?? '',
    config: stringMap(body['config']),
  };
}

/** Mappers inside the body of a new client or client scope get the userinfo switch stored; one that is made alone does not (facts: baselines section 3). */
function buildInlineMappers(body: JsonObject): MapperRow[] {
  return objects(body['protocolMappers']).map(buildMapper).map((mapper) => {
    const id = mapper.config['id.token.claim'];
    if (id === undefined || 'userinfo.token.claim' in mapper.config) return mapper;
    return { ...mapper, config: { ...mapper.config, 'userinfo.token.claim': id } };
  });
}

export function buildScope(body: JsonObject): ScopeRow {
  return {
    id: text(body['id']) ?? randomUUID(), name: text(body['name']) ?? '', protocol: text(body['protocol']) ?? 'openid-connect', description: text(body['description']),
    attributes: stringMap(body['attributes']), mappers: buildInlineMappers(body), roles: [],
  };
}

/** Fields of a client representation that have their own place in ClientRow, or are only ever computed. */
const CLIENT_OWN = ['id', 'clientId', 'secret', 'attributes', 'protocolMappers', 'defaultClientScopes', 'optionalClientScopes', 'authorizationServicesEnabled', 'authorizationSettings', 'access'];

const CLIENT_DEFAULTS: JsonObject = {
  surrogateAuthRequired: false, enabled: true, alwaysDisplayInConsole: false, clientAuthenticatorType: 'client-secret', redirectUris: [], webOrigins: [], notBefore: 0, bearerOnly: false, consentRequired: false,
  standardFlowEnabled: true, implicitFlowEnabled: false, directAccessGrantsEnabled: false, serviceAccountsEnabled: false, publicClient: false, frontchannelLogout: false, protocol: 'openid-connect',
  authenticationFlowBindingOverrides: {}, fullScopeAllowed: true, nodeReRegistrationTimeout: -1,
};

/** The alphabet and length of the secrets that Keycloak 26.7 makes. */
export function newSecret(): string {
  return Array.from(randomBytes(86), (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'[byte % 62]).join('');
}

const origin = (uri: string): string | null => {
  const match = /^(https?:\/\/[^/*]+)/.exec(uri);
  return match?.[1] ?? null;
};

/** The origins that the server gives to a client which has redirect URIs and no web origins. */
export function originsOf(redirectUris: Json | undefined): readonly string[] {
  return [...new Set(texts(redirectUris).map(origin).filter((item) => item !== null))];
}

/** A new client. Scope names that do not exist are dropped without a word, as on the real server. */
export function buildClient(realm: RealmRow, body: JsonObject, now: number): ClientRow {
  const sent = present(without(body, CLIENT_OWN));
  const fields = { ...CLIENT_DEFAULTS, ...sent };
  if (body['webOrigins'] === undefined) fields['webOrigins'] = originsOf(fields['redirectUris']);
  const attributes: Record<string, string> = { realm_client: 'false', ...filledMap(body['attributes']) };
  let secret = text(body['secret']);
  if (secret === null && fields['publicClient'] !== true) {
    secret = newSecret();
    attributes['client.secret.creation.time'] = String(Math.floor(now / 1000));
  }
  return {
    id: text(body['id']) ?? randomUUID(), clientId: text(body['clientId']) ?? randomUUID(), secret, attributes, fields, mappers: buildInlineMappers(body),
    defaults: linked(realm, body['defaultClientScopes'], realm.defaultScopes), optionals: linked(realm, body['optionalClientScopes'], realm.optionalScopes),
    roles: [], authz: null,
  };
}

function linked(realm: RealmRow, names: Json | undefined, usual: readonly string[]): string[] {
  return names === undefined || names === null ? [...usual] : realm.scopes.filter((scope) => texts(names).includes(scope.name)).map((scope) => scope.id);
}

export function buildRole(client: string | null, body: JsonObject): RoleRow {
  return { id: randomUUID(), name: text(body['name']) ?? '', description: text(body['description']), client, composites: [], attributes: { ...object(body['attributes']) } };
}

export function buildGroup(parent: string | null, body: JsonObject): GroupRow {
  return { id: randomUUID(), name: text(body['name']) ?? '', parent, description: text(body['description']), attributes: listMap(body['attributes']), roles: [] };
}

const USER_OWN = ['id', 'username', 'attributes', 'createdTimestamp', 'groups', 'credentials', 'realmRoles', 'clientRoles', 'serviceAccountClientId', 'access', 'totp', 'notBefore', 'disableableCredentialTypes', 'federatedIdentities'];

/** A new user with the realm's default role; names and mail addresses are kept in lower case. */
export function buildUser(realm: RealmRow, body: JsonObject, now: number): UserRow {
  const fields: Fields = { enabled: false, emailVerified: false, ...present(without(body, USER_OWN)) };
  if (typeof fields['email'] === 'string') fields['email'] = fields['email'].toLowerCase();
  const groups = texts(body['groups']).map((path) => groupAt(realm, path)).filter((group) => group !== undefined);
  const password = objects(body['credentials']).find((credential) => credential['type'] === 'password');
  return {
    id: text(body['id']) ?? randomUUID(), username: (text(body['username']) ?? '').toLowerCase(), created: typeof body['createdTimestamp'] === 'number' ? body['createdTimestamp'] : now, fields,
    attributes: listMap(body['attributes']), roles: [realm.defaultRole], groups: [...new Set([...realm.defaultGroups, ...groups.map((group) => group.id)])],
    password: password === undefined ? null : hashPassword(text(password['value']) ?? '', now), serviceAccount: null,
  };
}

/** The user behind a client's service account: a fresh one has the default role and nothing else. */
export function buildServiceAccount(realm: RealmRow, client: ClientRow, now: number): UserRow {
  return { ...buildUser(realm, { username: `service-account-${client.clientId}`, enabled: true }, now), groups: [], serviceAccount: client.id };
}

export function hashPassword(password: string, now: number): NonNullable<UserRow['password']> {
  const salt = randomBytes(16).toString('base64url');
  return { id: randomUUID(), created: now, salt, hash: digest(password, salt) };
}

export const passwordFits = (stored: UserRow['password'], given: string): boolean => stored !== null && digest(given, stored.salt) === stored.hash;

// A small cost: the sandbox guards nothing, and a drill logs hundreds of users in.
const digest = (password: string, salt: string): string => scryptSync(password, salt, 32, { N: 256 }).toString('base64url');

export const rolesByName = (realm: RealmRow, client: string | null, names: Json | undefined): string[] => realm.roles.filter((role) => role.client === client && list(names).includes(role.name)).map((role) => role.id);
