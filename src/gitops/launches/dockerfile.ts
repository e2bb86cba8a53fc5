import { pieceBetween, sliceOf } from './launch.ts';
import { commandLaunches, newSession, shellLaunches } from './shell.ts';
import type { Layer, Launch, Piece, Variable, Word } from './launch.ts';

interface Instruction {
  readonly name: string;
  /** What stands behind the name, comments within blanked. */
  readonly start: number;
  readonly end: number;
}

interface Stage {
  readonly image: string | null;
  readonly imagePiece?: Piece;
  environment: readonly Variable[];
  /** Arguments of the build: what it runs sees them, what the image starts does not. */
  builds: readonly Variable[];
  entrypoint: readonly Word[];
  command: readonly Word[];
  /** Whether `CMD` or `ENTRYPOINT` stand in shell form: then they are a script. */
  script: Layer | null;
}

/**
 * What a Dockerfile starts: each `RUN` while it is built, and at the end the entrypoint with its arguments and every variable of the stage.
 * A stage that is built on an earlier one has what that has.
 */
export function dockerfileLaunches(layer: Layer): readonly Launch[] {
  const launches: Launch[] = [];
  const stages = new Map<string, Stage>();
  let stage: Stage = { image: null, environment: [], builds: [], entrypoint: [], command: [], script: null };
  const finish = (last: boolean): void => {
    const { environment, image, imagePiece, entrypoint, command, script } = stage;
    const session = newSession({ environment, image });
    const words = [...entrypoint, ...command];
    const started = [
      ...(script ? shellLaunches(script, session) : []), ...(words.length > 0 ? commandLaunches(words, session) : []),
      ...(!script && words.length === 0 && (environment.length > 0 || image !== null) ? [{ words: [], environment, image, addVariable: null }] : []),
    ];
    // Only the last stage becomes the image.
    launches.push(...started.map((launch): Launch => ({ ...launch, ...(imagePiece ? { imagePiece } : {}), ...(last ? {} : { idle: true }) })));
  };
  for (const { name, start, end } of instructionsOf(layer.text)) {
    const body = part(layer, start, end);
    if (name === 'FROM') {
      if (stage.image !== null) finish(false);
      const [image = '', , alias] = body.text.replace(/--\S+/g, '').trim().split(/\s+/);
      const earlier = stages.get(image);
      const imagePiece = { text: '', offset: layer.place(start), find: () => layer.place(start), swap: () => null };
      stage = earlier ? { ...earlier } : { image, imagePiece, environment: [], builds: stage.image === null ? stage.builds : [], entrypoint: [], command: [], script: null };
      if (alias) stages.set(alias, stage);
    } else if (name === 'ENV') stage.environment = [...stage.environment, ...variablesOf(body)];
    else if (name === 'ARG') stage.builds = [...stage.builds, ...variablesOf(body)];
    else if (name === 'COPY' || name === 'ADD') launches.push(...copiedScript(body));
    else if (name === 'RUN') launches.push(...runLaunches(body, stage));
    else if (name === 'ENTRYPOINT' || name === 'CMD') {
      const list = listOf(body);
      if (name === 'ENTRYPOINT') {
        stage.entrypoint = list ?? [];
        stage.command = [];
        stage.script = list ? null : body;
      } else if (list) stage.command = list;
      else if (!stage.script) stage.script = body;
    }
  }
  finish(true);
  return launches;
}

