import { clientNamed } from './state/find.ts';
import { masterClientOf } from './state/master.ts';
import type { ClientRow, RealmRow, UserRow } from './state/model.ts';
import { effectiveRoles } from './state/roles.ts';

/** Who calls the admin API, and with which rights in the realm that is called. */
export interface Actor {
  readonly realm: RealmRow;
  readonly client: ClientRow;
  readonly user: UserRow;
  /** A master admin may everything; others have the roles of `realm-management`, or of `NAME-realm` in master. */
  readonly admin: boolean;
  readonly roles: ReadonlySet<string>;
}

/** Rights are worked out from the live role mappings, not from the token: admin-cli's token is lightweight and has none. */
export function actorFor(tokenRealm: RealmRow, client: ClientRow, user: UserRow, target: RealmRow): Actor {
  const effective = effectiveRoles(tokenRealm, user);
  const admin = tokenRealm.name === 'master' && effective.some((role) => role.client === null && role.name === 'admin');
  // Of an other realm than master, nobody has rights elsewhere.
  const carrier = tokenRealm.name === 'master' ? masterClientOf(tokenRealm, target) : tokenRealm === target ? clientNamed(tokenRealm, 'realm-management') : undefined;
  const granted = carrier === undefined ? [] : effective.filter((role) => role.client === carrier.id).map((role) => role.name);
  return { realm: tokenRealm, client, user, admin, roles: new Set(granted.flatMap((name) => (name.startsWith('manage-') ? [name, name.replace('manage-', 'view-')] : [name]))) };
}

/** See Route.needs for the little language. */
export function allows(actor: Actor, needs: string): boolean {
  if (actor.admin) return true;
  if (needs === 'any') return actor.roles.size > 0;
  return needs.split('+').every((part) => part.split('|').some((role) => actor.roles.has(role)));
}
