import { memberAt, roleListSteps, roleSteps } from '../file-place.ts';
import { escapePart, objectId, place, roleId, rolePart, type RoleRef } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { lookForRole } from '../looks.ts';
import type { RealmObject } from '../model.ts';
import { isBuiltinClient, isBuiltinRealmRole } from '../normal/builtins.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import type { RoleRepresentation } from '../representation.ts';
import { compositeMember as memberOf, compositeOwner as ownerOf, restoreComposite, rolePath } from '../writes/composite-writes.ts';
import { MAPPED, roleWords } from '../writes/role-writes.ts';

export const composite: Kind = {
  name: 'composite',
  title: 'composite member',
  facts: { restored: 'POST or DELETE of the one member', idKept: false, undo: 'yes', lostForGood: 'nothing' },
  extract: (representation, completeness) => {
    const whole = omissionMeansEmpty(representation, completeness);
    const roles = [
      ...(representation.roles?.realm ?? []).map((role) => ({ client: null, role })),
      ...Object.entries(representation.roles?.client ?? {}).flatMap(([client, list]) => list.map((role) => ({ client, role }))),
    ];
    return {
      objects: roles.flatMap(({ client, role }) => members(client, role)),
      listed: roles.filter(({ role }) => role.composites !== undefined || (whole && role.composite === false))
        .map(({ client, role }) => place('composite', escapePart(rolePart({ client, role: role.name ?? '' })))),
    };
  },
  references: (found) => [roleId(memberOf(found.id))],
  effect: (change, found) => {
    const { client, role } = ownerOf(found.id);
    const member = roleWords(memberOf(found.id));
    const whole = roleWords({ client, role });
    return change === 'lost' ? `who has ${whole} no longer has ${member} through it` : `who has ${whole} also has ${member}`;
  },
  // Which of the members shows in a token depends on who has the whole; nobody can be named beforehand.
  claims: () => [],
  builtin: (found, realm) => {
    const ref = ownerOf(found.id);
    return ref.client === null ? isBuiltinRealmRole(ref.role, realm) : isBuiltinClient(ref.client);
  },
  restore: restoreComposite,
  look: (id) => {
    const member = memberOf(id);
    const tail = member.client === null ? ['realm'] : ['clients', { $id: objectId('client', member.client) }];
    return lookForRole([...rolePath(ownerOf(id)), 'composites', ...tail], member.role);
  },
  inFile: (id) => [memberAt(memberOf(id).role, ...roleSteps(ownerOf(id)), 'composites', ...roleListSteps(memberOf(id), 'realm', 'client'))],
};

function members(client: string | null, role: RoleRepresentation): readonly RealmObject[] {
  const owner: RoleRef = { client, role: role.name ?? '' };
  const refs: RoleRef[] = [
    ...(role.composites?.realm ?? []).map((name) => ({ client: null, role: name })),
    ...Object.entries(role.composites?.client ?? {}).flatMap(([of, names]) => names.map((name) => ({ client: of, role: name }))),
  ];
  return refs.map((member) => ({
    id: objectId('composite', rolePart(owner), rolePart(member)), kind: 'composite', owner: client ?? 'realm', name: `${owner.role} includes ${roleWords(member)}`,
    value: MAPPED, parent: roleId(owner),
  }));
}
