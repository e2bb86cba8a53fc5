/** Who holds a role: by a mapping of their own, or as a member of a group or of a group below it. */
import type { JsonObject } from '../../realm/json.ts';
import { encodePath } from '../address.ts';
import { refusal, type Api, type Path } from '../api.ts';
import { allPages } from '../flight.ts';
import { number, objects, text } from '../text.ts';
import { tolerated } from './tolerated.ts';
import type { WriteRole } from './write-roles.ts';

const PAGE = 500;

/** An enabled account. */
export interface Holder {
  readonly name: string;
  readonly through: readonly string[];
}

export interface Holders {
  readonly holders: readonly Holder[];
  /** The paths of the groups whose members hold one of the roles, with what they hold. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

interface Group {
  readonly id: string;
  readonly path: string;
  /** Undefined where the list does not say. */
  readonly below: number | undefined;
}

/**
 * The enabled accounts that hold one of the roles. Tried on 26.7.4: the users of a role are those with a mapping of their own, service
 * accounts among them; the members of a group are not those of the groups below it; organization groups have role mappings too, but no
 * member gets a role by them.
 * @param unknown  is told what was not answered, a sentence each
 */
export async function readHolders(api: Api, roles: readonly WriteRole[], unknown: (sentence: string) => void): Promise<Holders> {
  const through = new Map<string, { readonly name: string; readonly reasons: Set<string> }>();
  const groups = new Map<string, Set<string>>();
  const asked = new Map<string, Promise<readonly JsonObject[]>>();
  const list = (parts: Path): Promise<readonly JsonObject[]> => {
    const key = JSON.stringify(parts);
    const answer = asked.get(key) ?? tolerated(api, unknown, () => listed(api, parts));
    asked.set(key, answer);
    return answer;
  };
  const note = (users: readonly JsonObject[], reason: string): void => {
    for (const user of users) {
      const [id, name] = [text(user['id']), text(user['username'])];
      if (id === undefined || name === undefined || user['enabled'] !== true) continue;
      const known = through.get(id) ?? { name, reasons: new Set() };
      through.set(id, known);
      known.reasons.add(reason);
    }
  };
  const descend = async (group: Group, from: string, role: string): Promise<void> => {
    groups.set(group.path, (groups.get(group.path) ?? new Set()).add(role));
    const [members, below] = await Promise.all([list(['groups', group.id, 'members']), group.below === 0 ? [] : list(['groups', group.id, 'children'])]);
    note(members, `group ${group.path === from ? from : `${group.path} in ${from}`}: ${role}`);
    await Promise.all(groupsIn(below).map((child) => descend(child, from, role)));
  };
  await Promise.all(roles.map(async ({ path, label }) => {
    const [users, holding] = await Promise.all([list([...path, 'users']), list([...path, 'groups'])]);
    note(users, label);
    await Promise.all(groupsIn(holding).map((group) => descend(group, group.path, label)));
  }));
  return {
    holders: [...through.values()].map(({ name, reasons }) => ({ name, through: [...reasons].toSorted() })),
    groups: new Map([...groups].map(([path, held]) => [path, [...held]])),
  };
}

function groupsIn(list: readonly JsonObject[]): readonly Group[] {
  return list.flatMap((group) => {
    const [id, path] = [text(group['id']), text(group['path'])];
    return id === undefined || path === undefined ? [] : [{ id, path, below: number(group['subGroupCount']) }];
  });
}

/** A whole list. What is gone since it was named has nobody. */
function listed(api: Api, parts: Path): Promise<readonly JsonObject[]> {
  return allPages(PAGE, async (first, max) => {
    const reply = await api.get(parts, { first, max, briefRepresentation: true });
    if (reply.status === 404) return [];
    // Before Keycloak 23 groups have no list of children (405): that is no empty list.
    if (reply.status >= 400) throw refusal(reply, `GET ${encodePath(['admin', 'realms', api.realm, ...parts])}`);
    return objects(reply.body);
  });
}
