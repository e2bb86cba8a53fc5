import { describe, expect, test } from 'vitest';
import { compareStates } from '../../src/realm/compare.ts';
import type { Choices } from '../../src/realm/choice.ts';
import type { Choice, Completeness, Operation, Plan, RealmState } from '../../src/realm/model.ts';
import { DEFAULT_PROFILE, isDefaultProfile } from '../../src/realm/normal/user-profile.ts';
import { makePlan, operationsOf } from '../../src/realm/plan.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { putInOrder } from '../../src/realm/writes/in-order.ts';
import { state } from './incident.ts';

const CIBA = { cibaBackchannelTokenDeliveryMode: 'poll', cibaExpiresIn: '120', cibaInterval: '5', cibaAuthRequestedUserHint: 'login_hint', parRequestUriLifespan: '60' };
/** The fields by which an export of a realm can be told from a file that says little. */
const REALM: RealmRepresentation = { realm: 'primary', accessTokenLifespan: 300, oauth2DeviceCodeLifespan: 600, oauth2DevicePollingInterval: 5, attributes: CIBA, smtpServer: {}, browserSecurityHeaders: {} };
const realm = (fields: Readonly<Record<string, unknown>> = {}): RealmRepresentation => ({ ...REALM, ...fields });
const stated = (fields: Readonly<Record<string, unknown>>): RealmState => state({ realm: 'primary', ...fields }, 'file:realm.json', 'stated');

function differences(live: RealmRepresentation, evidence: RealmState | RealmRepresentation, completeness: Completeness = 'full') {
  const source = 'objects' in evidence ? (evidence as RealmState) : state(evidence, 'snapshot:before.json', completeness);
  return { live: state(live), evidence: [source], differences: compareStates(state(live), [source]) };
}

const said = (...input: Parameters<typeof differences>): readonly string[] => differences(...input).differences.map(({ id, change }) => `${change} ${id}`);

/** Everything restored, or what `only` takes. */
function plan(live: RealmRepresentation, evidence: RealmState | RealmRepresentation, only: (id: string) => boolean = () => true, version: string | null = null): Plan {
  const input = { ...differences(live, evidence), live: state(live, 'live', 'full', version) };
  const choices: Choices = Object.fromEntries(input.differences.map(({ id }): [string, Choice] => [id, only(id) ? 'restore' : 'leave']));
  return makePlan({ ...input, choices, order: [] });
}

function one(...input: Parameters<typeof plan>): Operation {
  const made = plan(...input);
  const [operation, ...others] = operationsOf(made);
  expect(made.refused).toEqual([]);
  expect(others).toEqual([]);
  if (operation === undefined) throw new Error('nothing is planned');
  return operation;
}

