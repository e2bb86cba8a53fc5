/** The one decision about the terminal. Everything that draws is handed the result and asks nobody again. */

export interface TerminalFlags {
  readonly json?: boolean;
  readonly noInput?: boolean;
  readonly noColor?: boolean;
  /** Append-only text and numbered prompts, for screen readers. */
  readonly accessible?: boolean;
  /** Insists on prompts where CI is set or stdout is a pipe. */
  readonly interactive?: boolean;
  readonly ascii?: boolean;
}

export interface TerminalFacts {
  readonly flags: TerminalFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdinIsTTY: boolean;
  readonly stdoutIsTTY: boolean;
  readonly columns: number | undefined;
  readonly rows: number | undefined;
}

export type WidthClass = 'wide' | 'medium' | 'narrow';

/** What a view needs to know to lay itself out. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
  readonly unicode: boolean;
  readonly width: WidthClass;
  /** Nobody can ask for more, as in a pipe: nothing is cut short. */
  readonly whole?: boolean;
}

export interface Terminal extends Size {
  readonly mode: 'ink' | 'plain-prompts' | 'headless' | 'json';
  readonly color: boolean;
}

/** `wide` from 100 columns, `medium` from 60, else `narrow`: label and value lines, no columns. */
export function widthClass(columns: number): WidthClass {
  if (columns >= 100) return 'wide';
  return columns >= 60 ? 'medium' : 'narrow';
}

/**
 * Which front end runs and what it may assume. A stdout that is no terminal never gets prompts unless `--interactive`
 * says so: `realm-rescue demo > record.txt` would wait for an answer to a question that nobody can see.
 */
export function decideTerminal(facts: TerminalFacts): Terminal {
  const columns = facts.columns !== undefined && facts.columns > 0 ? facts.columns : 80;
  const rows = facts.rows !== undefined && facts.rows > 0 ? facts.rows : 24;
  const mode = decideMode(facts);
  return { mode, color: decideColor(facts, mode), columns, rows, unicode: decideUnicode(facts), width: widthClass(columns) };
}

function decideMode({ flags, env, stdinIsTTY, stdoutIsTTY }: TerminalFacts): Terminal['mode'] {
  if (flags.json) return 'json';
  if (flags.noInput || !stdinIsTTY) return 'headless';
  if (!flags.interactive && (!stdoutIsTTY || isSet(env['CI']))) return 'headless';
  const dumb = env['TERM'] === undefined || env['TERM'] === '' || env['TERM'] === 'dumb';
  const accessible = flags.accessible || isSet(env['ACCESSIBLE']) || env['INK_SCREEN_READER'] === 'true';
  return dumb || accessible || !stdoutIsTTY ? 'plain-prompts' : 'ink';
}

function decideColor({ flags, env, stdoutIsTTY }: TerminalFacts, mode: Terminal['mode']): boolean {
  if (mode === 'json' || flags.noColor) return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (mode === 'headless' || !stdoutIsTTY) return false;
  return env['TERM'] !== undefined && env['TERM'] !== '' && env['TERM'] !== 'dumb';
}

/** An unset locale is taken for UTF-8: containers rarely set one, while the terminal around them is UTF-8. */
function decideUnicode({ flags, env }: TerminalFacts): boolean {
  if (flags.ascii || env['TERM'] === 'linux') return false;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return locale === undefined || /utf-?8/i.test(locale);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value.toLowerCase() !== 'false';
}
