/**
 * What is known about the settings of providers: which of them are secrets. A server says it of its own providers, those that somebody
 * installed included (`componentTypes` of `GET /admin/serverinfo`). Tried on 26.7.4:
 *
 * - Settings of the steps of flows: GET masks every key that no authenticator and no form action declares, whatever step it stands at,
 *   and those that are declared secret (`api.key`). A reference to the vault is shown.
 * - Components: GET leaves out what the component's own provider does not declare, and masks what is declared secret.
 * - Identity providers and their mappers: nothing is declared; GET masks `clientSecret` and shows everything else.
 *
 * A full export (`kc.sh export`) has all of it in clear. So a key is shown only where somebody declares it as no secret.
 */
import { isSecretKey, MASK } from './unknowns.ts';
import type { RealmRepresentation } from './representation.ts';

/** Names of settings that may be shown, and of those that are declared secret. */
export interface SettingNames {
  readonly open: readonly string[];
  readonly secret: readonly string[];
}

/** The providers of one server. */
export interface SettingDescriptions {
  /** Of all steps of flows together, as the server itself takes them. */
  readonly steps: SettingNames;
  /** By provider type and provider id. */
  readonly components: { readonly [type: string]: { readonly [providerId: string]: SettingNames } };
}

/**
 * open: it is compared and shown. secret: it is compared by its fingerprint. unseen: the server never shows it, so there is nothing to
 * compare it with; it goes into a body as a secret.
 */
export type Sight = 'open' | 'secret' | 'unseen';

/** What authenticators and form actions of 26.7.4 declare as no secret, and what GET therefore shows. */
export const OPEN_IN_STEPS: readonly string[] = [
  'action', 'action_on_otp_reset_flag', 'always_set_password_on_register_form', 'attribute_expected_value', 'attribute_name', 'behavior', 'check_result', 'client_scope', 'condUserRole',
  'credentials', 'defaultOtpOutcome', 'defaultProvider', 'denyErrorMessage', 'errorMessage', 'flow_to_check', 'force-login', 'forceOtpForHeaderPattern', 'forceOtpRole',
  'include_group_attributes', 'included', 'loa-condition-level', 'loa-max-age', 'negate', 'noOtpRequiredForHeaderPattern', 'not', 'otpControlAttribute', 'project.id', 'recaptcha.v3', 'regex',
  'require.password.update.after.registration', 'requiresUserMembership', 'score.threshold', 'site.key', 'skipOtpRole', 'update.profile.on.first.login', 'useRecaptchaNet', 'userClientLimit',
  'userRealmLimit', 'x509-cert-auth-crl-abort-if-non-updated', 'x509-cert-auth.canonical-dn-enabled', 'x509-cert-auth.certificate-policy', 'x509-cert-auth.certificate-policy-mode',
  'x509-cert-auth.confirmation-page-disallowed', 'x509-cert-auth.crl-checking-enabled', 'x509-cert-auth.crl-relative-path', 'x509-cert-auth.crldp-checking-enabled',
  'x509-cert-auth.extendedkeyusage', 'x509-cert-auth.keyusage', 'x509-cert-auth.mapper-selection', 'x509-cert-auth.mapper-selection.user-attribute-name',
  'x509-cert-auth.mapping-source-selection', 'x509-cert-auth.ocsp-checking-enabled', 'x509-cert-auth.ocsp-fail-open', 'x509-cert-auth.ocsp-responder-certificate',
  'x509-cert-auth.ocsp-responder-uri', 'x509-cert-auth.regular-expression', 'x509-cert-auth.revalidate-certificate-enabled', 'x509-cert-auth.serialnumber-hex-enabled',
  'x509-cert-auth.timestamp-validation-enabled',
];

const FEDERATION = 'org.keycloak.storage.UserStorageProvider';

/** What every user federation provider has besides what it declares (UserStorageProviderModel; GET shows it). */
const OF_FEDERATION: readonly string[] = [
  'priority', 'enabled', 'cachePolicy', 'maxLifespan', 'evictionDay', 'evictionHour', 'evictionMinute', 'fullSyncPeriod', 'changedSyncPeriod', 'lastSync', 'batchSizeForSync',
  'removeInvalidUsersEnabled',
];