describe('one PUT of the realm', () => {
  test('carries nothing but what was chosen, and covers all of it', () => {
    const operation = one(realm({ displayName: 'Acme', accessTokenLifespan: 60, eventsListeners: ['a'] }), realm({ displayName: 'Corporate', eventsListeners: ['b'] }));
    expect(operation.request).toEqual({ method: 'PUT', path: [], body: { displayName: 'Corporate', accessTokenLifespan: 300, eventsListeners: ['b'] } });
    expect(operation.inverse).toEqual({ method: 'PUT', path: [], body: { displayName: 'Acme', accessTokenLifespan: 60, eventsListeners: ['a'] } });
    expect(operation.covers).toHaveLength(4);
    const chosen = one(realm({ displayName: 'Acme', accessTokenLifespan: 60 }), realm({ displayName: 'Corporate' }), (id) => id.endsWith('displayName'));
    expect(chosen.request.body).toEqual({ displayName: 'Corporate' });
  });

  test('carries what every PUT resets: CIBA, PAR and device settings that are not as the server makes them', () => {
    const live = { attributes: { ...CIBA, cibaExpiresIn: '99', tier: 'gold' }, oauth2DeviceCodeLifespan: 450 };
    const operation = one(realm({ ...live, displayName: 'a' }), realm({ ...live, displayName: 'b' }));
    const carried = { attributes: live.attributes, oauth2DeviceCodeLifespan: 450, oauth2DevicePollingInterval: 5 };
    expect(operation.request.body).toEqual({ displayName: 'b', ...carried });
    expect(operation.inverse?.body).toEqual({ displayName: 'a', ...carried });
  });

  describe('on older releases', () => {
    const HEADERS = { xFrameOptions: 'DENY', corpHeader: 'on' };
    const live = { attributes: { ...CIBA, cibaExpiresIn: '99' }, browserSecurityHeaders: HEADERS, browserFlow: 'browser', firstBrokerLoginFlow: 'first' };
    const all = (): boolean => true;

    test.each(['26.0.8', '24.0.5', null])('carries the headers beside the attributes, without which %s erases them', (version) => {
      const operation = one(realm({ ...live, displayName: 'a' }), realm({ ...live, displayName: 'b' }), all, version);
      expect(operation.request.body).toEqual({ displayName: 'b', attributes: live.attributes, browserSecurityHeaders: HEADERS });
      const changed = one(realm({ ...live, browserSecurityHeaders: { ...HEADERS, xFrameOptions: 'SAMEORIGIN', added: '1' } }), realm(live), all, version);
      expect(changed.request.body).toMatchObject({ browserSecurityHeaders: { ...HEADERS, added: null } });
      expect(changed.inverse?.body).toMatchObject({ browserSecurityHeaders: { ...HEADERS, xFrameOptions: 'SAMEORIGIN', added: '1' } });
    });

    test('leaves them to newer ones', () => {
      expect(Object.keys(one(realm({ ...live, displayName: 'a' }), realm({ ...live, displayName: 'b' }), all, '26.7.4').request.body ?? {})).toEqual(['attributes', 'displayName']);
    });

    test.each([['22.0.5', 'first'], [null, undefined]])('on %s nothing is written: every PUT resets more than it says', (version, firstBrokerLoginFlow) => {
      const old = (fields: Readonly<Record<string, unknown>>): RealmRepresentation => realm({ browserFlow: 'browser', dockerAuthenticationFlow: 'docker auth', firstBrokerLoginFlow, ...fields });
      const refused = (from: Readonly<Record<string, unknown>>, to: Readonly<Record<string, unknown>>): number => plan(old(from), old(to), all, version).refused.length;
      expect(refused({ displayName: 'a' }, { displayName: 'b' })).toBe(1);
      expect(refused({ browserFlow: 'a' }, { browserFlow: 'b' })).toBe(1);
    });
  });

  test('sends the whole map of attributes, in which fields stand a second time, for the map is replaced', () => {
    const live = realm({ attributes: { ...CIBA, clientSessionIdleTimeout: '1', webAuthnPolicyExtraOrigins: 'https://x', tier: 'lead', added: '1', other: 'kept' }, clientSessionIdleTimeout: 1, webAuthnPolicyRpEntityName: 'k', webAuthnPolicyExtraOrigins: ['https://x'] });
    const before = realm({ attributes: { ...CIBA, clientSessionIdleTimeout: '900', tier: 'gold', gone: '2', other: 'kept' }, clientSessionIdleTimeout: 900, webAuthnPolicyRpEntityName: 'k', webAuthnPolicyExtraOrigins: [] });
    const { request, inverse } = one(live, before);
    expect(request.body).toEqual({ clientSessionIdleTimeout: 900, webAuthnPolicyRpEntityName: 'k', webAuthnPolicyExtraOrigins: [], attributes: { ...CIBA, clientSessionIdleTimeout: '900', tier: 'gold', gone: '2', other: 'kept' } });
    expect(inverse?.body).toMatchObject({ attributes: live.attributes, clientSessionIdleTimeout: 1 });
  });

  test('sends a policy as a whole, because a part of it resets the rest or is ignored', () => {
    const live = realm({ otpPolicyType: 'totp', otpPolicyDigits: 6, otpPolicyPeriod: 30, otpPolicyAlgorithm: 'HmacSHA1', webAuthnPolicyRpEntityName: 'k', webAuthnPolicyRpId: '', webAuthnPolicyPasswordlessRpEntityName: 'p' });
    const operation = one(live, { ...live, otpPolicyDigits: 8, webAuthnPolicyRpId: 'sso' });
    expect(operation.request.body).toEqual({ otpPolicyType: 'totp', otpPolicyDigits: 8, otpPolicyPeriod: 30, otpPolicyAlgorithm: 'HmacSHA1', webAuthnPolicyRpEntityName: 'k', webAuthnPolicyRpId: 'sso' });
    expect(operation.inverse?.body).toMatchObject({ otpPolicyDigits: 6, webAuthnPolicyRpId: '' });
  });

  test('takes a header away with null and leaves the others out, for headers are merged', () => {
    const operation = one(realm({ browserSecurityHeaders: { xFrameOptions: 'DENY', corp: '1', kept: 'x' } }), realm({ browserSecurityHeaders: { xFrameOptions: 'SAMEORIGIN', kept: 'x' } }));
    expect(operation.request.body).toEqual({ browserSecurityHeaders: { corp: null, xFrameOptions: 'SAMEORIGIN' } });
    expect(operation.inverse?.body).toEqual({ browserSecurityHeaders: { corp: '1', xFrameOptions: 'DENY' } });
  });

  test('empties an optional field, for null keeps it', () => {
    expect(one(realm({ passwordPolicy: 'length(1)', eventsExpiration: 5, supportedLocales: ['de'] }), realm()).request.body).toEqual({ passwordPolicy: '', eventsExpiration: 0, supportedLocales: [] });
  });
});

