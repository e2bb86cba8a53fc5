import type { Json, JsonObject } from '../../realm/json.ts';
import { isObject } from './object.ts';

/**
 * The JSON merge patch (RFC 7386) that makes `from` into `to`: null takes a member away, lists are replaced whole.
 * undefined where nothing has to change. A `to` with null in it cannot be reached by a merge patch; the API server
 * stores no null, so none is asked for.
 */
export function mergePatch(from: Json | undefined, to: Json | undefined): Json | undefined {
  if (to === undefined) return from === undefined ? undefined : null;
  if (!isObject(to)) return equal(from, to) ? undefined : to;
  // What is replaced whole must not keep members of what stood there before.
  const base: JsonObject = isObject(from) ? from : {};
  const members = [...new Set([...Object.keys(base), ...Object.keys(to)])].flatMap((key): [string, Json][] => {
    const patch = mergePatch(own(base, key), own(to, key));
    return patch === undefined ? [] : [[key, patch]];
  });
  if (members.length === 0) return isObject(from) ? undefined : {};
  return Object.fromEntries(members);
}

/** What RFC 7386 makes of a value and a patch. */
export function applyMergePatch(value: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  // A map, because a member may be called __proto__.
  const result = new Map<string, Json>(isObject(value) ? Object.entries(value) : []);
  for (const [key, member] of Object.entries(patch)) {
    if (member === null) result.delete(key);
    else result.set(key, applyMergePatch(result.get(key), member));
  }
  return Object.fromEntries(result);
}

/** `{spec: {syncPolicy: value}}` for the path `['spec', 'syncPolicy']`. */
export function nested(path: readonly string[], value: Json): JsonObject {
  const [first = '', ...rest] = path;
  return { [first]: rest.length === 0 ? value : nested(rest, value) };
}

/** Equal as JSON, whatever the order of members. */
export function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((value: Json, index) => equal(value, b[index] as Json));
  if (!isObject(a) || !isObject(b)) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
}

function own(value: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
