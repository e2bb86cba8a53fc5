import { createHash } from 'node:crypto';
import type { RealmState } from './model.ts';

/** JSON with sorted keys and no space: equal values give equal text. Fields that are undefined are left out, as JSON does. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => compareText(a, b));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** Order by code units: the same on every machine, unlike localeCompare. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `sha256:` and 64 hex digits of a text. */
export function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/**
 * The fingerprint of a realm: of the canonical normal form, so equal realms have equal fingerprints whatever ids they
 * have and however their mappers were made.
 */
export function fingerprint(state: Pick<RealmState, 'objects'>): string {
  const rows = [...state.objects.values()].map((object) => [object.id, object.value] as const);
  rows.sort(([a], [b]) => compareText(a, b));
  return sha256(canonicalJson(rows));
}