describe('what the server would undo or refuse is refused before', () => {
  const why = (...input: Parameters<typeof plan>): readonly string[] => plan(...input).refused.map(({ because }) => because);

  test('e-mail settings that exclude each other', () => {
    const [live, before] = [realm({ duplicateEmailsAllowed: false, loginWithEmailAllowed: true }), realm({ duplicateEmailsAllowed: true, loginWithEmailAllowed: false })];
    expect(one(live, before).request.body).toEqual({ duplicateEmailsAllowed: true, loginWithEmailAllowed: false });
    expect(why(live, before, (id) => id.endsWith('duplicateEmailsAllowed'))[0]).toContain('answer both with restore');
  });

  test('switches of features, and one that makes a client', () => {
    expect(why(realm({ scimApiEnabled: false, adminPermissionsEnabled: false }), realm({ scimApiEnabled: true, adminPermissionsEnabled: true }))).toEqual([expect.stringContaining('makes the client admin-permissions'), expect.stringContaining('started with that feature')]);
  });

  test('a placeholder and a masked secret', () => {
    expect(said(realm({ accessTokenLifespan: 1, displayName: 'x' }), stated({ accessTokenLifespan: '${TTL}', displayName: '${NAME}' }))).toEqual([]);
    expect(why(realm({ attributes: {} }), stated({ attributes: { 'my.secret': '**********', url: 'https://${HOST}/' } }))).toEqual([expect.stringContaining('no evidence knows its value'), expect.stringContaining('${HOST}')]);
  });
});

