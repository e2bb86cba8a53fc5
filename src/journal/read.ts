import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RescueError } from '../realm/errors.ts';
import { verifyLines, type FaultyJournal, type IntactJournal } from './chain.ts';
import { codeOf, onDisk } from './files.ts';

export const JOURNAL_FILE = 'journal.jsonl';
/** Files that keep torn bytes: `journal.torn-7` held the seventh line. */
const TORN_FILE = /^journal\.torn-(\d+)(\.\d+)?$/;

export interface JournalRead {
  /** Lines that fit, and the head after them. */
  readonly lines: IntactJournal['lines'];
  readonly head: string;
  /** The bytes of a line that was cut while it was written; empty when there is none. */
  readonly torn: Uint8Array;
  /** Length of the intact part in bytes. */
  readonly bytes: number;
}

/**
 * Reads a journal without touching it, so it may be used on a run that is still being written.
 *
 * @param directory the session's own directory
 * @param id        for the sentence, when something is wrong
 * @throws RescueError session-not-found, disk, journal-newer, journal-broken (naming the first altered line)
 */
export function readJournal(directory: string, id: string): JournalRead {
  const path = join(directory, JOURNAL_FILE);
  const content = journalBytes(directory, id);
  const verified = verifyLines(content);
  if (verified.ok) return { lines: verified.lines, head: verified.head, torn: new Uint8Array(), bytes: content.length };
  if (verified.kind !== 'torn') throw journalError(verified, id, path);
  return { lines: verified.lines, head: verified.head, torn: content.subarray(verified.bytes), bytes: verified.bytes };
}

/** A journal as it lies on disk, for those who judge it themselves. Throws RescueError session-not-found and disk. */
export function journalBytes(directory: string, id: string): Buffer {
  const path = join(directory, JOURNAL_FILE);
  return onDisk(path, () => {
    try {
      return readFileSync(path);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      throw new RescueError('session-not-found', `There is no recorded run ${id}: ${path} does not exist.`, ['List the recorded runs with: realm-rescue sessions']);
    }
  });
}

/** What a faulty journal means for a person. Not for torn ones: those are recovered. */
export function journalError(fault: FaultyJournal, id: string, path: string): RescueError {
  if (fault.kind === 'newer') {
    return new RescueError('journal-newer', `The record of run ${id} was written by a newer realm-rescue: line ${fault.line} ${fault.because}.`, [
      'Go on with that version of realm-rescue; this one has changed nothing.',
    ]);
  }
  return new RescueError('journal-broken', `The record of run ${id} was changed after it was written: line ${fault.line} ${fault.because}.`, [
    `Keep ${path} as it is: it is evidence. The lines before line ${fault.line} can be trusted.`,
    'Start a new run with: realm-rescue recover. It captures the realm anew and sends only what is still missing.',
  ]);
}

/** Sizes and names of the files that keep torn bytes of the line with this number. */
export function tornFiles(directory: string, seq: number): string[] {
  return readdirSync(directory).filter((name) => TORN_FILE.exec(name)?.[1] === String(seq)).sort();
}
