/** JSON in pieces: the text of a large realm is 10 MB, and nobody needs it as a whole to write it. */

/** Containers down to this depth are walked through: an entry of a list of the realm is one piece. */
const WALKED = 3;
/** Pieces are put together until they have about this many characters. */
const CHUNK = 64 * 1024;

/**
 * `JSON.stringify(value, null, indent)` and a newline, in chunks that together are that text.
 *
 * @param value  plain data; what stands in it must not have a `toJSON` of its own
 * @param indent spaces a level
 */
export function* prettyChunks(value: object, indent: number): Generator<string> {
  let text = '';
  for (const piece of pieces(value, indent, 0)) {
    text += piece;
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield `${text}\n`;
}

function* pieces(value: unknown, indent: number, depth: number): Generator<string> {
  const lineAt = (level: number): string => `\n${' '.repeat(indent * level)}`;
  const entries = depth < WALKED && typeof value === 'object' && value !== null ? written(value) : [];
  if (entries.length === 0) {
    // Newlines inside of texts are escaped, so each of these ends a line. A list has null for what JSON cannot say.
    yield (JSON.stringify(value, null, indent) ?? 'null').replaceAll('\n', lineAt(depth));
    return;
  }
  const list = Array.isArray(value);
  let before = list ? '[' : '{';
  for (const [key, item] of entries) {
    yield `${before}${lineAt(depth + 1)}${list ? '' : `${JSON.stringify(key)}: `}`;
    yield* pieces(item, indent, depth + 1);
    before = ',';
  }
  yield `${lineAt(depth)}${list ? ']' : '}'}`;
}

/** What JSON writes of a container: fields that it cannot say are left out, entries of a list are not. */
function written(value: object): readonly [string, unknown][] {
  if (Array.isArray(value)) return value.map((item: unknown, index) => [String(index), item]);
  return Object.entries(value).filter(([, item]) => item !== undefined && typeof item !== 'function' && typeof item !== 'symbol');
}
