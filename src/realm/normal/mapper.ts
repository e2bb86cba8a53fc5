/**
 * The normal form of protocol mappers: effective configuration.
 *
 * The same mapper is stored differently depending on how it was made (POST /clients stores `userinfo.token.claim` on an
 * audience mapper, POST .../models does not), and reading it through .../models fills in more. Tried on 26.7.4:
 * `userinfo.token.claim` follows `id.token.claim`, `introspection.token.claim` follows `access.token.claim`, each only
 * where the leading key is stored; an audience-resolve mapper has `access.token.claim` true by itself; empty texts
 * are not stored; every other flag that is missing is false.
 */
import { own, type Json, type JsonObject } from '../json.ts';
import type { ProtocolMapperRepresentation } from '../representation.ts';
import { mapValue } from '../unknowns.ts';

const OIDC = 'openid-connect';
/** Flags whose absence means false. */
const FLAGS = [
  'access.token.claim', 'id.token.claim', 'userinfo.token.claim', 'introspection.token.claim', 'lightweight.claim',
  'access.tokenResponse.claim', 'multivalued', 'full.path', 'aggregate.attrs',
];

export interface MapperValue {
  readonly protocol: string;
  readonly provider: string;
  readonly config: JsonObject;
}

export function mapperValue(mapper: ProtocolMapperRepresentation): JsonObject & MapperValue {
  const protocol = mapper.protocol ?? OIDC;
  const provider = mapper.protocolMapper ?? '';
  return { protocol, provider, config: effectiveConfig(protocol, provider, mapper.config ?? {}) };
}

function effectiveConfig(protocol: string, provider: string, stored: Readonly<Record<string, unknown>>): JsonObject {
  const config: Record<string, Json> = {};
  for (const [key, value] of Object.entries(stored)) {
    if (value !== '' && value !== null && value !== undefined) config[key] = mapValue(key, value);
  }
  if (protocol === OIDC) {
    if (provider === 'oidc-audience-resolve-mapper') config['access.token.claim'] ??= 'true';
    follow(config, 'userinfo.token.claim', 'id.token.claim');
    follow(config, 'introspection.token.claim', 'access.token.claim');
    // Issuing a token through a group mapper puts this key into the server's cached copy; nobody wrote it.
    if (provider === 'oidc-group-membership-mapper') delete config['multivalued'];
    for (const flag of FLAGS) if (config[flag] === 'false') delete config[flag];
  }
  return config;
}

function follow(config: Record<string, Json>, key: string, leader: string): void {
  const value = config[leader];
  if (value !== undefined) config[key] ??= value;
}

/** Reads a mapper's value back from a normal form; null when it is something else. */
export function asMapperValue(value: Json): MapperValue | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
  const { protocol, provider, config } = value as JsonObject;
  if (typeof protocol !== 'string' || typeof provider !== 'string' || config === null || typeof config !== 'object' || Array.isArray(config)) return null;
  return { protocol, provider, config: config as JsonObject };
}

/** One config value as text; empty when it is missing or unknown. */
export function configText(value: MapperValue, key: string): string {
  const found = own(value.config, key);
  return typeof found === 'string' ? found : '';
}
