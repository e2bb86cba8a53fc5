import { RescueError } from '../realm/errors.ts';
import { asRealm, unreadable } from './document.ts';
import type { Snapshot } from '../realm/snapshot.ts';
import { snapshotFault } from '../realm/snapshot-shape.ts';

/** Reads a snapshot file; facts stay. Its source becomes the file, so that differences say where they come from. Throws RescueError `evidence-*`. */
export function readSnapshotText(text: string, name: string, realm: string): Snapshot {
  const value = parse(text, name);
  if (snapshotFault(value) !== null) {
    const schema = (value as { readonly schema?: unknown } | null)?.schema;
    if (typeof schema === 'string' && schema !== 'realm-rescue/snapshot/v1') throw unreadable(`${name} has the format ${schema}, which this version does not know.`, ['Use the version of realm-rescue that wrote it.']);
    throw unreadable(`${name} is no snapshot of realm-rescue.`, [`If it is a realm file, use file:${name}.`]);
  }
  const snapshot = value as Snapshot;
  const representation = asRealm(snapshot.representation, name);
  if (snapshot.realm !== realm) throw new RescueError('evidence-other-realm', `${name} is a snapshot of realm ${snapshot.realm}, not of realm ${realm}.`, [`Name a snapshot of realm ${realm}.`]);
  return { ...snapshot, representation, source: `snapshot:${name}`, notes: [`captured from ${snapshot.source} at ${snapshot.capturedAt}`, ...snapshot.notes] };
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(`${name} is no snapshot: it is not JSON.`, ['A snapshot that was cut off cannot be used; take an earlier one.'], cause);
  }
}
