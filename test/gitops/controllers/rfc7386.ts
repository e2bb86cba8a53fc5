import type { Json } from '../../../src/realm/json.ts';

/** RFC 7386, section 2, written down again: what the API server does. */
export function rfc7386(target: Json | undefined, patch: Json): Json {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const members = new Map<string, Json>(target !== null && typeof target === 'object' && !Array.isArray(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name);
    else members.set(name, rfc7386(members.get(name), value));
  }
  return Object.fromEntries(members);
}
