import { insideText } from './yaml.ts';
import { pieceBetween, sliceOf } from './launch.ts';
import { commandLaunches, newSession, shellLaunches } from './shell.ts';
import { CONFIG_CLI_SWITCH, switchLaunch } from './chart.ts';
import type { Layer, Launch, Variable, Word } from './launch.ts';

/** A resource of Keycloak's own provider: every apply sets the realm back to it. */
export interface KeycloakResource {
  readonly type: string;
  readonly offset: number;
  readonly ignoresAll: boolean;
}

/** Terraform is read, not patched: this is no parser of HCL, it only has to find what people write in a few well-known places. */
export function keycloakResources(text: string): readonly KeycloakResource[] {
  const bare = withoutComments(text);
  return [...bare.matchAll(/^[ \t]*resource[ \t]+"(keycloak_\w+)"[ \t]+"[^"]*"[ \t]*\{/gm)].map((match) => {
    const body = bare.slice(match.index, closingOf(bare, match.index + match[0].length - 1));
    return { type: match[1] ?? '', offset: match.index + match[0].indexOf('resource'), ignoresAll: /ignore_changes\s*=\s*(?:all\b|\[\s*all\s*\])/.test(body) };
  });
}

/** What releases and workloads in HCL start: values in heredocs and in `yamlencode`, `set` blocks, lists of arguments. */
export function terraformLaunches(layer: Layer): readonly Launch[] {
  const bare: Layer = { ...layer, text: withoutComments(layer.text), lift: null };
  const heredocs = heredocsIn(bare.text);
  const hcl = covered(bare.text, heredocs);
  return [...heredocs.flatMap((span) => heredocLaunches(bare, span)), ...provisionerLaunches({ ...bare, text: hcl }), ...setLaunches({ ...bare, text: hcl }), ...listLaunches({ ...bare, text: hcl })];
}

function heredocLaunches(layer: Layer, { start, end }: Span): readonly Launch[] {
  const inside = sliceOf(layer, start, end);
  return /\bcommand\s*=\s*<<[-~]?\s*\w+\s*$/.test(layer.text.slice(Math.max(0, start - 200), start)) ? started(inside) : insideText(inside);
}

/** `local-exec` and `remote-exec`: lines for a shell. */
function provisionerLaunches(layer: Layer): readonly Launch[] {
  const lines = [...layer.text.matchAll(/\bcommand\s*=\s*"((?:[^"\\]|\\.)*)"|\binline\s*=\s*\[([^\]]*)\]/g)].flatMap((match) => {
    const list = match[2];
    if (list === undefined) return [{ start: match.index + match[0].indexOf('"') + 1, text: match[1] ?? '' }];
    const from = match.index + match[0].indexOf('[') + 1;
    return [...list.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((line) => ({ start: from + line.index + 1, text: line[1] ?? '' }));
  });
  return lines.flatMap(({ start, text }) => started(sliceOf(layer, start, start + text.length)));
}

const started = (layer: Layer): readonly Launch[] => shellLaunches(layer).filter(({ words }) => words.length > 0);

