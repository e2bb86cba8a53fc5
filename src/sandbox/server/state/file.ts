import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { World } from './model.ts';

/** A sandbox's state from its file; undefined when there is none yet. Throws when the file is not one of ours. */
export function loadWorld(file: string): World | undefined {
  if (!existsSync(file)) return undefined;
  const world = JSON.parse(readFileSync(file, 'utf8')) as World;
  if (world.schema !== 'realm-rescue/sandbox/v1') throw new Error(`${file} is not the state of a sandbox`);
  // A state from before the sandbox knew organizations.
  for (const realm of world.realms) realm.organizations ??= [];
  return world;
}

/**
 * Writes beside and renames, so that a process killed in between leaves the old state whole. Not fsynced: a kill -9
 * loses nothing that the kernel has, and a sandbox need not survive a power cut. Mode 0600: it holds keys and secrets.
 */
export function saveWorld(file: string, world: World): void {
  const beside = `${file}.new`;
  writeFileSync(beside, JSON.stringify(world), { mode: 0o600 });
  renameSync(beside, file);
}
