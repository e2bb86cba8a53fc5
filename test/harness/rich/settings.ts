import type { Json, JsonObject } from '../../../src/realm/json.ts';
import { must, type AdminCalls } from '../../../src/sandbox/incident/calls.ts';
import { list, object, text } from '../../../src/sandbox/incident/read.ts';
import type { Damage, Family } from './family.ts';

const MAIL = { host: 'mail.example.org', port: '2525', from: 'sso@example.org', fromDisplayName: 'SSO', starttls: 'true' };

async function build(calls: AdminCalls): Promise<void> {
  const realm = object(await must(calls, 'GET', '')) ?? {};
  await must(calls, 'PUT', '', {
    displayName: 'Corporate', displayNameHtml: '<b>Corporate</b>', accessTokenLifespan: 240, ssoSessionIdleTimeout: 3600, clientSessionIdleTimeout: 900, oauth2DeviceCodeLifespan: 450,
    passwordPolicy: 'length(10) and notUsername(undefined)', eventsEnabled: true, eventsExpiration: 86400, eventsListeners: ['jboss-logging', 'email'], enabledEventTypes: ['LOGIN', 'LOGIN_ERROR', 'LOGOUT'],
    internationalizationEnabled: true, supportedLocales: ['en', 'de', 'fr'], defaultLocale: 'de', loginTheme: 'keycloak', bruteForceProtected: true, failureFactor: 7,
    otpPolicyType: 'totp', otpPolicyAlgorithm: 'HmacSHA256', otpPolicyDigits: 8, otpPolicyInitialCounter: 0, otpPolicyLookAheadWindow: 2, otpPolicyPeriod: 40, otpPolicyCodeReusable: true,
    webAuthnPolicyRpEntityName: 'Corporate', webAuthnPolicyRpId: 'sso.example.org', ...(realm['webAuthnPolicyExtraOrigins'] === undefined ? {} : { webAuthnPolicyExtraOrigins: ['https://app.example.org'] }), webAuthnPolicySignatureAlgorithms: ['RS256', 'ES256'],
    browserSecurityHeaders: { xFrameOptions: 'DENY', strictTransportSecurity: 'max-age=600', corpHeader: 'on' }, smtpServer: MAIL,
    attributes: {
      frontendUrl: 'https://sso.example.org', 'acr.loa.map': '{"gold":"2"}', adminEventsExpiration: '900', 'corp.tier': 'gold',
      // Before 24 nothing brings these two back without erasing more: the tool refuses every PUT of a realm that has them.
      ...(realm['firstBrokerLoginFlow'] === undefined ? {} : { cibaExpiresIn: '99', parRequestUriLifespan: '77' }),
    },
  });
  await must(calls, 'POST', '/localization/de', { loginTitle: 'Anmeldung', 'corp/slash': 'Schrägstrich', greeting: 'Grüß Gott' });
  await must(calls, 'POST', '/localization/fr', { loginTitle: 'Connexion' });
  const profile = object(await must(calls, 'GET', '/users/profile')) ?? {};
  const [first, ...others] = list(profile['attributes']);
  // Before 24 the profile is a preview that is off: whatever is put is taken with 200 and forgotten.
  if (realm['firstBrokerLoginFlow'] !== undefined) await must(calls, 'PUT', '/users/profile', {
    attributes: [first, { name: 'department', displayName: '${department}', validations: { length: { min: 1, max: 20 }, 'person-name-prohibited-characters': {} }, required: {}, permissions: { view: ['admin', 'user'], edit: ['admin'] }, annotations: { inputType: 'select' }, group: 'work' },
      ...others, { name: 'badge', permissions: { view: ['admin'], edit: ['admin'] }, group: 'work' }],
    groups: [...list(profile['groups']), { name: 'work', displayHeader: 'Work', annotations: { order: '2' } }], unmanagedAttributePolicy: 'ADMIN_EDIT',
  });
  await must(calls, 'PUT', '/client-policies/profiles', { profiles: [
    { name: 'strict', description: 'PKCE for all', executors: [{ executor: 'pkce-enforcer', configuration: { 'auto-configure': 'true' } }, { executor: 'secure-session', configuration: {} }] },
    { name: 'consent', executors: [{ executor: 'consent-required', configuration: { 'auto-configure': 'true' } }] }, { name: 'spare' }] });
  await must(calls, 'PUT', '/client-policies/policies', { policies: [
    { name: 'by-role', enabled: true, conditions: [{ condition: 'client-roles', configuration: { roles: ['guarded'] } }], profiles: ['strict', 'fapi-1-baseline'] },
    { name: 'idle', description: 'for later', enabled: false, conditions: [], profiles: ['consent'] }] });
}

