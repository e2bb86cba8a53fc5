import { pieceBetween, sliceOf } from './launch.ts';
import { commandsOf } from './words.ts';
import type { Launch, Layer, Piece, Variable, Word } from './launch.ts';
import type { ShellCommand, ShellWord } from './words.ts';

/** What a shell knows when a command begins. It is carried from one text to the next where one shell reads both. */
export interface ShellSession extends Pick<Launch, 'image' | 'addVariable'> {
  environment: readonly Variable[];
  /** Variables that hold parts of a command line. */
  readonly parts: Map<string, readonly Word[]>;
  /** Variables that were set, but are not handed to what is started. */
  readonly own: Map<string, Variable>;
  /** `set -a`: whatever is set is handed on. */
  exportsAll: boolean;
}

export function newSession(outer: Partial<Launch> = {}): ShellSession {
  return { environment: outer.environment ?? [], image: outer.image ?? null, addVariable: outer.addVariable ?? null, parts: new Map(), own: new Map(), exportsAll: false };
}

const ASSIGNMENT = /^([A-Za-z_]\w*)(\+?)=/;
const DECLARING = new Set(['export', 'declare', 'typeset', 'readonly', 'local', 'env', 'set', 'setenv']);
/** What only shows its arguments. */
const PRINTING = new Set(['grep', 'egrep', 'fgrep', 'rg', 'ag', 'ack', 'awk', 'echo', 'printf', 'log', 'logger', 'info', 'warn', 'die', ':', 'unset', 'trap', 'test', '[', '[[']);
const SHELL = /(?:^|\/)(?:ba|da|z|k|a)?sh$/;

/**
 * The processes that a shell text starts, with the variables that are set for each: exported before, or written before the command.
 * At the end stands one without words, for variables that no command here is started with.
 */
export function shellLaunches(layer: Layer, session: ShellSession = newSession()): readonly Launch[] {
  const launches: Launch[] = [];
  const blocks: ReadonlyMap<string, Variable>[] = [];
  for (const command of commandsOf(layer.text)) {
    const first = command.words[0]?.text ?? '';
    if (BEGINNING.has(first)) blocks.push(setIn(session));
    if (ENDING.has(first)) withoutProtection(session, blocks.pop());
    launches.push(...launchesOf({ ...command, words: withoutOpening(command.words) }, layer, session));
  }
  // Variables that are set and used by nothing here: the file may be read by another one.
  const set = [...session.environment, ...session.own.values()];
  const used = new Set(launches.flatMap(({ environment }) => environment));
  const rest = set.filter((variable) => !used.has(variable));
  return rest.length === 0 ? launches : [...launches, { ...base(session), words: [], environment: rest }];
}

/** What may stand before a command of a block; what a block begins and ends with. */
const OPENING = new Set(['then', 'else', 'do', '!', 'time']);
const BEGINNING = new Set(['if', 'while', 'until', 'for', 'case']);
const ENDING = new Set(['fi', 'done', 'esac']);

function withoutOpening(words: readonly ShellWord[]): readonly ShellWord[] {
  const first = words.findIndex(({ text }) => !OPENING.has(text));
  return first <= 0 ? words : words.slice(first);
}

const setIn = ({ environment, own }: ShellSession): ReadonlyMap<string, Variable> => new Map([...own, ...environment.map((variable) => [variable.name, variable] as const)]);

