/** `PUT /admin/realms/{realm}`: half merge, half replace, as the real server does it. */
import type { Json, JsonObject } from '../../../realm/json.ts';
import { freshData } from '../data/fresh.ts';
import { errorMessage } from '../refusal.ts';
import { isObject, list, object, present, stringMap, text, texts, without } from '../state/json.ts';
import { PARTS } from '../state/import.ts';
import type { Fields, RealmRow } from '../state/model.ts';

const MASK = '**********';
const SMTP_SECRETS = ['password', 'authTokenClientSecret'];

/** What every PUT sets anew: from `attributes` where they are sent, to the usual value otherwise. */
const CIBA_AND_PAR: Readonly<Record<string, string>> = { cibaBackchannelTokenDeliveryMode: 'poll', cibaExpiresIn: '120', cibaInterval: '5', cibaAuthRequestedUserHint: 'login_hint', parRequestUriLifespan: '60' };
const DEVICE: Readonly<Record<string, number>> = { oauth2DeviceCodeLifespan: 600, oauth2DevicePollingInterval: 5 };

/** Numbers that Keycloak keeps as attributes: they show in both places, and a map without them sets them to 0. */
const AS_ATTRIBUTES = ['clientSessionIdleTimeout', 'clientSessionMaxLifespan', 'clientOfflineSessionIdleTimeout', 'clientOfflineSessionMaxLifespan'];
const ORIGINS: Readonly<Record<string, string>> = { webAuthnPolicyExtraOrigins: 'webAuthnPolicyExtraOrigins', webAuthnPolicyExtraOriginsPasswordless: 'webAuthnPolicyPasswordlessExtraOrigins' };

/** Fields that go when an empty value is sent. */
const GONE_WHEN: readonly (readonly [string, Json])[] = [['passwordPolicy', ''], ['eventsExpiration', 0]];
/** Switches of features that this server was not started with. */
const FEATURES = ['verifiableCredentialsEnabled', 'scimApiEnabled'];

export function updateRealm(realm: RealmRow, body: JsonObject): void {
  const { fields } = realm;
  const smtp = body['smtpServer'] === undefined ? undefined : mailSettings(object(fields['smtpServer']), object(body['smtpServer']));
  const plain = present(without(body, [...PARTS, ...FEATURES, 'attributes', 'smtpServer', 'browserSecurityHeaders', 'adminPermissionsClient', 'otpSupportedApplications', ...Object.keys(DEVICE), 'clientPolicies', 'clientProfiles']));
  attributes(fields, body['attributes']);
  for (const [field, value] of Object.entries(plain)) if (!/^(otpPolicy|webAuthnPolicy)/.test(field)) fields[field] = value;
  emails(fields, body);
  otpPolicy(fields, body);
  webAuthnPolicy(fields, body, 'webAuthnPolicyPasswordless');
  webAuthnPolicy(fields, body, 'webAuthnPolicy');
  const shown = Object.fromEntries(AS_ATTRIBUTES.filter((field) => plain[field] !== undefined).map((field) => [field, String(plain[field])]));
  const scim = typeof body['scimApiEnabled'] === 'boolean' ? { scimApiEnabled: String(body['scimApiEnabled']) } : {};
  fields['attributes'] = { ...object(fields['attributes']), ...shown, ...scim };
  device(fields, body);
  if (smtp !== undefined) fields['smtpServer'] = smtp;
  if (isObject(body['browserSecurityHeaders'])) fields['browserSecurityHeaders'] = present({ ...object(fields['browserSecurityHeaders']), ...body['browserSecurityHeaders'] });
  for (const [field, value] of GONE_WHEN) if (fields[field] === value) delete fields[field];
  if (list(fields['supportedLocales']).length === 0) delete fields['supportedLocales'];
}

/** As GET and exports show them. */
export function shownMail(smtp: Json | undefined): Fields {
  return Object.fromEntries(Object.entries(object(smtp)).map(([key, value]) => [key, SMTP_SECRETS.includes(key) ? MASK : value]));
}

