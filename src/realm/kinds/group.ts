import { groupSteps, valueAt } from '../file-place.ts';
import { objectsAt } from '../derived.ts';
import type { JsonObject } from '../json.ts';
import { escapePart, objectId, partOf, place } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { idOf, isAskable, isRecord, lookInList, recordsIn } from '../looks.ts';
import type { ObjectId, Picked, RealmObject, RealmState } from '../model.ts';
import { allGroups, groupNames, groupValue, parentPath, pathOfId, writtenPath, type PlacedGroup } from '../normal/groups.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import { passedOver } from '../places.ts';
import type { GroupRepresentation } from '../representation.ts';
import { rawGroup, restoreGroup } from '../writes/group-writes.ts';

export const group: Kind = {
  name: 'group',
  title: 'group',
  facts: {
    restored: 'POST of the group, then of its children and roles one by one; PUT with what differs', idKept: false,
    undo: 'yes; a deleted group comes back with children and roles, but without members', lostForGood: 'its id, and who was a member',
  },
  extract: (representation, completeness) => {
    if (representation.groups === undefined) return { objects: [], listed: [] };
    const whole = omissionMeansEmpty(representation, completeness);
    const groups = allGroups(representation);
    return {
      objects: groups.map(object),
      listed: whole ? ['group@*'] : [below('/'), ...groups.map((placed) => (placed.group.subGroups === undefined ? passedOver(below(placed.path)) : below(placed.path)))],
    };
  },
  references: () => [],
  effect: (change, found, live, evidence) => {
    const path = writtenPath(partOf(found.id, 0));
    const now = change === 'lost' ? elsewhere(found, live) : undefined;
    if (now !== undefined) return `group ${path} was renamed or moved to ${writtenPath(now)}, with its members`;
    const roles = objectsAt(change === 'live-only' ? live : evidence, `group-role@${escapePart(partOf(found.id, 0))}`).length;
    const carried = roles === 0 ? '' : ` and the ${roles === 1 ? 'role' : `${roles} roles`} that came with it`;
    if (change === 'lost') return `whoever was in ${path} is not any more, and has lost its attributes${carried}`;
    return change === 'changed' ? `members of ${path} have other group attributes, or read another description` : `group ${path} is there only in the live realm${carried === '' ? '' : `, with ${roles === 1 ? 'a role' : `${roles} roles`} for its members`}`;
  },
  // Who is in the group is not known here; its name shows in their tokens, not in those of one client.
  claims: () => [],
  restore: restoreGroup,
  look: (id) => {
    const names = groupNames(partOf(id, 0));
    const parent = parentOf(id);
    const name = names.at(-1) ?? '';
    // The server trims what it searches for, so a name with a space at its end is looked for in the whole list (tried on 26.7.4).
    const search = name === name.trim() && isAskable(name) ? { search: name, exact: 'true' } : {};
    // Children come ten at a time where nothing is said; and a search at the top finds groups at any depth.
    const query = { ...search, briefRepresentation: 'false', ...(parent === undefined ? { populateHierarchy: 'false' } : { max: '-1' }) };
    if (parent === undefined) return lookInList({ path: ['groups'], query }, pickNamed(name, true));
    // Before Keycloak 23 there is no list of children (405); they stand whole inside their parent.
    return {
      request: { method: 'GET', path: ['groups', { $id: parent }, 'children'], query },
      follow: ([children]) => (Array.isArray(children) ? [] : [{ method: 'GET', path: ['groups', { $id: parent }] }]),
      pick: (children, [above]) => pickNamed(name, false)(recordsIn(Array.isArray(children) || !isRecord(above) ? children : above['subGroups'])),
    };
  },
  raw: (state, id) => rawGroup(state, partOf(id, 0)),
  inFile: (id) => [valueAt(...groupSteps(groupNames(partOf(id, 0))))],
};

function pickNamed(name: string, top: boolean) {
  return (list: readonly JsonObject[]): Picked | null => {
    const item = list.find((candidate) => candidate['name'] === name && (!top || candidate['parentId'] === undefined));
    return item === undefined ? null : { value: groupValue(item as GroupRepresentation), ...idOf(item) };
  };
}

function object({ path, names, group: raw }: PlacedGroup): RealmObject {
  const above = parentPath(path);
  return {
    id: objectId('group', path), kind: 'group', owner: `group ${path}`, name: names.at(-1) ?? path, value: groupValue(raw), places: [below(above ?? '/')],
    ...(above === null ? {} : { parent: objectId('group', above) }), ...(raw.id === undefined ? {} : { serverId: raw.id }),
  };
}

function parentOf(id: ObjectId): ObjectId | undefined {
  const above = parentPath(partOf(id, 0));
  return above === null ? undefined : objectId('group', above);
}

/** The place of everything right below a group; `/` for the top groups. */
function below(path: string): string {
  return place('group', escapePart(path));
}

/** Where a lost group lives on under another path: its id is still in use. */
function elsewhere(found: RealmObject, live: RealmState): string | undefined {
  return found.serverId === undefined ? undefined : pathOfId(live, found.serverId);
}
