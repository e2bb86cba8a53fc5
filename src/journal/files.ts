import { closeSync, existsSync, fchmodSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { RescueError } from '../realm/errors.ts';

/** Codes of node:fs, as a clause after the path. What is not here is told as the code itself. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would grow beyond the allowed size',
  EACCES: 'permission is denied',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is not a directory',
  ENOENT: 'it does not exist',
  EISDIR: 'it is a directory',
  EEXIST: 'something of that name is there already',
  EMFILE: 'this process has too many files open',
  ENFILE: 'the system has too many files open',
  EIO: 'the device reports an error',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'there are too many symbolic links',
  ESTALE: 'the network file system has gone away',
};

/**
 * What node:fs threw, for a person. An error of our own passes through.
 *
 * @param error what was thrown
 * @param path  what was being written or read
 */
export function diskError(error: unknown, path: string): RescueError {
  if (error instanceof RescueError) return error;
  const code = codeOf(error);
  return new RescueError(
    'disk',
    `The session files at ${path} cannot be used: ${REASONS[code] ?? 'the system reports an error'} (${code}).`,
    ['Make room, correct the permission, or choose another place with --session-dir DIR.', 'No write is sent to a server before it is on record here.'],
    { cause: error },
  );
}

/** `ENOSPC`, or `unknown`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}

/** Runs what touches the disk and turns what node throws into RescueError `disk`. */
export function onDisk<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskError(error, path);
  }
}

/**
 * Makes a directory that only its owner may enter, and those above it that are missing. Node's own `recursive` never ends where a file system
 * answers ENOENT below a directory that is there, as /proc does (26.10.0).
 *
 * @returns the first one that was made; undefined where the directory was there
 */
export function makeDirectories(directory: string): string | undefined {
  const parent = dirname(directory);
  const first = existsSync(parent) ? undefined : makeDirectories(parent);
  try {
    mkdirSync(directory, { mode: 0o700 });
    return first ?? directory;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST' || !statSync(directory).isDirectory()) throw error;
    return first;
  }
}

/** Writes all bytes at the file's position (or its end where it is open for appending). write(2) may take fewer at a time. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}

/** Pieces of a text as the bytes of a file. A piece must not end inside of a character. */
export function* bytesOf(pieces: Iterable<string>): Generator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
}

/** Makes the names in a directory survive a power cut: a new file is only durable once its directory is. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Some file systems (FUSE, SMB) cannot sync a directory; they say so with these and there is nothing better to do.
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS'].includes(codeOf(error))) throw error;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes a file so that its name always stands for whole content: beside, fsync, rename, fsync of the directory. Mode 0600.
 *
 * @param content its bytes or its text; or pieces of it one after the other, of which only one has to be in memory
 */
export function writeDurably(path: string, content: Uint8Array | string | Generator<Uint8Array>): void {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    // 'w' and not 'wx': what an earlier process of this number left behind is no reason to fail.
    const descriptor = openSync(beside, 'w', 0o600);
    try {
      // And no reason to take over its mode.
      fchmodSync(descriptor, 0o600);
      for (const bytes of typeof content === 'string' ? [Buffer.from(content)] : content instanceof Uint8Array ? [content] : content) writeAll(descriptor, bytes);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}