describe('mail settings', () => {
  const MAIL = { host: 'mail', from: 'a@b', user: 'u', auth: 'true' };
  const live = realm({ smtpServer: { ...MAIL, host: 'wrong', password: '**********' } });

  test('are sent whole with the password of the evidence as a reference, never in clear and never masked', () => {
    const operation = one(live, realm({ smtpServer: { ...MAIL, password: 'hush' } }));
    const password = { $secret: 'realm-setting:smtpServer/password', field: 'smtpServer.password' };
    expect(operation.request.body).toEqual({ smtpServer: { ...MAIL, password } });
    expect(operation.inverse?.body).toEqual({ smtpServer: { ...MAIL, host: 'wrong', password } });
  });

  test('stay as they are when nobody knows the password, which would be erased', () => {
    for (const password of ['**********', undefined]) {
      const made = plan(live, realm({ smtpServer: { ...MAIL, ...(password === undefined ? {} : { password }) } }), (id) => !id.endsWith('password'));
      expect(operationsOf(made)).toEqual([]);
      expect(made.refused.map(({ because }) => because)).toEqual([expect.stringContaining('shows smtpServer password masked and erases it')]);
    }
  });

  test('that bring no password back say so, and the others come', () => {
    const made = plan(realm(), realm({ smtpServer: { ...MAIL, password: '**********' } }));
    expect(made.refused).toEqual([{ id: 'realm-setting:smtpServer/password', because: expect.stringContaining('enter it in the admin console') }]);
    expect(operationsOf(made)[0]?.request.body).toEqual({ smtpServer: MAIL });
  });

  test('with a password that goes are a PUT of their own, after the other one and without an inverse', () => {
    const operations = operationsOf(plan({ ...live, displayName: 'x' }, realm()));
    expect(operations.map(({ id, request, inverse, dependsOn }) => [id, request.body, inverse === null, dependsOn])).toEqual([
      ['update realm-setting:*', { displayName: '' }, false, []],
      ['update realm-setting:smtpServer', { smtpServer: {} }, true, ['update realm-setting:*']],
    ]);
  });

  test('need their sender, which comes along; it does not go alone', () => {
    expect(plan(realm(), realm({ smtpServer: MAIL }), (id) => id.endsWith('host')).pulledIn).toEqual([{ id: 'realm-setting:smtpServer/from', by: 'realm-setting:smtpServer/host' }]);
    expect(plan(realm({ smtpServer: MAIL }), realm({ smtpServer: { host: 'mail', user: 'u', auth: 'true' } })).refused[0]?.because).toContain('without a sender');
  });
});

describe('silence', () => {
  test('of an older export about what its server did not know is no removal', () => {
    const live = realm({ bruteForceStrategy: 'MULTIPLE', maxSecondaryAuthFailures: 0, webAuthnPolicyExtraOrigins: ['https://x'], browserSecurityHeaders: { referrerPolicy: 'no-referrer' }, organizationsEnabled: false });
    expect(said(live, { realm: 'primary', keycloakVersion: '20.0.0', accessTokenLifespan: 300, attributes: { oauth2DeviceCodeLifespan: '600' }, browserSecurityHeaders: { xXSSProtection: '1; mode=block' }, smtpServer: {} })).toEqual([]);
  });

  test('of an export about what it leaves out when it is not set is a removal', () => {
    expect(said(realm({ displayName: 'x', supportedLocales: ['de'] }), realm())).toEqual(['live-only realm-setting:displayName', 'live-only realm-setting:supportedLocales/de']);
    expect(said(realm(), realm({ displayName: 'x', bruteForceStrategy: 'LINEAR' }))).toEqual(['lost realm-setting:displayName']);
  });

  test('of a person is none: defaults, quotes around numbers and fresh elements make no noise', () => {
    const live = realm({ eventsListeners: ['jboss-logging'], displayName: 'x', browserSecurityHeaders: { xFrameOptions: 'SAMEORIGIN', corp: '1' }, localizationTexts: { de: { a: 'b' } } });
    expect(said(live, stated({ accessTokenLifespan: '300', eventsListeners: [], browserSecurityHeaders: {}, attributes: {} }))).toEqual(['live-only realm-setting:browserSecurityHeaders/corp']);
  });

  test('and what the realm is called, when its tokens end and which flows it uses are no settings', () => {
    expect(said(realm({ id: '1', notBefore: 5, browserFlow: 'x', firstBrokerLoginFlow: 'y', keycloakVersion: '1' }), realm({ id: '2', notBefore: 0, browserFlow: 'browser', attributes: { ...CIBA, firstBrokerLoginFlowId: 'z', bruteForceProtected: 'true' } })).filter((each) => !each.includes('flow-binding:'))).toEqual([]);
  });

  test('a file that switches the realm off is asked about', () => {
    expect(differences(realm({ enabled: true }), realm({ enabled: false })).differences[0]).toMatchObject({ suggest: 'ask', effect: expect.stringContaining('nobody could log in') });
  });

  test('a shorter session time says what restoring it ends', () => {
    expect(differences(realm({ ssoSessionIdleTimeout: 3600 }), realm({ ssoSessionIdleTimeout: 600 })).differences[0]?.effect).toContain('ends at once the sessions that have lasted longer');
  });
});

