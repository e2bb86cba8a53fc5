/**
 * The normal form of a client's authorization settings: resources and policies by name, scopes as a set, no ids.
 *
 * An empty resource server is the same as none: the server makes one as soon as the client has the flag.
 */
import { canonicalJson, compareText } from '../canonical.ts';
import { objectId, roleId } from '../keys.ts';
import { own, type Json, type JsonObject } from '../json.ts';
import { isRecord, recordsIn } from '../looks.ts';
import type { ObjectId } from '../model.ts';

/** Ids of another time, and who owns what: the import gives everything to the client. */
const NOT_COMPARED = new Set(['id', '_id', 'owner', 'clientId', 'name']);

/** What the server takes where a file says nothing; in resources, policies and their lists it is left out of the normal form. */
const DEFAULTS: JsonObject = { allowRemoteResourceManagement: true, policyEnforcementMode: 'ENFORCING', decisionStrategy: 'UNANIMOUS' };
const INNER_DEFAULTS: JsonObject = { logic: 'POSITIVE', decisionStrategy: 'UNANIMOUS', ownerManagedAccess: false, required: false, extendChildren: false };

/** The value that is compared; null where there is nothing that a lost client would lose. */
export function authorizationValue(settings: unknown): JsonObject | null {
  if (!isRecord(settings as Json)) return null;
  const raw = settings as JsonObject;
  const resources = named(raw['resources']);
  const policies = named(raw['policies']);
  const scopes = namesIn(raw['scopes']);
    if ((own(raw, 'policyEnforcementMode') ?? 'ENFORCING') === 'ENFORCING' && scopes.length === 0 && Object.keys(resources).length === 0 && Object.keys(policies).length === 0) return null;
  const fields = Object.entries(raw).filter(([key]) => !NOT_COMPARED.has(key) && !['resources', 'policies', 'scopes'].includes(key));
  return { ...DEFAULTS, ...Object.fromEntries(fields), resources, policies, scopes };
}

function named(list: Json | undefined): JsonObject {
  return Object.fromEntries(recordsIn(list).flatMap((item): [string, Json][] => (typeof item['name'] === 'string' ? [[item['name'], fields(item)]] : [])));
}

function namesIn(list: Json | undefined): readonly string[] {
  return recordsIn(list).flatMap((item) => (typeof item['name'] === 'string' ? [item['name']] : [])).sort(compareText);
}

function fields(item: JsonObject): JsonObject {
  const entries = Object.entries(item).flatMap(([key, value]): [string, Json][] => {
    if (NOT_COMPARED.has(key) || isNothing(value) || own(INNER_DEFAULTS, key) === value) return [];
    if (key === 'scopes') return [[key, namesIn(value)]];
    if (key === 'config' && isRecord(value)) return [[key, Object.fromEntries(Object.entries(value).map(([name, text]) => [name, configValue(text)]))]];
    return [[key, Array.isArray(value) ? sorted(value as readonly Json[]) : value]];
  });
  return Object.fromEntries(entries);
}

/** Lists stand as JSON text in a policy's configuration; their order means nothing. */
function configValue(text: Json): Json {
  const list = listIn(text);
  return list === undefined ? text : sorted(list.map((item) => (isRecord(item) ? Object.fromEntries(Object.entries(item).filter(([key, value]) => own(INNER_DEFAULTS, key) !== value)) : item)));
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

function sorted(list: readonly Json[]): readonly Json[] {
  return list.toSorted((a, b) => compareText(canonicalJson(a), canonicalJson(b)));
}

function isNothing(value: Json): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

/**
 * What the policies name. A role that does not exist when the settings are imported silently falls out of its policy,
 * a client or client scope makes the whole import answer 500 (tried on 26.7.4). The server itself reads `a/b/c` as role `b/c` of client
 * `a`, so a role of a client with a slash in its clientId cannot be imported at all, and is named here as the server would read it.
 */
export function namedByPolicies(value: Json): readonly ObjectId[] {
  if (!isRecord(value) || !isRecord(value['policies'])) return [];
  const configs = Object.values(value['policies']).flatMap((policy) => (isRecord(policy) && isRecord(policy['config']) ? [policy['config']] : []));
  const found = configs.flatMap((config): ObjectId[] => [
    ...idsIn(config['roles']).map(roleNamed),
    ...idsIn(config['clients']).map((client) => objectId('client', client)),
    ...idsIn(config['clientScopes']).map((scope) => objectId('client-scope', scope)),
  ]);
  return [...new Set(found)].sort(compareText);
}

function idsIn(list: Json | undefined): readonly string[] {
  return Array.isArray(list) ? (list as readonly Json[]).flatMap((item) => (typeof item === 'string' ? item : isRecord(item) && typeof item['id'] === 'string' ? item['id'] : [])) : [];
}

function roleNamed(id: string): ObjectId {
  const slash = id.indexOf('/');
  return roleId(slash < 0 ? { client: null, role: id } : { client: id.slice(0, slash), role: id.slice(slash + 1) });
}
