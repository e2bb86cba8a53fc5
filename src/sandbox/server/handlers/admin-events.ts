/** Admin events: what Keycloak writes down about a write, and how it is asked for. */
import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../../realm/json.ts';
import { done, ok, route, type Answer, type EventDraft, type Request, type Route } from '../route.ts';
import { isObject, object, objects, page, present } from '../state/json.ts';
import type { Fields } from '../state/model.ts';
import { listLoginEvents } from './oidc/login-events.ts';

const OPERATIONS = { GET: 'ACTION', POST: 'CREATE', PUT: 'UPDATE', DELETE: 'DELETE' } as const;
const MASK = '**********';

const mapperShape = (mapper: JsonObject): JsonObject => ({ ...mapper, consentRequired: mapper['consentRequired'] ?? false });
const withMappers = (body: JsonObject): JsonObject => (body['protocolMappers'] === undefined ? body : { ...body, protocolMappers: objects(body['protocolMappers']).map(mapperShape) });
const roleShape = (role: JsonObject): JsonObject => ({ ...role, composite: role['composite'] ?? false });

/** The representation is the body after a round through Keycloak's classes: primitives get their defaults, secrets a mask. */
const SHAPES: Readonly<Record<string, (body: JsonObject) => JsonObject>> = {
  PROTOCOL_MAPPER: mapperShape,
  CLIENT_SCOPE: withMappers,
  CLIENT: (body) => present({ ...withMappers(body), ...(body['secret'] === undefined ? {} : { secret: MASK }), ...(isObject(body['attributes']) ? { attributes: present(body['attributes']) } : {}) }),
  GROUP: (body) => ({ subGroups: [], ...body }),
  REALM_ROLE: roleShape, CLIENT_ROLE: roleShape, REALM_ROLE_MAPPING: roleShape, CLIENT_ROLE_MAPPING: roleShape, REALM_SCOPE_MAPPING: roleShape, CLIENT_SCOPE_MAPPING: roleShape,
};

function shaped(type: string, body: Json): Json {
  const shape = SHAPES[type];
  if (shape === undefined) return body;
  return Array.isArray(body) ? objects(body).map(shape) : isObject(body) ? shape(body) : body;
}

/** Actions without a representation even when they had a body. */
const SILENT = new Set(['CLIENT_SCOPE_CLIENT_MAPPING']);

/** Writes down what a write did, where the realm keeps admin events: one event, or those that the answer names. */
export function recordAdminEvents(request: Request, type: string, answer: Answer): void {
  const { realm, actor } = request;
  if (realm.fields['adminEventsEnabled'] !== true || actor === null) return;
  for (const draft of answer.events ?? [{}]) realm.adminEvents.push(eventOf(request, type, answer, draft));
}

function eventOf(request: Request, routeType: string, answer: Answer, draft: EventDraft): Fields {
  const { realm, actor } = request;
  const type = draft.type ?? routeType;
  const operation = draft.operation ?? OPERATIONS[request.method];
  const path = draft.path === undefined ? (answer.created === undefined ? request.path : `${request.path}/${answer.created}`) : draft.path;
  const body = draft.representation === undefined ? request.body : draft.representation;
  const shown = realm.fields['adminEventsDetailsEnabled'] === true && body !== null && !SILENT.has(type) && operation !== 'ACTION';
  return {
    id: randomUUID(), time: request.now, realmId: realm.id,
    authDetails: { realmId: actor?.realm.id ?? '', clientId: actor?.client.id ?? '', userId: actor?.user.id ?? '', ipAddress: '127.0.0.1' },
    operationType: operation, resourceType: type, ...(path === null ? {} : { resourcePath: path }),
    ...(shown ? { representation: JSON.stringify(shaped(type, body)) } : {}), ...(draft.details === undefined ? {} : { details: draft.details }),
  };
}

/** `dateFrom`/`dateTo`: epoch milliseconds or `yyyy-MM-dd`. */
function moment(value: string | null, otherwise: number): number {
  if (value === null) return otherwise;
  return /^\d+$/.test(value) ? Number(value) : Date.parse(value);
}

function list({ realm, query }: Request): Answer {
  const any = (key: string, value: unknown): boolean => query.getAll(key).length === 0 || query.getAll(key).includes(String(value));
  const path = query.get('resourcePath');
  const pattern = path === null ? null : new RegExp(`^${path.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
  const from = moment(query.get('dateFrom'), 0);
  const to = moment(query.get('dateTo'), Number.MAX_SAFE_INTEGER);
  const rows = realm.adminEvents.filter((event) =>
    any('operationTypes', event['operationType']) && any('resourceTypes', event['resourceType'])
    && (pattern === null || pattern.test(String(event['resourcePath'] ?? '')))
    && Number(event['time']) >= from && Number(event['time']) <= to
    && (['Realm', 'Client', 'User'] as const).every((who) => query.get(`auth${who}`) === null || object(event['authDetails'])[`${who.toLowerCase()}Id`] === query.get(`auth${who}`)));
  return ok(page(query.get('direction') === 'asc' ? rows : rows.toReversed(), query, 100));
}

export const EVENT_ROUTES: readonly Route[] = [
  route('GET /admin-events', 'view-events', list),
  route('DELETE /admin-events', 'manage-events', ({ realm }) => {
    realm.adminEvents = [];
    return done;
  }),
  route('GET /events', 'view-events', listLoginEvents),
  route('DELETE /events', 'manage-events', ({ realm }) => {
    realm.events = [];
    return done;
  }),
];
