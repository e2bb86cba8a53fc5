import { isAnswered } from './choice.ts';
import { parseId } from './keys.ts';
import { kindOf } from './kinds/index.ts';
import type { Choice, Difference, ObjectId, RealmObject, RealmState } from './model.ts';
import { evidenceWith } from './union.ts';

interface Input {
  readonly live: RealmState;
  readonly evidence: readonly RealmState[];
  readonly differences: readonly Difference[];
  readonly choices: Readonly<Record<string, Choice>>;
  /** What a kind has refused already, with its reason. */
  readonly refused?: ReadonlyMap<ObjectId, string>;
}

export interface PulledIn {
  /** Everything that will be restored, in the order of the differences. */
  readonly chosen: ReadonlyMap<ObjectId, Difference>;
  readonly pulledIn: readonly { readonly id: ObjectId; readonly by: ObjectId }[];
  readonly refused: ReadonlyMap<ObjectId, string>;
}

/**
 * Follows what the chosen differences need: containers and references that are lost are pulled in, whatever was answered
 * for them. What needs something that nobody has cannot be restored, nor can what needs that.
 */
export function pullIn(input: Input): PulledIn {
  const byId = new Map(input.differences.map((difference) => [difference.id, difference]));
  const wanted = input.differences.filter((difference) => isAnswered(difference, 'restore', input.choices));
  const chosen = new Set<ObjectId>();
  const pulledIn: { id: ObjectId; by: ObjectId }[] = [];
  const refused = new Map<ObjectId, string>(input.refused ?? []);
  const visit = (difference: Difference, trail: ReadonlySet<ObjectId>): string | null => {
    if (chosen.has(difference.id) || trail.has(difference.id)) return null;
    const known = refused.get(difference.id);
    if (known !== undefined) return known;
    const why = difference.onlyCompared ?? blocker(difference, new Set([...trail, difference.id]));
    if (why === null) chosen.add(difference.id);
    else refused.set(difference.id, why);
    return why;
  };
  const blocker = (difference: Difference, trail: ReadonlySet<ObjectId>): string | null => {
    for (const id of needsOf(difference, input.evidence)) {
      if (input.live.objects.has(id)) continue;
      const needed = byId.get(id) ?? saidBy(id);
      if (needed === undefined || needed.change !== 'lost') return `it needs ${id}, which neither the live realm nor any evidence can give`;
      const before = chosen.has(needed.id);
      const why = visit(needed, trail);
      if (why !== null) return `it needs ${needed.id}, which cannot be restored: ${why}`;
      if (!before && chosen.has(needed.id) && !isAnswered(needed, 'restore', input.choices)) pulledIn.push({ id: needed.id, by: difference.id });
    }
    return null;
  };
  // A setting of a lost client has no difference of its own: the client brings it along.
  const saidBy = (id: ObjectId): Difference | undefined => {
    const parent = kindOf(parseId(id).kind)?.insideParent === true ? evidenceWith(input.evidence, id)?.objects.get(id)?.parent : undefined;
    return parent === undefined || input.live.objects.has(parent) ? undefined : byId.get(parent);
  };
  for (const difference of wanted) visit(difference, new Set());
  const chosenMap = new Map(input.differences.filter((difference) => chosen.has(difference.id)).map((difference) => [difference.id, difference]));
  return { chosen: chosenMap, pulledIn, refused };
}

/** What must be there before a difference can be restored; removing something needs nothing. */
function needsOf(difference: Difference, evidence: readonly RealmState[]): readonly ObjectId[] {
  if (difference.change === 'live-only') return [];
  const state = evidenceWith(evidence, difference.id);
  const object: RealmObject | undefined = state?.objects.get(difference.id);
  if (state === undefined || object === undefined) return [];
  return [...(object.parent === undefined ? [] : [object.parent]), ...(kindOf(object.kind)?.references(object, state) ?? [])];
}
