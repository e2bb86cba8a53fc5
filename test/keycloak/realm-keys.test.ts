import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import { expect, it } from 'vitest';
import type { Api } from '../../src/keycloak/api.ts';
import { openRealmKeys } from '../../src/keycloak/prove/realm-keys.ts';

/** A realm that can rotate its key, and how often its keys were read. */
async function realm() {
  const keys: JWK[] = [];
  let reads = 0;
  let down = false;
  const rotate = async (kid: string) => {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    keys.push({ ...(await exportJWK(publicKey)), kid, alg: 'RS256' });
    return (claim: string, as = kid) => new SignJWT({ claim }).setProtectedHeader({ alg: 'RS256', kid: as }).sign(privateKey);
  };
  const api = { realm: 'primary', getFromServer: async () => {
    reads += 1;
    if (down) throw new Error('the server is gone');
    return { status: 200, body: structuredClone({ keys }), milliseconds: 1 };
  } } as unknown as Api;
  return { api, rotate, reads: () => reads, goesDown: (so: boolean) => { down = so; } };
}

it('reads the keys once for many tokens, and again for a key that is newer', async () => {
  const { api, rotate, reads } = await realm();
  const first = await rotate('one');
  const keys = openRealmKeys(api);
  expect(await keys.signed(await first('a'))).toBe(true);
  expect(await keys.signed(await first('b'))).toBe(true);
  expect(reads()).toBe(1);
  const second = await rotate('two');
  expect(await keys.signed(await second('c'))).toBe(true);
  expect(reads()).toBe(2);
});

it('says no to a token that another key has signed, whichever name it bears', async () => {
  const { api, rotate } = await realm();
  await rotate('one');
  const keys = openRealmKeys(api);
  const strange = await (await realm()).rotate('one');
  expect(await keys.signed(await strange('a'))).toBe(false);
  expect(await keys.signed(await strange('a', 'unheard-of'))).toBe(false);
});

it('asks again after it could not read them', async () => {
  const { api, rotate, goesDown } = await realm();
  const sign = await rotate('one');
  const keys = openRealmKeys(api);
  goesDown(true);
  await expect(keys.signed(await sign('a'))).rejects.toThrow('gone');
  goesDown(false);
  expect(await keys.signed(await sign('a'))).toBe(true);
});
