import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spliceJson } from '../../../src/gitops/splice/json.ts';
import { withAppended, withElement, withField } from '../../../src/gitops/splice/origin.ts';
import { applyEdits } from '../../../src/gitops/splice/text.ts';
import type { Json, JsonObject } from '../../../src/realm/json.ts';

type Change = (value: JsonObject, origins: WeakMap<object, object>) => JsonObject;

function spliced(text: string, change: Change): string {
  const origins = new WeakMap<object, object>();
  const before = JSON.parse(text) as JsonObject;
  return applyEdits(text, spliceJson(text, before, change(before, origins), origins));
}

const list = (value: Json | undefined) => value as readonly Json[];

describe('splicing JSON', () => {
  test('adds to a list over several lines in the style of the file, with tabs and CRLF', () => {
    const text = '{\r\n\t"clients": [\r\n\t\t{ "clientId": "a" },\r\n\t\t{\r\n\t\t\t"clientId": "b"\r\n\t\t}\r\n\t],\r\n\t"n": 1.0\r\n}';
    const result = spliced(text, (value, origins) => withField(value, 'clients', withAppended(list(value['clients']), { clientId: 'c', on: true }, origins), origins));
    expect(result).toBe('{\r\n\t"clients": [\r\n\t\t{ "clientId": "a" },\r\n\t\t{\r\n\t\t\t"clientId": "b"\r\n\t\t},\r\n\t\t{\r\n\t\t\t"clientId": "c",\r\n\t\t\t"on": true\r\n\t\t}\r\n\t],\r\n\t"n": 1.0\r\n}');
  });

  test('keeps short lists on their line and odd spelling elsewhere', () => {
    const text = '{"b":["x", "y"],\n "e":"\\u00e9\\/", "n": 12345678901234567890}\n';
    const result = spliced(text, (value, origins) => withField(value, 'b', withAppended(withElement(list(value['b']), 0, undefined, origins), 'z', origins), origins));
    expect(result).toBe('{"b":["y", "z"],\n "e":"\\u00e9\\/", "n": 12345678901234567890}\n');
  });

  test('fills an empty list and empties a full one', () => {
    const text = '{\n    "a": [],\n    "b": [\n        "x"\n    ]\n}\n';
    const result = spliced(text, (value, origins) => withField(withField(value, 'a', ['n'], origins), 'b', [], origins));
    expect(result).toBe('{\n    "a": [\n        "n"\n    ],\n    "b": []\n}\n');
  });

  test('takes out first, middle and last fields', () => {
    const text = '{ "a": 1, "b": 2, "c": 3, "d": 4, "e": 5 }';
    const without = (...keys: string[]): Change => (value, origins) => keys.reduce((at, key) => withField(at, key, undefined, origins), value);
    expect(spliced(text, without('a', 'b'))).toBe('{ "c": 3, "d": 4, "e": 5 }');
    expect(spliced(text, without('c'))).toBe('{ "a": 1, "b": 2, "d": 4, "e": 5 }');
    expect(spliced(text, without('d', 'e'))).toBe('{ "a": 1, "b": 2, "c": 3 }');
  });

  test('writes one minified line into a minified file', () => {
    expect(spliced('{"a":[{"n":1}]}', (value, origins) => withField(value, 'a', withAppended(list(value['a']), { m: [2, 3] }, origins), origins))).toBe('{"a":[{"n":1},{"m":[2,3]}]}');
  });

  test('property: whatever is changed in whatever layout, the text reads as intended and far bytes stay', () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const layout = fc.record({ unit: fc.constantFrom('', ' ', '  ', '\t', '      '), eol: fc.constantFrom('\n', '\r\n'), tail: fc.constantFrom('', '\n', '\n\n') });
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(layout, names, fc.array(leaf, { maxLength: 5 }), leaf, fc.nat(), ({ unit, eol, tail }, keys, values, added, pick) => {
      const value = { before: 'untouched', ...Object.fromEntries(keys.map((key, index) => [`k${key}`, index % 2 === 0 ? values : { [key]: index }])), after: 'untouched' };
      const text = JSON.stringify(value, null, unit).replaceAll('\n', eol) + tail;
      const key = `k${keys[pick % keys.length] ?? ''}`;
      const change: Change = (at, origins) => {
        const old = at[key] ?? null;
        return withField(at, key, Array.isArray(old) ? withAppended(old.length > 1 ? withElement(old, pick % old.length, undefined, origins) : old, { x: added }, origins) : withField(old as JsonObject, 'new', { x: added }, origins), origins);
      };
      const result = spliced(text, change);
      expect(JSON.parse(result)).toEqual(JSON.parse(JSON.stringify(change(JSON.parse(text) as JsonObject, new WeakMap()))));
      const at = text.indexOf(`"${key}"`);
      expect(result.startsWith(text.slice(0, at))).toBe(true);
      expect(result.endsWith(text.slice(text.lastIndexOf('"after"')))).toBe(true);
      expect(spliced(text, (same) => same)).toBe(text);
    }), { numRuns: 300 });
  });
});
