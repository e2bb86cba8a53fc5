import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { RescueError } from '../realm/errors.ts';
import type { JournalLine, RunEvent } from '../runbook/model.ts';
import type { SessionStore } from '../runner/ports.ts';
import { GENESIS, JOURNAL_VERSION, encodeLine, lineHash } from './chain.ts';
import { bytesOf, diskError, makeDirectories, onDisk, syncDirectory, writeAll, writeDurably } from './files.ts';
import { JOURNAL_FILE, readJournal, tornFiles, type JournalRead } from './read.ts';
import { readSnapshotFile, writeSnapshotFile } from './snapshots.ts';
import { tidySession } from './tidy.ts';

export interface SessionPlace {
  /** The session directory's root: what --session-dir names. */
  readonly directory: string;
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Makes the directory of a new run and its empty journal, both durable when this returns.
 *
 * @throws RescueError disk (also when a session of that id exists: take another id)
 */
export function createSession({ directory, id, now }: SessionPlace): SessionStore {
  const place = join(directory, id);
  return onDisk(place, () => {
    const made = makeDirectories(directory);
    mkdirSync(place, { mode: 0o700 });
    const descriptor = openSync(join(place, JOURNAL_FILE), 'ax', 0o600);
    fsyncSync(descriptor);
    syncDirectory(place);
    syncDirectory(directory);
    if (made !== undefined) syncDirectory(dirname(made));
    return store(place, id, now, descriptor, { lines: [], head: GENESIS, torn: new Uint8Array(), bytes: 0 });
  });
}

/**
 * Opens a recorded run to go on with it. Hold the lock of its server and realm: a torn last line is cut off here,
 * and in a run that is alive it would be the line being written.
 *
 * The torn bytes are kept in `journal.torn-N` (N: the number of the line), and `journal.recovered` is appended. Killed
 * between the two, the next open sees the file, misses the event and appends it then.
 *
 * @returns `recovered`: how many bytes were cut off, 0 for a clean end; `exposed`: files that others may read and this user cannot make private
 * @throws  RescueError session-not-found, disk, journal-newer, journal-broken
 */
export function openSession({ directory, id, now }: SessionPlace): { store: SessionStore; recovered: number; exposed: readonly string[] } {
  const place = join(directory, id);
  const read = readJournal(place, id);
  if (read.lines.length === 0) {
    throw new RescueError('session-not-found', `Run ${id} ended before its first event was on disk, so there is nothing to go on with.`, ['It has sent nothing. Start anew with: realm-rescue recover']);
  }
  return onDisk(join(place, JOURNAL_FILE), () => {
    const descriptor = openSync(join(place, JOURNAL_FILE), 'a', 0o600);
    try {
      const exposed = tidySession(place);
      if (read.torn.length > 0) cutTorn(place, descriptor, read);
      const session = store(place, id, now, descriptor, read);
      const recovered = tornFiles(place, read.lines.length + 1).reduce((sum, name) => sum + statSync(join(place, name)).size, 0);
      if (recovered > 0) session.append({ type: 'journal.recovered', droppedBytes: recovered });
      return { store: session, recovered, exposed };
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  });
}

function cutTorn(place: string, descriptor: number, read: JournalRead): void {
  const seq = read.lines.length + 1;
  const kept = tornFiles(place, seq);
  const known = kept.some((name) => readFileSync(join(place, name)).equals(read.torn));
  if (!known) writeDurably(join(place, `journal.torn-${seq}${kept.length > 0 ? `.${kept.length}` : ''}`), read.torn);
  ftruncateSync(descriptor, read.bytes);
  fsyncSync(descriptor);
}

function store(place: string, id: string, now: () => number, descriptor: number, read: JournalRead): SessionStore {
  const path = join(place, JOURNAL_FILE);
  const lines: JournalLine[] = [...read.lines];
  let head = read.head;
  let size = read.bytes;
  let broken: RescueError | null = null;
  let closed = false;

  const append = (event: RunEvent): JournalLine => {
    if (broken) throw broken;
    const line: JournalLine = { v: JOURNAL_VERSION, seq: lines.length + 1, at: new Date(now()).toISOString(), prev: head, event };
    const text = encodeLine(line);
    const bytes = Buffer.from(`${text}\n`);
    try {
      if (fstatSync(descriptor).size !== size) throw new RescueError('journal-broken', `Another process has written to ${path}.`, ['Let only one of the two runs go on; this one has stopped.']);
      writeAll(descriptor, bytes);
      fsyncSync(descriptor);
    } catch (error) {
      broken = diskError(error, path);
      if (broken.code === 'disk') takeBack(descriptor, size);
      throw broken;
    }
    lines.push(line);
    head = lineHash(text);
    size += bytes.length;
    return line;
  };

  return {
    id,
    directory: place,
    append,
    lines,
    get head() {
      return head;
    },
    writeSnapshot: (name, snapshot) => writeSnapshotFile(place, name, snapshot),
    readSnapshot: (file) => readSnapshotFile(place, within(file), lines),
    writeText: (file, text) => {
      const target = join(place, within(file));
      onDisk(target, () => {
        makeDirectories(dirname(target));
        writeDurably(target, typeof text === 'string' ? text : bytesOf(text));
      });
    },
    close: () => {
      // Once only: the number of a closed descriptor soon belongs to another file.
      if (closed) return;
      closed = true;
      broken ??= new RescueError('disk', `The record of run ${id} is closed already.`);
      onDisk(path, () => closeSync(descriptor));
    },
  };
}

/**
 * After a failed write the file may end in half a line. It is cut off if the disk still lets us; if not, the next open
 * recognises it. Either way this store writes no more: after a failed fsync the kernel may have dropped what it held,
 * so no later success would mean that everything before it is there.
 */
function takeBack(descriptor: number, size: number): void {
  try {
    ftruncateSync(descriptor, size);
  } catch {
    // Nothing to add: the error that brought us here is the one to tell.
  }
}

/** A path below the session's directory, refused when it leads out of it. */
function within(file: string): string {
  const path = normalize(file);
  if (isAbsolute(path) || path === '..' || path.startsWith('../')) throw new RescueError('disk', `The path ${file} does not lie inside the session's directory.`);
  return path;
}
