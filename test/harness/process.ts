import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a program to its end. Throws with what it printed when it fails. */
export async function execute(program: string, args: readonly string[], options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly uid?: number; readonly gid?: number } = {}): Promise<string> {
  try {
    const { stdout, stderr } = await run(program, args, { maxBuffer: 64 * 1024 * 1024, ...options });
    return stdout + stderr;
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')} failed:\n${tail(stdout + stderr)}`, { cause });
  }
}

/** A server that this test process started and that ends with it. */
export interface Daemon {
  /** Asks it to end, waits for that; after the grace period (milliseconds) the whole process group is killed. */
  stop(signal?: NodeJS.Signals, grace?: number): Promise<void>;
  /** Waits until `ready` gives true. Throws when the process ends before, or after `limit` milliseconds. */
  until(ready: () => Promise<boolean>, limit: number): Promise<void>;
}

/**
 * Starts a program as leader of a process group of its own, so that stopping it also stops what it started, and
 * nothing else. Output goes to the end of `log`.
 */
export function start(program: string, args: readonly string[], options: { readonly env: NodeJS.ProcessEnv; readonly log: string; readonly cwd?: string; readonly uid?: number; readonly gid?: number }): Daemon {
  const { log, ...rest } = options;
  const output = openSync(log, 'a');
  const child = spawn(program, args, { ...rest, detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  // Without a listener a program that cannot be started would end the test process.
  let broken: Error | undefined;
  child.once('error', (error) => { broken = error; });
  const atExit = (): void => { signalGroup(child, 'SIGKILL'); };
  process.once('exit', atExit);

  return {
    async until(ready, limit) {
      const end = Date.now() + limit;
      while (!await ready().catch(() => false)) {
        if (broken !== undefined || ended(child)) throw new Error(`${program} ended before it was ready; see ${log}`, { cause: broken });
        if (Date.now() > end) throw new Error(`${program} was not ready after ${limit / 1000} s; see ${log}`);
        await delay(100);
      }
    },
    async stop(signal = 'SIGTERM', grace = 30_000) {
      process.removeListener('exit', atExit);
      if (broken !== undefined || ended(child)) return;
      const gone = once(child, 'exit');
      signalGroup(child, signal);
      const timer = setTimeout(() => { signalGroup(child, 'SIGKILL'); }, grace);
      await gone;
      clearTimeout(timer);
    },
  };
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || ended(child)) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}

/** A loopback port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
  return address.port;
}

function tail(output: string): string {
  return output.split('\n').slice(-40).join('\n');
}
