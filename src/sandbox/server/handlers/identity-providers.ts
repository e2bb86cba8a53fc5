import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../realm/json.ts';
import { errorMessage, notFound } from '../refusal.ts';
import { created, done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { object, page, text } from '../state/json.ts';
import type { Fields } from '../state/model.ts';

const MASK = '**********';

/** The client secret never leaves: lists, single reads, exports and events show ten asterisks. */
export function maskProvider(provider: JsonObject): Fields {
  const config = object(provider['config']);
  return { ...provider, config: { ...config, ...(config['clientSecret'] === undefined ? {} : { clientSecret: MASK }) } };
}

const TYPES = ['USER_AUTHENTICATION', 'CLIENT_ASSERTION', 'EXCHANGE_EXTERNAL_TOKEN', 'JWT_AUTHORIZATION_GRANT', 'TRUST_MATERIAL'];
const DEFAULTS: JsonObject = { enabled: true };

export const shownProvider = (provider: Fields): Fields => ({ ...maskProvider(provider), ...(provider['providerId'] === 'oidc' ? { types: TYPES } : {}) });

function find({ realm, params }: Request): Fields {
  const provider = realm.identityProviders.find((row) => row['alias'] === params['alias']);
  if (provider === undefined) throw notFound('HTTP 404 Not Found');
  return provider;
}

function create({ realm, body }: Request): Answer {
  const sent = object(body);
  const alias = text(sent['alias']) ?? '';
  if (realm.identityProviders.some((row) => row['alias'] === alias)) throw errorMessage(409, `Identity Provider ${alias} already exists`);
  const provider: Fields = { ...DEFAULTS, ...sent, internalId: randomUUID(), config: object(sent['config']) };
  realm.identityProviders.push(provider);
  return { ...created(alias), events: [{ representation: maskProvider({ ...sent, internalId: provider['internalId'] ?? '' }) }] };
}

/** Replaces, but a masked secret keeps the stored one, and the alias cannot change since 26.7. */
function update(request: Request): Answer {
  const provider = find(request);
  const sent = object(request.body);
  if (sent['alias'] !== undefined && sent['alias'] !== provider['alias']) throw errorMessage(400, 'Identity Provider alias cannot be changed');
  const config = { ...object(sent['config']) };
  const stored = object(provider['config'])['clientSecret'];
  if (config['clientSecret'] === MASK && stored !== undefined) config['clientSecret'] = stored;
  const next: Fields = { ...DEFAULTS, ...sent, alias: provider['alias'] ?? '', internalId: provider['internalId'] ?? '', config };
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

function createMapper(request: Request): Answer {
  const provider = find(request);
  const sent = object(request.body);
  const id = text(sent['id']) ?? randomUUID();
  request.realm.identityProviderMappers.push({ ...sent, id, identityProviderAlias: provider['alias'] ?? '', config: object(sent['config']) });
  return created(id);
}

function updateMapper(request: Request): Answer {
  const mapper = findMapper(request);
  Object.assign(mapper, object(request.body), { id: mapper['id'] });
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
  route(`GET ${BASE}`, READ, ({ realm, query }) => ok(page(realm.identityProviders, query).map(shownProvider))),
  route(`POST ${BASE}`, WRITE, create, PROVIDER),
  route(`GET ${BASE}/{alias}`, READ, (request) => ok(shownProvider(find(request)))),
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