const since = (release: string, damage: Damage): Damage => ({ ...damage, since: release });
/** A PUT of the realm; an attribute is changed within all of them, as the map is replaced. */
const put = (name: string, body: JsonObject): Damage => ({ name, apply: async (calls) => void await must(calls, 'PUT', '', body) });
/** One after which CIBA, PAR and device settings are as before: the restore must not reset them either. */
const careful = (name: string, body: JsonObject): Damage => ({
  name,
  apply: async (calls) => {
    const live = object(await must(calls, 'GET', '')) ?? {};
    await must(calls, 'PUT', '', { ...body, attributes: live['attributes'] ?? {}, oauth2DeviceCodeLifespan: live['oauth2DeviceCodeLifespan'] ?? 600 });
  },
});
const attributes = (name: string, edit: (map: Record<string, Json>) => void): Damage => ({
  name,
  apply: async (calls) => {
    const map = { ...object(object(await must(calls, 'GET', ''))?.['attributes']) };
    edit(map);
    await must(calls, 'PUT', '', { attributes: map });
  },
});
/** A document or list that the server takes whole, edited in one place. */
const edited = (name: string, path: string, edit: (document: Record<string, Json>) => Record<string, Json>): Damage => ({
  name, apply: async (calls) => void await must(calls, 'PUT', path, edit({ ...object(await must(calls, 'GET', path)) })),
});
const texts = (name: string, method: string, path: string, body?: JsonObject): Damage => ({ name, apply: async (calls) => void await calls.call(method, path, body) });

const entries = (document: Record<string, Json>, field: string): readonly JsonObject[] => list(document[field]).map((entry) => object(entry) ?? {});
const without = (field: string, name: string) => (document: Record<string, Json>): Record<string, Json> => ({ ...document, [field]: entries(document, field).filter((entry) => entry['name'] !== name) });
const changed = (field: string, name: string, fields: JsonObject) => (document: Record<string, Json>): Record<string, Json> => ({ ...document, [field]: entries(document, field).map((entry) => (entry['name'] === name ? { ...entry, ...fields } : entry)) });
const added = (field: string, entry: JsonObject) => (document: Record<string, Json>): Record<string, Json> => ({ ...without(field, String(entry['name']))(document), [field]: [...entries(without(field, String(entry['name']))(document), field), entry] });

function damages(): readonly Damage[] {
  const [profile, profiles, policies] = ['/users/profile', '/client-policies/profiles', '/client-policies/policies'] as const;
  return [
    // Before 24 the tool writes no setting of the realm, exports have no texts, and the profile is a preview that is off.
    ...[
      put('token and session lifetimes changed', { accessTokenLifespan: 60, ssoSessionIdleTimeout: 600, clientSessionIdleTimeout: 0 }),
      put('device code lifetime reset', { displayNameHtml: '' }),
      put('display name changed, password policy and login theme emptied', { displayName: 'Acme', passwordPolicy: '', loginTheme: '', eventsExpiration: 0 }),
      careful('theme set for e-mails and for accounts, by somebody who sends along what is reset otherwise', { emailTheme: 'keycloak', accountTheme: 'keycloak.v3' }),
      put('duplicate e-mails allowed, which forbids the login by e-mail', { duplicateEmailsAllowed: true }),
      put('event types and listeners changed', { enabledEventTypes: ['LOGIN', 'REGISTER'], eventsListeners: ['jboss-logging'] }),
      put('languages taken out', { supportedLocales: ['en'], defaultLocale: 'en' }),
      put('one-time codes reset by a file that names the type alone', { otpPolicyType: 'hotp' }),
      put('passkey policy reset by a file that names the entity alone', { webAuthnPolicyRpEntityName: 'keycloak' }),
      put('headers changed, added and taken out', { browserSecurityHeaders: { xFrameOptions: 'SAMEORIGIN', corpHeader: null, xRobotsTag: null, added: '1', contentSecurityPolicyReportOnly: 'x' } }),
      put('mail server changed', { smtpServer: { ...MAIL, host: 'elsewhere.example.org', replyTo: 'nobody@example.org' } }),
      put('mail server taken out', { smtpServer: {} }),
      attributes('attributes changed, added and taken out', (map) => { Object.assign(map, { 'corp.tier': 'lead', added: 'yes' }); delete map['acr.loa.map']; }),
      put('every attribute taken out', { attributes: {} }),
      texts('text of a language taken out', 'DELETE', '/localization/de/corp%2Fslash'),
      texts('text changed and text added', 'POST', '/localization/de', { greeting: 'Hallo', added: 'neu' }),
      texts('language taken out', 'DELETE', '/localization/fr'),
      texts('language added', 'POST', '/localization/it', { loginTitle: 'Accesso' }),
      edited('profile attribute taken out', profile, without('attributes', 'badge')),
      edited('profile attribute changed', profile, changed('attributes', 'department', { displayName: 'Dept', validations: { length: { min: 1, max: 5 } }, required: { roles: ['admin'] } })),
      edited('built-in profile attribute changed', profile, changed('attributes', 'lastName', { required: { roles: ['admin'] } })),
      edited('profile attribute added', profile, added('attributes', { name: 'nickname', permissions: { view: ['admin'], edit: ['admin'] } })),
      edited('profile group changed, another added', profile, (document) => added('groups', { name: 'spare', displayHeader: 'Spare' })(changed('groups', 'work', { displayHeader: 'Job' })(document))),
      edited('unmanaged attributes refused', profile, (document) => Object.fromEntries(Object.entries(document).filter(([field]) => field !== 'unmanagedAttributePolicy'))),
      { name: 'profile reset to the default', apply: async (calls: AdminCalls) => void await must(calls, 'PUT', profile) },
    ].map((damage) => since('24.0', damage)),
    edited('client profile changed', profiles, changed('profiles', 'strict', { executors: [{ executor: 'secure-session', configuration: {} }] })),
    edited('client profiles taken out', profiles, (document) => without('profiles', 'spare')(without('profiles', 'consent')(document))),
    edited('client profile added', profiles, added('profiles', { name: 'added', executors: [] })),
    { name: 'client policy changed, another taken out, a third added', apply: async (calls) => {
      const document = { ...object(await must(calls, 'GET', policies)) };
      await calls.call('PUT', policies, added('policies', { name: 'newcomer', enabled: true, conditions: [], profiles: ['fapi-1-advanced'] })(without('policies', 'idle')(changed('policies', 'by-role', { enabled: false })(document))));
    } },
  ];
}

