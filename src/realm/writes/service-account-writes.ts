/** The writes for roles of the user behind a client's service account. */
import { objectId, parseId, roleOfParts, type RoleRef } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import type { Difference, ObjectId, RequestTemplate } from '../model.ts';
import { rawClient } from '../normal/raw.ts';
import { isCreated } from './body.ts';
import { mapRole, roleSegment, roleWords } from './role-writes.ts';

export function restoreServiceAccountRole(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const client = objectId('client', difference.owner);
  const flag = objectId('client-setting', difference.owner, 'serviceAccountsEnabled');
  const on = rawClient(context.live, difference.owner)?.serviceAccountsEnabled === true;
  const later = context.chosen.get(flag);
  if (difference.change === 'lost' && !on && !isCreated(client, context) && (later === undefined || context.wanted(later) !== true)) {
    return { refused: `service accounts are off for ${difference.owner}; answer ${flag} with restore too` };
  }
  if (difference.change === 'live-only') return mapServiceAccountRole(difference.id, 'live-only');
  if (!on || isCreated(client, context) || !hasNone(difference.owner, context)) return mapServiceAccountRole(difference.id, 'lost');
  const first = [...context.chosen.values()].find((other) => other.kind === 'service-account-role' && other.owner === difference.owner && other.change === 'lost');
  return [...(first?.id === difference.id ? [makeServiceAccount(difference)] : []), ...mapServiceAccountRole(difference.id, 'lost', [serviceAccountId(difference.owner)])];
}

/** The account itself, which is no object that is compared: it stands in the images of the write that makes it. */
export function serviceAccountId(client: string): ObjectId {
  return objectId('service-account-role', client);
}

/**
 * A client with service accounts switched on may lack the user behind it, after a partial import (verified-keycloak.md, top ten 7), and gets no
 * token of its own then. `GET service-account-user` makes it, and changes nothing else; a PUT of the flag would make it too, and link the client
 * scope `service_account` besides (both tried on 26.7.4). So this GET is planned, journalled and read back like any other write.
 */
function makeServiceAccount({ id, owner }: Difference): Draft {
  const client = objectId('client', owner);
  const account = serviceAccountId(owner);
  return {
    id: `make ${account}`, covers: [id], title: `service account of ${owner}`, note: 'the server makes the missing user when it is asked for it',
    request: { method: 'GET', path: ['clients', { $id: client }, 'service-account-user'] },
    before: [{ id: account, value: null }], after: [{ id: account, value: {} }],
    inverse: { method: 'DELETE', path: ['users', { $serviceAccount: client }] }, inverseNote: 'Sessions that it opened meanwhile end.',
    losses: [`the user id, groups and attributes of the service account of ${owner}: the server makes a new one in the default groups of now, and sub in its tokens is another`],
    needs: ['view-clients', 'manage-users'], requires: [client],
  };
}

function hasNone(clientId: string, context: PlanContext): boolean {
  const { users } = context.live.representation;
  return users !== undefined && !users.some((user) => user.serviceAccountClientId === clientId);
}

/** The write that gives (`lost`) or takes (`live-only`) one role. */
export function mapServiceAccountRole(id: ObjectId, change: 'lost' | 'live-only', besides: readonly ObjectId[] = []): readonly Draft[] {
  const owner = parseId(id).parts[0] ?? '';
  const role = serviceAccountRoleOf(id);
  const requires = [objectId('client', owner), objectId('client-setting', owner, 'serviceAccountsEnabled'), ...besides];
  return mapRole({ path: serviceAccountRolePath(id), role, title: `${roleWords(role)} of the service account`, needs: ['manage-users'], requires }, { id, change });
}

export function serviceAccountRoleOf(id: ObjectId): RoleRef {
  return roleOfParts(parseId(id).parts.slice(1));
}

export function serviceAccountRolePath(id: ObjectId): RequestTemplate['path'] {
  const client = objectId('client', parseId(id).parts[0] ?? '');
  return ['users', { $serviceAccount: client }, 'role-mappings', ...roleSegment(serviceAccountRoleOf(id))];
}
