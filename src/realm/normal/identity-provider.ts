/** The normal form of identity providers and of their mappers. */
import type { Json, JsonObject } from '../json.ts';
import { isRecord, recordsIn } from '../looks.ts';
import type { RealmRepresentation } from '../representation.ts';
import { configValue, isFingerprint, isUnknown, unknown } from '../unknowns.ts';

/** Switches that the server leaves out where they were never set; not set means off (tried on 26.7.4). */
const SWITCHES = ['trustEmail', 'storeToken', 'addReadTokenRoleOnCreate', 'authenticateByDefault', 'linkOnly', 'hideOnLogin'];

/**
 * What is the key, an id, worked out by the server (`types` follow from the provider), said by the organization that it belongs to,
 * or of a time before Keycloak 26.
 */
const NOT_COMPARED = new Set(['alias', 'internalId', 'types', 'organizationId', 'updateProfileFirstLogin', 'updateProfileFirstLoginMode', 'config']);

export function providersOf(representation: RealmRepresentation): readonly JsonObject[] | undefined {
  const list = representation['identityProviders'];
  return list === undefined ? undefined : recordsIn(list as Json).map(modern);
}

export function providerMappersOf(representation: RealmRepresentation): readonly JsonObject[] | undefined {
  const list = representation['identityProviderMappers'];
  return list === undefined ? undefined : recordsIn(list as Json);
}

/** Up to Keycloak 25 a provider was hidden by a key of its config; 26 moves it out whenever it is sent (tried on 26.7.4). */
function modern(raw: JsonObject): JsonObject {
  const config = isRecord(raw['config']) ? raw['config'] : {};
  const { hideOnLoginPage, ...rest } = config;
  if (hideOnLoginPage === undefined) return raw;
  return { ...raw, hideOnLogin: raw['hideOnLogin'] === true || hideOnLoginPage === 'true', config: rest };
}

/** @param whole  false for a file that a person wrote: there a switch that is not named is not off, but not stated */
export function providerValue(raw: JsonObject, whole: boolean): JsonObject {
  const fields = Object.entries(raw).filter(([key, value]) => !NOT_COMPARED.has(key) && value !== null && value !== '');
  const off = whole ? SWITCHES.filter((key) => typeof raw[key] !== 'boolean').map((key) => [key, false] as const) : [];
  const enabled = whole && typeof raw['enabled'] !== 'boolean' ? { enabled: true } : {};
  return { ...enabled, ...Object.fromEntries([...fields, ...off]), ...(whole || raw['config'] !== undefined ? { config: configMap(raw['config']) } : {}) };
}

/** A value in which nobody knows whether the provider is enabled: it is linked to an organization that is disabled, and reads as disabled with it. */
export function withEnabledUnknown(value: Json): Json {
  return isRecord(value) ? { ...value, enabled: unknown('disabled with its organization') } : value;
}

/** The provider decides what its config means; the server stores no empty texts. */
export function mapperValueOf(raw: JsonObject): JsonObject {
  return { identityProviderMapper: raw['identityProviderMapper'] ?? '', config: configMap(raw['config']) };
}

function configMap(config: Json | undefined): JsonObject {
  const entries = Object.entries(isRecord(config) ? config : {}).filter(([, value]) => value !== null && value !== '');
  return Object.fromEntries(entries.map(([key, value]) => [key, configValue(key, value)]));
}

/**
 * A value as the server shows it after a write: a secret that was sent reads back masked, one that was not is missing.
 *
 * @param sent  whether the secret under this key of the config goes out with the write
 */
export function withMaskedSecrets(value: Json, sent: (key: string) => boolean): Json {
  if (!isRecord(value) || !isRecord(value['config'])) return value;
  const entries = Object.entries(value['config']).flatMap(([key, entry]) => (!isHidden(entry) ? [[key, entry] as const] : sent(key) ? [[key, unknown('masked')] as const] : []));
  return { ...value, config: Object.fromEntries(entries) };
}

/** What the server masks: a fingerprint, or several, or an unknown. */
function isHidden(entry: Json): boolean {
  return isUnknown(entry) || isFingerprint(entry) || (Array.isArray(entry) && entry.length > 0 && entry.every(isFingerprint));
}
