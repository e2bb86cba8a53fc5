import { compactVerify, createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet } from 'jose';
import type { Api } from '../api.ts';
import { isObject } from '../text.ts';

/** Checks signatures with the realm's public keys. */
export interface RealmKeys {
  /** Whether one of the realm's keys signed a token. */
  signed(token: string): Promise<boolean>;
}

/** Reads the keys once, and again where a token names one that is not among them: it may be newer. */
export function openRealmKeys(api: Api): RealmKeys {
  let known: Promise<JSONWebKeySet> | null = null;
  const readAgain = (): Promise<JSONWebKeySet> => {
    const read = api.getFromServer(['realms', api.realm, 'protocol', 'openid-connect', 'certs']).then(({ body }) => body as unknown as JSONWebKeySet);
    known = read;
    // What could not be read this time may be readable the next.
    read.catch(() => { if (known === read) known = null; });
    return read;
  };
  return {
    signed: async (token) => {
      const { kid } = decodeProtectedHeader(token);
      const first = await (known ?? readAgain());
      const keys = hasKey(first, kid) ? first : await readAgain();
      try {
        await compactVerify(token, createLocalJWKSet(keys));
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** What is no list of keys, such as an error, has none. */
function hasKey(set: Partial<JSONWebKeySet> | null, kid: string | undefined): boolean {
  return Array.isArray(set?.keys) && set.keys.some((key) => isObject(key) && key.kid === kid);
}
