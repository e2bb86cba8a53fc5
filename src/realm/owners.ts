import { kindOf } from './kinds/index.ts';
import type { Difference, ObjectId, RealmState } from './model.ts';
import { isRealmLevel, orderOwners } from './order.ts';
import { evidenceWith } from './union.ts';

interface Input {
  readonly differences: readonly Difference[];
  readonly live: RealmState;
  readonly evidence: readonly RealmState[];
}

/**
 * Lets a lost client scope, with its mappers, belong to the first client (in dependency order) whose link to it is lost
 * too: that is where the engineer meets it, and with that client it comes back.
 */
export function settleOwners(input: Input): readonly Difference[] {
  const { differences, evidence } = input;
  const joining = new Set(differences.filter((difference) => difference.change === 'lost' && kindOf(difference.kind)?.joinsReferrer === true).map((difference) => difference.id));
  if (joining.size === 0) return differences;
  const position = new Map(orderOwners(input).map((owner, index) => [owner.owner, index]));
  const first = new Map<ObjectId, string>();
  for (const difference of differences) {
    const state = evidenceWith(evidence, difference.id);
    const object = state?.objects.get(difference.id);
    if (difference.change !== 'lost' || state === undefined || object === undefined || isRealmLevel(difference.owner)) continue;
    for (const reference of kindOf(difference.kind)?.references(object, state) ?? []) {
      if (!joining.has(reference)) continue;
      const rival = first.get(reference);
      if (rival === undefined || (position.get(difference.owner) ?? 0) < (position.get(rival) ?? 0)) first.set(reference, difference.owner);
    }
  }
  return differences.map((difference) => {
    const parent = evidenceWith(evidence, difference.id)?.objects.get(difference.id)?.parent;
    const owner = first.get(difference.id) ?? (parent === undefined ? undefined : first.get(parent));
    return owner === undefined ? difference : { ...difference, owner };
  });
}
