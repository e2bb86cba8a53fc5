import { createHash } from 'node:crypto';
import type { RealmState } from './model.ts';

/** JSON with sorted keys and no space: equal values give equal text. Fields that are undefined are left out, as JSON does. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  const fields = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of Object.keys(fields).sort(compareText)) {
    const item = fields[key];
    if (item !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(item)}`;
  }
  return `{${text}}`;
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
export function fingerprint({ objects }: Pick<RealmState, 'objects'>): string {
  const ids = [...objects.keys()].sort(compareText);
  // Row by row: the text of 2,000 clients is 10 MB, and only its hash is wanted.
  const hash = createHash('sha256').update('[');
  for (const [index, id] of ids.entries()) hash.update(`${index === 0 ? '' : ','}[${JSON.stringify(id)},${canonicalJson(objects.get(id)?.value)}]`);
  return `sha256:${hash.update(']').digest('hex')}`;
}
