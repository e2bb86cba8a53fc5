/** Random YAML in random styles, with comments wherever YAML lets them stand: one value is patched, and every other byte is what it was. */
import fc, { type GeneratorValue } from 'fast-check';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { spliceYaml } from '../../../src/gitops/splice/yaml.ts';
import { withElement, withField, type Origins } from '../../../src/gitops/splice/origin.ts';
import { applyEdits } from '../../../src/gitops/splice/text.ts';
import type { Json, JsonObject } from '../../../src/realm/json.ts';

type Path = readonly (string | number)[];

/** Where a value stands in the text that was written. */
interface Leaf {
  readonly path: Path;
  readonly start: number;
  readonly end: number;
}

/** Writes a value in styles that the dice choose, and remembers where each leaf came to stand. */
class Writer {
  text = '';
  readonly leaves: Leaf[] = [];
  readonly #g: GeneratorValue;

  constructor(g: GeneratorValue) {
    this.#g = g;
  }

  #dice(sides: number): number {
    return this.#g(fc.nat, { max: sides - 1 });
  }

  #comment(indent: number): void {
    // What is indented behind a block of text is part of it.
    const column = /\n *line: two\n$/.test(this.text) ? 0 : this.#dice(2) === 0 ? indent : this.#dice(9);
    if (this.#dice(4) === 0) this.text += `${' '.repeat(column)}# ${['"quoted', 'a: b', '- c', '{ [', '***'][this.#dice(5)]}\n`;
    if (this.#dice(8) === 0) this.text += '\n'.repeat(1 + this.#dice(2));
  }

  #endOfLine(): void {
    this.text += `${this.#dice(5) === 0 ? `${[' ', '   ', '\t'][this.#dice(3)]}# ${['end', 'x: y', "'"][this.#dice(3)]}` : ''}\n`;
  }

  #leaf(path: Path, indent: number, flow: boolean): void {
    const start = this.text.length;
    const value = ['plain', 'with blanks', 'a: b', '# no comment', "it's", '"x"', '', 'yes', '007', '${client_account}', 'ü 🚀'][this.#dice(11)] ?? '';
    const style = this.#dice(flow ? 3 : 5);
    const isPlain = /^[a-zü$][\w ü🚀${}]*$/u.test(value) && !(flow && /[{}]/.test(value));
    if (style === 0 && isPlain) this.text += value;
    else if (style === 0) this.text += String(this.#dice(1000));
    else if (style === 1) this.text += `'${value.replaceAll("'", "''")}'`;
    else if (style === 2) this.text += JSON.stringify(value);
    else if (style === 3) this.text += ['true', '~', '1.50', '0x1F', 'off'][this.#dice(5)];
    else this.text += `|-\n${' '.repeat(indent + 2)}line one # text\n${' '.repeat(indent + 2)}  line: two`;
    this.leaves.push({ path, start, end: this.text.length });
    if (flow) return;
    if (style === 4) this.text += '\n';
    else this.#endOfLine();
  }

  /** A collection on one line. */
  #flow(path: Path, depth: number): void {
    const isMap = this.#dice(2) === 0;
    const pad = ['', ' '][this.#dice(2)] ?? '';
    this.text += (isMap ? '{' : '[') + pad;
    const members = 1 + this.#dice(3);
    for (let index = 0; index < members; index += 1) {
      if (index > 0) this.text += [', ', ',  ', ' , '][this.#dice(3)];
      if (isMap) this.text += `k${index}: `;
      const inner = [...path, isMap ? `k${index}` : index];
      if (depth > 0 && this.#dice(4) === 0) this.#flow(inner, depth - 1);
      else this.#leaf(inner, 0, true);
    }
    this.text += pad + (isMap ? '}' : ']');
  }

  #value(path: Path, indent: number, depth: number, inList: boolean): void {
    const kind = depth === 0 ? 3 : this.#dice(5);
    if (kind === 0) {
      this.text += inList ? '' : '\n';
      this.block(path, inList ? indent : indent + 1 + this.#dice(4), depth - 1, inList);
    } else if (kind === 1 && !inList) {
      this.text += '\n';
      this.list(path, indent + this.#dice(4), depth - 1);
    } else if (kind === 2) {
      this.text += inList ? '' : ' ';
      this.#flow(path, 1);
      this.#endOfLine();
    } else {
      this.text += inList ? '' : ' '.repeat(1 + this.#dice(3));
      this.#leaf(path, indent, false);
    }
  }

  block(path: Path, indent: number, depth: number, begun = false): void {
    const members = 1 + this.#dice(4);
    for (let index = 0; index < members; index += 1) {
      if (index > 0 || !begun) {
        this.#comment(indent);
        this.text += ' '.repeat(indent);
      }
      const key = `${['a', 'key', 'x-y', 'long_name'][this.#dice(4)]}${index}`;
      this.text += `${[key, JSON.stringify(key), `'${key}'`][this.#dice(3)]}:`;
      this.#value([...path, key], indent, depth, false);
    }
  }

  list(path: Path, indent: number, depth: number): void {
    const members = 1 + this.#dice(4);
    for (let index = 0; index < members; index += 1) {
      this.#comment(indent);
      const gap = 1 + this.#dice(3);
      this.text += `${' '.repeat(indent)}-${' '.repeat(gap)}`;
      this.#value([...path, index], indent + 1 + gap, depth, true);
    }
  }
}

/** A copy with another value at a path, everything beside it the same by reference. */
function replaced(value: Json, [step, ...rest]: Path, wanted: Json, origins: Origins): Json {
  if (step === undefined) return wanted;
  return typeof step === 'number'
    ? withElement(value as readonly Json[], step, replaced((value as readonly Json[])[step] ?? null, rest, wanted, origins), origins)
    : withField(value as JsonObject, step, replaced((value as JsonObject)[step] ?? null, rest, wanted, origins), origins);
}

const WANTED: readonly Json[] = ['fresh', 'on', "it's \"both\"", '# x', 'a: b', 7, true, null, '', 'über 🚀', 'tab\there'];

test('one value is patched, and all other bytes are equal', () => {
  fc.assert(fc.property(fc.gen(), fc.constantFrom(...WANTED), fc.nat(), fc.boolean(), fc.boolean(), (g, wanted, pick, crlf, cut) => {
    const writer = new Writer(g);
    writer.block([], 0, 3);
    const { text: written, leaves } = writer;
    const leaf = leaves[pick % leaves.length];
    if (!leaf) throw new Error('nothing was written');
    const widened = (text: string): string => (crlf ? text.replaceAll('\n', '\r\n') : text);
    const whole = widened(written);
    const text = cut ? whole.replace(/\r?\n$/, '') : whole;
    const document = parseDocument(text, { keepSourceTokens: true });
    expect(document.errors).toEqual([]);
    const before = document.toJS() as Json;
    const origins: Origins = new WeakMap();
    const after = replaced(before, leaf.path, wanted, origins);
    if (!document.contents) throw new Error('nothing was read');
    const patched = applyEdits(text, spliceYaml(text, document.contents, before, after, origins));
    expect(parseDocument(patched).toJS()).toEqual(after);
    expect(patched.slice(0, widened(written.slice(0, leaf.start)).length)).toBe(widened(written.slice(0, leaf.start)));
    const tail = text.slice(widened(written.slice(0, leaf.end)).length);
    expect(patched.slice(patched.length - tail.length)).toBe(tail);
  }), { numRuns: 500 });
});
