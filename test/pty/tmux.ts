/** A real pseudo-terminal: a shell inside tmux, keys typed into it, and the screen as a person sees it. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const bundle = fileURLToPath(new URL('../../dist/realm-rescue.js', import.meta.url));
/** What the shell shows when it waits. */
export const PROMPT = 'ready>';
/** A condition is looked at this often, in milliseconds. */
const POLL = 40;
/** How long the tool may take on a busy machine that is several times slower than a desktop, in milliseconds: a drill stages two hundred logins before its first question. */
const LIMIT = 60_000;

export interface Pty {
  /** Types a command line into the shell; not counted. Returns at once. */
  command(line: string): Promise<void>;
  /** Characters one at a time, as fingers do it. */
  type(text: string): Promise<void>;
  /** A key by tmux's name: `Enter`, `Escape`, `C-c`. */
  key(name: string): Promise<void>;
  /** As a terminal pastes: inside brackets where the program asked for them, `\n` sent as Enter. */
  paste(text: string, brackets?: boolean): Promise<void>;
  /** Keys and characters since the start: what a person would have pressed. Pastes and commands are not counted. */
  strokes(): number;
  /** What is on the screen now. */
  screen(): Promise<string>;
  /** Everything, scrollback included; `styled` keeps colours as escape codes. */
  all(styled?: boolean): Promise<string>;
  /** Waits until the screen meets the condition; throws with the screen after `limit` milliseconds. */
  until(wanted: string | ((screen: string) => boolean), limit?: number): Promise<string>;
  /** Waits for the prompt of the shell, and gives the exit code of what ran. */
  exitCode(limit?: number): Promise<number>;
  resize(columns: number, rows: number): Promise<void>;
  /** True while the cursor is shown. */
  cursor(): Promise<boolean>;
  /** Process id of the tool that runs in this terminal. */
  tool(): Promise<number>;
  /** Everything that the programs wrote from now on, as bytes, into a file. */
  recordTo(file: string): Promise<void>;
  close(): Promise<void>;
}

/** How the tool is started in a shell. */
export const TOOL = `node ${bundle}`;

/**
 * Opens a terminal with a shell. Each has a tmux server of its own, on a socket of its own, so that closing one can
 * never end another. Throws with what to install when tmux is missing.
 */
export async function openPty(columns: number, rows: number, env: Readonly<Record<string, string>> = {}): Promise<Pty> {
  const socket = `realm-rescue-test-${process.pid}-${randomUUID().slice(0, 8)}`;
  // A CI variable in our own environment would make the tool run headless: the shell inside gets only what is named here.
  const inside = { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, HOME: tmpdir(), LANG: 'C.UTF-8', ...env };
  const tmux = async (...args: readonly string[]): Promise<string> => {
    try {
      return (await run('tmux', ['-L', socket, '-f', '/dev/null', ...args], { env: inside })).stdout;
    } catch (cause) {
      if ((cause as { code?: unknown }).code === 'ENOENT') throw new Error('tmux is not installed, and these tests type into a real terminal. On Debian: apt-get install tmux; on macOS: brew install tmux.', { cause });
      throw cause;
    }
  };
  await tmux('new-session', '-d', '-s', 'main', '-x', String(columns), '-y', String(rows), `env PS1='${PROMPT} ' bash --norc --noprofile`);
  await tmux('set-option', '-g', 'history-limit', '5000', ';', 'set-option', '-g', 'escape-time', '0');
  let strokes = 0;
  let asked = 0;

  const screen = () => tmux('capture-pane', '-p');
  const all = (styled = false) => tmux('capture-pane', '-p', '-S', '-', ...(styled ? ['-e'] : []));
  const until = async (wanted: string | ((text: string) => boolean), limit = LIMIT): Promise<string> => {
    const end = Date.now() + limit;
    for (;;) {
      const text = await screen();
      if (typeof wanted === 'string' ? text.includes(wanted) : wanted(text)) return text;
      if (Date.now() > end) throw new Error(`Waited ${limit / 1000} s for ${String(wanted)}; the screen shows:\n${text}`);
      await delay(POLL);
    }
  };
  const literally = (text: string) => tmux('send-keys', '-l', '--', text);
  const command = async (line: string): Promise<void> => {
    await literally(line);
    await tmux('send-keys', 'Enter');
  };
  const atPrompt = (text: string) => text.trimEnd().split('\n').at(-1)?.trim() === PROMPT;
  await until(atPrompt);

  return {
    command,
    type: async (text) => {
      for (const character of text) {
        await literally(character);
        strokes += 1;
      }
    },
    key: async (name) => {
      await tmux('send-keys', name);
      strokes += 1;
    },
    paste: async (text, brackets = true) => {
      await tmux('set-buffer', '-b', 'pasted', '--', text);
      await tmux('paste-buffer', '-d', ...(brackets ? ['-p'] : []), '-b', 'pasted');
    },
    strokes: () => strokes,
    screen,
    all,
    until,
    exitCode: async (limit = LIMIT) => {
      await until(atPrompt, limit);
      asked += 1;
      const answer = new RegExp(`exit ${asked} is (\\d+)\\.`);
      await command(`echo "exit ${asked} is $?."`);
      return Number(answer.exec(await until((text) => answer.test(text)))?.[1]);
    },
    resize: async (toColumns, toRows) => void (await tmux('resize-window', '-x', String(toColumns), '-y', String(toRows))),
    cursor: async () => (await tmux('display-message', '-p', '#{cursor_flag}')).trim() === '1',
    tool: async () => {
      const shell = (await tmux('display-message', '-p', '#{pane_pid}')).trim();
      const { stdout } = await run('ps', ['-o', 'pid=,args=', '--ppid', shell]);
      const child = stdout.split('\n').find((line) => line.includes(bundle));
      if (child === undefined) throw new Error('The tool does not run in this terminal.');
      return Number(child.trim().split(' ')[0]);
    },
    recordTo: async (file) => void (await tmux('pipe-pane', '-o', `cat > '${file}'`)),
    close: async () => void (await tmux('kill-server').catch(() => undefined)),
  };
}
