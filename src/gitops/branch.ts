import { rm } from 'node:fs/promises';
import path from 'node:path';
import { RescueError } from '../realm/errors.ts';
import { git, tryGit } from './git.ts';
import type { Repository } from './find-files.ts';

export interface BranchRequest {
  readonly top: string;
  readonly branch: string;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly message: string;
  /** A directory that exists, for the index of its own: what a killed run leaves there is taken away by the next. */
  readonly scratch: string;
  /** The run: its own branch may be made anew after a crash. */
  readonly session: string;
  /** Milliseconds since the epoch: the commit's date. */
  readonly at: number;
}

/**
 * Refuses a branch that cannot be made, before anything is written: bad name, taken name, no commit yet, changes that are not committed,
 * nobody to commit as.
 * Gives the tip of the branch where this very run made it before it was interrupted, else null. Throws RescueError `git`.
 */
export async function checkBranch(top: string, branch: string, session: string): Promise<string | null> {
  const inTop = { cwd: top };
  if (branch.startsWith('-') || (await tryGit(['check-ref-format', '--branch', branch], inTop)).code !== 0) {
    throw new RescueError('git', `"${branch}" is not a name for a branch.`, ['Choose another name with --branch.']);
  }
  const tip = (await tryGit(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`], inTop)).stdout.trim();
  const ours = tip !== '' && (await git(['log', '-1', '--format=%(trailers:key=Runbook-Session,valueonly)', tip], inTop)).trim() === session;
  if (tip !== '' && !ours) throw new RescueError('git', `The branch ${branch} exists already.`, ['Choose another name with --branch; this tool never moves the branch of somebody else.']);
  if ((await tryGit(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], inTop)).code !== 0) {
    throw new RescueError('git', 'The repository has no commit yet, so there is nothing to branch from.', ['Export without --branch and apply changes.patch.']);
  }
  if ((await git(['status', '--porcelain', '--untracked-files=no'], inTop)).trim() !== '') {
    throw new RescueError('git', 'The working tree has changes that are not committed.', ['Commit or stash them first, or export without --branch and apply changes.patch.']);
  }
  if ((await tryGit(['var', 'GIT_COMMITTER_IDENT'], inTop)).code !== 0 || (await tryGit(['var', 'GIT_AUTHOR_IDENT'], inTop)).code !== 0) {
    throw new RescueError('git', 'git does not know here who commits.', ['Tell it: git config user.name "Your Name" and git config user.email you@example.com; or export without --branch.']);
  }
  return ours ? tip : null;
}

/** The same of the working tree that a directory belongs to. Throws RescueError `git` where it belongs to none. */
export async function checkExportBranch(repository: Repository | null, branch: string, session: string): Promise<void> {
  if (!repository?.git) throw new RescueError('git', 'A branch needs a git working tree.', ['Name it with --repo, or export without --branch.']);
  await checkBranch(repository.top, branch, session);
}

/**
 * Makes a branch with one commit on top of HEAD, by git's own plumbing and an index of its own: working tree, index and current branch
 * stay as they are, no hook runs, nothing is pushed. Gives the commit's id. Throws RescueError `git`.
 */
export async function commitOnBranch({ top, branch, files, message, session, at, scratch }: BranchRequest): Promise<string> {
  const tip = await checkBranch(top, branch, session);
  const index = path.resolve(scratch, '.git-index');
  const clear = async (): Promise<void> => {
    for (const file of [index, `${index}.lock`]) await rm(file, { force: true });
  };
  await clear();
  try {
    const options = { cwd: top, env: { GIT_INDEX_FILE: index, GIT_AUTHOR_DATE: new Date(at).toISOString(), GIT_COMMITTER_DATE: new Date(at).toISOString() } };
    const head = (await git(['rev-parse', 'HEAD'], options)).trim();
    await git(['read-tree', head], options);
    for (const { path: name, text } of files) {
      // --path applies the same filters (line ends, clean) as "git add" would.
      const blob = (await git(['hash-object', '-w', '--stdin', '--path', name], { ...options, input: text })).trim();
      const mode = /^(\d+) /.exec(await git(['ls-files', '-s', '--', `:(literal)${name}`], options))?.[1] ?? '100644';
      await git(['update-index', '--add', '--cacheinfo', `${mode},${blob},${name}`], options);
    }
    const tree = (await git(['write-tree'], options)).trim();
    const commit = (await git(['commit-tree', tree, '-p', head, '-F', '-'], { ...options, input: message })).trim();
    await git(['update-ref', '-m', 'realm-rescue export', `refs/heads/${branch}`, commit, tip ?? '0'.repeat(commit.length)], options);
    return commit;
  } finally {
    await clear();
  }
}
