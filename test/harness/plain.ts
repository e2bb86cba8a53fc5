import type { Json, JsonObject } from '../../src/realm/json.ts';
import { object } from '../../src/sandbox/incident/read.ts';

/** Ids, and what says when something was made or what the asker may do with it. */
const BOOKKEEPING = new Set(['id', 'containerId', 'client.secret.creation.time', 'access']);

/**
 * Attributes that an import writes out although nobody set them: the value that the server assumes anyway. Seen on
 * 26.7.4 after `kc.sh import` of that server's own full export.
 */
const ASSUMED: Readonly<Record<string, string>> = {
  'post.logout.redirect.uris': '+', clientOfflineSessionIdleTimeout: '0', clientOfflineSessionMaxLifespan: '0',
  clientSessionIdleTimeout: '0', clientSessionMaxLifespan: '0', scimApiEnabled: 'false',
  // These two are what POST /clients writes out.
  'backchannel.logout.session.required': 'true', 'backchannel.logout.revoke.offline.tokens': 'false',
  // And this any PUT of the realm that carries the policy of one-time codes.
  realmReusableOtpCode: 'false',
};

/** Anything without ids, keys and lists in a fixed order: servers list objects as they please, and the lists are sets. */
export function named(value: Json): JsonObject {
  return object(tidy(value)) ?? {};
}

/** Keycloak's own confidential clients have no secret until an import gives them one; nobody uses it. */
export function withoutSecret(client: JsonObject, clientId: string): JsonObject {
  if (clientId !== 'broker' && clientId !== 'realm-management') return client;
  const { secret: _unused, ...rest } = client;
  return rest;
}

function tidy(value: Json): Json {
  if (Array.isArray(value)) return value.map(tidy).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const fields = object(value);
  if (fields === undefined) return value;
  const kept = Object.entries(fields).filter(([key, entry]) => !BOOKKEEPING.has(key) && ASSUMED[key] !== entry);
  const tidied: Record<string, Json> = Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => [key, tidy(entry)]));
  const config = object(tidied['config']);
  if (tidied['protocolMapper'] === undefined || config === undefined) return tidied;
  return { ...tidied, config: effective(tidied['protocolMapper'], config) };
}

/**
 * The config of a mapper as the server acts on it. Issuing a token through a group mapper puts `multivalued` into the
 * cached mapper, and the server stores an audience mapper's false flags only on some ways in: neither means anything. POST /clients stores
 * `userinfo.token.claim` as `id.token.claim` is; missing, it is the same.
 */
function effective(type: Json, config: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([key, value]) =>
    !(type === 'oidc-group-membership-mapper' && key === 'multivalued') && !(type === 'oidc-audience-mapper' && key.endsWith('.claim') && value === 'false')
    && !(key === 'userinfo.token.claim' && value === config['id.token.claim'])));
}
