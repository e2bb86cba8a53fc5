import type { Completeness } from '../model.ts';
import type { RealmRepresentation } from '../representation.ts';

/**
 * Whether a missing list in an object means "empty". Exports leave empty lists out, so in an export (which says its
 * `keycloakVersion`, also when somebody stripped the ids and put it into git) a client without `protocolMappers` has none.
 * A file that a person wrote is silent about what it leaves out.
 */
export function omissionMeansEmpty(representation: RealmRepresentation, completeness: Completeness): boolean {
  return completeness !== 'stated' || typeof representation.keycloakVersion === 'string';
}
