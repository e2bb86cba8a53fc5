import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { cacheDirectory } from '../cache.ts';
import { execute, start, type Daemon } from '../process.ts';

/** The processes of one GitOps controller: they share a directory, and end together. */
export interface Group {
  /** Where they may write; it goes with `stop`. It is their home and holds their temporary files too. */
  readonly directory: string;
  readonly logFiles: readonly string[];
  /** Starts one and waits until it is ready. Its environment is only PATH, HOME, TMPDIR, KUBECONFIG and what is given here. */
  run(name: string, program: string, args: readonly string[], ready: () => Promise<boolean>, env?: Readonly<Record<string, string>>): Promise<void>;
  stop(failed?: boolean): Promise<void>;
}

/** How long a controller may take to be ready on a busy two-core machine, in milliseconds. */
const START_LIMIT = 90_000;

/** @param kubeconfig  whom the processes log in as */
export async function openGroup(kubeconfig: string): Promise<Group> {
  const directory = await mkdtemp(join(tmpdir(), 'realm-rescue-gitops-'));
  const logs = join(cacheDirectory(), 'logs');
  await mkdir(logs, { recursive: true });
  const base = { PATH: process.env['PATH'], HOME: directory, TMPDIR: directory, KUBECONFIG: kubeconfig };
  const running: Daemon[] = [];
  const logFiles: string[] = [];
  return {
    directory,
    logFiles,
    async run(name, program, args, ready, env = {}) {
      const log = join(logs, `${name}-${directory.slice(-6)}.log`);
      logFiles.push(log);
      const daemon = start(program, args, { env: { ...base, ...env }, cwd: directory, log });
      running.push(daemon);
      await daemon.until(ready, START_LIMIT);
    },
    async stop(failed = false) {
      // Nothing of theirs is kept, so there is nothing to put in order first.
      await Promise.all(running.splice(0).map((daemon) => daemon.stop('SIGKILL')));
      // The repo server of Argo CD takes all permissions from the checkouts that it does not use at the moment.
      await execute('chmod', ['-R', 'u+rwX', directory]);
      await rm(directory, { recursive: true, force: true });
      if (failed) process.stderr.write(`Logs of GitOps controllers: ${logFiles.join(' ')}\n`);
      else await Promise.all(logFiles.map((log) => rm(log, { force: true })));
    },
  };
}

/** Whether a health check answers 200. */
export async function healthy(url: string): Promise<boolean> {
  const { statusCode, body } = await request(url);
  await body.dump();
  return statusCode === 200;
}
