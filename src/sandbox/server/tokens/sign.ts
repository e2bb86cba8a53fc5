import { createHash, createPrivateKey, createSecretKey, type KeyObject } from 'node:crypto';
import { jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { keyOf } from '../state/keys.ts';
import type { Fields, KeyRow, RealmRow } from '../state/model.ts';

const secret = (key: KeyRow): KeyObject => createSecretKey(Buffer.from(key.jwk['k'] ?? '', 'base64url'));
const privateKey = (key: KeyRow): KeyObject => createPrivateKey({ key: { kty: 'RSA', ...key.jwk }, format: 'jwk' });

/** RS256 for access and ID tokens, HS512 for refresh tokens, with the realm's own key and its kid. */
export function sign(realm: RealmRow, claims: Fields, algorithm: 'RS256' | 'HS512'): Promise<string> {
  const key = keyOf(realm, algorithm);
  return new SignJWT(claims as JWTPayload).setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: key.kid }).sign(algorithm === 'RS256' ? privateKey(key) : secret(key));
}

/** The claims of a token that this realm signed with a key that it still has and that is not over; null for any other. */
export async function verify(realm: RealmRow, token: string, algorithm: 'RS256' | 'HS512', now: number): Promise<Fields | null> {
  const key = keyOf(realm, algorithm);
  try {
    const { payload, protectedHeader } = await jwtVerify(token, algorithm === 'RS256' ? publicOf(key) : secret(key), { algorithms: [algorithm], currentDate: new Date(now) });
    return protectedHeader.kid === key.kid ? (payload as Fields) : null;
  } catch {
    return null;
  }
}

const publicOf = (key: KeyRow): { kty: 'RSA'; n: string; e: string; alg: 'RS256' } => ({ kty: 'RSA', n: key.jwk['n'] ?? '', e: key.jwk['e'] ?? '', alg: 'RS256' });

/** `at_hash`: the left half of the SHA-256 of the access token. */
export const accessTokenHash = (token: string): string => createHash('sha256').update(token).digest().subarray(0, 16).toString('base64url');
