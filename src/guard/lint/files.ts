import { chmod, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { lintable, listFiles, maybeScript, readText, repositoryOf } from '../../gitops/find-files.ts';
import { lintFile } from '../../gitops/lint.ts';
import { RescueError } from '../../realm/errors.ts';
import type { FoundFile } from '../../gitops/find-files.ts';
import type { LintReport } from './report.ts';

export interface LintRequest {
  /** Files and directories; a file that is named is looked at whatever its name. */
  readonly paths: readonly string[];
  readonly cwd: string;
  /** The server's version, where somebody knows it. */
  readonly version: string | null;
}

/**
 * Reads and judges. Names in the report are relative to where the command runs, or to the directory that was named where that lies elsewhere.
 *
 * @throws RescueError `usage` for a path that is not there
 */
export async function lintPaths({ paths, cwd, version }: LintRequest): Promise<Pick<LintReport, 'files'>> {
  const found = await Promise.all(paths.map((path) => filesAt(resolve(cwd, path), path)));
  const files = new Map(found.flatMap((below, index) => below.map((file) => [file.absolute, { ...file, path: shownFrom(cwd, resolve(cwd, paths[index] ?? '.'), file.absolute) }] as const)));
  const named = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files: named.map(({ path, text, absolute }) => ({ ...lintFile(path, text, version), absolute })) };
}

function shownFrom(cwd: string, given: string, absolute: string): string {
  const near = relative(cwd, absolute);
  const shown = near.startsWith('..') ? relative(given, absolute) : near;
  return shown.split(sep).join('/') || basename(absolute);
}

async function filesAt(absolute: string, given: string): Promise<readonly FoundFile[]> {
  const status = await stat(absolute).catch((cause: unknown) => {
    throw new RescueError('usage', `There is no file or directory ${given} here.`, ['Name files or directories: realm-rescue lint deploy/ charts/keycloak/values.yaml'], { cause });
  });
  if (status.isFile()) {
    const file = await readText(absolute, given);
    if (!file) throw new RescueError('usage', `${given} is no text that can be judged (a link, not UTF-8, or more than 32 MiB).`, ['Name a text file, or the directory that it lies in.']);
    return [file];
  }
  const repository = await repositoryOf(absolute);
  const all = await listFiles(repository.git ? { ...repository, below: absolute } : { top: absolute, git: false, below: absolute });
  const read = await Promise.all(all.filter((path) => lintable(path) || maybeScript(path)).map((path) => readText(join(repository.git ? repository.top : absolute, path), path)));
  return read.flatMap((file) => (file && (lintable(file.path) || file.text.startsWith('#!')) ? [file] : []));
}

/** Writes what `--fix` can mend, each file at once or not at all, with the mode that it had. Gives the names of the files that were written. */
export async function writeFixes({ files }: Pick<LintReport, 'files'>): Promise<readonly string[]> {
  const written: string[] = [];
  for (const { file, fixed, absolute } of files) {
    if (fixed === null) continue;
    const fresh = join(dirname(absolute), `.${process.pid}.realm-rescue-fix`);
    try {
      const { mode } = await stat(absolute);
      await writeFile(fresh, fixed);
      await chmod(fresh, mode & 0o777);
      await rename(fresh, absolute);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
      throw new RescueError('disk', `${file} cannot be written${code}; ${written.length === 0 ? 'no file was changed' : `${written.join(', ')} ${written.length === 1 ? 'was' : 'were'} changed before`}.`, ['Make room or correct the permission, and run it again.'], { cause: error });
    }
    written.push(file);
  }
  return written;
}
