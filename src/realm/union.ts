import type { ObjectId, RealmObject, RealmState } from './model.ts';
import { makeState } from './state.ts';

/** The evidence that has an object; the first one wins, object by object. */
export function evidenceWith(evidence: readonly RealmState[], id: ObjectId): RealmState | undefined {
  return evidence.find((state) => state.objects.has(id));
}

interface Union {
  readonly evidence: readonly RealmState[];
  readonly objects: RealmState['objects'];
}

/** The last union of each live state: comparison and order ask for the same one again and again. */
const unions = new WeakMap<RealmState['objects'], Union>();

/** All that any source has: the realm as it would be with everything restored and everything kept. */
export function unionOf(live: RealmState, evidence: readonly RealmState[]): RealmState {
  const known = unions.get(live.objects);
  if (known?.evidence.length === evidence.length && known.evidence.every((state, index) => state.objects === evidence[index]?.objects)) return { ...live, objects: known.objects };
  const objects = new Map<ObjectId, RealmObject>();
  for (const state of [...evidence, live]) for (const object of state.objects.values()) if (!objects.has(object.id)) objects.set(object.id, object);
  unions.set(live.objects, { evidence, objects });
  return { ...live, objects };
}

/** A state with some objects put over its own; of two with the same id in the list the first one wins. */
export function overlay(state: RealmState, objects: readonly RealmObject[]): RealmState {
  return makeState(state, [...objects, ...state.objects.values()]);
}
