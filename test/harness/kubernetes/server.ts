import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

/** The API server as a process of this one. */
export interface Server {
  /** Stops it in its tracks: connections stay open, and nothing answers on them. */
  pause(): void;
  resume(): void;
  /**
   * Kills it and waits until it is gone. Its data stays, because what a process has written outlives it; an orderly end
   * would let open watches take their time.
   */
  kill(): Promise<void>;
}

/** How long a start may take on a busy two-core machine, in milliseconds. */
const START_LIMIT = 180_000;

/**
 * Starts the server in its directory and waits for the line that says that it is ready. Throws, naming the log, when it
 * ends before or takes too long. It ends by itself when this process does, however that ends: its standard input closes.
 */
export async function startServer(program: string, where: { readonly directory: string; readonly port: number; readonly args: readonly string[]; readonly log: string }): Promise<Server> {
  const output = openSync(where.log, 'a');
  const child = spawn(program, ['-port', String(where.port), '--', ...where.args], { cwd: where.directory, stdio: ['pipe', 'pipe', output] });
  closeSync(output);
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('A process that was asked for pipes has none.');
  const gone = once(child, 'close');
  const atExit = (): void => { child.kill('SIGKILL'); };
  process.once('exit', atExit);
  async function kill(): Promise<void> {
    process.removeListener('exit', atExit);
    child.kill('SIGKILL');
    await gone.catch(() => undefined);
  }

  const late = AbortSignal.timeout(START_LIMIT);
  try {
    const what = await Promise.race([
      once(stdout, 'data', { signal: late }).then(() => 'ready', () => 'late'),
      gone.then(() => 'ended'),
    ]);
    if (what === 'ended') throw new Error(`kube-apiserver ended before it was ready; see ${where.log}`);
    if (what === 'late') throw new Error(`kube-apiserver was not ready after ${START_LIMIT / 1000} s; see ${where.log}`);
  } catch (cause) {
    await kill();
    throw cause;
  }
  return {
    pause: () => { child.kill('SIGSTOP'); },
    resume: () => { child.kill('SIGCONT'); },
    kill,
  };
}
