import type { Json } from '../../realm/json.ts';
import type { GroupRepresentation } from '../../realm/representation.ts';
import { allPages } from '../flight.ts';
import { number, objects, text } from '../text.ts';
import type { Path } from '../api.ts';
import type { Reading } from './reading.ts';

const PAGE = 100;

/** The tree of groups with attributes and roles. One list a parent: children are not inside the list of their parents (since Keycloak 23). */
export async function readGroups(reading: Reading): Promise<GroupRepresentation[] | undefined> {
  return reading.part('groups and their roles', 'view-users', () => level(reading, ['groups'], 'groups'));
}

async function level(reading: Reading, path: Path, name: string): Promise<GroupRepresentation[]> {
  const groups = await allPages(PAGE, async (first, max) => objects(await reading.api.read(path, { briefRepresentation: false, first, max })));
  return reading.each(name, groups, async (found) => {
    const { access: _, subGroupCount, ...group } = found;
    const id = text(group['id']);
    // Until Keycloak 22 the whole tree came in one answer, without counts.
    if (subGroupCount === undefined && objects(group['subGroups'] ?? null).length > 0) return group as GroupRepresentation;
    const parent = id !== undefined && (number(subGroupCount) ?? 0) > 0;
    return { ...(group as GroupRepresentation), subGroups: parent ? await level(reading, ['groups', id, 'children'], `groups below ${text(group['path']) ?? id}`) : [] };
  });
}

/**
 * The ids of the groups that new users get into, beside the paths that the realm itself names: a path is ambiguous where a name holds a
 * slash. Nothing is asked where the realm names none.
 */
export async function readDefaultGroups(reading: Reading, paths: Json | undefined): Promise<{ readonly defaultGroups: string[]; readonly defaultGroupIds: string[] } | undefined> {
  if (!Array.isArray(paths) || paths.length === 0) return undefined;
  return reading.part('default groups', 'view-realm', async () => {
    const found = objects(await reading.api.read(['default-groups'])).map((group) => ({ id: text(group['id']) ?? '', path: text(group['path']) ?? '' }));
    return { defaultGroups: found.map(({ path }) => path), defaultGroupIds: found.map(({ id }) => id) };
  });
}
