import type { Snapshot } from './snapshot.ts';

type Check = (value: unknown) => boolean;
const text: Check = (value) => typeof value === 'string';
const map: Check = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/**
 * The frame of a snapshot file, field by field. What the server said is carried as it is: a newer server may say more
 * than we know. A table and not a schema library: this is loaded before the first frame, and the library weighed more
 * than everything else that is.
 */
const FRAME: { readonly [K in keyof Snapshot]-?: Check } = {
  schema: (value) => value === 'realm-rescue/snapshot/v1',
  source: text,
  capturedAt: text,
  completeness: (value) => value === 'full' || value === 'partial' || value === 'stated',
  realm: text,
  serverVersion: (value) => value === null || text(value),
  fingerprint: text,
  representation: map,
  facts: (value) => value === undefined || (map(value) && text((value as { realmId?: unknown }).realmId) && Array.isArray((value as { keys?: unknown }).keys)),
  notes: (value) => Array.isArray(value) && value.every(text),
};

/**
 * Why a value is no snapshot: the first field that is missing or of another type, `''` when it is no object at all;
 * null when it is one.
 */
export function snapshotFault(value: unknown): string | null {
  if (!map(value)) return '';
  return Object.entries(FRAME).find(([field, fits]) => !fits((value as Readonly<Record<string, unknown>>)[field]))?.[0] ?? null;
}
