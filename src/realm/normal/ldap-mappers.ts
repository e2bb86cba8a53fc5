import type { JsonObject } from '../json.ts';
import { isRecord } from '../looks.ts';

/** Every config key that one of these mappers may have. A PUT merges, so what an older one lacks has to be taken out by name. */
export const DEFAULT_MAPPER_KEYS = [
  'always.read.enabled.value.from.ldap', 'always.read.value.from.ldap', 'is.mandatory.in.ldap', 'ldap.attribute', 'ldap.attribute.name', 'ldap.attribute.value',
  'ldap.full.name.attribute', 'read.only', 'user.model.attribute', 'write.only',
];

/**
 * The names of the mappers that the server makes by itself when an LDAP provider is posted (not when it is imported). Which ones depends
 * on its config; read off 26.7.4 with eight configurations.
 */
export function defaultLdapMappers(raw: JsonObject): readonly string[] {
  if (raw['providerId'] !== 'ldap') return [];
  const config = isRecord(raw['config']) ? raw['config'] : {};
  const first = (key: string): string => {
    const value = config[key];
    return String((Array.isArray(value) ? (value as readonly unknown[])[0] : value) ?? '');
  };
  const username = first('usernameLDAPAttribute').toLowerCase();
  const isCn = (first('rdnLDAPAttribute').toLowerCase() || username) === 'cn';
  const directory = first('vendor') === 'ad';
  const writable = first('editMode') === 'WRITABLE';
  const names = !isCn || username === 'cn' ? ['first name'] : writable ? ['first name', 'username-cn'] : ['full name'];
  return [
    'username', 'last name', 'email', 'creation date', 'modify date', 'Kerberos principal attribute mapper', ...names,
    ...(directory ? ['MSAD account controls'] : []),
    ...(!directory && first('syncRegistrations') === 'true' && first('usePasswordModifyExtendedOp') === 'true' ? ['random initial password'] : []),
  ];
}
