import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bindingsFor, BINDINGS, CONTEXT_TITLE, keysMarkdown, type Context } from '../../src/ui/keys.ts';

const CONTEXTS = Object.keys(CONTEXT_TITLE) as Context[];

test('docs/keys.md is what the table says', () => {
  const file = new URL('../../docs/keys.md', import.meta.url);
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, keysMarkdown());
  expect(readFileSync(file, 'utf8'), 'docs/keys.md is stale: run the tests with UPDATE_DOCS=1').toBe(keysMarkdown());
});

test.each(CONTEXTS)('%s: no key has two meanings', (context) => {
  const keys = bindingsFor(context).flatMap((binding) => binding.keys);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

test('no digit means anything anywhere, so none can start something', () => {
  expect(BINDINGS.flatMap((binding) => binding.keys).filter((key) => /^\d$/.test(key))).toEqual([]);
});

test.each(['statement', 'word', 'input'] as const)('%s: letters stay text', (context) => {
  expect(bindingsFor(context).flatMap((binding) => binding.keys).filter((key) => key.length === 1)).toEqual([]);
});

test.each(CONTEXTS)('%s: ctrl-c and ctrl-z work everywhere', (context) => {
  const keys = bindingsFor(context).flatMap((binding) => binding.keys);
  expect(keys).toEqual(expect.arrayContaining(['ctrl-c', 'ctrl-z']));
});
