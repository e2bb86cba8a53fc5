import { memberAt, valueAt, type FilePlace, type FileStep } from '../file-place.ts';
import { REALM_SETS } from './realm-settings.ts';

/** Fields whose values are sets of texts: their elements are objects of their own. */
export const SETS: ReadonlySet<string> = new Set(['redirectUris', 'webOrigins', ...REALM_SETS]);

/** Where a setting stands below its owner (a client, or the realm itself): a field, a key of a map, or an element of a set. */
export function settingPlaces(owner: readonly FileStep[], path: readonly string[]): readonly FilePlace[] {
  const [field = '', ...rest] = path;
  if (rest.length === 1 && SETS.has(field)) return [memberAt(rest[0] ?? '', ...owner, field)];
  return [valueAt(...owner, ...path)];
}
