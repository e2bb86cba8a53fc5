/**
 * The normal form of a client's authorization services: one part a resource, scope, policy, permission and setting, by name, no ids.
 * A REST answer, a full export and a partial export of 26.7.4 have the same shape (tried); a realm file may leave out what is a default.
 *
 * Lists whose order means nothing (uris, scopes, roles...) stand as maps, so that they differ element by element.
 */
import { canonicalJson, compareText } from '../canonical.ts';
import { own, type Json, type JsonObject } from '../json.ts';
import { isRecord, recordsIn } from '../looks.ts';
import { configValue } from '../unknowns.ts';

export type Section = 'settings' | 'scope' | 'resource' | 'policy' | 'permission';

export interface AuthorizationPart {
  /** Raw key parts below the client: `['scope', NAME]`, `['settings', FIELD]`; `['resource', NAME, USER]` where a user owns it. */
  readonly parts: readonly [Section, string] | readonly [Section, string, string];
  readonly value: Json;
  readonly serverId?: string;
}

/** What the server takes where nothing is said (org.keycloak.representations.idm.authorization.ResourceServerRepresentation). */
export const AUTHORIZATION_DEFAULTS: JsonObject = { allowRemoteResourceManagement: true, policyEnforcementMode: 'ENFORCING', decisionStrategy: 'UNANIMOUS' };

/** Lists in a policy's configuration that are sets, by type of policy: what its elements are called there, and how they are told apart. */
export const POLICY_LISTS: Readonly<Record<string, readonly string[]>> = {
  role: ['roles'], user: ['users'], client: ['clients'], group: ['groups'], 'client-scope': ['clientScopes'], aggregate: ['applyPolicies'],
  resource: ['resources', 'applyPolicies'], scope: ['resources', 'scopes', 'applyPolicies'], time: [], regex: [],
};

/** Policies of these types are permissions: they say for what the others decide. `uma` ones belong to users. */
const PERMISSIONS = new Set(['resource', 'scope', 'uma']);
const INNER_DEFAULTS: JsonObject = { logic: 'POSITIVE', decisionStrategy: 'UNANIMOUS', ownerManagedAccess: false };
const CONFIG_DEFAULTS: JsonObject = { fetchRoles: 'false', targetContextAttributes: 'false' };
/** Ids of another time, who owns what, and what is its own part of the value. */
const APART = new Set(['id', '_id', 'owner', 'clientId', 'name', 'scopes', 'uris', 'uri', 'attributes', 'config', 'resourceServer', 'policies', 'resources']);

/**
 * Every part that authorization settings speak about; empty for anything that is none.
 *
 * @param whole  true where a list that is missing is empty (the server's own answer, an export)
 */
export function authorizationParts(settings: unknown, clientId: string, whole: boolean): readonly AuthorizationPart[] {
  if (!isRecord(settings as Json)) return [];
  const raw = settings as JsonObject;
  const fields = Object.keys(AUTHORIZATION_DEFAULTS).flatMap((field): AuthorizationPart[] => (own(raw, field) === undefined ? [] : [{ parts: ['settings', field], value: raw[field] ?? null }]));
  return [
    ...fields,
    ...recordsIn(raw['scopes']).flatMap((scope) => part('scope', scope, plain(scope))),
    ...recordsIn(raw['resources']).flatMap((resource) => part('resource', resource, resourceValue(resource, whole), ownerOf(resource, clientId))),
    ...recordsIn(raw['policies']).flatMap((policy) => part(isPermission(policy['type']) ? 'permission' : 'policy', policy, policyValue(policy, whole))),
  ];
}

export function isPermission(type: unknown): boolean {
  return typeof type === 'string' && PERMISSIONS.has(type);
}

function part(section: Section, raw: JsonObject, value: JsonObject, owner?: string): readonly AuthorizationPart[] {
  const name = raw['name'];
  if (typeof name !== 'string') return [];
  const id = raw['_id'] ?? raw['id'];
  return [{ parts: owner === undefined ? [section, name] : [section, name, owner], value, ...(typeof id === 'string' ? { serverId: id } : {}) }];
}

