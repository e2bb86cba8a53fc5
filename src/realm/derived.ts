import type { Derived, ObjectId, RealmObject, RealmState } from './model.ts';

/** The index of some objects, made once with the state. */
export function derive(objects: ReadonlyMap<ObjectId, RealmObject>): Derived {
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
  return { of: objects, index, answers: new Map() };
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

function derivedOf(state: RealmState): Derived {
  return state.derived?.of === state.objects ? state.derived : derive(state.objects);
}
