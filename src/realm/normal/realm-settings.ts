/** The settings of a realm, one by one: fields, elements of sets, keys of maps. What is an object of another kind is left out. */
import { own, type Json, type JsonObject } from '../json.ts';
import { isRecord } from '../looks.ts';
import type { RealmRepresentation } from '../representation.ts';
import { MASK, mapValue, placeholdersIn, unknown } from '../unknowns.ts';
import type { Setting } from './settings.ts';

/**
 * Scalars of a realm that are no settings: who it is, flow bindings (a kind of their own), a date that ends sessions, key material of
 * old versions, and what the server ignores (tried on 26.7.4: `socialLoginEnabled` and its like are fields of old files).
 */
const NOT_A_SETTING = new Set([
  'id', 'realm', 'keycloakVersion', 'notBefore', 'browserFlow', 'registrationFlow', 'directGrantFlow', 'resetCredentialsFlow', 'clientAuthenticationFlow',
  'dockerAuthenticationFlow', 'firstBrokerLoginFlow', 'privateKey', 'publicKey', 'certificate', 'codeSecret', 'passwordCredentialGrantAllowed', 'social', 'socialLoginEnabled',
  'updateProfileOnInitialSocialLogin', 'realmCacheEnabled', 'userCacheEnabled',
]);

/** Fields with a list whose order matters: the first algorithm is the preferred one. */
const LISTS: ReadonlySet<string> = new Set(['webAuthnPolicySignatureAlgorithms', 'webAuthnPolicyPasswordlessSignatureAlgorithms']);

export const REALM_SETS: readonly string[] = [
  'eventsListeners', 'enabledEventTypes', 'supportedLocales', 'webAuthnPolicyAcceptableAaguids', 'webAuthnPolicyExtraOrigins',
  'webAuthnPolicyPasswordlessAcceptableAaguids', 'webAuthnPolicyPasswordlessExtraOrigins',
];
export const REALM_MAPS = ['attributes', 'smtpServer', 'browserSecurityHeaders'] as const;

/**
 * Fields that an export leaves out, or has empty, when they are not set. Only of these is a missing one known to be unset: any
 * other that is missing comes from a server that does not know it.
 */
export const OPTIONAL: ReadonlySet<string> = new Set([
  'displayName', 'displayNameHtml', 'passwordPolicy', 'loginTheme', 'accountTheme', 'adminTheme', 'emailTheme', 'defaultLocale', 'eventsExpiration', 'webAuthnPolicyRpId',
  'webAuthnPolicyPasswordlessRpId', 'otpPolicyAlgorithm',
]);

/**
 * Attributes behind which the server keeps something that has a field or an object of its own (RealmAttributes and their like in
 * 26.7.4): they show the same value twice, or hold an id.
 */
const MIRRORS = new Set([
  'clientSessionIdleTimeout', 'clientSessionMaxLifespan', 'clientOfflineSessionIdleTimeout', 'clientOfflineSessionMaxLifespan', 'oauth2DeviceCodeLifespan',
  'oauth2DevicePollingInterval', 'realmReusableOtpCode', 'scimApiEnabled', 'organizationsEnabled', 'adminPermissionsEnabled', 'verifiableCredentialsEnabled',
  'firstBrokerLoginFlowId', 'displayName', 'displayNameHtml', 'bruteForceProtected', 'permanentLockout', 'maxTemporaryLockouts', 'bruteForceStrategy',
  'maxFailureWaitSeconds', 'waitIncrementSeconds', 'quickLoginCheckMilliSeconds', 'minimumQuickLoginWaitSeconds', 'maxDeltaTimeSeconds', 'failureFactor',
  'maxSecondaryAuthFailures', 'defaultSignatureAlgorithm', 'offlineSessionMaxLifespan', 'offlineSessionMaxLifespanEnabled', 'userProfileEnabled',
]);
const MIRRORED = /^(_browser_header\.|webAuthnPolicy|client-policies\.|actionTokenGenerated)/;

/** What a fresh realm has there by itself, and what a PUT of the realm without `attributes` resets these to (tried on 26.7.4). */
export const ATTRIBUTE_DEFAULTS: Readonly<Record<string, string>> = {
  cibaBackchannelTokenDeliveryMode: 'poll', cibaExpiresIn: '120', cibaInterval: '5', cibaAuthRequestedUserHint: 'login_hint', parRequestUriLifespan: '60',
};

