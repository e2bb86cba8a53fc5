import { resolve } from 'node:path';
import { writeSnapshotFile } from '../journal/snapshots.ts';
import { counts } from '../runner/counts.ts';
import { sanitise } from '../ui/text.ts';
import { captureOnce, withKeycloak } from './live.ts';
import { printJson, writingOut } from './out.ts';
import type { CommandRun } from './table.ts';
import { thisTerminal } from './terminal.ts';

/** Writes the live state to a file of mode 0600: it holds secrets, and says so. */
export const run: CommandRun = async (invocation) => {
  const snapshot = await withKeycloak(invocation, thisTerminal(invocation), (keycloak) => captureOnce(keycloak));
  const stamp = snapshot.capturedAt.replaceAll(/[:.]/g, '-');
  const directory = resolve(invocation.flags.out ?? '.');
  const { file, sha256 } = writingOut('snapshot', directory, () => writeSnapshotFile(directory, `${snapshot.realm.replaceAll(/[^\w.-]/g, '_')}-${stamp}`, snapshot));
  const path = resolve(directory, file);
  const result = { schema: 'realm-rescue/snapshot-written/v1', file: path, sha256, fingerprint: snapshot.fingerprint, counts: counts(snapshot.representation), notes: snapshot.notes };
  if (invocation.flags.json) printJson(result);
  else {
    process.stdout.write(`${sanitise(path)}\n`);
    process.stderr.write(`${Object.entries(result.counts).map(([noun, n]) => `${n} ${noun}`).join(', ')}; fingerprint ${snapshot.fingerprint}\nThe file holds client secrets: mode 0600, keep it out of git.\n`);
  }
  return 0;
};
