/** The roles that the later steps need and these credentials lack, and how to name them. */
import type { Difference } from '../realm/model.ts';
import type { Connection } from './model.ts';

/** `a`, `a and b`, `a, b and c`. */
export function namedRoles(roles: readonly string[]): string {
  return roles.join(', ').replace(/, ([^,]*)$/, ' and $1');
}

/** Every role that is known to be missing. What cannot be known without writing is not among them. */
export function missingRoles(connection: Pick<Connection, 'rights'> | null): ReadonlySet<string> {
  return new Set((connection?.rights ?? []).filter((right) => right.allowed === false).flatMap((right) => right.role.split(' and ')));
}

/** The roles that restoring a difference takes and that are missing now; some may have been granted since it was compared. */
export function lackedRoles({ lacks = [] }: Pick<Difference, 'lacks'>, connection: Pick<Connection, 'rights'> | null): readonly string[] {
  const missing = lacks.length === 0 ? new Set<string>() : missingRoles(connection);
  return lacks.filter((role) => missing.has(role));
}

/** The fewest roles that bring all of these along: managing includes viewing, who manages clients manages their authorization settings, and who manages the realm its organizations. */
export function fewestRoles(roles: readonly string[]): readonly string[] {
  return roles.filter((role) => !roles.includes(role.replace(/^view-/, 'manage-')) || role.startsWith('manage-')).filter((role) => (role !== 'manage-authorization' || !roles.includes('manage-clients')) && (!role.endsWith('-organizations') || !roles.includes('manage-realm')));
}

/** `client realm-management`, or for an administrator of another realm `client primary-realm of realm master`. */
export function roleOwner({ rolesOf }: Pick<Connection, 'rolesOf'>): string {
  return rolesOf === undefined || rolesOf.client === 'realm-management' ? 'client realm-management' : `client ${rolesOf.client} of realm ${rolesOf.realm}`;
}

/** `Grant manage-users to on-call in realm primary`: the beginning of a sentence. */
export function grantWords(roles: readonly string[], { user, rolesOf }: Pick<Connection, 'user' | 'rolesOf'>, realm: string): string {
  return `Grant ${namedRoles(roles)} to ${user} in realm ${rolesOf?.realm ?? realm}`;
}
