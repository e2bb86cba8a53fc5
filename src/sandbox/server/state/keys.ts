import { createHash, createPublicKey, generateKeyPair, randomBytes, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { Json } from '../../../realm/json.ts';
import { text } from './json.ts';
import type { Fields, KeyRow, RealmRow } from './model.ts';

const KEY_PROVIDER = 'org.keycloak.keys.KeyProvider';
/** Ten calendar years later, as Keycloak dates the end of a generated certificate. */
function tenYearsAfter(made: number): number {
  const date = new Date(made);
  return date.setUTCFullYear(date.getUTCFullYear() + 10);
}
const ALGORITHMS: Readonly<Record<string, KeyRow['algorithm']>> = { 'rsa-generated': 'RS256', 'rsa-enc-generated': 'RSA-OAEP', 'hmac-generated': 'HS512', 'aes-generated': 'AES' };

/** One key for each generating key provider: what Keycloak does when a provider component comes without key material. */
export async function generateKeys(components: readonly Fields[], now: number): Promise<KeyRow[]> {
  const providers = components.filter((component) => component['providerType'] === KEY_PROVIDER);
  return (await Promise.all(providers.map((component) => generate(component, now)))).filter((key) => key !== null);
}

async function generate(component: Fields, now: number): Promise<KeyRow | null> {
  const algorithm = ALGORITHMS[text(component['providerId']) ?? ''];
  if (algorithm === undefined) return null;
  const base = { component: text(component['id']) ?? '', algorithm, made: now };
  if (algorithm === 'HS512' || algorithm === 'AES') {
    return { ...base, kid: randomUUID(), jwk: { kty: 'oct', k: randomBytes(algorithm === 'AES' ? 16 : 128).toString('base64url') } };
  }
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' }) as Record<string, string>;
  return { ...base, jwk, kid: thumbprint(jwk) };
}

/** RFC 7638, which is also how Keycloak names its RSA keys. */
function thumbprint(jwk: Record<string, string>): string {
  return createHash('sha256').update(JSON.stringify({ e: jwk['e'], kty: 'RSA', n: jwk['n'] })).digest('base64url');
}

export function keyOf(realm: RealmRow, algorithm: KeyRow['algorithm']): KeyRow {
  const key = realm.keys.find((candidate) => candidate.algorithm === algorithm);
  if (key === undefined) throw new Error(`realm ${realm.name} has no ${algorithm} key`);
  return key;
}

/** Public half in DER, base64: what `publicKey` and `public_key` hold. */
export function publicKeyText(key: KeyRow): string {
  return createPublicKey({ key: { kty: 'RSA', n: key.jwk['n'] ?? '', e: key.jwk['e'] ?? '' }, format: 'jwk' }).export({ format: 'der', type: 'spki' }).toString('base64');
}

/** `GET /keys`. The sandbox makes no certificates; `validTo` is what one would say. */
export function keysJson(realm: RealmRow): Json {
  return {
    active: Object.fromEntries(realm.keys.map((key) => [key.algorithm, key.kid])),
    keys: realm.keys.map((key) => ({
      providerId: key.component, providerPriority: 100, kid: key.kid, status: 'ACTIVE', type: key.jwk['kty'] === 'RSA' ? 'RSA' : 'OCT', algorithm: key.algorithm,
      use: key.algorithm === 'RS256' || key.algorithm === 'HS512' ? 'SIG' : 'ENC',
      ...(key.jwk['kty'] === 'RSA' ? { publicKey: publicKeyText(key), validTo: tenYearsAfter(key.made) } : {}),
    })),
  };
}

/** The JWK set that resource servers verify with. */
export function certsJson(realm: RealmRow): Json {
  return {
    keys: realm.keys.filter((key) => key.jwk['kty'] === 'RSA').map((key) => ({
      kid: key.kid, kty: 'RSA', alg: key.algorithm, use: key.algorithm === 'RS256' ? 'sig' : 'enc', n: key.jwk['n'] ?? '', e: key.jwk['e'] ?? '',
    })),
  };
}
