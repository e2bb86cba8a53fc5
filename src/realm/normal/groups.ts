/** The tree of groups: which names stand above one another, and how a path says so. */
import { compareText } from '../canonical.ts';
import { once } from '../derived.ts';
import type { JsonObject } from '../json.ts';
import type { RealmState } from '../model.ts';
import type { GroupRepresentation, RealmRepresentation } from '../representation.ts';
import { roleValue } from './role.ts';

export interface PlacedGroup {
  /** Unambiguous: see groupPath. */
  readonly path: string;
  readonly names: readonly string[];
  readonly group: GroupRepresentation;
}

/**
 * A path that can be taken apart again. Keycloak's own writes a slash inside a name as it is (tried on 26.7.4: the groups `a/b` and
 * `b` below `a` both have the path `/a/b`), so here it is `~/`, and `~` is `~~`.
 */
export function groupPath(names: readonly string[]): string {
  return `/${names.map((name) => name.replace(/[~/]/g, '~$&')).join('/')}`;
}

/** The names along a path that groupPath made. */
export function groupNames(path: string): readonly string[] {
  return (path.slice(1).match(/(?:~[~/]|[^/])+/g) ?? []).map((part) => part.replace(/~([~/])/g, '$1'));
}

/** The path of the group above; null for a top group. */
export function parentPath(path: string): string | null {
  const above = groupNames(path).slice(0, -1);
  return above.length === 0 ? null : groupPath(above);
}

/** Every group of a realm, parents before children. Made from the names: the `path` in a representation is ambiguous, and a file may leave it out. */
export function allGroups(representation: RealmRepresentation): readonly PlacedGroup[] {
  const walk = (groups: readonly GroupRepresentation[], above: readonly string[]): PlacedGroup[] =>
    groups.flatMap((group) => {
      const name = group.name ?? group.path?.split('/').at(-1) ?? '';
      if (name === '') return [];
      const names = [...above, name];
      return [{ path: groupPath(names), names, group }, ...walk(group.subGroups ?? [], names)];
    });
  return walk(representation.groups ?? [], []).sort((a, b) => compareText(a.path, b.path));
}

/** The groups of a state by path; worked out once. */
export function groupsIn(state: RealmState): ReadonlyMap<string, PlacedGroup> {
  return once(state, 'groups by path', () => new Map(allGroups(state.representation).map((placed) => [placed.path, placed])));
}

/** The path of the group that has an id. */
export function pathOfId(state: RealmState, id: string): string | undefined {
  return once(state, 'group paths by id', () => new Map([...groupsIn(state).values()].map(({ group, path }) => [group.id, path] as const))).get(id);
}

/** A group and all below it, the group itself first. */
export function subtreeOf(state: RealmState, path: string): readonly PlacedGroup[] {
  return [...groupsIn(state).values()].filter((placed) => placed.path === path || placed.path.startsWith(`${path}/`));
}

/**
 * Reads paths as Keycloak writes them (`defaultGroups`, `users[].groups`): against the groups that the realm has, because a slash in
 * them may belong to a name. Servers that escape slashes write `~/`. Several answers where several groups have that path.
 */
export function pathReader(groups: readonly PlacedGroup[]): (written: string) => readonly string[] {
  const known = new Map<string, string[]>();
  for (const { path, names } of groups) {
    for (const way of new Set([names.map((name) => name.replaceAll('/', '~/')).join('/'), names.join('/')])) known.set(way, [...(known.get(way) ?? []), path]);
  }
  return (written) => {
    const bare = written.replace(/^\//, '');
    return known.get(bare) ?? [groupPath(bare.split('/').filter((name) => name !== ''))];
  };
}

/** How Keycloak itself writes a path. */
export function writtenPath(path: string): string {
  return `/${groupNames(path).join('/')}`;
}

/** Description and attributes; an attribute without values is not stored by the server. */
export function groupValue(group: GroupRepresentation): JsonObject {
  const attributes = Object.fromEntries(Object.entries(group.attributes ?? {}).filter(([, values]) => values !== null && values.length > 0));
  const description = group['description'];
  return roleValue({ attributes, ...(typeof description === 'string' ? { description } : {}) });
}