/** `COPY <<EOF /run.sh`: a script that the image will have. */
function copiedScript(body: Layer): readonly Launch[] {
  const match = /^[^\n]*<<-?\s*["']?(\w+)["']?[^\n]*\.sh\s*\n([\s\S]*?)^\1\s*$/m.exec(body.text);
  if (!match) return [];
  const start = match.index + match[0].indexOf('\n') + 1;
  return shellLaunches(sliceOf(body, start, start + (match[2] ?? '').length));
}

function runLaunches(body: Layer, { environment, builds, image }: Stage): readonly Launch[] {
  const session = newSession({ environment: [...builds, ...environment], image });
  const fed = /^\s*<<-?\s*["']?(\w+)["']?[ \t]*\r?\n([\s\S]*?)^\1\s*$/m.exec(body.text);
  const start = (fed?.[0].indexOf('\n') ?? 0) + 1;
  if (fed) return shellLaunches(sliceOf(body, start, start + (fed[2] ?? '').length), session).filter(({ words }) => words.length > 0);
  const list = listOf(body);
  return list ? commandLaunches(list, session) : shellLaunches(body, session).filter(({ words }) => words.length > 0);
}

/** Instructions with their continued lines and heredocs; a comment line inside of one is no part of it. */
function instructionsOf(text: string): readonly Instruction[] {
  const found: Instruction[] = [];
  const lines = [...text.matchAll(/[^\n]*(?:\n|$)/g)].filter(({ 0: line }) => line !== '');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    const match = line && /^[ \t]*([A-Za-z]+)[ \t]+/.exec(line[0]);
    if (!line || !match) continue;
    const start = line.index + match[0].length;
    let last = index;
    while (/\\[ \t]*\r?\n$/.test(lines[last]?.[0] ?? '') || (last > index && /^[ \t]*#/.test(lines[last]?.[0] ?? ''))) last += 1;
    const closing = /<<-?\s*["']?(\w+)/.exec(line[0])?.[1];
    if (closing !== undefined) while (last + 1 < lines.length && (lines[last]?.[0] ?? '').trim() !== closing) last += 1;
    const end = (lines[last]?.index ?? 0) + (lines[last]?.[0].length ?? 0);
    found.push({ name: (match[1] ?? '').toUpperCase(), start, end: Math.min(end, text.length) });
    index = last;
  }
  return found;
}

/** A comment line between continued lines belongs to nobody. */
function part(layer: Layer, start: number, end: number): Layer {
  const slice = sliceOf(layer, start, end);
  return { ...slice, text: slice.text.replace(/^[ \t]*#[^\n]*\n/gm, (line) => `${' '.repeat(Math.max(0, line.length - 2))}\\\n`) };
}

/** `ENV A=b C="d e"`, and the old `ENV A b`. */
function variablesOf(layer: Layer): readonly Variable[] {
  const old = /^([A-Za-z_]\w*)[ \t]+(?=[^\s=])([\s\S]*?)\s*$/.exec(layer.text);
  if (old && !/^[A-Za-z_]\w*=/.test(layer.text)) return [variable(layer, old[1] ?? '', old[2] ?? '', 0, layer.text.length)];
  return [...layer.text.matchAll(/([A-Za-z_]\w*)=("(?:[^"\\]|\\[\s\S])*"|'[^']*'|(?:[^\s\\]|\\[^\n])*)/g)].map((match) => {
    const start = match.index + (match[1] ?? '').length + 1;
    return variable(layer, match[1] ?? '', (match[2] ?? '').replace(/^["']([\s\S]*)["']$/, '$1'), start, match.index + match[0].length, match.index);
  });
}

function variable(layer: Layer, name: string, text: string, start: number, end: number, at = 0): Variable {
  return { name, text: text.replace(/\\\r?\n/g, ' '), offset: layer.place(at), ...pieceBetween(layer, start, end) };
}

/** The exec form: a JSON list of words. */
function listOf(layer: Layer): readonly Word[] | null {
  if (!/^\s*\[/.test(layer.text)) return null;
  return [...layer.text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => {
    const start = match.index + 1;
    const end = start + (match[1] ?? '').length;
    return {
      text: (match[1] ?? '').replace(/\\(.)/g, '$1'), offset: layer.place(start), ...pieceBetween(layer, start, end),
      follow: (argument) => layer.lift?.([{ start: end + 1, end: end + 1, text: `, ${JSON.stringify(argument)}` }]) ?? null,
      inside: () => part(layer, start, end),
    };
  });
}