/** Replaced as a whole; a mask stands for the secret that is there, none for none. */
function mailSettings(before: JsonObject, sent: JsonObject): Fields {
  const after = Object.fromEntries(Object.entries(stringMap(sent)).flatMap(([key, value]): [string, Json][] => {
    if (!SMTP_SECRETS.includes(key)) return [[key, value]];
    const kept = value === MASK ? before[key] : value;
    return kept === undefined || kept === '' ? [] : [[key, kept]];
  }));
  if (Object.keys(after).length > 0 && (text(after['from']) ?? '') === '') {
    throw errorMessage(400, "Invalid sender address 'null'. If the address contains UTF-8 characters in the local part please ensure the SMTP server supports the SMTPUTF8 extension and enable 'Allow UTF-8' in the email realm configuration.");
  }
  return after;
}

function attributes(fields: Fields, sent: Json | undefined): void {
  const map: Fields = isObject(sent) ? stringMap(sent) : { ...object(fields['attributes']) };
  if (isObject(sent)) {
    for (const field of AS_ATTRIBUTES) fields[field] = Number(map[field] ?? 0);
    for (const [key, field] of Object.entries(ORIGINS)) fields[field] = text(map[key]) === null ? [] : String(map[key]).split(',');
    fields['otpPolicyCodeReusable'] = map['realmReusableOtpCode'] === 'true';
  }
  const given = isObject(sent) ? map : {};
  fields['attributes'] = { ...map, ...Object.fromEntries(Object.entries(CIBA_AND_PAR).map(([key, usual]) => [key, given[key] ?? usual])) };
}

function device(fields: Fields, body: JsonObject): void {
  for (const [field, usual] of Object.entries(DEVICE)) {
    fields[field] = body[field] ?? usual;
    fields['attributes'] = { ...object(fields['attributes']), [field]: String(fields[field]) };
  }
}

function emails(fields: Fields, body: JsonObject): void {
  if (body['loginWithEmailAllowed'] === true || body['registrationEmailAsUsername'] === true) fields['duplicateEmailsAllowed'] = false;
  if (body['duplicateEmailsAllowed'] === true) Object.assign(fields, { duplicateEmailsAllowed: true, loginWithEmailAllowed: false, registrationEmailAsUsername: false });
}

/** Ignored without its type; with it, what is left out is nothing or 0. */
function otpPolicy(fields: Fields, body: JsonObject): void {
  if (text(body['otpPolicyType']) === null) return;
  const { otpPolicyAlgorithm: algorithm, otpPolicyInitialCounter = 0, otpPolicyDigits = 0, otpPolicyLookAheadWindow = 0, otpPolicyPeriod = 0, otpPolicyCodeReusable = false } = body;
  Object.assign(fields, { otpPolicyType: body['otpPolicyType'], otpPolicyInitialCounter, otpPolicyDigits, otpPolicyLookAheadWindow, otpPolicyPeriod, otpPolicyCodeReusable });
  if (typeof algorithm === 'string') fields['otpPolicyAlgorithm'] = algorithm;
  else delete fields['otpPolicyAlgorithm'];
  fields['attributes'] = { ...object(fields['attributes']), realmReusableOtpCode: String(otpPolicyCodeReusable) };
  const timed = body['otpPolicyType'] === 'totp';
  const google = !timed || otpPolicyPeriod === 30;
  const microsoft = timed && otpPolicyPeriod === 30 && otpPolicyDigits === 6 && algorithm === 'HmacSHA1';
  fields['otpSupportedApplications'] = ['totpAppFreeOTPName', ...(google ? ['totpAppGoogleName'] : []), ...(microsoft ? ['totpAppMicrosoftAuthenticatorName'] : [])];
}

/** Ignored without its entity; with it, what is left out is as in a fresh realm. */
function webAuthnPolicy(fields: Fields, body: JsonObject, prefix: 'webAuthnPolicy' | 'webAuthnPolicyPasswordless'): void {
  if ((text(body[`${prefix}RpEntityName`]) ?? '') === '') return;
  const fresh = freshData.realm as unknown as JsonObject;
  const own = Object.keys(fresh).filter((field) => field.startsWith(prefix) && (prefix !== 'webAuthnPolicy' || !field.startsWith('webAuthnPolicyPasswordless')));
  for (const field of own) fields[field] = body[field] ?? fresh[field] ?? null;
  for (const [key, field] of Object.entries(ORIGINS)) {
    if (!own.includes(field)) continue;
    const { [key]: _, ...others } = object(fields['attributes']);
    const origins = texts(fields[field]);
    fields['attributes'] = origins.length === 0 ? others : { ...others, [key]: origins.join(',') };
  }
}