/** What the providers of 26.7.4 declare as no secret, by type: for sources that no server is asked about. */
const COMPONENTS: Readonly<Record<string, ReadonlySet<string>>> = {
  [FEDERATION]: new Set([
    ...OF_FEDERATION, 'allowKerberosAuthentication', 'allowPasswordAuthentication', 'authType', 'bindDn', 'connectionPooling', 'connectionTimeout', 'connectionTrace', 'connectionUrl',
    'customUserSearchFilter', 'debug', 'editMode', 'enableLdapPasswordPolicy', 'importEnabled', 'kerberosRealm', 'keyTab', 'krbPrincipalAttribute', 'pagination', 'rdnLDAPAttribute', 'readTimeout',
    'referral', 'relativeCreateDn', 'searchScope', 'serverPrincipal', 'startTls', 'syncRegistrations', 'trustEmail', 'updateProfileFirstLogin', 'useKerberosForPasswordAuthentication',
    'usePasswordModifyExtendedOp', 'useTruststoreSpi', 'userObjectClasses', 'usernameLDAPAttribute', 'usersDn', 'uuidLDAPAttribute', 'validatePasswordPolicy', 'vendor',
  ]),
  'org.keycloak.storage.ldap.mappers.LDAPStorageMapper': new Set([
    'always.read.enabled.value.from.ldap', 'always.read.value.from.ldap', 'attribute.default.value', 'attribute.force.default', 'attribute.value', 'binary.attribute.decoder', 'client.id',
    'decode.group.uuid.attribute', 'drop.non.existing.groups.during.sync', 'group', 'group.name.ldap.attribute', 'group.object.classes', 'groups.dn', 'groups.ldap.filter', 'groups.path',
    'groups.relative.create.dn', 'ignore.missing.groups', 'is.binary.attribute', 'is.der.formatted', 'is.mandatory.in.ldap', 'ldap.attribute', 'ldap.attribute.name', 'ldap.attribute.value',
    'ldap.full.name.attribute', 'ldap.password.policy.hints.enabled', 'mapped.group.attributes', 'memberof.ldap.attribute', 'membership.attribute.type', 'membership.ldap.attribute',
    'membership.user.ldap.attribute', 'mode', 'preserve.group.inheritance', 'read.only', 'role', 'role.name.ldap.attribute', 'role.object.classes', 'roles.dn', 'roles.ldap.filter',
    'roles.relative.create.dn', 'use.realm.roles.mapping', 'user.model.attribute', 'user.roles.retrieve.strategy', 'write.only',
  ]),
  'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy': new Set([
    'allow-default-scopes', 'allowed-client-scopes', 'allowed-protocol-mapper-types', 'client-uris-must-match', 'host-sending-registration-request-must-match', 'max-clients', 'trusted-hosts',
    'web-origins',
  ]),
  'org.keycloak.keys.KeyProvider': new Set([
    'active', 'algorithm', 'certificate', 'ecGenerateCertificate', 'ecdhAlgorithm', 'ecdhEllipticCurveKey', 'ecdsaEllipticCurveKey', 'eddsaEllipticCurveKey', 'enabled', 'keyAlias', 'keySize', 'keyUse', 'keystore',
    'keystoreType', 'priority', 'secretSize',
  ]),
};

/** One setting of a step, in the eyes of the server that a source was read beside; of Keycloak itself where none was. */
export function sightOfStep(descriptions: SettingDescriptions | undefined, key: string): Exclude<Sight, 'unseen'> {
  const { open, secret } = descriptions?.steps ?? { open: OPEN_IN_STEPS, secret: [] };
  return open.includes(key) && !secret.includes(key) && !isSecretKey(key) ? 'open' : 'secret';
}

/** What a server says about one provider; undefined where none was asked, or where it does not have that provider. */
export function namesOf(descriptions: SettingDescriptions | undefined, type: string, providerId: unknown): SettingNames | undefined {
  const ofType = descriptions !== undefined && Object.hasOwn(descriptions.components, type) ? descriptions.components[type] : undefined;
  return ofType !== undefined && typeof providerId === 'string' && Object.hasOwn(ofType, providerId) ? ofType[providerId] : undefined;
}

/** One setting of a component. */
export function sightOfComponent(names: SettingNames | undefined, type: string, key: string): Sight {
  const common = type === FEDERATION && OF_FEDERATION.includes(key);
  if (names === undefined) return COMPONENTS[type]?.has(key) === true && !isSecretKey(key) ? 'open' : 'secret';
  if (names.secret.includes(key)) return 'secret';
  if (!common && !names.open.includes(key)) return 'unseen';
  return isSecretKey(key) ? 'secret' : 'open';
}

/**
 * What a capture shows of the server's eyes: what it says about its providers, and besides, whatever it masks in the realm itself is a
 * secret, also where it says nothing.
 */
export function seenOf(described: SettingDescriptions | undefined, { authenticatorConfig = [] }: Pick<RealmRepresentation, 'authenticatorConfig'>): SettingDescriptions {
  const masked = authenticatorConfig.flatMap(({ config }) => Object.entries(config ?? {}).flatMap(([key, value]) => (value === MASK ? [key] : [])));
  const { steps, components } = described ?? { steps: { open: OPEN_IN_STEPS, secret: [] }, components: {} };
  return { steps: { open: steps.open, secret: [...new Set([...steps.secret, ...masked])] }, components };
}

/** The representation with its settings seen as by that server; the same object for the same two. */
export function seenBy(representation: RealmRepresentation, descriptions: SettingDescriptions | undefined): RealmRepresentation {
  if (descriptions === undefined || representation.settingDescriptions === descriptions) return representation;
  const known = seen.get(representation);
  if (known?.settingDescriptions === descriptions) return known;
  const made = { ...representation, settingDescriptions: descriptions };
  seen.set(representation, made);
  return made;
}

const seen = new WeakMap<RealmRepresentation, RealmRepresentation>();