describe('texts', () => {
  test('of one language go out in one POST, with null for what goes', () => {
    const operation = one(realm({ localizationTexts: { de: { a: '1', b: '2', kept: 'k' } } }), realm({ localizationTexts: { de: { a: 'eins', c: '3', kept: 'k' } } }));
    expect(operation.request).toEqual({ method: 'POST', path: ['localization', 'de'], body: { a: 'eins', b: null, c: '3' } });
    expect(operation.inverse?.body).toEqual({ a: '1', b: '2', c: null });
  });

  test('a language without any left goes, as one that was not there goes on the way back', () => {
    expect(one(realm({ localizationTexts: { it: { a: '1' } } }), realm({ localizationTexts: {} })).request).toEqual({ method: 'DELETE', path: ['localization', 'it'] });
    expect(one(realm({ localizationTexts: {} }), realm({ localizationTexts: { it: { a: '1' } } })).inverse).toEqual({ method: 'DELETE', path: ['localization', 'it'] });
  });
});

describe('the user profile', () => {
  const exported = (profile: unknown): RealmRepresentation => realm({ components: profile === null ? {} : { 'org.keycloak.userprofile.UserProfileProvider': [{ config: { 'kc.user.profile.config': [JSON.stringify(profile)] } }] } });
  const base = DEFAULT_PROFILE as { attributes: readonly { name: string }[]; groups: readonly unknown[] };
  const badge = { name: 'badge', group: 'work', permissions: { view: ['user', 'admin'], edit: ['admin'] } };
  const own = { attributes: [base.attributes[0], badge, ...base.attributes.slice(1)], groups: [...base.groups, { name: 'work' }] };

  test('of an export without one is the default; of a server without one there is none', () => {
    expect(said(exported(null), exported(DEFAULT_PROFILE))).toEqual([]);
    expect(said(exported(null), exported(own))).toEqual(['lost user-profile:attribute/badge', 'lost user-profile:group/work']);
    expect(said({ ...exported(null), userProfile: null }, exported(own))).toEqual([]);
    expect(said(exported(own), stated({ components: {} }))).toEqual([]);
    expect(isDefaultProfile({ ...DEFAULT_PROFILE, unmanagedAttributePolicy: 'ENABLED' })).toBe(false);
  });

  test('comes back in one PUT that is live but for what was chosen, in the order of the evidence', () => {
    const operation = one({ ...exported({ ...DEFAULT_PROFILE, unmanagedAttributePolicy: 'ENABLED' }) }, exported(own));
    const body = operation.request.body as unknown as typeof base;
    expect(body.attributes.map(({ name }) => name)).toEqual(['username', 'badge', 'email', 'firstName', 'lastName']);
    expect(body).not.toHaveProperty('unmanagedAttributePolicy');
    expect(operation.inverse?.body).toEqual({ ...DEFAULT_PROFILE, unmanagedAttributePolicy: 'ENABLED' });
  });

  test('an attribute brings its group, and a group with attributes does not go', () => {
    expect(plan(exported(null), exported(own), (id) => id.endsWith('badge')).pulledIn).toEqual([{ id: 'user-profile:group/work', by: 'user-profile:attribute/badge' }]);
    expect(plan(exported(own), exported(null), (id) => id.endsWith('work')).refused[0]?.because).toContain('badge is still in it');
  });

  test('sees a validator without settings, what is always required, and a label that is a key of a text', () => {
    const with_ = (fields: object) => exported({ ...DEFAULT_PROFILE, attributes: [...base.attributes, { name: 'x', ...fields }] });
    const paths = (a: object, b: object) => differences(with_(a), with_(b)).differences.flatMap(({ fields }) => fields.map(({ path }) => path));
    expect(paths({}, { validations: { email: {} } })).toEqual(['validations.email']);
    expect(paths({}, { required: {} })).toEqual(['required']);
    expect(paths({ displayName: 'Name' }, { displayName: '${name}' })).toEqual(['displayName']);
    expect(paths({ permissions: { view: ['user', 'admin'] }, multivalued: false }, { permissions: { view: ['admin', 'user'], edit: [] } })).toEqual([]);
    expect(one(with_({ validations: { length: { max: 1 } } }), with_({ validations: { email: {}, length: { max: 1 } } })).request.body).toMatchObject({ attributes: [{}, {}, {}, {}, { name: 'x', validations: { length: { max: 1 }, email: {} } }] });
  });

  test('never loses its user name', () => {
    expect(plan(exported(DEFAULT_PROFILE), exported({ ...DEFAULT_PROFILE, attributes: base.attributes.slice(1) })).refused[0]?.because).toBe('the server does not do without it');
  });
});

