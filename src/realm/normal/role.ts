import type { Json, JsonObject } from '../json.ts';
import { compareText } from '../canonical.ts';
import type { RoleRepresentation } from '../representation.ts';
import { mapValue } from '../unknowns.ts';

/** Roles and client scopes are compared on what a person sees: description and attributes. Empty and missing are the same. */
export function roleValue(role: RoleRepresentation): JsonObject {
  const value: Record<string, Json> = {};
  if (typeof role.description === 'string' && role.description !== '') value['description'] = role.description;
  const attributes = attributeLists(role.attributes ?? {});
  if (Object.keys(attributes).length > 0) value['attributes'] = attributes;
  return value;
}

/** Attributes with several values each: their order means nothing. */
function attributeLists(attributes: Readonly<Record<string, readonly string[]>>): JsonObject {
  const entries = Object.entries(attributes).map(([key, values]) => {
    const list = (Array.isArray(values) ? values : [values]).map((value) => mapValue(key, value));
    return [key, list.sort((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)))] as const;
  });
  return Object.fromEntries(entries);
}

/** Attributes with one value each, without empty ones. */
export function attributeMap(attributes: Readonly<Record<string, unknown>>): JsonObject {
  const entries = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return Object.fromEntries(entries.map(([key, value]) => [key, mapValue(key, value)]));
}
