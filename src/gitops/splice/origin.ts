import type { Json, JsonObject } from '../../realm/json.ts';

/**
 * Which object of the file a changed object was. A target is made from the file's own value by replacing what changes and
 * keeping everything else *by reference*; what is the same reference needs no edit, whatever its number spelling or key order.
 */
export type Origins = WeakMap<object, object>;

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isList = (value: unknown): value is readonly Json[] => Array.isArray(value);

/** A copy of the object with one field replaced, or taken away (undefined); key order is kept, a new key comes last. */
export function withField(object: JsonObject, key: string, value: Json | undefined, origins: Origins): JsonObject {
  if (value === object[key] && (value !== undefined || !(key in object))) return object;
  const copy: Record<string, Json> = { ...object };
  if (value === undefined) delete copy[key];
  else copy[key] = value;
  origins.set(copy, origins.get(object) ?? object);
  return copy;
}

/** A copy of the list with one element replaced, or taken away (undefined). */
export function withElement(list: readonly Json[], index: number, value: Json | undefined, origins: Origins): readonly Json[] {
  const copy = value === undefined ? list.toSpliced(index, 1) : list.with(index, value);
  origins.set(copy, origins.get(list) ?? list);
  return copy;
}

/** A copy of the list with one element more, at the end: git's order is kept. */
export function withAppended(list: readonly Json[], value: Json, origins: Origins): readonly Json[] {
  const copy = [...list, value];
  origins.set(copy, origins.get(list) ?? list);
  return copy;
}

/** The parts of a list that stay, change, go and come; made by reference, then by origin, then by equal scalars. */
export interface ListMatch {
  /** For each old index the new value, or undefined where the element goes. */
  readonly kept: readonly (Json | undefined)[];
  readonly added: readonly Json[];
}

const originOf = (element: Json, origins: Origins): Json => (typeof element === 'object' && element !== null ? (origins.get(element) as Json | undefined) ?? element : element);

/** Whether some elements have only taken the place of others: then each is changed where it stands. */
function isSubstitution(before: readonly Json[], after: readonly Json[], origins: Origins): boolean {
  if (before.length !== after.length) return false;
  const places = before.flatMap((old, place) => (originOf(after[place] ?? null, origins) === old ? [] : [place]));
  const old = new Set(places.map((place) => before[place]));
  return !places.some((place) => old.has(originOf(after[place] ?? null, origins)));
}

/** Finds for each old element what became of it. Elements that stayed keep their order; new ones are only looked for at the end. */
export function matchLists(before: readonly Json[], after: readonly Json[], origins: Origins): ListMatch {
  if (isSubstitution(before, after, origins)) return { kept: after, added: [] };
  const unused = new Map<Json, number[]>();
  before.forEach((element, index) => {
    const found = unused.get(element);
    if (found) found.push(index);
    else unused.set(element, [index]);
  });
  const kept: (Json | undefined)[] = before.map(() => undefined);
  const added: Json[] = [];
  let last = -1;
  for (const element of after) {
    const origin = originOf(element, origins);
    // Order is kept: of equal elements, the next one behind what was found last.
    const index = unused.get(origin)?.find((candidate) => candidate > last);
    if (index === undefined) added.push(element);
    else kept[last = index] = element;
  }
  return { kept, added };
}
