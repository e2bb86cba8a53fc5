import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prettyChunks } from '../../src/realm/pretty.ts';

const whole = (value: object, indent: number): string => `${JSON.stringify(value, null, indent)}\n`;
const joined = (value: object, indent: number): string => [...prettyChunks(value, indent)].join('');

test('the chunks are the text that JSON.stringify gives, letter by letter', () => {
  const anything = fc.anything({ withNullPrototype: false, withBigInt: false, withDate: false, withMap: false, withSet: false, withObjectString: false, maxDepth: 6 });
  fc.assert(fc.property(fc.oneof(fc.array(anything), fc.dictionary(fc.string({ unit: 'binary' }), anything)), fc.constantFrom(1, 2), (value, indent) => {
    expect(joined(value, indent)).toBe(whole(value, indent));
  }));
});

test.each([
  ['nothing inside', { a: {}, b: [], c: { d: [], e: [[]] } }],
  ['what JSON cannot say', { a: undefined, b: [undefined, () => 1, null], c: { d: undefined } }],
  ['lines, quotes and half a character in texts and keys', { 'a\nb"': ['c\nd', '\ud800', '𝄞', ' '], '\ud800': { e: { f: { 'g\n': '\n' } } } }],
])('%s', (_, value) => {
  for (const indent of [1, 2]) expect(joined(value, indent)).toBe(whole(value, indent));
});

test('a long text comes in chunks of which none is long', () => {
  const value = { representation: { clients: Array.from({ length: 2000 }, (_, index) => ({ clientId: `client ${index} é`, attributes: { deep: { er: [index] } } })) } };
  const chunks = [...prettyChunks(value, 1)];
  expect(chunks.join('')).toBe(whole(value, 1));
  expect(chunks.length).toBeGreaterThan(2);
  expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(70_000);
});
