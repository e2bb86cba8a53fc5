import type { Json, JsonObject } from '../realm/json.ts';

/** A server's words in one line of at most 200 characters, without control characters: fit for an error sentence. */
export function oneLine(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return plain.length > 200 ? `${plain.slice(0, 199)}…` : plain;
}

/** What Keycloak says in an error body: `errorMessage`, `error_description` or `error`, whichever says most; empty when it says nothing. */
export function serverWords(body: Json): string {
  if (!isObject(body)) return '';
  for (const field of ['errorMessage', 'error_description', 'error']) {
    const value = body[field];
    // It is quoted within a sentence, which has its own full stop.
    if (typeof value === 'string' && value !== '') return oneLine(value).replace(/\.$/, '');
  }
  return '';
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list; anything else in it, or something that is no list, is left out. */
export function objects(value: Json): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Numbers come as numbers or, from client-session-stats, as strings. */
export function number(value: unknown): number | undefined {
  const found = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}
