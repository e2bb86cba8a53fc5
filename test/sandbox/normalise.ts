import type { Json } from '../../src/realm/json.ts';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** Session ids: 24 characters of base64url. */
const SESSION = /^[\w-]{24}$/;
const SESSION_KEYS = new Set(['id', 'sid', 'session_state']);
const SECRET_KEYS = new Set(['secret', 'value']);
const GENERATED_SECRET = /^[A-Za-z0-9]{32,}$/;
/** RSA keys are named by their thumbprint. */
const KID = /^[\w-]{43}$/;
const KEY_MATERIAL = new Set(['n', 'publicKey', 'public_key']);
const TIMES = new Set(['exp', 'iat', 'nbf', 'auth_time', 'time', 'createdTimestamp', 'createdDate', 'start', 'started', 'lastAccess', 'validTo', 'expires_in', 'refresh_expires_in', 'at_hash', 'client.secret.creation.time']);
const TOKENS = new Set(['access_token', 'refresh_token', 'id_token']);

export interface Naming {
  readonly url: string;
  readonly realm: string;
  /** value → the name it was saved under. */
  readonly names: ReadonlyMap<string, string>;
}

/** What remains of an answer when ids, times and tokens are taken out: two servers that behave alike give equal values. */
export function normalise(value: Json, naming: Naming, key = ''): Json {
  if (Array.isArray(value)) return sorted(value.map((item) => normalise(item, naming)));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [named(name, naming), normalise(item, naming, name)] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  if (TIMES.has(key)) return '<time>';
  if (KEY_MATERIAL.has(key)) return '<key>';
  if (typeof value !== 'string') return value;
  // The order of the names in a scope is the order of a hash map.
  if (key === 'scope') return named(value.split(' ').sort().join(' '), naming);
  if (key === 'representation') return embedded(value, naming);
  if (TOKENS.has(key) && JWT.test(value)) return payload(value, naming);
  // Policies have their lists as JSON text, in the order of the database.
  if (/^\[["{]/.test(value)) return embedded(value, naming);
  if (KID.test(value)) return '<kid>';
  const known = named(value, naming);
  if (SESSION_KEYS.has(key) && SESSION.test(known)) return '<session>';
  return SECRET_KEYS.has(key) && GENERATED_SECRET.test(known) ? '<secret>' : known;
}

function embedded(value: string, naming: Naming): Json {
  try {
    return normalise(JSON.parse(value) as Json, naming);
  } catch {
    return named(value, naming);
  }
}

function payload(token: string, naming: Naming): Json {
  const part = token.split('.')[1] ?? '';
  return normalise(JSON.parse(Buffer.from(part, 'base64url').toString()) as Json, naming);
}

function named(value: string, naming: Naming): string {
  const whole = naming.names.get(value);
  if (whole !== undefined) return `<${whole}>`;
  return value.replaceAll(naming.url, '<url>').replaceAll(naming.realm, '<realm>').replaceAll(UUID, (id) => `<${naming.names.get(id) ?? 'uuid'}>`);
}

/** Keycloak's lists come in database order: only their members count. */
function sorted(list: Json[]): Json[] {
  return list.map((item) => [JSON.stringify(item), item] as const).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}
