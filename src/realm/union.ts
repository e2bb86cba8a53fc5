import type { ObjectId, RealmObject, RealmState } from './model.ts';
import { makeState } from './state.ts';

/** The evidence that has an object; the first one wins, object by object. */
export function evidenceWith(evidence: readonly RealmState[], id: ObjectId): RealmState | undefined {
  return evidence.find((state) => state.objects.has(id));
}

/** All that any source has: the realm as it would be with everything restored and everything kept. */
export function unionOf(live: RealmState, evidence: readonly RealmState[]): RealmState {
  return overlay(live, evidence.flatMap((state) => [...state.objects.values()]));
}

/** A state with some objects put over its own; of two with the same id in the list the first one wins. */
export function overlay(state: RealmState, objects: readonly RealmObject[]): RealmState {
  return makeState(state, [...objects, ...state.objects.values()]);
}
