import type { ObjectId, RealmObject, RealmState } from './model.ts';
import { makeState } from './state.ts';

/** The evidence that has an object; the first one wins, object by object. */
export function evidenceWith(evidence: readonly RealmState[], id: ObjectId): RealmState | undefined {
  return evidence.find((state) => state.objects.has(id));
}

/** All that any source has: the realm as it would be with everything restored and everything kept. */
export function unionOf(live: RealmState, evidence: readonly RealmState[]): RealmState {
  return { ...live, objects: layered([...evidence, live].map((state) => state.objects)) };
}

/**
 * Several maps looked at as one; of those that have a key the first one wins. Nothing is copied: the sources of a large realm have
 * 100,000 objects each, and all but a few are in every one of them.
 */
function layered(layers: readonly RealmState['objects'][]): RealmState['objects'] {
  const isHidden = (id: ObjectId, layer: number): boolean => {
    for (let above = 0; above < layer; above += 1) if (layers[above]?.has(id) === true) return true;
    return false;
  };
  const entries = function* (): MapIterator<[ObjectId, RealmObject]> {
    for (const [index, layer] of layers.entries()) for (const entry of layer) if (!isHidden(entry[0], index)) yield entry;
  };
  const whole: RealmState['objects'] = {
    has: (id) => isHidden(id, layers.length),
    get: (id) => {
      for (const layer of layers) {
        const object = layer.get(id);
        if (object !== undefined) return object;
      }
      return undefined;
    },
    // The way through all of it that makes nothing on its way; the others are for few.
    forEach: (work) => {
      for (const [index, layer] of layers.entries()) layer.forEach((object, id) => {
        if (!isHidden(id, index)) work(object, id, whole);
      });
    },
    get size() {
      let size = 0;
      whole.forEach(() => { size += 1; });
      return size;
    },
    entries,
    keys: () => entries().map(([id]) => id),
    values: () => entries().map(([, object]) => object),
    [Symbol.iterator]: entries,
  };
  return whole;
}

/** A state with some objects put over its own; of two with the same id in the list the first one wins. */
export function overlay(state: RealmState, objects: readonly RealmObject[]): RealmState {
  return makeState(state, [...objects, ...state.objects.values()]);
}
