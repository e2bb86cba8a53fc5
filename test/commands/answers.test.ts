import { expect, test } from 'vitest';
import { readAnswers } from '../../src/commands/answers.ts';

test('answers are read from YAML and from JSON', () => {
  expect(readAnswers('a.yaml', 'client:x: restore\n"client:y#enabled": keep\n')).toEqual({ 'client:x': 'restore', 'client:y#enabled': 'keep' });
  expect(readAnswers('a.json', '{"client:x": "leave"}')).toEqual({ 'client:x': 'leave' });
});

test.each([
  ['a: maybe', 'The answers file a.yaml answers a with "maybe"; restore, keep and leave are the answers.'],
  ['a: {b: keep}', 'The answers file a.yaml answers a with a map; restore, keep and leave are the answers.'],
  ['a: [keep]', 'The answers file a.yaml answers a with a list; restore, keep and leave are the answers.'],
  ['a:', 'The answers file a.yaml answers a with "null"; restore, keep and leave are the answers.'],
  ['- keep', 'The answers file a.yaml holds no map of difference ids to choices.'],
])('%s is refused by what stands there', (text, said) => {
  expect(() => readAnswers('a.yaml', text)).toThrow(expect.objectContaining({ code: 'usage', message: said }) as Error);
});
