import { pieceBetween, sliceOf } from './launch.ts';
import { blockOf, leftBehind, withoutProtection } from './blocks.ts';
import { runInContainer } from './run-in.ts';
import { unquoted, variableIn } from './variables.ts';
import { commandsOf } from './words.ts';
import type { Block } from './blocks.ts';
import type { Launch, Layer, Variable, Word } from './launch.ts';
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
const PRINTING = new Set(['echo', 'printf', 'log', 'logger', 'info', 'warn', 'die', ':', 'unset', 'trap', 'test', '[', '[[']);
/** What looks for its arguments; behind it may go on a command that asked it for a name: `docker exec $(docker ps | grep kc) kc.sh …`. */
const SEARCHING = new Set(['grep', 'egrep', 'fgrep', 'rg', 'ag', 'ack', 'awk']);
const SHELL = /(?:^|\/)(?:ba|da|z|k|a)?sh$/;

/**
 * The processes that a shell text starts, with the variables that are set for each: exported before, or written before the command.
 * At the end stands one without words, for variables that no command here is started with.
 */
export function shellLaunches(layer: Layer, session: ShellSession = newSession()): readonly Launch[] {
  const launches: Launch[] = [];
  const blocks: Block[] = [];
  let before = '';
  for (const command of commandsOf(layer.text)) {
    const first = command.words[0]?.text ?? '';
    if (BEGINNING.has(first)) blocks.push(blockOf(session));
    if (/^el(?:se|if)$/.test(first)) launches.push(...leftBehind(session, blocks.at(-1)));
    if (ENDING.has(first)) withoutProtection(session, blocks.pop());
    // `[ … ] && NAME=value`: a block of one command.
    const alone = /^(?:&&|\|\|)$/.test(command.after) && TESTING.has(before) ? blockOf(session) : undefined;
    launches.push(...launchesOf({ ...command, words: withoutOpening(command.words) }, layer, session));
    withoutProtection(session, alone);
    before = first;
  }
  // Variables that are set and used by nothing here: the file may be read by another one.
  const set = [...session.environment, ...session.own.values()];
  const used = new Set(launches.flatMap(({ environment }) => environment));
  const rest = set.filter((variable) => !used.has(variable));
  return rest.length === 0 ? launches : [...launches, { ...base(session), words: [], environment: rest }];
}

/** What may stand before a command of a block; what a block begins and ends with. */
const OPENING = new Set(['if', 'elif', 'while', 'until', 'then', 'else', 'do', '!', 'time', '{', '']);
const BEGINNING = new Set(['if', 'while', 'until', 'for', 'case']);
const ENDING = new Set(['fi', 'done', 'esac']);
/** Commands that only tell whether the next one runs; `[` and `[[` are words without anything in them. */
const TESTING = new Set(['', 'test', 'grep', 'command', 'which', 'type']);

function withoutOpening(words: readonly ShellWord[]): readonly ShellWord[] {
  const first = words.findIndex(({ text }) => !OPENING.has(text));
  return first <= 0 ? words : words.slice(first);
}

const base = ({ image, addVariable }: ShellSession) => ({ image, addVariable });

function launchesOf(command: ShellCommand, layer: Layer, session: ShellSession): readonly Launch[] {
  const asked = command.words.flatMap((word) => substituted(word, layer, session));
  return asked.length === 0 ? ownLaunches(command, layer, session) : [...asked, ...ownLaunches(command, layer, session)];
}

function ownLaunches(command: ShellCommand, layer: Layer, session: ShellSession): readonly Launch[] {
  const { set, rest } = assignmentsOf(command.words, layer);
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
  const fed = command.fed && feedsShell(command.words) ? shellLaunches(sliceOf(layer, command.fed.start, command.fed.end), isSsh(rest) || runInContainer(rest.map((word) => wordAt(layer, word)), inner) ? newSession() : inner) : [];
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
  const first = words[0]?.text ?? '';
  if (PRINTING.has(first) || (SEARCHING.has(first === 'git' ? words[1]?.text ?? '' : first) && !words.some(({ text }) => text === 'import' || /\bkc\.(?:sh|bat)$/.test(text)))) return [];
  return commandLaunches(words.flatMap((word) => expanded(word, layer, session)), session);
}

/** What one command line starts: itself, what a shell in it is told by `-c`, or what runs in the container that it starts. */
export function commandLaunches(words: readonly Word[], session: ShellSession): readonly Launch[] {
  const contained = runInContainer(words, session);
  if (contained) return commandLaunches(contained.words, newSession(contained));
  // Another machine has variables of its own.
  const away = isSsh(words) ? newSession() : session;
  const nested = words.flatMap((word, index) => (isScript(words, index) ? shellLaunches(word.inside(), { ...away, parts: new Map(away.parts), own: new Map(away.own) }) : []));
  if (nested.length > 0) return nested;
  // sudo takes the variables away unless it is told to keep them; those that stand behind it are set for the command.
  const sudo = words.findIndex(({ text }) => /(?:^|\/)sudo$/.test(text));
  const drops = sudo !== -1 && !words.slice(sudo).some(({ text }) => /^(?:-\w*E|--preserve-env)/.test(text));
  const behind = sudo === -1 ? [] : words.slice(sudo).flatMap((word) => variableIn(word.text, word));
  return [{ ...base(session), environment: [...(drops ? [] : away.environment), ...behind], words }];
}

const isSsh = (words: readonly { readonly text: string }[]) => words.slice(0, 4).some(({ text }) => /(?:^|\/)ssh$/.test(text));

/** The text behind `-c` of a shell, or of `su`; what `eval` gets. */
function isScript(words: readonly Word[], index: number): boolean {
  const [word, before] = [words[index], words[index - 1]];
  if (!word || !before || !/\s/.test(word.text.trim())) return false;
  if (isSsh(words) && /\bkc\.(?:sh|bat)\b|\bimport\b/.test(word.text)) return true;
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
  return words.some(({ text }) => SHELL.test(text)) || isSsh(words) || (/^(?:cat|tee)$/.test(words[0]?.text ?? '') && words.some(({ text }) => text.endsWith('.sh')));
}

/** `$ARGS`, `${ARGS[@]}` as the words that were put into it. */
function expanded(word: ShellWord, layer: Layer, { parts }: ShellSession): readonly Word[] {
  const name = /^\$[{(]?(\w+)(?:\[[@*]\])?[})]?$/.exec(word.text)?.[1];
  return (name === undefined ? undefined : parts.get(name)) ?? [wordAt(layer, word)];
}

/** The words of an argument text that no shell reads as a script: `extraStartupArgs: "--import-realm …"`. */
export function argumentWords(layer: Layer): readonly Word[] {
  return commandsOf(layer.text).flatMap(({ words }) => words.map((word) => wordAt(layer, word)));
}
