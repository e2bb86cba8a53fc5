/** Who was in something that comes back empty. People are never written by this tool; they are named, so that somebody can put them back. */
import { compareText } from '../canonical.ts';
import { once } from '../derived.ts';
import { recordsIn } from '../looks.ts';
import type { Json, JsonObject } from '../json.ts';
import type { RealmState } from '../model.ts';
import { groupsIn, pathReader, writtenPath } from '../normal/groups.ts';

/** More names than this are counted only. */
const NAMED = 25;

/** One sentence on who loses the membership of a group, as far as the evidence knows users; empty where it knows that nobody was in it. */
export function groupLosses(path: string, evidence: RealmState | undefined): readonly string[] {
  const where = writtenPath(path);
  const members = evidence === undefined ? [] : membersOf(evidence).get(path) ?? [];
  const nobodyKnows = evidence === undefined || !knowsPeople(evidence);
  if (members.length === 0) return nobodyKnows ? [`Group ${where} comes back without members; the evidence does not say who was in it.`] : [];
  return [`Group ${where} comes back without its members: ${namesOf(members)}${nobodyKnows ? ', and people whom the evidence does not name' : ''}.`];
}

/** Whose membership of an organization is gone, by the evidence that has them. */
export function organizationLosses(name: string, raw: JsonObject | undefined): readonly string[] {
  const members = recordsIn(raw?.['members']).flatMap((member) => (typeof member['username'] === 'string' ? [member['username']] : [])).sort(compareText);
  const groups = recordsIn(raw?.['groups']).flatMap((group) => (typeof group['name'] === 'string' ? [group['name']] : [])).sort(compareText);
  return [
    members.length === 0 ? `Organization ${name} comes back without members${raw?.['members'] === undefined ? '; the evidence does not say who was in it' : ''}.` : `Organization ${name} comes back without its members: ${namesOf(members)}.`,
    ...(groups.length === 0 ? [] : [`Organization ${name} comes back without the groups inside it: ${namesOf(groups)}.`]),
  ];
}

function namesOf(names: readonly string[]): string {
  return names.length <= NAMED ? names.join(', ') : `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more`;
}

/** A capture by REST has service accounts only: what it does not say about people is not known. */
function knowsPeople({ representation: { users } }: RealmState): boolean {
  return (users ?? []).some((user) => user.serviceAccountClientId === undefined);
}

/** User names by the path of their groups. */
function membersOf(state: RealmState): ReadonlyMap<string, readonly string[]> {
  return once(state, 'members by group', () => {
    const read = pathReader([...groupsIn(state).values()]);
    const members = new Map<string, string[]>();
    for (const user of state.representation.users ?? []) {
      const name = user.serviceAccountClientId === undefined ? user.username : `the service account of ${user.serviceAccountClientId}`;
      if (name === undefined) continue;
      for (const path of textsIn(user['groups']).flatMap(read)) {
        const known = members.get(path);
        if (known === undefined) members.set(path, [name]);
        else known.push(name);
      }
    }
    for (const names of members.values()) names.sort(compareText);
    return members;
  });
}

function textsIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? (list as readonly Json[]).filter((item) => typeof item === 'string') : [];
}
