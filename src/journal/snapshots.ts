import { createHash, type Hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RescueError } from '../realm/errors.ts';
import type { Snapshot } from '../realm/snapshot.ts';
import { snapshotFault } from '../realm/snapshot-shape.ts';
import type { JournalLine } from '../runbook/model.ts';
import { bytesOf, codeOf, makeDirectories, onDisk, syncDirectory, writeDurably } from './files.ts';
import { prettyChunks } from '../realm/pretty.ts';

const FOLDER = 'snapshots';

/**
 * Writes a snapshot below a session's directory.
 *
 * @param name what it is called, without folder and suffix: `live-before`. Characters that are no file name are replaced.
 * @returns    its path below the session's directory, and the SHA-256 of its bytes
 * @throws     RescueError disk
 */
export function writeSnapshotFile(directory: string, name: string, snapshot: Snapshot): { file: string; sha256: string } {
  const folder = join(directory, FOLDER);
  const file = `${FOLDER}/${fileName(name)}.json`;
  const hash = createHash('sha256');
  onDisk(folder, () => {
    if (makeDirectories(folder) !== undefined) syncDirectory(directory);
    writeDurably(join(directory, file), hashed(bytesOf(prettyChunks(snapshot, 1)), hash));
  });
  return { file, sha256: `sha256:${hash.digest('hex')}` };
}

/** The chunks as they are; each goes into the hash on its way. */
function* hashed(chunks: Iterable<Uint8Array>, hash: Hash): Generator<Uint8Array> {
  for (const bytes of chunks) {
    hash.update(bytes);
    yield bytes;
  }
}

/**
 * Reads a snapshot back and holds it against the journal: restoring takes bodies and secrets from it.
 *
 * @param file  its path below the session's directory
 * @param lines the journal, which noted the file's SHA-256 when it was written
 * @throws      RescueError disk, journal-broken
 */
export function readSnapshotFile(directory: string, file: string, lines: readonly JournalLine[]): Snapshot {
  const path = join(directory, file);
  const bytes = onDisk(path, () => {
    try {
      return readFileSync(path);
    } catch (error) {
      throw codeOf(error) === 'ENOENT' ? unusable(path, 'it is not there') : error;
    }
  });
  const noted = notedHashes(lines).get(file);
  if (noted !== undefined && noted !== sha256(bytes)) throw unusable(path, 'it is not what the journal says was written');
  return parseSnapshot(bytes.toString('utf8'), path);
}

/**
 * A snapshot from the text of its file.
 *
 * @param path named in the error
 * @throws     RescueError journal-broken, naming the first field that does not fit
 */
export function parseSnapshot(text: string, path: string): Snapshot {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unusable(path, 'it is not JSON');
  }
  const field = snapshotFault(value);
  if (field === null) return value as Snapshot;
  throw unusable(path, field === '' ? 'it is not an object' : `its field ${field} is missing or of another type`);
}

function unusable(path: string, because: string): RescueError {
  return new RescueError('journal-broken', `The snapshot ${path} cannot be used: ${because}.`, [
    'If this is a copy of a run, copy its snapshots directory as well; it holds secrets.',
    'Otherwise keep everything as it is, and start a new run with: realm-rescue recover. It captures the realm anew.',
  ]);
}

/** A file beside the journal that is not as the journal says. */
export interface FaultyFile {
  /** Its path below the session's directory. */
  readonly file: string;
  readonly missing: boolean;
  /** One clause: `it is not there`. */
  readonly because: string;
}

/**
 * Holds every file whose SHA-256 the journal notes against that note: snapshots, and what an API server still remembered.
 *
 * @returns those that do not fit, in the order in which they were first noted
 * @throws  RescueError disk, for a file that is there and cannot be read
 */
export function verifyFiles(directory: string, lines: readonly JournalLine[]): FaultyFile[] {
  return [...notedHashes(lines)].flatMap(([file, noted]): FaultyFile[] => {
    const path = join(directory, file);
    const bytes = onDisk(path, () => {
      try {
        return readFileSync(path);
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null;
        throw error;
      }
    });
    if (bytes === null) return [{ file, missing: true, because: 'it is not there' }];
    return noted === sha256(bytes) ? [] : [{ file, missing: false, because: 'it is not what the journal says was written' }];
  });
}

/** The SHA-256 that the journal last noted for each file. */
function notedHashes(lines: readonly JournalLine[]): ReadonlyMap<string, string> {
  const noted = lines.flatMap(({ event }): readonly { readonly file: string; readonly sha256: string }[] => {
    switch (event.type) {
      case 'capture.succeeded': return [event.captured];
      case 'write.overwritten': return event.captured === null ? [] : [event.captured];
      case 'evidence.read': return event.evidence;
      case 'cluster.remembered': return event.versions;
      default: return [];
    }
  });
  return new Map(noted.map(({ file, sha256: hash }) => [file, hash]));
}

/** A file name that holds no separator, does not hide itself and is short enough for every file system. */
function fileName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._@-]+/g, '-').replace(/^[.-]+/, '').slice(0, 100);
  return safe === '' ? 'snapshot' : safe;
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
