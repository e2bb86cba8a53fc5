import { memberAt, roleListSteps } from '../file-place.ts';
import { claimsRestingOn, claimsSentence } from '../claims/words.ts';
import { escapePart, objectId, partOf, place, roleId, roleParts, type RoleRef } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { lookForRole } from '../looks.ts';
import type { RealmObject } from '../model.ts';
import { defaultRoleName } from '../normal/builtins.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import { MAPPED, roleWords } from '../writes/role-writes.ts';
import { restoreServiceAccountRole, serviceAccountId, serviceAccountRoleOf as roleOf, serviceAccountRolePath } from '../writes/service-account-writes.ts';

export const serviceAccountRole: Kind = {
  name: 'service-account-role',
  title: 'service account role',
  facts: { restored: 'POST or DELETE of the one role mapping; a service account that is missing is made first', idKept: false, undo: 'yes', lostForGood: 'the id of a service account that was deleted' },
  extract: (representation, completeness) => {
    const users = representation.users;
    if (users === undefined) return { objects: [], listed: [] };
    const everyUser = defaultRoleName(representation.realm ?? '');
    const accounts = users.flatMap((user) => {
      const client = user.serviceAccountClientId;
      if (client === undefined) return [];
      const refs: RoleRef[] = [
        // The server gives this one to every user by itself, under the name of the realm.
        ...(user.realmRoles ?? []).filter((role) => role !== everyUser).map((role) => ({ client: null, role })),
        ...Object.entries(user.clientRoles ?? {}).flatMap(([of, roles]) => roles.map((role) => ({ client: of, role }))),
      ];
      return [{ client, refs, said: user.realmRoles !== undefined || user.clientRoles !== undefined }];
    });
    // A client whose service account is missing, or switched off, has none of its roles.
    const known = omissionMeansEmpty(representation, completeness) ? (representation.clients ?? []).flatMap((raw) => (raw.serviceAccountsEnabled === undefined ? [] : raw.clientId ?? [])) : [];
    return {
      objects: accounts.flatMap(({ client, refs }) => refs.map((ref) => object(client, ref))),
      listed: [...accounts.filter(({ said }) => said).map(({ client }) => client), ...known].map((client) => place('service-account-role', escapePart(client))),
    };
  },
  references: (found) => [roleId(roleOf(found.id))],
  effect: (change, found, live, evidence) => {
    const state = change === 'live-only' ? live : evidence;
    const sentence = claimsSentence(change, claimsRestingOn(found.id, [found.owner], state));
    if (sentence !== null) return `${sentence} (service account)`;
    return change === 'lost' ? `service account of ${found.owner} lost ${roleWords(roleOf(found.id))}` : `service account of ${found.owner} has ${roleWords(roleOf(found.id))}`;
  },
  claims: (found, state) => claimsRestingOn(found.id, [found.owner], state),
  hints: (found) => {
    const { client, role } = roleOf(found.id);
    return client === null || client === found.owner ? [] : [{ before: client, after: found.owner, strength: 'role', reason: `its service account has role ${role} of ${client}` }];
  },
  restore: restoreServiceAccountRole,
  look: (id) => (id === serviceAccountId(partOf(id, 0))
    ? { request: { method: 'GET', path: ['users', { $serviceAccount: objectId('client', partOf(id, 0)) }] }, pick: (body) => (body === null ? null : { value: {} }) }
    : lookForRole(serviceAccountRolePath(id), roleOf(id).role)),
  inFile: (id) => [memberAt(roleOf(id).role, 'users', { serviceAccountClientId: partOf(id, 0) }, ...roleListSteps(roleOf(id), 'realmRoles', 'clientRoles'))],
};

function object(client: string, ref: RoleRef): RealmObject {
  return {
    id: objectId('service-account-role', client, ...roleParts(ref)), kind: 'service-account-role', owner: client,
    name: roleParts(ref).join('/'), value: MAPPED, parent: objectId('client', client),
  };
}
