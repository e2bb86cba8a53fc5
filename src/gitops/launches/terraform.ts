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
  const heredocs = [...bare.text.matchAll(/<<[-~]?\s*"?(\w+)"?[ \t]*\r?\n([\s\S]*?)^[ \t]*\1\b/gm)].map((match) => {
    const start = match.index + match[0].indexOf('\n') + 1;
    return { start, end: start + (match[2] ?? '').length };
  });
  const hcl = heredocs.reduce((text, { start, end }) => text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end), bare.text);
  return [...heredocs.flatMap(({ start, end }) => insideText(sliceOf(bare, start, end))), ...setLaunches({ ...bare, text: hcl }), ...listLaunches({ ...bare, text: hcl })];
}

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

/** Comments blanked; `#` and `//` within quotes stay, and so do heredocs. */
function withoutComments(text: string): string {
  return text.replace(/<<[-~]?\s*(\w+)[ \t]*\r?\n[\s\S]*?^[ \t]*\1\b|"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|(?:#|\/\/)[^\n]*/gm, (part) => (/^[#/]/.test(part) ? part.replace(/[^\n]/g, ' ') : part));
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
