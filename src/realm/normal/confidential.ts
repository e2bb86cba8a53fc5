import type { ClientRepresentation } from '../representation.ts';
import { MASK, placeholdersIn } from '../unknowns.ts';

/** Clients that log in with a secret. The server gives SAML clients one too, but nothing uses it. */
export function isConfidential(raw: ClientRepresentation): boolean {
  return raw['publicClient'] !== true && raw['bearerOnly'] !== true && raw.protocol !== 'saml';
}

/** Confidential clients of which a source really knows the secret. */
export function hasSecret(raw: ClientRepresentation): boolean {
  return isConfidential(raw) && typeof raw.secret === 'string' && raw.secret !== '' && raw.secret !== MASK && placeholdersIn(raw.secret).length === 0;
}
