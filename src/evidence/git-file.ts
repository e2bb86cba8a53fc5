import { stat } from 'node:fs/promises';
import path from 'node:path';
import { RescueError } from '../realm/errors.ts';
import { git, topOf, tryGit } from '../gitops/git.ts';

export interface GitFile {
  readonly text: string;
  /** ISO time of the commit. */
  readonly date: string;
  readonly commit: string;
}

/** Reads a file as it was in a revision. The path may be gone from the working tree. Throws RescueError `git` and `evidence-unreadable`. */
export async function readGitFile(absolute: string, revision: string): Promise<GitFile> {
  const directory = await existing(path.dirname(absolute));
  const top = await topOf(directory);
  if (top === null) {
    // A machine without git has no working trees either; that has to be said first. Throws where git cannot be started.
    await tryGit(['--version'], { cwd: directory });
    throw new RescueError('git', `${absolute} does not lie in a git working tree.`, ['Name a path in a repository, or use file:PATH.']);
  }
  const options = { cwd: directory };
  const found = await tryGit(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`], options);
  if (found.code !== 0) throw new RescueError('git', `The repository has no revision "${revision}".`, ['See the revisions of the file with "git log --oneline -- PATH".']);
  const commit = found.stdout.trim();
  // git's own prefix and not path.relative: the top may be spelled differently when links are on the way.
  const prefix = (await git(['rev-parse', '--show-prefix'], options)).replace(/\r?\n$/, '');
  const relative = prefix + path.relative(directory, absolute).split(path.sep).join('/');
  const shown = await tryGit(['cat-file', 'blob', `${commit}:${relative}`], options);
  if (shown.code !== 0) {
    throw new RescueError('evidence-unreadable', `${relative} does not exist in revision ${revision}.`, [`See where it was with "git log --all --oneline -- ${relative}".`]);
  }
  const date = (await git(['show', '-s', '--format=%cI', commit], options)).trim();
  return { text: shown.stdout, date: new Date(date).toISOString(), commit };
}

async function existing(directory: string): Promise<string> {
  const found = await stat(directory).catch(() => null);
  if (found?.isDirectory() || path.dirname(directory) === directory) return directory;
  return existing(path.dirname(directory));
}