const HEADER_DEFAULTS: Readonly<Record<string, string>> = {
  xContentTypeOptions: 'nosniff', referrerPolicy: 'no-referrer', xRobotsTag: 'none', xFrameOptions: 'SAMEORIGIN',
  contentSecurityPolicy: "frame-src 'self'; frame-ancestors 'self'; object-src 'none';", strictTransportSecurity: 'max-age=31536000; includeSubDomains',
};

/** What GET masks in the mail settings. */
export const SMTP_SECRETS: ReadonlySet<string> = new Set(['password', 'authTokenClientSecret']);

/** A header that servers before 26 had and that nothing sends any more. */
const OLD_HEADER = 'xXSSProtection';

/** Every setting that a realm representation speaks about; an empty text is none. */
export function realmSettingsOf(realm: RealmRepresentation): readonly Setting[] {
  return [
    ...Object.entries(realm).flatMap(([field, value]) => fieldValue(field, value as Json | undefined)),
    ...REALM_SETS.flatMap((field) => elementsOf(realm[field]).map((element): Setting => ({ parts: [field, element], value: true }))),
    ...REALM_MAPS.flatMap((field) => entriesOf(field, realm[field])),
  ];
}

function fieldValue(field: string, value: Json | undefined): readonly Setting[] {
  if (NOT_A_SETTING.has(field) || value === null || value === undefined || value === '') return [];
  if (LISTS.has(field) && Array.isArray(value)) return [{ parts: [field], value: value.map(String) }];
  if (typeof value === 'string') return [{ parts: [field], value: textValue(field, value) }];
  return typeof value === 'number' || typeof value === 'boolean' ? [{ parts: [field], value }] : [];
}

/** Hand-written files have numbers and flags in quotes, which the server reads all the same. */
function textValue(field: string, text: string): Json {
  const [placeholder] = placeholdersIn(text);
  if (text === placeholder) return unknown(text);
  if (OPTIONAL.has(field) && field !== 'eventsExpiration') return text;
  if (text === 'true' || text === 'false') return text === 'true';
  return /^(0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}

export function elementsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? [...new Set(list.map(String))] : [];
}

function entriesOf(field: (typeof REALM_MAPS)[number], map: unknown): readonly Setting[] {
  if (!isRecord(map as Json | undefined)) return [];
  return Object.entries(map as JsonObject).flatMap(([key, value]): readonly Setting[] => {
    if (value === null || value === '' || isElsewhere(field, key)) return [];
    // The server never shows what stands there, so no two sources can be told apart by it.
    if (field === 'smtpServer' && SMTP_SECRETS.has(key)) return [{ parts: [field, key], value: unknown('masked') }];
    return [{ parts: [field, key], value: mapValue(key, value) }];
  });
}

function isElsewhere(field: string, key: string): boolean {
  if (field === 'attributes') return MIRRORS.has(key) || MIRRORED.test(key);
  return field === 'browserSecurityHeaders' && key === OLD_HEADER;
}

/** Whether an element or key is what every fresh realm has by itself. */
export function isFreshSetting({ parts: [field, key = ''], value }: Setting): boolean {
  if (field === 'eventsListeners') return key === 'jboss-logging';
  if (field === 'browserSecurityHeaders') return own(HEADER_DEFAULTS, key) === value;
  return field === 'attributes' && own(ATTRIBUTE_DEFAULTS, key) === value;
}

/** Whether a key is one that later servers fill in by themselves: an older export lacks it, and nobody added it. */
export function isLaterDefault({ parts: [field, key = ''], value }: Setting): boolean {
  if (field === 'attributes') return own(ATTRIBUTE_DEFAULTS, key) === value;
  return field === 'browserSecurityHeaders' && key === 'referrerPolicy' && own(HEADER_DEFAULTS, key) === value;
}

/** Fields that the server takes only together: one that is left out is reset to nothing, or all are ignored (tried on 26.7.4). */
export function policyOf(field: string): RegExp | undefined {
  return [/^otpPolicy/, /^webAuthnPolicyPasswordless/, /^webAuthnPolicy(?!Passwordless)/].find((policy) => policy.test(field));
}

/** Whether a value is masked or left to a deployment. */
export function isBlind(value: unknown): boolean {
  return value === MASK || (typeof value === 'string' && placeholdersIn(value).length > 0);
}

