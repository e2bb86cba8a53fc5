import { sliceOf } from './launch.ts';
import { newSession, shellLaunches } from './shell.ts';
import { variableIn } from './variables.ts';
import type { Layer, Launch, Variable } from './launch.ts';

/** A file of just: like make's, with blanks before the lines of a recipe. */
export const justLaunches = (layer: Layer): readonly Launch[] => makeLaunches({ ...layer, text: layer.text.replace(/^ (?= *\S)/gm, '\t') });

/** A make file: each line of a recipe has a shell of its own, and what make itself exports is handed to all of them. */
export function makeLaunches(layer: Layer): readonly Launch[] {
  const exported: Variable[] = [];
  const parts = newSession().parts;
  const recipes: Layer[] = [];
  for (const match of layer.text.matchAll(/(?:[^\n]*\\\r?\n)*[^\n]*(?:\n|$)/g)) {
    const line = match[0];
    if (line.startsWith('\t')) {
      // `@`, `-` and `+` are make's.
      const lead = /^\t[ \t]*[@+-]*/.exec(line)?.[0].length ?? 1;
      recipes.push(sliceOf(layer, match.index + lead, match.index + line.length));
      continue;
    }
    const set = /^(\s*export\s+)?([A-Za-z_]\w*)\s*(?:[:?+]?=)\s*([^\n]*)/.exec(line);
    if (!set) continue;
    const [, handsOn, name = '', value = ''] = set;
    const start = match.index + set[0].length - value.length;
    const place = layer.place(match.index);
    const inside = sliceOf(layer, start, start + value.trimEnd().length);
    const piece = { text: inside.text, offset: place, find: (part: string) => layer.place(start + Math.max(0, value.lastIndexOf(part))), swap: (part: string, fresh: string) => (value.includes(part) ? layer.lift?.([{ start: start + value.lastIndexOf(part), end: start + value.lastIndexOf(part) + part.length, text: fresh }]) ?? null : null) };
    parts.set(name, [{ ...piece, follow: () => null, inside: () => inside }]);
    if (handsOn !== undefined) exported.push(...variableIn(`${name}=${inside.text}`, piece));
  }
  return recipes.flatMap((recipe) => shellLaunches(recipe, { ...newSession({ environment: exported }), parts: new Map(parts) }));
}

/** A batch file, read as the shell text that does the same: `rem`, `set NAME=value`, `^` at the end of a line. Every character keeps its place. */
export function batchLaunches(layer: Layer): readonly Launch[] {
  const text = layer.text
    .replace(/^([ \t]*@?)(rem\b|::)/gim, (_, lead: string, word: string) => `${lead}#${' '.repeat(word.length - 1)}`)
    .replace(/\^(?=\r?\n)/g, '\\');
  return shellLaunches({ ...layer, text }, { ...newSession(), exportsAll: true });
}

/** A unit of systemd, read as the shell text that does the same. */
export function unitLaunches(layer: Layer): readonly Launch[] {
  const text = layer.text.replace(/^Environment=/gm, 'export      ').replace(/^Exec(?:Start|StartPre|Reload)=[-@:+!]*/gm, (key) => ' '.repeat(key.length)).replace(/^(?![ \t]|export )[^\n]*/gm, (line) => ' '.repeat(line.length));
  return shellLaunches({ ...layer, text });
}

/** A pipeline of Jenkins: the texts that its steps `sh` and `bat` hand to a shell, by themselves or as `script:`. */
export function jenkinsLaunches(layer: Layer): readonly Launch[] {
  const bare = { ...layer, text: layer.text.replace(/^([ \t]*)\/\/[^\n]*|\/\*[\s\S]*?\*\//gm, (comment) => comment.replace(/[^\n]/g, ' ')) };
  return [...bare.text.matchAll(/(?:\b(?:sh|bat)\b\s*\(?\s*|\bscript\s*:\s*)('''|"""|'|")((?:\\[\s\S]|(?!\1)[\s\S])*)\1/g)].flatMap((match) => {
    const start = match.index + match[0].length - (match[1] ?? '').length - (match[2] ?? '').length;
    return shellLaunches(sliceOf(bare, start, start + (match[2] ?? '').length));
  });
}
