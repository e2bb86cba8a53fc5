/** What is worked out from the objects of a state and kept with them: made when it is first asked for, gone when they are. */
import type { KindName, ObjectId, RealmObject, RealmState } from './model.ts';

type Side = '@' | '>';
type Index = ReadonlyMap<string, readonly RealmObject[]>;

interface Derived {
  /** By kind and side (`client-mapper@`), the objects of the kind by that piece of their key. Only what was asked for is there: most kinds never are. */
  readonly indexes: Map<string, Index>;
  /** Answers that are asked for again and again, by what was asked. */
  readonly answers: Map<string, unknown>;
}

const kept = new WeakMap<ReadonlyMap<ObjectId, RealmObject>, Derived>();

function indexOf(objects: ReadonlyMap<ObjectId, RealmObject>, kind: string, side: Side): Index {
  const index = new Map<string, RealmObject[]>();
  const start = kind.length + 1;
  objects.forEach((object) => {
    if (object.kind !== kind) return;
    const slash = side === '@' ? object.id.indexOf('/', start) : object.id.lastIndexOf('/');
    // What has no piece of a container is found by its whole key, and by no last piece.
    if (side === '>' && slash < 0) return;
    const piece = side === '>' ? object.id.slice(slash + 1) : slash < 0 ? object.id.slice(start) : object.id.slice(start, slash);
    const list = index.get(piece);
    if (list === undefined) index.set(piece, [object]);
    else list.push(object);
  });
  return index;
}

/**
 * The objects of one kind by the first piece of their key (`client-mapper@auth-service`) or by its last
 * (`client-scope-link>orders:read`); pieces are escaped as in the key.
 */
export function objectsAt(state: RealmState, place: `${KindName}${Side}${string}`): readonly RealmObject[] {
  const { indexes } = derivedOf(state);
  const at = place.search(/[@>]/);
  const question = place.slice(0, at + 1);
  let index = indexes.get(question);
  if (index === undefined) {
    index = indexOf(state.objects, place.slice(0, at), question.endsWith('@') ? '@' : '>');
    indexes.set(question, index);
  }
  return index.get(place.slice(at + 1)) ?? [];
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
  const made: Derived = { indexes: new Map(), answers: new Map() };
  kept.set(objects, made);
  return made;
}
