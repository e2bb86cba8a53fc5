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
    return [key, inOrder(key, values).map((value) => mapValue(key, value))] as const;
  });
  return Object.fromEntries(entries);
}

/** The attributes of a role as they are stored, each list in the order that it has in the normal form: where secrets among them are found. */
export function storedAttributes(role: RoleRepresentation | undefined): { readonly attributes: { readonly [key: string]: readonly string[] } } | undefined {
  return role && { attributes: Object.fromEntries(Object.entries(role.attributes ?? {}).map(([key, values]) => [key, inOrder(key, values)])) };
}

function inOrder(key: string, values: readonly string[]): readonly string[] {
  const text = (value: string): string => JSON.stringify(mapValue(key, value));
  return (Array.isArray(values) ? [...values as readonly string[]] : [values as unknown as string]).sort((a, b) => compareText(text(a), text(b)));
}

/** Attributes with one value each, without empty ones. */
export function attributeMap(attributes: Readonly<Record<string, unknown>>): JsonObject {
  const entries = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return Object.fromEntries(entries.map(([key, value]) => [key, mapValue(key, value)]));
}
