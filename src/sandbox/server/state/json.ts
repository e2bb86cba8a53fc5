import type { Json, JsonObject } from '../../../realm/json.ts';
import type { Fields } from './model.ts';

/** Readers for bodies that anybody may have sent: a wrong type reads as absent. */
export const isObject = (value: Json | undefined): value is JsonObject => value !== null && typeof value === 'object' && !Array.isArray(value);
export const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
export const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
export const objects = (value: Json | undefined): readonly JsonObject[] => list(value).filter(isObject);
export const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);
export const texts = (value: Json | undefined): string[] => list(value).filter((item) => typeof item === 'string');

/** A map of strings; null values fall away. */
export const stringMap = (value: Json | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(object(value)).filter(([, item]) => item !== null).map(([key, item]) => [key, String(item)]));

/** A map of strings without empty ones: an empty or null value is how one removes an attribute. */
export const filledMap = (value: Json | undefined): Record<string, string> => Object.fromEntries(Object.entries(stringMap(value)).filter(([, item]) => item !== ''));

/** A map of string lists, as user, role and group attributes are. */
export const listMap = (value: Json | undefined): Record<string, readonly string[]> =>
  Object.fromEntries(Object.entries(object(value)).map(([key, item]) => [key, typeof item === 'string' ? [item] : texts(item)] as const).filter(([, items]) => items.length > 0));

/** A copy without the given keys. */
export const without = (value: JsonObject, keys: readonly string[]): Fields => Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
/** A copy without null values. */
export const present = (value: Readonly<Record<string, Json | undefined>>): Fields => Object.fromEntries(Object.entries(value).filter((entry): entry is [string, Json] => entry[1] !== null && entry[1] !== undefined));
/** A page of a list by `first` and `max`. */
export function page<T>(rows: readonly T[], query: URLSearchParams, usual = Number.POSITIVE_INFINITY): T[] {
  const first = Math.max(0, Number(query.get('first') ?? 0));
  const max = Number(query.get('max') ?? usual);
  return rows.slice(first, max < 0 ? undefined : first + max);
}
