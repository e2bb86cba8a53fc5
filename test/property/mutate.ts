/** Text as it comes from outside when something is wrong with it: whole ones that were damaged, and ones that never were any. */
import fc from 'fast-check';

/** What breaks parsers: nesting, numbers that are none, names that objects have by themselves, YAML's anchors and tags, bytes of other encodings. */
const POISON = [
  '[', '{', '}', ']', '"', '\\', ',', ':', 'null', 'true', '-', '1e999', '-0', '9007199254740993', '0x10', '[]', '{}', '""',
  '"__proto__"', '"constructor"', '"toString"', '"hasOwnProperty"', '\\u0000', '\\ud800', '\0', '\uFEFF', '\u001B[2J', '\u202E', '\r\n', '\t', '  ', '\n---\n', '\n...\n', '\n- ', '\n  ? ',
  '&a ', '*a', '<<: *a', '!!binary ', '!!timestamp ', '!!js/function ', '|2-\n', '>+\n', '%YAML 1.1\n', '{{ .Values.x }}', '${X}', '$(env:X)', '# ', '//', '/*', '<html>', '[['.repeat(40), '{"a":'.repeat(40), '- '.repeat(40),
] as const;

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(60),
  how: fc.constantFrom('cut', 'drop', 'repeat', 'put', 'swap'),
  with: fc.oneof(fc.constantFrom(...POISON), fc.string({ maxLength: 12, unit: 'binary' })),
});
type Edit = (typeof edit) extends fc.Arbitrary<infer Value> ? Value : never;

function edited(text: string, { at, length, how, with: put }: Edit): string {
  const from = Math.floor(at * text.length);
  const [before, piece, after] = [text.slice(0, from), text.slice(from, from + length), text.slice(from + length)];
  switch (how) {
    case 'cut': return before;
    case 'drop': return before + after;
    case 'repeat': return before + piece + piece + after;
    case 'put': return before + put + piece + after;
    case 'swap': return before + put + after;
  }
}

/** One of some whole texts, damaged in up to four places. */
export function damaged(...whole: readonly string[]): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...whole), fc.array(edit, { minLength: 1, maxLength: 4 })).map(([text, edits]) => edits.reduce(edited, text));
}

/** A JSON value in which some parts were exchanged for values of any other type. */
export function retyped(value: unknown): fc.Arbitrary<unknown> {
  const places = pathsOf(value);
  const other = fc.oneof(fc.constantFrom<unknown>(null, true, 0, -1, '', 'x', '__proto__', [], {}, [null], [[]], [''], { a: null }, { name: 1 }), fc.jsonValue({ maxDepth: 2 }));
  return fc.array(fc.tuple(fc.constantFrom(...places), other), { minLength: 1, maxLength: 3 }).map((changes) => changes.reduce((now, [path, put]) => putAt(now, path, put), value));
}

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]))];
}

function putAt(value: unknown, [key, ...rest]: Path, put: unknown): unknown {
  if (key === undefined) return put;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((inner: unknown, index) => (index === key ? putAt(inner, rest, put) : inner));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, name === key ? putAt(inner, rest, put) : inner]));
}
