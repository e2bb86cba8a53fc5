import { spawn } from 'node:child_process';
import { RescueError } from '../realm/errors.ts';
import { redact } from '../realm/redact.ts';

export interface GitAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GitOptions {
  readonly cwd: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Variables that would point git at another repository or ask a person for something, and those that no filter or helper of git has to see. */
const CLEAN = {
  KEYCLOAK_PASSWORD: undefined, KEYCLOAK_CLIENT_SECRET: undefined,
  GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined, GIT_PREFIX: undefined, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', GIT_PAGER: 'cat', LC_ALL: 'C',
};

/** More than any revision of a realm file has; what git says beyond that is not kept in memory. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Runs git and gives its answer whatever the exit code; throws RescueError `git` only where git cannot be started, or is ended before it
 * has answered. It runs in a session of its own: a ctrl-c is for us, and a git that it ended would look like a repository without an answer.
 */
export function tryGit(args: readonly string[], { cwd, input, env }: GitOptions): Promise<GitAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['--no-pager', ...args], { cwd, env: { ...process.env, ...CLEAN, ...env }, detached: true, stdio: 'pipe' });
    const fail = (cause?: unknown) => reject(new RescueError('git', 'git cannot be run here.', ['Install git, or check that the directory exists.'], { cause }));
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    let size = 0;
    for (const [stream, chunks] of [[child.stdout, out], [child.stderr, err]] as const) {
      stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MOST_BYTES) child.kill();
      });
    }
    child.on('error', fail);
    child.on('close', (code) => (code === null ? fail() : resolve({ code, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') })));
    // git may end before it has read everything; its exit code says why.
    child.stdin.on('error', () => child.stdin.destroy());
    child.stdin.end(input ?? '');
  });
}

/** Runs git and gives what it printed. Throws RescueError `git` with git's own first line where it fails. */
export async function git(args: readonly string[], options: GitOptions): Promise<string> {
  const answer = await tryGit(args, options);
  if (answer.code !== 0) {
    const said = answer.stderr.split('\n').find((line) => line.trim() !== '') ?? `exit code ${answer.code}`;
    // git quotes addresses of remotes, and people keep passwords in them.
    throw new RescueError('git', `git ${args[0] ?? ''} fails: ${redact(said.trim()).replace(/\.$/, '')}.`, ['Run the same command by hand in the repository.']);
  }
  return answer.stdout;
}

/** The top directory of the working tree that holds a directory; null outside of any, and where there is no git to ask. */
export async function topOf(directory: string): Promise<string | null> {
  try {
    const answer = await tryGit(['rev-parse', '--show-toplevel'], { cwd: directory });
    return answer.code === 0 ? answer.stdout.replace(/\r?\n$/, '') : null;
  } catch (error) {
    if (error instanceof RescueError) return null;
    throw error;
  }
}
