/** Who loses a role for good: its id is not kept, so the users that had it have it no more. */
import type { RoleRef } from '../keys.ts';
import type { RealmState } from '../model.ts';
import type { UserRepresentation } from '../representation.ts';
import { roleWords } from './role-writes.ts';

/** How many are named; the rest is counted. */
const NAMED = 3;

/**
 * One sentence where somebody loses it, or may. Groups, composites, scope mappings and service accounts are differences of their own and
 * come back with them; only a full export lists people.
 */
export function roleLosses(ref: RoleRef, evidence: RealmState | undefined): readonly string[] {
  const people = (evidence?.representation.users ?? []).filter((user) => user.serviceAccountClientId === undefined);
  const role = roleWords(ref);
  if (ref.role === 'uma_protection' && ref.client !== null) return [];
  if (people.length === 0) return [`${role}: the users that had it; no evidence lists users, so nobody knows who`];
  const had = people.filter((user) => has(user, ref)).map((user) => user.username ?? user.id ?? '?');
  if (had.length === 0) return [];
  const rest = had.length > NAMED ? ` and ${had.length - NAMED} more` : '';
  return [`${role}: ${had.length} ${had.length === 1 ? 'user' : 'users'} that had it, ${had.slice(0, NAMED).join(', ')}${rest}`];
}

function has(user: UserRepresentation, { client, role }: RoleRef): boolean {
  return (client === null ? user.realmRoles : user.clientRoles?.[client])?.includes(role) === true;
}
