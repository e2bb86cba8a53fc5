import { memberAt } from '../file-place.ts';
import { escapePart, objectId, partOf, place } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { isRecord, recordsIn } from '../looks.ts';
import type { RealmObject } from '../model.ts';
import { allGroups, pathReader, writtenPath } from '../normal/groups.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import { restoreDefaultGroup } from '../writes/group-writes.ts';
import type { RealmRepresentation } from '../representation.ts';
import { MAPPED } from '../writes/role-writes.ts';

export const defaultGroup: Kind = {
  name: 'default-group',
  title: 'default group',
  facts: { restored: 'PUT or DELETE of the one entry', idKept: false, undo: 'yes', lostForGood: 'the group of users who were made meanwhile' },
  extract: (representation, completeness) => {
    const found = defaultsIn(representation);
    // An export leaves out an empty list. Its default role shows that settings of the realm were read: without view-realm there are five.
    const whole = omissionMeansEmpty(representation, completeness) && representation['defaultRole'] !== undefined;
    const said = representation['defaultGroups'] !== undefined || whole;
    return { objects: [...new Set(found.flatMap((paths) => (paths.length === 1 ? paths : [])))].map(object), listed: said ? listedBy(representation, found.filter((paths) => paths.length > 1)) : [] };
  },
  references: (found) => [objectId('group', partOf(found.id, 0))],
  effect: (change, found) => {
    const path = writtenPath(partOf(found.id, 0));
    return change === 'lost' ? `new users do not get into ${path} any more` : `new users get into ${path}`;
  },
  // New users only; nobody's token of today depends on it.
  claims: () => [],
  restore: restoreDefaultGroup,
  look: (id) => ({
    request: { method: 'GET', path: ['groups', { $id: objectId('group', partOf(id, 0)) }] },
    // By id: the paths in this list are ambiguous where a name holds a slash.
    follow: () => [{ method: 'GET', path: ['default-groups'] }],
    pick: (body, [defaults]) => (isRecord(body) && recordsIn(defaults).some((item) => item['id'] === body['id']) ? { value: MAPPED } : null),
  }),
  inFile: (id) => [memberAt(writtenPath(partOf(id, 0)), 'defaultGroups')],
};

/**
 * For each entry the group that it means; several where the path is ambiguous (it is as Keycloak writes it) and no id says which. Such an
 * entry is left alone: which of them it means cannot be known.
 */
function defaultsIn(representation: RealmRepresentation): readonly (readonly string[])[] {
  const groups = allGroups(representation);
  const read = pathReader(groups);
  const byId = new Map(groups.flatMap(({ path, group }) => (group.id === undefined ? [] : [[group.id, path] as const])));
  const ids = texts(representation['defaultGroupIds']);
  return texts(representation['defaultGroups']).map((written, index) => {
    const exact = byId.get(ids[index] ?? '');
    return exact === undefined ? read(written) : [exact];
  });
}

/** Everything; beside ambiguous entries each group of the representation that none of them can mean. */
function listedBy(representation: RealmRepresentation, ambiguous: readonly (readonly string[])[]): readonly string[] {
  if (ambiguous.length === 0) return ['default-group@*'];
  const unknown = new Set(ambiguous.flat());
  return allGroups(representation).flatMap(({ path }) => (unknown.has(path) ? [] : [placeOf(path)]));
}

function placeOf(path: string): string {
  return place('default-group', escapePart(path));
}

function texts(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];
}

function object(path: string): RealmObject {
  return { id: objectId('default-group', path), kind: 'default-group', owner: `group ${path}`, name: path, value: MAPPED, places: [placeOf(path)] };
}
