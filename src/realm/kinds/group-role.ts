import { groupSteps, memberAt, roleListSteps } from '../file-place.ts';
import { escapePart, objectId, parseId, place, roleId, roleOfParts, roleParts, type RoleRef } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { isRecord } from '../looks.ts';
import type { ObjectId, RealmObject } from '../model.ts';
import { allGroups, groupNames } from '../normal/raw.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import { MAPPED, mapRole, roleSegment } from '../writes/role-writes.ts';

export const groupRole: Kind = {
  name: 'group-role',
  title: 'group role',
  noun: 'group role',
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
    const role = words(roleOf(found.id));
    return change === 'lost' ? `members of ${pathOf(found.id)} lost ${role}` : `members of ${pathOf(found.id)} have ${role}`;
  },
  // Who is in the group is not known here; the role shows in their tokens, not in those of one client.
  claims: () => [],
  restore: (difference, context) => {
    const group = allGroups(context.live.representation).find(({ path }) => path === pathOf(difference.id))?.group.id;
    if (group === undefined) return { refused: `group ${pathOf(difference.id)} is not in the live realm` };
    const role = roleOf(difference.id);
    return mapRole({ path: ['groups', group, 'role-mappings', ...roleSegment(role)], role, title: `${words(role)} of group ${pathOf(difference.id)}`, needs: ['manage-users'], requires: [] }, difference);
  },
  look: (id) => {
    const { client, role } = roleOf(id);
    return {
      request: { method: 'GET', path: ['group-by-path', ...pathOf(id).split('/').filter((part) => part !== '')] },
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
  return { id: objectId('group-role', path, ...roleParts(ref)), kind: 'group-role', owner: `group ${path}`, name: roleParts(ref).join('/'), value: MAPPED };
}

function pathOf(id: ObjectId): string {
  return parseId(id).parts[0] ?? '';
}

function roleOf(id: ObjectId): RoleRef {
  return roleOfParts(parseId(id).parts.slice(1));
}

function words(ref: RoleRef): string {
  return ref.client === null ? `realm role ${ref.role}` : `role ${ref.role} of ${ref.client}`;
}
