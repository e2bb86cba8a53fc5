/** The writes for roles of the user behind a client's service account. */
import { objectId, parseId, roleOfParts, type RoleRef } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import type { Difference, ObjectId, RequestTemplate } from '../model.ts';
import { rawClient } from '../normal/raw.ts';
import { isCreated } from './body.ts';
import { mapRole, roleSegment } from './role-writes.ts';

export function restoreServiceAccountRole(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const client = objectId('client', difference.owner);
  const flag = objectId('client-setting', difference.owner, 'serviceAccountsEnabled');
  const on = rawClient(context.live, difference.owner)?.serviceAccountsEnabled === true;
  const later = context.chosen.get(flag);
  if (difference.change === 'lost' && !on && !isCreated(client, context) && (later === undefined || context.wanted(later) !== true)) {
    return { refused: `service accounts are off for ${difference.owner}; answer ${flag} with restore too` };
  }
  if (difference.change === 'lost' && on && hasNone(difference.owner, context)) {
    return { refused: `${difference.owner} has service accounts switched on but no service account; open its service account roles in the admin console once, which makes it, then run again` };
  }
  return mapServiceAccountRole(difference.id, difference.change === 'lost' ? 'lost' : 'live-only');
}

/** After a partial import a client may lack the user behind it until somebody asks for it (verified-keycloak.md, top ten 7). */
function hasNone(clientId: string, context: PlanContext): boolean {
  const { users } = context.live.representation;
  return users !== undefined && !users.some((user) => user.serviceAccountClientId === clientId);
}

/** The write that gives (`lost`) or takes (`live-only`) one role. */
export function mapServiceAccountRole(id: ObjectId, change: 'lost' | 'live-only'): readonly Draft[] {
  const owner = parseId(id).parts[0] ?? '';
  const role = serviceAccountRoleOf(id);
  const requires = [objectId('client', owner), objectId('client-setting', owner, 'serviceAccountsEnabled')];
  return mapRole({ path: serviceAccountRolePath(id), role, title: `${roleWords(role)} of the service account`, needs: ['manage-users'], requires }, { id, change });
}

export function serviceAccountRoleOf(id: ObjectId): RoleRef {
  return roleOfParts(parseId(id).parts.slice(1));
}

export function serviceAccountRolePath(id: ObjectId): RequestTemplate['path'] {
  const client = objectId('client', parseId(id).parts[0] ?? '');
  return ['users', { $serviceAccount: client }, 'role-mappings', ...roleSegment(serviceAccountRoleOf(id))];
}

export function roleWords(ref: RoleRef): string {
  return ref.client === null ? `realm role ${ref.role}` : `role ${ref.role} of ${ref.client}`;
}
