import type { ClientRepresentation } from '../representation.ts';
import { MASK, placeholdersIn } from '../unknowns.ts';

/** Clients that log in with a secret. The server gives SAML clients one too, but nothing uses it. */
export function isConfidential(raw: ClientRepresentation): boolean {
  return raw['publicClient'] !== true && raw['bearerOnly'] !== true && raw.protocol !== 'saml';
}

/** Clients of which a source really knows the secret; a SAML client has one too. */
export function hasSecret(raw: ClientRepresentation): boolean {
  return raw['publicClient'] !== true && raw['bearerOnly'] !== true && typeof raw.secret === 'string' && raw.secret !== '' && raw.secret !== MASK && placeholdersIn(raw.secret).length === 0;
}
