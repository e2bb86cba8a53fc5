/** What Keycloak makes by itself when an LDAP provider is posted; read off 26.7.4. An import makes nothing of it. */
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../realm/json.ts';
import { list, object, text } from './json.ts';
import type { Fields } from './model.ts';

const MAPPER = 'org.keycloak.storage.ldap.mappers.LDAPStorageMapper';
const PRINCIPALS: Readonly<Record<string, string>> = { ad: 'userPrincipalName', rhds: 'krbPrincipalName' };

const first = (config: JsonObject, key: string): string => text(list(config[key])[0]) ?? '';

/** Settings that are there although nobody sent them. */
export function filledInConfig(sent: JsonObject, config: Fields): Fields {
  if (sent['providerId'] === 'ldap') return { krbPrincipalAttribute: [PRINCIPALS[first(config, 'vendor')] ?? 'krb5PrincipalName'], ...config };
  if (sent['providerId'] === 'group-ldap-mapper') return { 'groups.path': ['/'], ...config };
  return config;
}

/** The mappers that come with an LDAP provider; none for anything else. */
export function defaultLdapMappers(provider: Fields): Fields[] {
  if (provider['providerId'] !== 'ldap') return [];
  const config = object(provider['config']);
  const [username, mode, directory] = [first(config, 'usernameLDAPAttribute'), first(config, 'editMode'), first(config, 'vendor') === 'ad'];
  const readOnly = String(mode !== 'WRITABLE');
  const always = String(mode !== 'UNSYNCED');
  const attribute = (name: string, model: string, ldap: string, more: Readonly<Record<string, string>> = {}): Fields =>
    row(name, 'user-attribute-ldap-mapper', { 'user.model.attribute': model, 'ldap.attribute': ldap, 'read.only': readOnly, 'always.read.value.from.ldap': always, 'is.mandatory.in.ldap': 'true', ...more });
  const row = (name: string, providerId: string, settings: Readonly<Record<string, string>>): Fields => ({
    id: randomUUID(), name, providerId, providerType: MAPPER, parentId: provider['id'] ?? '', config: Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, [value]])),
  });
  const byCn = (first(config, 'rdnLDAPAttribute') || username).toLowerCase() === 'cn';
  const given = !byCn || username.toLowerCase() === 'cn' || mode === 'WRITABLE';
  const stamp = { 'read.only': 'true', 'is.mandatory.in.ldap': 'false' };
  return [
    attribute('username', 'username', username, { 'always.read.value.from.ldap': 'false' }),
    given ? attribute('first name', 'firstName', byCn ? 'givenName' : 'cn') : row('full name', 'full-name-ldap-mapper', { 'ldap.full.name.attribute': 'cn', 'read.only': readOnly, 'write.only': 'false' }),
    ...(byCn && username.toLowerCase() !== 'cn' && mode === 'WRITABLE' ? [attribute('username-cn', 'username', 'cn', { 'always.read.value.from.ldap': 'false' })] : []),
    attribute('last name', 'lastName', 'sn'),
    attribute('email', 'email', 'mail', { 'always.read.value.from.ldap': 'false', 'is.mandatory.in.ldap': 'false' }),
    attribute('creation date', 'createTimestamp', directory ? 'whenCreated' : 'createTimestamp', stamp),
    attribute('modify date', 'modifyTimestamp', directory ? 'whenChanged' : 'modifyTimestamp', stamp),
    row('Kerberos principal attribute mapper', 'kerberos-principal-attribute-mapper', {}),
    ...(directory ? [row('MSAD account controls', 'msad-user-account-control-mapper', { 'always.read.enabled.value.from.ldap': 'true' })] : []),
    ...(!directory && first(config, 'syncRegistrations') === 'true' && first(config, 'usePasswordModifyExtendedOp') === 'true'
      ? [row('random initial password', 'hardcoded-ldap-attribute-mapper', { 'ldap.attribute.name': 'userpassword', 'ldap.attribute.value': '${RANDOM}' })] : []),
  ];
}