/** `set { name = "a.b" value = "c" }` and `set = [{ name = …, value = … }]`, environment blocks and maps. */
function setLaunches(layer: Layer): readonly Launch[] {
  const pairs = [...layer.text.matchAll(/\bname\s*=\s*"([^"]*)"\s*,?\s*value\s*=\s*"((?:[^"\\]|\\.)*)"/g)].map((match) => ({ name: match[1] ?? '', text: match[2] ?? '', at: match.index, end: match.index + match[0].length }));
  const switches = [...layer.text.matchAll(/\bname\s*=\s*"keycloakConfigCli\.enabled"\s*,?\s*value\s*=\s*"?(\w+)"?/g)].map((match) => switchLaunch(variable(layer, CONFIG_CLI_SWITCH, match[1] ?? '', match.index, match.index + match[0].length), match[1] === 'true'));
  const named = [...layer.text.matchAll(/(?:^|[{,])[ \t]*"?([A-Z][A-Z0-9_]+)"?\s*[=:]\s*"((?:[^"\\]|\\.)*)"/gm)].map((match) => variable(layer, match[1] ?? '', match[2] ?? '', match.index + match[0].indexOf(match[1] ?? ''), match.index + match[0].length));
  const set = pairs.filter(({ name }) => name !== CONFIG_CLI_SWITCH).map(({ name, text, at, end }) => variable(layer, name, text, at, end));
  const environment = [...set, ...named];
  return [...switches, ...(environment.length > 0 ? [{ words: [], environment, image: null, addVariable: null }] : [])];
}

function variable(layer: Layer, name: string, text: string, start: number, end: number): Variable {
  return { name, text: text.replace(/\\(.)/g, '$1'), offset: layer.place(start), ...pieceBetween(layer, start, end) };
}

/** `command = [...]` and `args = [...]` of one block, with the image and variables beside them. */
function listLaunches(layer: Layer): readonly Launch[] {
  const lists = [...layer.text.matchAll(/\b(entrypoint|command|args)\s*=\s*\[([^\]]*)\]/g)].map((match) => ({ key: match[1] ?? '', start: match.index + match[0].indexOf('[') + 1, text: match[2] ?? '', block: openingOf(layer.text, match.index) }));
  return [...new Set(lists.map(({ block }) => block))].flatMap((block) => {
    const body = layer.text.slice(block, closingOf(layer.text, block));
    const own = lists.filter((list) => list.block === block).sort((a, b) => Number(a.key === 'args') - Number(b.key === 'args'));
    const words = own.flatMap(({ start, text }) => [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match): Word => {
      const [from, to] = [start + match.index + 1, start + match.index + match[0].length - 1];
      return { text: (match[1] ?? '').replace(/\\(.)/g, '$1'), offset: layer.place(from), ...pieceBetween(layer, from, to), follow: () => null, inside: () => sliceOf(layer, from, to) };
    }));
    const environment = [...body.matchAll(/\bname\s*=\s*"(\w+)"\s*,?\s*value\s*=\s*"([^"]*)"/g)].map((match) => variable(layer, match[1] ?? '', match[2] ?? '', block + match.index, block + match.index + match[0].length));
    return commandLaunches(words, newSession({ environment, image: /\bimage\s*=\s*"([^"]*)"/.exec(body)?.[1] ?? null }));
  });
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The bodies of heredocs: from the line behind `<<EOT` to the next line that is nothing but that word. */
function heredocsIn(text: string): readonly Span[] {
  const lines = [...text.matchAll(/[^\n]*(?:\n|$)/g)].map((match) => ({ text: match[0], start: match.index }));
  const closings = new Map<string, number[]>();
  lines.forEach((line, index) => {
    const word = line.text.trim();
    if (!/^\w+$/.test(word)) return;
    const known = closings.get(word);
    if (known) known.push(index);
    else closings.set(word, [index]);
  });
  const found: Span[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const word = /<<[-~]?\s*"?(\w+)"?[ \t]*\r?\n?$/.exec(lines[index]?.text ?? '')?.[1];
    const closing = word === undefined ? undefined : closings.get(word)?.find((line) => line > index);
    if (closing === undefined) continue;
    found.push({ start: lines[index + 1]?.start ?? text.length, end: lines[closing]?.start ?? text.length });
    index = closing;
  }
  return found;
}

/** A text with some of it blanked, every other character where it was. */
function covered(text: string, spans: readonly Span[]): string {
  const parts = spans.map(({ start, end }, index) => text.slice(spans[index - 1]?.end ?? 0, start) + text.slice(start, end).replace(/[^\n]/g, ' '));
  return parts.join('') + text.slice(spans.at(-1)?.end ?? 0);
}

/** Comments blanked; `#` and `//` within quotes stay, and so do heredocs. */
function withoutComments(text: string): string {
  const bare = (part: string): string => part.replace(/"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|(?:#|\/\/)[^\n]*/g, (found) => (/^[#/]/.test(found) ? found.replace(/[^\n]/g, ' ') : found));
  const spans = heredocsIn(text);
  return spans.map(({ start, end }, index) => bare(text.slice(spans[index - 1]?.end ?? 0, start)) + text.slice(start, end)).join('') + bare(text.slice(spans.at(-1)?.end ?? 0));
}

/** Offset of the brace that opens the block around an offset; 0 where there is none. */
function openingOf(text: string, offset: number): number {
  let depth = 0;
  for (let at = offset - 1; at >= 0; at -= 1) {
    if (text[at] === '}') depth += 1;
    if (text[at] === '{') {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return 0;
}

function closingOf(text: string, opening: number): number {
  let depth = 0;
  for (let at = opening; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') {
      depth -= 1;
      if (depth <= 0) return at;
    }
  }
  return text.length;
}

/** A template of any kind as far as it can be read: YAML where it is that, else the commands in it. */
export function templateLaunches(layer: Layer): readonly Launch[] {
  const found = insideText(layer);
  return found.length > 0 ? found : shellLaunches(layer);
}
