import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bundle = fileURLToPath(new URL('../../dist/realm-rescue.js', import.meta.url));

export interface ToolRun {
  readonly exit: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ToolOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
  /** Called with each whole line of stdout; may kill the child. */
  readonly onLine?: (line: string, child: ChildProcess) => void;
}

/** Runs the built tool as its own process, as a script would. `npm test` and `npm run test:real` build it first. */
export function runTool(args: readonly string[], options: ToolOptions = {}): Promise<ToolRun> {
  const { env = {}, input, cwd, onLine } = options;
  const child = spawn(process.execPath, [bundle, ...args], { cwd, env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), LANG: 'C.UTF-8', ...env }, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
  let [stdout, stderr, seen] = ['', '', 0];
  // A pipe ends its pieces anywhere, in the middle of a character too.
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    for (let end = stdout.indexOf('\n', seen); end >= 0; end = stdout.indexOf('\n', seen)) {
      onLine?.(stdout.slice(seen, end), child);
      seen = end + 1;
    }
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  if (input !== undefined) child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit, signal) => resolve({ exit, signal, stdout, stderr }));
  });
}

/** Ends the tool as kill -9 would, the moment that the n-th journal line of this type is on disk: from outside it might be done before. */
export function killedAt(type: string, nth = 1): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import=${new URL('kill-at.mjs', import.meta.url).href}`, REALM_RESCUE_TEST_KILL_EVENT: `${type} ${nth}` };
}

const places: string[] = [];
process.on('exit', () => {
  for (const place of places) rmSync(place, { recursive: true, force: true });
});

/** A directory of its own for sessions; it goes when the test file's worker does. */
export function sessionPlace(): string {
  const place = mkdtempSync(join(tmpdir(), 'realm-rescue-test-'));
  places.push(place);
  return place;
}

/** The last line of `recover --json`. */
export function summaryOf(run: ToolRun): Record<string, unknown> {
  const last = run.stdout.trim().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(last) as Record<string, unknown>;
  } catch {
    throw new Error(`no summary line: exit ${run.exit}, stdout ends ${JSON.stringify(last)}, stderr ${run.stderr}`);
  }
}
