import { chmodSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What writeDurably writes beside a file until it has its name; a kill -9 leaves it behind. */
const BESIDE = /\.\d+\.tmp$/;
/** The git repository of a demo: its modes are part of what git sees. */
const NOT_OURS = 'repository';

/**
 * Makes the directory of a recorded run private again, and takes away what an earlier process was killed over. Copies (`cp -r`, an archive, a
 * stick) come with modes that let everybody read the secrets in the snapshots. Hold the lock: what looks left behind may be being written.
 *
 * @returns paths that others may still read, because they belong to somebody else
 */
export function tidySession(place: string): readonly string[] {
  const exposed: string[] = [];
  const visit = (path: string, name: string): void => {
    const status = lstatSync(path);
    if (status.isSymbolicLink() || name === NOT_OURS) return;
    if (status.isFile() && BESIDE.test(name)) {
      rmSync(path, { force: true });
      return;
    }
    if ((status.mode & 0o077) !== 0 && !tightened(path, status.isDirectory() ? 0o700 : 0o600)) exposed.push(path);
    if (status.isDirectory()) for (const entry of readdirSync(path)) visit(join(path, entry), entry);
  };
  visit(place, '');
  return exposed;
}

function tightened(path: string, mode: number): boolean {
  try {
    chmodSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