/** A block may be left out: what was set in it and would protect counts as before it. */
function withoutProtection(session: ShellSession, before: ReadonlyMap<string, Variable> | undefined): void {
  if (!before) return;
  const isMaybe = (variable: Variable) => before.get(variable.name) !== variable && /^["']?false["']?$|IGNORE_EXISTING|--override[= ]false/i.test(variable.text);
  for (const variable of setIn(session).values()) {
    if (!isMaybe(variable)) continue;
    const old = before.get(variable.name);
    session.environment = session.environment.flatMap((each) => (each === variable ? old ?? [] : [each]));
    session.own.delete(variable.name);
    session.parts.delete(variable.name);
    if (old && !session.environment.includes(old)) session.own.set(old.name, old);
  }
}

const base = ({ image, addVariable }: ShellSession) => ({ image, addVariable });

function launchesOf(command: ShellCommand, layer: Layer, session: ShellSession): readonly Launch[] {
  const { set, rest } = assignmentsOf(command.words, layer);
  const asked = command.words.flatMap((word) => substituted(word, layer, session));
  if (asked.length > 0) return asked;
  if (rest.length === 0 || DECLARING.has(rest[0]?.text ?? '')) {
    const declared = rest.length === 0 ? set : [...set, ...rest.slice(1).flatMap((word) => assignmentOf([word], layer)?.found ?? [])];
    const handsOn = session.exportsAll || /^(?:export|env|setenv)$/.test(rest[0]?.text ?? '') || (/^(?:declare|typeset)$/.test(rest[0]?.text ?? '') && rest.some(({ text }) => /^-\w*x/.test(text)));
    for (const each of declared) remember(each, session, handsOn);
    if (handsOn) for (const { text } of rest.slice(1)) handOn(text, session);
    if (rest[0]?.text === 'set') session.exportsAll = rest.some(({ text }) => /^-\w*a/.test(text) || text === 'allexport') || (session.exportsAll && !rest.some(({ text }) => /^\+\w*a/.test(text)));
    const kept = rest.slice(1).findIndex((word) => !ASSIGNMENT.test(word.text));
    // `env A=b command` declares for one command only.
    if (rest[0]?.text !== 'env' || kept === -1) return [];
    return launchOf(rest.slice(kept + 1), { ...session, environment: [...session.environment, ...declared.map(({ variable }) => variable)] }, layer);
  }
  const inner = { ...session, environment: [...session.environment, ...set.map(({ variable }) => variable)] };
  const fed = command.fed && feedsShell(command.words) ? shellLaunches(sliceOf(layer, command.fed.start, command.fed.end), rest[0]?.text === 'ssh' ? newSession() : inner) : [];
  return [...fed, ...launchOf(rest, inner, layer)];
}

/** `"$(command …)"`: a quoted word that a command of its own makes. */
function substituted({ start, end }: ShellWord, layer: Layer, session: ShellSession): readonly Launch[] {
  const raw = layer.text.slice(start, end);
  const match = raw.includes('"') ? /\$\(([^()]*\bimport\b[^()]*)\)/.exec(raw) : null;
  if (!match) return [];
  const from = start + match.index + 2;
  return shellLaunches(sliceOf(layer, from, from + (match[1] ?? '').length), { ...session, parts: new Map(session.parts), own: new Map(session.own) }).filter(({ words }) => words.length > 0);
}

interface Assigned {
  readonly variable: Variable;
  readonly words: readonly Word[];
  readonly appends: boolean;
}

/** `export NAME` of one that was set before. */
function handOn(name: string, session: ShellSession): void {
  const known = session.own.get(name);
  if (known) session.environment = [...session.environment, known];
}

function remember({ variable, words, appends }: Assigned, session: ShellSession, handsOn: boolean): void {
  session.parts.set(variable.name, [...(appends ? session.parts.get(variable.name) ?? [] : []), ...words]);
  // One that the process was started with is handed on whoever sets it.
  if (!handsOn && !session.environment.some(({ name }) => name === variable.name)) {
    session.own.set(variable.name, variable);
    return;
  }
  session.environment = [...session.environment.filter(({ name }) => appends || name !== variable.name), variable];
}

/** The assignments that a command begins with, and what comes behind them. */
function assignmentsOf(words: readonly ShellWord[], layer: Layer): { readonly set: readonly Assigned[]; readonly rest: readonly ShellWord[] } {
  const set: Assigned[] = [];
  let rest = words;
  for (let next = assignmentOf(rest, layer); next; next = assignmentOf(rest, layer)) {
    set.push(next.found);
    rest = rest.slice(next.length);
  }
  return { set, rest };
}

/** `NAME=value`, `NAME+=value`, `NAME=(one two)`; not `NAME=$(command …)`, which starts one. */
function assignmentOf(words: readonly ShellWord[], layer: Layer): { readonly found: Assigned; readonly length: number } | null {
  const [first] = words;
  const quoted = first !== undefined && /^["'][A-Za-z_]\w*=/.test(layer.text.slice(first.start, first.end));
  const raw = first === undefined ? '' : layer.text.slice(first.start + Number(quoted), first.end);
  const match = ASSIGNMENT.exec(raw);
  if (!first || !match || /\$\((?!.*\))|`/.test(raw)) return null;
  const [lead, name = '', plus] = match;
  const isArray = raw.startsWith('(', lead.length);
  const closing = isArray ? words.findIndex((word) => layer.text.slice(word.start, word.end + 1).includes(')')) : 0;
  const length = closing === -1 ? words.length : closing + 1;
  const end = (words[length - 1]?.end ?? first.end) - Number(quoted);
  const value = { start: first.start + Number(quoted) + lead.length, end };
  const parts = /\S+/g;
  const text = unquoted(layer.text.slice(value.start, value.end));
  const inside = layer.text.slice(value.start, value.end);
  const found = [...inside.matchAll(parts)].map((part) => wordAt(layer, { text: part[0].replace(/^["'(]+|["')]+$/g, ''), start: value.start + part.index, end: value.start + part.index + part[0].length }, true));
  return {
    found: {
      variable: { name, text, offset: layer.place(first.start), ...pieceBetween(layer, value.start, value.end) },
      words: found.filter((word) => word.text !== ''), appends: plus === '+',
    },
    length,
  };
}

const unquoted = (raw: string) => raw.replace(/^["'](.*)["']$/s, '$1');

/** @param inQuotes  a part of a quoted text: what follows it stands before the quote that may end it */
function wordAt(layer: Layer, word: ShellWord, inQuotes = false): Word {
  const trail = inQuotes ? /["')]*$/.exec(layer.text.slice(word.start, word.end))?.[0].length ?? 0 : 0;
  return {
    text: word.text, offset: layer.place(word.start),
    ...pieceBetween(layer, word.start, word.end),
    follow: (argument) => layer.lift?.([{ start: word.end - trail, end: word.end - trail, text: ` ${argument}` }]) ?? null,
    inside: () => insideOf(word, layer),
  };
}

function launchOf(words: readonly ShellWord[], session: ShellSession, layer: Layer): readonly Launch[] {
  if (PRINTING.has(words[0]?.text ?? '')) return [];
  return commandLaunches(words.flatMap((word) => expanded(word, layer, session)), session);
}

/** What one command line starts: itself, what a shell in it is told by `-c`, or what runs in the container that it starts. */
export function commandLaunches(words: readonly Word[], session: ShellSession): readonly Launch[] {
  const contained = runInContainer(words, session);
  if (contained) return commandLaunches(contained.words, newSession(contained));
  // Another machine has variables of its own.
  const away = /(?:^|\/)ssh$/.test(words[0]?.text ?? '') ? newSession() : session;
  const nested = words.flatMap((word, index) => (isScript(words, index) ? shellLaunches(word.inside(), { ...away, parts: new Map(away.parts), own: new Map(away.own) }) : []));
  if (nested.length > 0) return nested;
  // sudo takes the variables away unless it is told to keep them; those that stand behind it are set for the command.
  const sudo = words.findIndex(({ text }) => /(?:^|\/)sudo$/.test(text));
  const drops = sudo !== -1 && !words.slice(sudo).some(({ text }) => /^(?:-\w*E|--preserve-env)/.test(text));
  const behind = sudo === -1 ? [] : words.slice(sudo).flatMap((word) => variableIn(word.text, word));
  return [{ ...base(session), environment: [...(drops ? [] : away.environment), ...behind], words }];
}

/** The text behind `-c` of a shell, or of `su`; what `eval` gets. */
function isScript(words: readonly Word[], index: number): boolean {
  const [word, before] = [words[index], words[index - 1]];
  if (!word || !before || !/\s/.test(word.text.trim())) return false;
  if (words[0]?.text === 'ssh' && /\bkc\.(?:sh|bat)\b/.test(word.text)) return true;
  return /^-\w*c$/.test(before.text) ? words.slice(0, index - 1).some(({ text }) => SHELL.test(text) || text === 'su') : before.text === 'eval';
}

function insideOf(word: ShellWord, layer: Layer): Layer {
  const raw = layer.text.slice(word.start, word.end);
  const quoted = /^["'].*["']$/s.test(raw) ? 1 : 0;
  return sliceOf(layer, word.start + quoted, word.end - quoted);
}

/** What commands are fed that is no script: manifests and values (`kubectl apply -f - <<EOF`, `cat > values.yaml <<EOF`). */
export function textsFed(layer: Layer): readonly Layer[] {
  return commandsOf(layer.text).flatMap(({ words, fed }) => (fed && !feedsShell(words) ? [sliceOf(layer, fed.start, fed.end)] : []));
}

/** `bash <<EOF`, and what is written into a script. */
function feedsShell(words: readonly ShellWord[]): boolean {
  return words.some(({ text }) => SHELL.test(text)) || words[0]?.text === 'ssh' || (/^(?:cat|tee)$/.test(words[0]?.text ?? '') && words.some(({ text }) => text.endsWith('.sh')));
}

/** `$ARGS`, `${ARGS[@]}` as the words that were put into it. */
function expanded(word: ShellWord, layer: Layer, { parts }: ShellSession): readonly Word[] {
  const name = /^\$[{(]?(\w+)(?:\[[@*]\])?[})]?$/.exec(word.text)?.[1];
  return (name === undefined ? undefined : parts.get(name)) ?? [wordAt(layer, word)];
}

const RUNNER = /(?:^|\/)(docker|podman|nerdctl|kubectl|oc|docker-compose|podman-compose)$/;
/** Options with a value behind them, of docker, compose and kubectl. */
const VALUED = /^(?:-e|--env|--env-file|--name|-v|--volume|--mount|--network|--net|-p|--publish|-u|--user|-w|--workdir|-n|--namespace|-c|--container|--context|--kubeconfig|-f|--file|--profile|--project-name|--index|--entrypoint|--platform|-l|--label|--restart|-h|--hostname|--image|--add-host)$/;

/**
 * `docker run -e NAME=value image args`, `docker compose exec service command`, `kubectl exec pod -- command`: what runs in the container, with its
 * variables and none of the shell's.
 */
function runInContainer(words: readonly Word[], session: ShellSession): Launch | null {
  const runner = words.findIndex(({ text }) => RUNNER.test(text));
  const verb = words.findIndex(({ text }, index) => index > runner && /^(?:run|exec|create)$/.test(text));
  if (runner === -1 || verb === -1 || !words.slice(runner + 1, verb).every(({ text }, index, all) => /^(?:-|compose$|container$)/.test(text) || VALUED.test(all[index - 1]?.text ?? ''))) return null;
  const options = words.slice(verb + 1);
  const target = options.findIndex(({ text }, index) => !text.startsWith('-') && !VALUED.test(options[index - 1]?.text ?? ''));
  const separator = /kubectl|oc$/.test(words[runner]?.text ?? '') ? options.findIndex(({ text }) => text === '--') : -1;
  const end = separator === -1 ? target : separator;
  if (end === -1) return null;
  const given = options.slice(0, end);
  const environment = given.flatMap((word, index): readonly Variable[] => {
    const text = /^(?:-e|--env)$/.test(given[index - 1]?.text ?? '') ? word.text : /^(?:--env=|-e=?)(\w+.*)$/.exec(word.text)?.[1];
    if (text === undefined) return [];
    // A name alone hands on what the shell has.
    return text.includes('=') ? variableIn(text, word) : session.environment.filter(({ name }) => name === text);
  });
  const entrypoint = given.flatMap((word, index) => (given[index - 1]?.text === '--entrypoint' || word.text.startsWith('--entrypoint=') ? [word] : []));
  const image = given.find(({ text }) => text.startsWith('--image='))?.text.slice('--image='.length) ?? (separator === -1 ? options[target]?.text : null) ?? null;
  return { words: [...entrypoint, ...options.slice(end + 1)], environment, image, addVariable: session.addVariable };
}

/** The variable that a text `NAME=value` sets. */
export function variableIn(text: string, piece: Piece): readonly Variable[] {
  const match = /^([A-Za-z_][\w.-]*)=(.*)$/s.exec(text);
  return match ? [{ name: match[1] ?? '', text: unquoted(match[2] ?? ''), offset: piece.offset, find: piece.find, swap: piece.swap }] : [];
}

/** The words of an argument text that no shell reads as a script: `extraStartupArgs: "--import-realm …"`. */
export function argumentWords(layer: Layer): readonly Word[] {
  return commandsOf(layer.text).flatMap(({ words }) => words.map((word) => wordAt(layer, word)));
}

/** Lines of a .env or .properties file; keys may have dots. */
export function propertyVariables(layer: Layer): readonly Variable[] {
  return [...layer.text.matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*([^\r\n]*)$/gm)].map((match) => {
    const start = match.index + match[0].length - (match[2] ?? '').length;
    return { name: match[1] ?? '', text: unquoted((match[2] ?? '').trim()), offset: layer.place(match.index), ...pieceBetween(layer, start, match.index + match[0].length) };
  });
}
