import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the harness keeps what is expensive to get; outside the repository, so that a clean clone can use it again. */
export function cacheDirectory(): string {
  const own = process.env['REALM_RESCUE_CACHE'];
  if (own !== undefined && own !== '') return own;
  const base = process.env['XDG_CACHE_HOME'];
  return base !== undefined && base !== '' ? join(base, 'realm-rescue') : join(homedir(), '.cache', 'realm-rescue');
}

/**
 * Gives the directory `name` of the cache and makes it first when it is missing. `make` fills an empty directory
 * beside it, which is then renamed: a run that dies half-way leaves nothing that the next one would trust, and of two
 * runs at once one wins.
 */
export async function cached(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  const target = join(cacheDirectory(), name);
  if (await exists(target)) return target;
  await mkdir(cacheDirectory(), { recursive: true });
  const work = await mkdtemp(join(cacheDirectory(), '.making-'));
  try {
    await make(work);
    await rename(work, target).catch(async (cause: unknown) => {
      if (!await exists(target)) throw cause;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}
