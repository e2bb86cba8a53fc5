import { groupSteps, memberAt, roleListSteps } from '../file-place.ts';
import { escapePart, objectId, parseId, place, roleId, roleParts, type RoleRef } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { isRecord } from '../looks.ts';
import type { ObjectId, RealmObject } from '../model.ts';
import { allGroups, groupNames, writtenPath } from '../normal/groups.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import { groupRoleOf as roleOf, restoreGroupRole } from '../writes/group-writes.ts';
import { MAPPED, roleWords } from '../writes/role-writes.ts';

export const groupRole: Kind = {
  name: 'group-role',
  title: 'group role',
  facts: { restored: 'POST or DELETE of the one role mapping', idKept: false, undo: 'yes', lostForGood: 'nothing' },
  extract: (representation, completeness) => {
    const whole = omissionMeansEmpty(representation, completeness);
    const groups = allGroups(representation);
    return {
      objects: groups.flatMap(({ path, group }) => [
        ...(group.realmRoles ?? []).map((role) => object(path, { client: null, role })),
        ...Object.entries(group.clientRoles ?? {}).flatMap(([client, roles]) => roles.map((role) => object(path, { client, role }))),
      ]),
      listed: groups.filter(({ group }) => whole || group.realmRoles !== undefined || group.clientRoles !== undefined).map(({ path }) => place('group-role', escapePart(path))),
    };
  },
  references: (found) => [roleId(roleOf(found.id))],
  effect: (change, found) => {
    const [role, path] = [roleWords(roleOf(found.id)), writtenPath(pathOf(found.id))];
    return change === 'lost' ? `members of ${path} lost ${role}` : `members of ${path} have ${role}`;
  },
  // Who is in the group is not known here; the role shows in their tokens, not in those of one client.
  claims: () => [],
  restore: restoreGroupRole,
  look: (id) => {
    const { client, role } = roleOf(id);
    return {
      request: { method: 'GET', path: ['groups', { $id: objectId('group', pathOf(id)) }] },
      pick: (body) => {
        if (!isRecord(body)) return null;
        const byClient = body['clientRoles'];
        const roles = client === null ? body['realmRoles'] : isRecord(byClient) ? byClient[client] : undefined;
        return Array.isArray(roles) && (roles as readonly unknown[]).includes(role) ? { value: MAPPED } : null;
      },
    };
  },
  inFile: (id) => [memberAt(roleOf(id).role, ...groupSteps(groupNames(pathOf(id))), ...roleListSteps(roleOf(id), 'realmRoles', 'clientRoles'))],
};

function object(path: string, ref: RoleRef): RealmObject {
  return { id: objectId('group-role', path, ...roleParts(ref)), kind: 'group-role', owner: `group ${path}`, name: roleParts(ref).join('/'), value: MAPPED, parent: objectId('group', path) };
}

function pathOf(id: ObjectId): string {
  return parseId(id).parts[0] ?? '';
}