/** The attributes of a resource as its settings have them, each list in the order of the normal form: where its secrets are found. */
export function resourceAttributes(settings: unknown, clientId: string, name: string): { readonly [key: string]: readonly string[] } | undefined {
  const found = isRecord(settings as Json) ? recordsIn((settings as JsonObject)['resources']).find((resource) => resource['name'] === name && ownerOf(resource, clientId) === undefined) : undefined;
  const attributes = found?.['attributes'];
  return isRecord(attributes) ? Object.fromEntries(Object.entries(attributes).map(([key, list]) => [key, textsIn(list).toSorted(compareText)])) : undefined;
}

/** The user who owns a resource; undefined where it is the client's own, as nearly all are. */
function ownerOf(resource: JsonObject, clientId: string): string | undefined {
  const owner = resource['owner'];
  const name = isRecord(owner) ? owner['name'] ?? owner['id'] : owner;
  return typeof name === 'string' && name !== clientId ? name : undefined;
}

function resourceValue(resource: JsonObject, whole: boolean): JsonObject {
  const uris = [...textsIn(resource['uris']), ...textsIn(resource['uri'])];
  const attributes = isRecord(resource['attributes']) ? Object.entries(resource['attributes']).map(([key, list]): [string, Json] => [key, textsIn(list).toSorted(compareText).map((text) => configValue(key, text))]) : [];
  const given = (key: string): boolean => whole || resource[key] !== undefined;
  return {
    ...plain(resource),
    ...(given('uris') || given('uri') ? { uris: setOf(uris) } : {}),
    ...(attributes.length > 0 ? { attributes: Object.fromEntries(attributes) } : {}),
    ...(given('scopes') ? { scopes: setOf(recordsIn(resource['scopes']).flatMap((scope) => textsIn(scope['name']))) } : {}),
  };
}

/** Lists of a known type are sets of their own, empty ones too, because a configuration that is stated is stated whole. */
function policyValue(policy: JsonObject, whole: boolean): JsonObject {
  const config = isRecord(policy['config']) ? policy['config'] : whole ? {} : undefined;
  const lists = POLICY_LISTS[String(policy['type'])] ?? [];
  if (config === undefined) return plain(policy);
  const scalars = Object.entries(config).filter(([key, value]) => !lists.includes(key) && !isNothing(value) && own(CONFIG_DEFAULTS, key) !== value);
  return {
    ...plain(policy),
    config: Object.fromEntries(scalars.map(([key, value]) => [key, typeof value === 'string' && !value.startsWith('[') ? configValue(key, value) : sortedText(value)])),
    ...Object.fromEntries(lists.map((list) => [list, elements(config[list])])),
  };
}

/** Fields with one value each, without ids and defaults. */
function plain(item: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([key, value]) => !APART.has(key) && !isNothing(value) && own(INNER_DEFAULTS, key) !== value));
}

/** `[{"id":"auditor","required":true}]` as `{auditor: true}`, `["a"]` as `{a: true}`; the flag of an element is what it is worth. */
function elements(text: Json | undefined): JsonObject {
  return Object.fromEntries((listIn(text) ?? []).flatMap((item): [string, Json][] => {
    if (typeof item === 'string') return [[item, true]];
    if (!isRecord(item)) return [];
    const name = item['id'] ?? item['path'];
    return typeof name === 'string' ? [[name, item['required'] === true || item['extendChildren'] === true]] : [];
  }).toSorted(([a], [b]) => compareText(a, b)));
}

/** Lists stand as JSON text in a policy's configuration; their order means nothing. */
function sortedText(value: Json): Json {
  const list = listIn(value);
  return list === undefined ? value : list.toSorted((a, b) => compareText(canonicalJson(a), canonicalJson(b)));
}

function listIn(text: Json | undefined): readonly Json[] | undefined {
  if (typeof text !== 'string' || !text.startsWith('[')) return undefined;
  try {
    const parsed = JSON.parse(text) as Json;
    return Array.isArray(parsed) ? (parsed as readonly Json[]) : undefined;
  } catch {
    return undefined;
  }
}

function textsIn(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? (value as readonly Json[]).filter((item) => typeof item === 'string') : [];
}

function setOf(texts: readonly string[]): JsonObject {
  return Object.fromEntries([...new Set(texts)].toSorted(compareText).map((text) => [text, true]));
}

function isNothing(value: Json): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}