describe('client policies', () => {
  const with_ = (profiles: readonly object[], policies: readonly object[]): RealmRepresentation => realm({ clientProfiles: { profiles }, clientPolicies: { policies } });
  const strict = { name: 'strict', executors: [{ executor: 'secure-session' }] };
  const applies = { name: 'all', enabled: true, conditions: [], profiles: ['strict', 'fapi-1-baseline'] };
  const steps = (made: Plan) => operationsOf(made).map(({ id, request, dependsOn }) => [id, request.path.at(-1), dependsOn]);

  test('come after the profiles that they apply, and profiles go after the policies', () => {
    const made = plan(with_([{ name: 'added' }], [{ name: 'extra', profiles: ['added'] }]), with_([strict], [applies]));
    expect(steps(made)).toEqual([
      ['update client-policy:profile', 'profiles', []], ['update client-policy:policy', 'policies', ['update client-policy:profile']],
      ['remove client-policy:profile', 'profiles', ['update client-policy:policy', 'update client-policy:profile']],
    ]);
    const [first, second, last] = operationsOf(made).map(({ request, inverse }) => [request.body, inverse?.body]);
    expect(first).toEqual([{ profiles: [{ name: 'strict', executors: [{ executor: 'secure-session', configuration: {} }] }, { name: 'added' }] }, { profiles: [{ name: 'added' }] }]);
    expect(second).toEqual([{ policies: [applies] }, { policies: [{ name: 'extra', profiles: ['added'] }] }]);
    expect(last?.[0]).toMatchObject({ profiles: [{ name: 'strict' }] });
    expect(last?.[1]).toEqual(first?.[0]);
  });

  test('bring their profile along, but not one of the server itself', () => {
    expect(plan(with_([], []), with_([strict], [applies]), (id) => id.endsWith('all')).pulledIn).toEqual([{ id: 'client-policy:profile/strict', by: 'client-policy:policy/all' }]);
  });

  test('a profile that a policy still applies does not go, and a list with a broken policy is not sent', () => {
    expect(plan(with_([strict], [applies]), with_([], [applies])).refused[0]?.because).toBe('the client policy all still applies it');
    expect(plan(with_([], [applies, { name: 'b', enabled: true }]), with_([], [applies, { name: 'b', enabled: false }])).refused[0]?.because).toContain('no client profile that is missing');
  });

  test('a file without them says nothing about them', () => {
    expect(said(with_([strict], [applies]), stated({ clientPolicies: { policies: [] } }))).toEqual(['live-only client-policy:policy/all']);
  });
});

test('a list keeps its order; what comes back stands behind what it followed', () => {
  const order = (live: readonly string[], wanted: Readonly<Record<string, string | null>>, evidence: readonly string[]) => putInOrder(live, (item) => item, new Map(Object.entries(wanted)), evidence).join('');
  expect(order(['c', 'a'], { b: 'b' }, ['a', 'b', 'c'])).toBe('cab');
  expect(order(['c'], { a: 'a', b: 'b' }, ['a', 'b', 'c'])).toBe('abc');
  expect(order(['a', 'x', 'c'], { x: null, b: 'b' }, ['a', 'b', 'c'])).toBe('abc');
  expect(order(['a'], { z: 'z' }, [])).toBe('az');
});
