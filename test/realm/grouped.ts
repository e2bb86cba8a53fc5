/** Groups, default groups and organizations of one realm of a real 26.7.4, as the capture, a full and a partial export have it. */
import { readFileSync } from 'node:fs';
import { compareStates } from '../../src/realm/compare.ts';
import type { Choice, Operation, Plan, RealmState } from '../../src/realm/model.ts';
import { orderOwners } from '../../src/realm/order.ts';
import { makePlan, operationsOf } from '../../src/realm/plan.ts';
import type { GroupRepresentation, RealmRepresentation } from '../../src/realm/representation.ts';
import { state } from './incident.ts';

export type Source = 'full' | 'partial' | 'rest';
const FIXTURE = JSON.parse(readFileSync(new URL('./fixtures/groups.json', import.meta.url), 'utf8')) as Record<Source, RealmRepresentation>;
export const OURS = /^(group|group-role|default-group|organization):/;

export function realm(source: Source = 'rest', change: (raw: RealmRepresentation) => void = () => {}): RealmRepresentation {
  const raw = structuredClone(FIXTURE[source]);
  raw['identityProviders'] = ['groups-corp', 'groups-partner'].map((alias) => ({ alias, providerId: 'oidc', enabled: true, config: {} }));
  change(raw);
  return raw;
}

export function plan(live: RealmState, evidence: RealmState, choices?: Readonly<Record<string, Choice>>): Plan {
  const differences = compareStates(live, [evidence]);
  const order = orderOwners({ differences, live, evidence: [evidence] });
  return makePlan({ live, evidence: [evidence], differences, order, choices: choices ?? Object.fromEntries(differences.map((difference) => [difference.id, 'restore' as const])) });
}

export const operation = (of: Plan, id: string): Operation => {
  const found = operationsOf(of).find((each) => each.id === id);
  if (found === undefined) throw new Error(`${id} is not in ${operationsOf(of).map((each) => each.id).join(', ')}`);
  return found;
};
export const sequence = (of: Plan): readonly string[] => operationsOf(of).map(({ id }) => id);
export const top = (raw: RealmRepresentation, name: string): GroupRepresentation => raw.groups?.find((group) => group.name === name) ?? {};
export const without = (name: string) => (raw: RealmRepresentation): void => {
  raw.groups = raw.groups?.filter((group) => group.name !== name) ?? [];
  const paths = raw['defaultGroups'] as string[];
  const keep = (_: string, index: number): boolean => !paths[index]?.startsWith(`/${name}/`);
  Object.assign(raw, { defaultGroups: paths.filter(keep), defaultGroupIds: (raw['defaultGroupIds'] as string[]).filter(keep) });
};
export const stated = (raw: RealmRepresentation): RealmState => state(raw, 'file:x', 'stated');
export const differencesOf = (live: RealmState, evidence: RealmState) => compareStates(live, [evidence]).map(({ id, change }) => `${change} ${id}`);
