/** Whether a payload shows an awaited claim. Pure. */
import type { Json, JsonObject } from '../../realm/json.ts';
import type { ClaimExpectation, TokenKind } from '../../realm/model.ts';
import { isObject } from '../text.ts';

/** The value at a path written as Keycloak's `claim.name`: dots separate, `\.` is a dot inside a name. */
export function claimAt(payload: JsonObject, path: string): Json | undefined {
  const names = path.split(/(?<!\\)\./).map((name) => name.replaceAll('\\.', '.'));
  let value: Json | undefined = payload;
  for (const name of names) value = isObject(value) ? value[name] : undefined;
  return value;
}

/**
 * True when the claim is there and not empty; with a member, when the member is in it. `aud` may be one string or a
 * list, `scope` is one string of words.
 */
export function shows(payload: JsonObject, expectation: Pick<ClaimExpectation, 'claim' | 'member'>): boolean {
  const value = claimAt(payload, expectation.claim);
  if (value === undefined || value === null || value === '') return false;
  const { member } = expectation;
  if (member === undefined) return !(Array.isArray(value) && value.length === 0) && !(isObject(value) && Object.keys(value).length === 0);
  if (typeof value === 'string') return (expectation.claim === 'scope' ? value.split(' ') : [value]).includes(member);
  return Array.isArray(value) ? value.includes(member) : isObject(value) && member in value;
}

/**
 * The kinds of token that have to show a claim. A lightweight access token leaves out what is not marked for it; the
 * claim can still be in the others. A service account has access tokens only.
 */
export function wantedTokens(expectation: ClaimExpectation): readonly TokenKind[] {
  const kinds = expectation.tokens.filter((kind) => kind !== 'access' || expectation.inLightweight);
  return expectation.needs === 'service-account' ? kinds.filter((kind) => kind === 'access') : kinds;
}

/** `audience gateway`, `scope orders:read`, `role read in resource_access.timeline-service.roles`, `claim groups`. */
export function claimWords({ claim, member }: Pick<ClaimExpectation, 'claim' | 'member'>): string {
  if (member === undefined) return `claim ${claim}`;
  if (claim === 'aud') return `audience ${member}`;
  return claim === 'scope' ? `scope ${member}` : `${member} in claim ${claim}`;
}
