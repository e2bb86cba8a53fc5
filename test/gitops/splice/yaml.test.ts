import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { spliceYaml } from '../../../src/gitops/splice/yaml.ts';
import { withAppended, withElement, withField } from '../../../src/gitops/splice/origin.ts';
import { applyEdits, Refusal } from '../../../src/gitops/splice/text.ts';
import type { Json, JsonObject } from '../../../src/realm/json.ts';

type Change = (value: JsonObject, origins: WeakMap<object, object>) => JsonObject;

function spliced(text: string, change: Change): string {
  const document = parseDocument(text, { keepSourceTokens: true });
  const before = document.toJS() as JsonObject;
  const origins = new WeakMap<object, object>();
  if (!document.contents) throw new Error('empty');
  const after = change(before, origins);
  const result = applyEdits(text, spliceYaml(text, document.contents, before, after, origins));
  expect(parseDocument(result).toJS()).toEqual(after);
  return result;
}
const list = (value: Json | undefined) => value as readonly Json[];

describe('splicing a YAML tree', () => {
  const text = [
    '# who: kim', 'realm: primary', 'clients:', '# the gate', '- clientId: a   # first', '  redirectUris:', '    - "https://a/*"  # keep', '  on: yes', '',
    '', "- clientId: 'b'", '  flow: {x: 1,y: [1,2]}', '  uris: []', 'last: ~', '',
  ].join('\n');

  test('adds an item to a list at the column of its key, below the comments of the last one', () => {
    const result = spliced(text, (value, origins) => withField(value, 'clients', withAppended(list(value['clients']), { clientId: 'yes', uris: ['1'] }, origins), origins));
    expect(result).toBe(text.replace('  uris: []\n', '  uris: []\n- clientId: "yes"\n  uris:\n    - "1"\n'));
  });

  test('changes a text in its quoting, adds to block and flow lists and maps', () => {
    const result = spliced(text, (value, origins) => {
      const [a, b] = list(value['clients']) as readonly JsonObject[];
      const first = withField(a ?? {}, 'redirectUris', withAppended(list(a?.['redirectUris']), 'https://new/*', origins), origins);
      const flow = b?.['flow'] as JsonObject;
      const second = withField(withField(b ?? {}, 'clientId', 'c', origins), 'flow', withField(withField(flow, 'y', withAppended(list(flow['y']), 3, origins), origins), 'z', { q: 'w' }, origins), origins);
      return withField(value, 'clients', withElement(withElement(list(value['clients']), 0, first, origins), 1, withField(second, 'uris', ['u'], origins), origins), origins);
    });
    expect(result).toBe(text
      .replace('# keep\n', '# keep\n    - "https://new/*"\n')
      .replace("'b'", "'c'")
      .replace('{x: 1,y: [1,2]}', '{x: 1,y: [1,2,3],"z": { "q": "w" }}')
      .replace('uris: []', 'uris: ["u"]'));
  });

  test('takes out items and fields with the comment on their line', () => {
    const result = spliced(text, (value, origins) => {
      const [a] = list(value['clients']) as readonly JsonObject[];
      const first = withField(withField(a ?? {}, 'redirectUris', [], origins), 'on', undefined, origins);
      return withField(withField(value, 'last', undefined, origins), 'clients', withElement(withElement(list(value['clients']), 1, undefined, origins), 0, first, origins), origins);
    });
    expect(result).toBe(['# who: kim', 'realm: primary', 'clients:', '# the gate', '- clientId: a   # first', '  redirectUris: []  # keep', '', '', ''].join('\n'));
  });

  test('keeps CRLF and a missing final newline', () => {
    const crlf = 'a:\r\n  - x: 1\r\nb: |\r\n  body\r\n';
    expect(spliced(crlf, (value, origins) => withField(value, 'a', withAppended(list(value['a']), { x: 2 }, origins), origins))).toBe('a:\r\n  - x: 1\r\n  - x: 2\r\nb: |\r\n  body\r\n');
    expect(spliced('a:\n  - x', (value, origins) => withField(value, 'a', withAppended(list(value['a']), 'y', origins), origins))).toBe('a:\n  - x\n  - "y"');
  });

  test('refuses to change what an alias shares', () => {
    expect(() => spliced('a: &x {n: 1}\nb: *x\n', (value, origins) => withField(value, 'b', withField(value['b'] as JsonObject, 'n', 2, origins), origins))).toThrow(Refusal);
  });
});
