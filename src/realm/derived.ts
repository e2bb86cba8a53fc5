/** What is worked out from the objects of a state and kept with them: made when it is first asked for, gone when they are. */
import type { ObjectId, RealmObject, RealmState } from './model.ts';

interface Derived {
  /** Objects by `kind@first piece of the key` and by `kind>last piece`. */
  readonly index: ReadonlyMap<string, readonly RealmObject[]>;
  /** Answers that are asked for again and again, by what was asked. */
  readonly answers: Map<string, unknown>;
}

const kept = new WeakMap<ReadonlyMap<ObjectId, RealmObject>, Derived>();

function derive(objects: ReadonlyMap<ObjectId, RealmObject>): Derived {
  const index = new Map<string, RealmObject[]>();
  const add = (key: string, object: RealmObject): void => {
    const list = index.get(key);
    if (list === undefined) index.set(key, [object]);
    else list.push(object);
  };
  for (const object of objects.values()) {
    const key = object.id.slice(object.id.indexOf(':') + 1);
    const first = key.indexOf('/');
    add(`${object.kind}@${first < 0 ? key : key.slice(0, first)}`, object);
    if (first >= 0) add(`${object.kind}>${key.slice(key.lastIndexOf('/') + 1)}`, object);
  }
  return { index, answers: new Map() };
}

/**
 * The objects of one kind by the first piece of their key (`client-mapper@auth-service`) or by its last
 * (`client-scope-link>orders:read`); pieces are escaped as in the key.
 */
export function objectsAt(state: RealmState, place: string): readonly RealmObject[] {
  return derivedOf(state).index.get(place) ?? [];
}

/** Works something out once for a state. `key` must name the question and everything that it depends on. */
export function once<T>(state: RealmState, key: string, make: () => T): T {
  const { answers } = derivedOf(state);
  if (!answers.has(key)) answers.set(key, make());
  return answers.get(key) as T;
}

function derivedOf({ objects }: RealmState): Derived {
  const known = kept.get(objects);
  if (known !== undefined) return known;
  const made = derive(objects);
  kept.set(objects, made);
  return made;
}
