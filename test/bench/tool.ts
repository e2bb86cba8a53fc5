/** The built tool and other programs as processes of their own, with what they took. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const BUNDLE = fileURLToPath(new URL('../../dist/realm-rescue.js', import.meta.url));
const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));
const USAGE = new URL('usage.mjs', import.meta.url).href;

/** Everything that the bench writes; it goes when the bench does. */
export const scratch = mkdtempSync(join(tmpdir(), 'realm-rescue-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** What one process took. */
export interface Taken {
  /** Wall time from the start of the process to its end. */
  readonly milliseconds: number;
  /** Seconds of CPU, user and system. */
  readonly cpu: number;
  /** Most memory at one time, in bytes. */
  readonly rss: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | null;
}

let used = 0;

/** What makes a Node process tell its use at its end, in a file. */
export function usageNoted(): { readonly env: Record<string, string>; read(): { readonly cpu: number; readonly rss: number } } {
  used += 1;
  const file = join(scratch, `usage-${used}.json`);
  return { env: { NODE_OPTIONS: `--import=${USAGE}`, REALM_RESCUE_BENCH_USAGE: file }, read: () => JSON.parse(readFileSync(file, 'utf8')) as { cpu: number; rss: number } };
}

/** Runs a program to its end. @throws Error with what it said when its exit code is none of `fine` */
export function run(program: string, args: readonly string[], options: { readonly env?: Readonly<Record<string, string>>; readonly fine?: readonly number[] } = {}): Promise<Omit<Taken, 'cpu' | 'rss'>> {
  const started = performance.now();
  const child = spawn(program, args, { env: { PATH: process.env['PATH'] ?? '', HOME: scratch, LANG: 'C.UTF-8', ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit) => {
      const taken = { milliseconds: performance.now() - started, stdout, stderr, exit };
      if ((options.fine ?? [0]).includes(exit ?? -1)) resolve(taken);
      else reject(new Error(`${program} ${args.slice(0, 3).join(' ')} ended with ${exit}: ${stderr.slice(-2000)}${stdout.slice(-500)}`));
    });
  });
}

/** Runs the built tool. @param fine exit codes that are no failure of the bench */
export async function tool(args: readonly string[], fine: readonly number[] = [0]): Promise<Taken> {
  const usage = usageNoted();
  const taken = await run(process.execPath, [BUNDLE, ...args], { env: { KEYCLOAK_PASSWORD: 'admin', ...usage.env }, fine });
  return { ...taken, ...usage.read() };
}

/** Runs one piece of child.ts and gives what it told. */
export async function child<Answer>(work: string, argument: object): Promise<Answer> {
  return JSON.parse((await run(process.execPath, [CHILD, work, JSON.stringify(argument)])).stdout) as Answer;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return (low + high) / 2;
}
