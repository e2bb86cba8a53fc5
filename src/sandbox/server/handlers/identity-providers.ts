import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../realm/json.ts';
import { described, errorMessage, notFound, Refusal, unknownError } from '../refusal.ts';
import { created, done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { filledMap, object, page, present, text } from '../state/json.ts';
import type { Fields, RealmRow } from '../state/model.ts';
import { byOrganization } from '../state/organization.ts';

const MASK = '**********';

/** The client secret never leaves: lists, single reads, exports and events show ten asterisks. */
export function maskProvider(provider: JsonObject): Fields {
  const config = object(provider['config']);
  return { ...provider, config: { ...config, ...(config['clientSecret'] === undefined ? {} : { clientSecret: MASK }) } };
}

const TYPES: Readonly<Record<string, readonly string[]>> = {
  oidc: ['USER_AUTHENTICATION', 'CLIENT_ASSERTION', 'EXCHANGE_EXTERNAL_TOKEN', 'JWT_AUTHORIZATION_GRANT', 'TRUST_MATERIAL'], saml: ['USER_AUTHENTICATION'],
};
const DEFAULTS: JsonObject = { enabled: true };

export const shownProvider = (realm: RealmRow) => (provider: Fields): Fields => ({ ...maskProvider(provider), ...byOrganization(realm, provider), types: [...(TYPES[String(provider['providerId'])] ?? [])] });

/** A provider as it is stored: no empty settings, and hidden by a field of its own, not by the setting of older servers. */
function stored(sent: JsonObject, realm: Request['realm']): Fields {
  for (const flow of [sent['firstBrokerLoginFlowAlias'], sent['postBrokerLoginFlowAlias']]) {
    if (typeof flow === 'string' && flow !== '' && !realm.flows.some((row) => row['alias'] === flow)) throw unknownError();
  }
  const { hideOnLoginPage, ...config } = object(sent['config']);
  const { types: _types, ...fields } = present(sent);
  return { ...DEFAULTS, ...fields, ...(hideOnLoginPage === undefined ? {} : { hideOnLogin: hideOnLoginPage === 'true' }), config: filledMap(config) };
}

function find({ realm, params }: Request): Fields {
  const provider = realm.identityProviders.find((row) => row['alias'] === params['alias']);
  if (provider === undefined) throw notFound('HTTP 404 Not Found');
  return provider;
}

function create({ realm, body }: Request): Answer {
  const sent = object(body);
  const alias = text(sent['alias']) ?? '';
  if (alias.includes(' ')) throw new Refusal(400, { error: 'Empty Space not allowed.' });
  if (realm.identityProviders.some((row) => row['alias'] === alias)) throw errorMessage(409, `Identity Provider ${alias} already exists`);
  const provider: Fields = { internalId: randomUUID(), ...stored(sent, realm) };
  realm.identityProviders.push(provider);
  return { ...created(alias), events: [{ representation: maskProvider({ ...sent, internalId: provider['internalId'] ?? '' }) }] };
}

/**
 * Replaces: a secret that is left out is erased, a masked one keeps the stored one. The alias cannot change since 26.7, but a body
 * without one takes it away, and nobody finds the provider again.
 */
function update(request: Request): Answer {
  const provider = find(request);
  const sent = object(request.body);
  if (text(sent['providerId']) === null) throw errorMessage(400, 'Invalid identity provider id [null]');
  if (sent['alias'] !== undefined && sent['alias'] !== provider['alias']) throw errorMessage(400, 'Identity Provider alias cannot be changed');
  const next: Fields = { ...stored(sent, request.realm), alias: sent['alias'] ?? null, providerId: provider['providerId'] ?? '', internalId: provider['internalId'] ?? '' };
  const config = object(next['config']);
  const secret = object(provider['config'])['clientSecret'];
  if (config['clientSecret'] === MASK && secret !== undefined) next['config'] = { ...config, clientSecret: secret };
  request.realm.identityProviders = request.realm.identityProviders.map((row) => (row === provider ? next : row));
  return { ...done, events: [{ representation: maskProvider({ ...sent, internalId: next['internalId'] ?? '' }) }] };
}

function remove(request: Request): Answer {
  const provider = find(request);
  request.realm.identityProviders = request.realm.identityProviders.filter((row) => row !== provider);
  request.realm.identityProviderMappers = request.realm.identityProviderMappers.filter((row) => row['identityProviderAlias'] !== provider['alias']);
  return done;
}

function findMapper(request: Request): Fields {
  find(request);
  const mapper = request.realm.identityProviderMappers.find((row) => row['id'] === request.params['mapper']);
  if (mapper === undefined) throw notFound('Model not found');
  return mapper;
}

/** The alias in the body decides where it lands, whatever the path says. */
function createMapper(request: Request): Answer {
  const provider = find(request);
  const sent = object(request.body);
  const alias = text(sent['identityProviderAlias']);
  const id = text(sent['id']) ?? randomUUID();
  const rows = request.realm.identityProviderMappers;
  if (rows.some((row) => row['identityProviderAlias'] === alias && row['name'] === sent['name'])) throw errorMessage(400, `Failed to add mapper '${String(sent['name'])}' to identity provider [${String(provider['providerId'])}].`);
  if (alias === null || rows.some((row) => row['id'] === id)) throw described(409, 'conflict', 'Duplicate resource error');
  if (id.length > 36) throw unknownError();
  rows.push({ ...sent, id, config: filledMap(sent['config']) });
  return created(id);
}

function updateMapper(request: Request): Answer {
  const mapper = findMapper(request);
  const sent = object(request.body);
  if (text(sent['id']) === null) throw unknownError();
  Object.assign(mapper, sent, { id: mapper['id'], config: filledMap(sent['config']) });
  return done;
}

function removeMapper(request: Request): Answer {
  const mapper = findMapper(request);
  request.realm.identityProviderMappers = request.realm.identityProviderMappers.filter((row) => row !== mapper);
  return done;
}

const BASE = '/identity-provider/instances';
const PROVIDER = { event: 'IDENTITY_PROVIDER' };
const MAPPER = { event: 'IDENTITY_PROVIDER_MAPPER' };
const READ = 'view-identity-providers';
const WRITE = 'manage-identity-providers';

export const IDENTITY_PROVIDER_ROUTES: readonly Route[] = [
  route(`GET ${BASE}`, READ, ({ realm, query }) => ok(page(realm.identityProviders, query).map(shownProvider(realm)))),
  route(`POST ${BASE}`, WRITE, create, PROVIDER),
  // Nothing is imported here; without an address the server says so, after it has looked at the role.
  route('POST /identity-provider/import-config', WRITE, () => {
    throw new Refusal(400, { error: 'HTTP 400 Bad Request' });
  }),
  route(`GET ${BASE}/{alias}`, READ, (request) => ok(shownProvider(request.realm)(find(request)))),
  route(`PUT ${BASE}/{alias}`, WRITE, update, PROVIDER),
  route(`DELETE ${BASE}/{alias}`, WRITE, remove, PROVIDER),
  route(`GET ${BASE}/{alias}/mappers`, READ, (request) => {
    const provider = find(request);
    return ok(request.realm.identityProviderMappers.filter((row) => row['identityProviderAlias'] === provider['alias']));
  }),
  route(`POST ${BASE}/{alias}/mappers`, WRITE, createMapper, MAPPER),
  route(`GET ${BASE}/{alias}/mappers/{mapper}`, READ, (request) => ok(findMapper(request))),
  route(`PUT ${BASE}/{alias}/mappers/{mapper}`, WRITE, updateMapper, MAPPER),
  route(`DELETE ${BASE}/{alias}/mappers/{mapper}`, WRITE, removeMapper, MAPPER),
];
