/** What a realm looks like after some operations, and what moved in it besides. */
import { compareStates } from './compare.ts';
import type { Difference, ObjectId, Operation, RealmObject, RealmState } from './model.ts';
import { makeState } from './state.ts';
import { evidenceWith } from './union.ts';

/** Live with the after-images of operations put in. Objects that were not there before are taken from the evidence. */
export function applyOperations(live: RealmState, evidence: readonly RealmState[], operations: readonly Operation[]): RealmState {
  const objects = new Map<ObjectId, RealmObject>(live.objects);
  for (const image of operations.flatMap((operation) => operation.after)) {
    const known = objects.get(image.id) ?? evidenceWith(evidence, image.id)?.objects.get(image.id);
    if (image.value === null) objects.delete(image.id);
    else if (known !== undefined) objects.set(image.id, { ...known, value: image.value });
  }
  return makeState({ ...live, completeness: 'full' }, objects.values());
}

/**
 * What is different in the realm now, although no operation was to make it so: must be empty at the end of a run. A
 * client that was created may have settings that its evidence did not state; the server chose them.
 */
export function movedBesides(input: { readonly before: RealmState; readonly after: RealmState; readonly evidence: readonly RealmState[]; readonly operations: readonly Operation[] }): readonly Difference[] {
  const expected = applyOperations(input.before, input.evidence, input.operations);
  const created = new Set(input.operations.flatMap((operation) => operation.after.filter((image) => image.value !== null && !input.before.objects.has(image.id)).map((image) => image.id)));
  return compareStates(input.after, [expected]).filter((difference) => {
    const parent = input.after.objects.get(difference.id)?.parent;
    // What the server makes together with its container (the mappers of an LDAP) is in the images, though no evidence has it.
    if (difference.change === 'live-only' && created.has(difference.id)) return false;
    return !(difference.change === 'live-only' && parent !== undefined && created.has(parent) && difference.onlyCompared !== undefined);
  });
}
