import { isAlias, isCollection, isMap, isPair, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { Document, Node, Scalar } from 'yaml';
import { openScalar } from '../splice/scalar.ts';
import { Refusal } from '../splice/text.ts';
import { rangeOf } from '../splice/yaml-nodes.ts';
import type { Layer } from './launch.ts';

/** The text inside a scalar. Folded lines are one line to whoever reads the value; where offsets cannot be followed it is only read. */
export function insideScalar(node: Scalar, layer: Layer): Layer {
  const start = rangeOf(node)[0];
  const closed: Layer = { text: String(node.value), lift: null, place: () => layer.place(start) };
  try {
    const open = openScalar(layer.text, node);
    const folds = node.type !== 'BLOCK_LITERAL' && String(node.value).trimEnd() !== open.inner.trimEnd();
    const text = folds ? folded(open.inner) : open.inner;
    if (squeezed(text) !== squeezed(String(node.value))) return closed;
    const { lift } = layer;
    return {
      text, lift: lift && ((edits) => lift(open.toOuter(edits))),
      place: (offset) => layer.place(open.toOuter([{ start: offset, end: offset, text: '' }])[0]?.start ?? start),
    };
  } catch (error) {
    if (error instanceof Refusal) return closed;
    throw error;
  }
}

const squeezed = (text: string) => text.replace(/[ \t]*\n[ \t]*/g, '\n').replace(/[ \t]+/g, ' ').trim();

/** A text as its reader gets it, every other character where it was: a single line break is a blank, the first of several goes. */
const folded = (text: string) => text.replace(/(?<=\S[ \t]*)\n/g, ' ').replace(/ (?=\n\n)/g, ' ');

/** A cheap look: a list, or a key that is one word. What people write in sentences is no YAML, though it may parse. */
export const looksLikeYaml = (text: string): boolean => /^\s*(?:- |[\w."'-]+\s*:)/m.test(text);

/** YAML with a mapping or a list in it, as its content; null for any other text. Where Helm's marks had to be covered it is only read. */
export function yamlInside(layer: Layer): { readonly content: Node; readonly layer: Layer } | null {
  if (!looksLikeYaml(layer.text)) return null;
  for (const read of [layer, ...(TEMPLATE.test(layer.text) ? [{ ...layer, text: coverTemplate(layer.text), lift: null }] : [])]) {
    const content = parseYaml(read.text)[0]?.contents;
    if (content && (isMap(content) || isSeq(content))) return { content, layer: read };
  }
  return null;
}

/** Marks of Helm, gomplate and Jinja, and the steering marks of Terraform's templates. */
export const TEMPLATE = /\{\{|\{%|^[ \t]*%\{/m;

/** The documents of a text; none where one of them is no YAML that means something. Merge keys count, as they do for everybody who reads these files. */
export function parseYaml(text: string): readonly Document.Parsed[] {
  const documents = [...parseAllDocuments(text, { keepSourceTokens: true, merge: true, uniqueKeys: false, logLevel: 'silent' })] as Document.Parsed[];
  return documents.every((document) => document.errors.length === 0 && isMeant(document)) ? documents : [];
}

/** What aliases may make of a document, in nodes: no file that people write comes near. */
const MOST_NODES = 2_000_000;

/**
 * `key: {{ .Values.x }}` parses, as a mapping that has a mapping for its key, and so does `*name` where there is no anchor of that name. No one
 * writes that in YAML, nor aliases of aliases that stand for more than a machine can hold.
 */
function isMeant({ contents }: Document.Parsed): boolean {
  const anchored = new Map<string, number>();
  const weigh = (node: unknown): number => {
    if (isAlias(node)) return anchored.get(node.source) ?? Infinity;
    if (!isCollection(node)) {
      if (isScalar(node) && node.anchor !== undefined) anchored.set(node.anchor, 1);
      return 1;
    }
    let weight = 1;
    for (const item of node.items) weight += isPair(item) ? (isCollection(item.key) ? Infinity : weigh(item.key)) + weigh(item.value) : weigh(item);
    if (node.anchor !== undefined) anchored.set(node.anchor, weight);
    return weight;
  };
  return weigh(contents) <= MOST_NODES;
}

/**
 * A template with its marks covered, every other character where it was: lines that only steer are blank, what stands for a value is a
 * plain word. What can be read of it is what is there whatever the template is given.
 */
export function coverTemplate(text: string): string {
  // YAML forbids a first line of a block that is blank and longer than the block's indent: there a comment of a shell stands instead.
  const blank = (part: string, offset: number) => {
    const indent = /^[ \t]*/.exec(part)?.[0] ?? '';
    const before = text.slice(Math.max(0, offset - 500), offset);
    const opens = /^([ \t]*)[^\n]*[|>][-+\d]*[ \t]*\r?\n$/m.exec(before.slice(before.lastIndexOf('\n', before.length - 2) + 1))?.[1];
    return opens !== undefined && indent.length > opens.length ? `${indent}#${part.slice(indent.length + 1).replace(/[^\n]/g, 'x')}` : part.replace(/[^\n]/g, ' ');
  };
  return text
    .replace(/^[ \t]*(?:\{\{(?:(?!\}\})[\s\S]){0,2000}\}\}|\{%(?:(?!%\})[\s\S]){0,2000}%\}|%\{[^}\n]*\})[ \t]*(?=\r?$)/gm, blank)
    .replace(/\{\{(?:(?!\}\})[\s\S]){0,2000}\}\}|\{%(?:(?!%\})[\s\S]){0,2000}%\}/g, (part) => part.replace(/[^\n]/g, 'x'));
}

/** What a template has only under a condition: from an `if`, `with` or `range` to its `else` or `end`. */
export function conditionsIn(text: string): readonly { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = [];
  const open: (number | null)[] = [];
  for (const match of text.matchAll(/\{\{-?\s*(if|with|range|define|block|else|end)\b|\{%-?\s*(if|for|else|elif|endif|endfor)\b|%\{~?\s*(if|for|else|endif|endfor)\b/g)) {
    const word = match[1] ?? match[2] ?? match[3] ?? '';
    if (/^(?:else|elif|end|endif|endfor)$/.test(word)) {
      const start = open.pop();
      if (typeof start === 'number') found.push({ start, end: match.index });
      if (word.startsWith('el')) open.push(typeof start === 'number' ? match.index : null);
    } else open.push(word === 'define' || word === 'block' ? null : match.index);
  }
  return found;
}

/** A node's text; null where it is no scalar. */
export function textOf(node: unknown): string | null {
  return isScalar(node) && node.value !== null ? String(node.value) : null;
}
