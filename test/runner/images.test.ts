import { expect, test } from 'vitest';
import type { Json } from '../../src/realm/json.ts';
import { sameImages } from '../../src/realm/images.ts';

const ID = 'identity-provider:corp' as const;
const same = (seen: Json, wanted: Json): boolean => sameImages([{ id: ID, value: seen }], [{ id: ID, value: wanted }]);
const masked = { $unknown: 'masked' };

test.each<[string, Json, Json, boolean]>([
  ['equal maps', { config: { a: '1' } }, { config: { a: '1' } }, true],
  ['another value', { config: { a: '1' } }, { config: { a: '2' } }, false],
  ['gone', null, { config: {} }, false],
  ['still there', {}, null, false],
  ['a secret that the server masks, wanted in clear', { config: { clientSecret: masked } }, { config: { clientSecret: 'sha256:1' } }, true],
  ['a secret that only has to be there', { config: { clientSecret: 'sha256:1' } }, { config: { clientSecret: masked } }, true],
  ['a secret that was erased is not the one that shall be', { config: { clientId: 'x' } }, { config: { clientId: 'x', clientSecret: masked } }, false],
  ['an object of which nothing can be read', masked, { a: '1' }, false],
  ['an object that only has to be there', { a: '1' }, masked, true],
  ['nothing and an empty map', { config: {} }, {}, true],
])('%s', (_, seen, wanted, expected) => expect(same(seen, wanted)).toBe(expected));