/** Fields that say what stands elsewhere in the realm, twice, or what the server works out. */
const NOT_READ = new Set(['id', 'realm', 'defaultRole', 'clientProfiles', 'clientPolicies', 'adminPermissionsClient']);
const SHOWN_TWICE = new Set(['clientSessionIdleTimeout', 'clientSessionMaxLifespan', 'clientOfflineSessionIdleTimeout', 'clientOfflineSessionMaxLifespan', 'oauth2DeviceCodeLifespan', 'oauth2DevicePollingInterval', 'realmReusableOtpCode', 'scimApiEnabled', 'webAuthnPolicyExtraOrigins', 'webAuthnPolicyExtraOriginsPasswordless']);

async function read(calls: AdminCalls): Promise<Json> {
  const realm = object(await must(calls, 'GET', '')) ?? {};
  const settings = Object.entries(realm).filter(([field]) => !NOT_READ.has(field) && !field.endsWith('Flow')).map(([field, value]): [string, Json] => {
    if (field === 'attributes') return [field, sorted(Object.entries(object(value) ?? {}).filter(([key]) => !SHOWN_TWICE.has(key)))];
    if (Array.isArray(value)) return [field, field.endsWith('Algorithms') ? value : value.map(String).sort()];
    return [field, object(value) === undefined ? value : sorted(Object.entries(object(value) ?? {}))];
  });
  const locales = list(await must(calls, 'GET', '/localization')).map(String).sort();
  const localized = await Promise.all(locales.map(async (locale): Promise<[string, Json]> => [locale, sorted(Object.entries(object(await must(calls, 'GET', `/localization/${encodeURIComponent(locale)}`)) ?? {}))]));
  return {
    settings: sorted(settings.filter(([, value]) => value !== '')),
    texts: sorted(localized.filter(([, map]) => Object.keys(object(map) ?? {}).length > 0)),
    profile: await must(calls, 'GET', '/users/profile'),
    profiles: await must(calls, 'GET', '/client-policies/profiles'),
    policies: inOrder(await must(calls, 'GET', '/client-policies/policies')),
  };
}

/** Which profiles a policy applies is a set. */
function inOrder(body: Json): Json {
  return list(object(body)?.['policies']).map((policy) => ({ ...object(policy), name: text(policy, 'name') ?? '', profiles: list(object(policy)?.['profiles']).map(String).sort() }));
}

function sorted(fields: readonly (readonly [string, Json])[]): JsonObject {
  return Object.fromEntries(fields.filter(([, value]) => value !== '').toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Settings of the realm, its texts, its user profile, its client profiles and client policies. No mail password: the server never shows it. */
export const settings: Family = { name: 'settings', fields: 'others', build, damages: damages(), read };
