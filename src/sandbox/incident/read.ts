import type { Json, JsonObject } from '../../realm/json.ts';

/** Reading answers whose shape nobody promises. Everything gives undefined instead of throwing. */
export function object(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** The entries of a list; nothing where it is none. */
export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** A field that holds a string. */
export function text(value: Json | undefined, field: string): string | undefined {
  const found = object(value)?.[field];
  return typeof found === 'string' ? found : undefined;
}

/** A field that holds a number. */
export function number(value: Json | undefined, field: string): number | undefined {
  const found = object(value)?.[field];
  return typeof found === 'number' ? found : undefined;
}

/** What Keycloak says is wrong: it uses three fields for that, depending on the endpoint. */
export function message(value: Json): string {
  return text(value, 'errorMessage') ?? text(value, 'error_description') ?? text(value, 'error') ?? 'no explanation';
}
