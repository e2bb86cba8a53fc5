import type { Json } from '../../../realm/json.ts';
import type { Fields } from '../state/model.ts';

/** Sets `a.b.c` deep inside the claims; a dot that belongs to a name is written `\.`. */
export function setClaim(claims: Fields, path: string, value: Json): void {
  const parts = path.split(/(?<!\\)\./).map((part) => part.replaceAll('\\.', '.'));
  let at: Fields = claims;
  for (const part of parts.slice(0, -1)) {
    const inner = at[part];
    const next: Fields = inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? { ...(inner as Fields) } : {};
    at[part] = next;
    at = next;
  }
  const last = parts.at(-1);
  if (last !== undefined && last !== '') at[last] = value;
}

/** A value in the type that the mapper's `jsonType.label` names. */
export function typed(value: string, label: string | undefined): Json {
  if (label === 'boolean') return value === 'true';
  if (label === 'int' || label === 'long') return Number(value);
  if (label !== 'JSON') return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

/** `aud` is a string when there is one, a list when there are more, absent when there is none. */
export function audienceClaim(audience: ReadonlySet<string>): Fields {
  const [first, ...rest] = audience;
  if (first === undefined) return {};
  return { aud: rest.length === 0 ? first : [...audience] };
}
