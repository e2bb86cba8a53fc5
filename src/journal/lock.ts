import { createHash } from 'node:crypto';
import { linkSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { RescueError } from '../realm/errors.ts';
import { codeOf, makeDirectories, onDisk, writeDurably } from './files.ts';
import { bootId, startOf } from './process.ts';

/** Who holds a lock, as the lock file has it. */
export interface LockInfo {
  readonly v: 1;
  readonly url: string;
  readonly realm: string;
  /** `pause`: of what is paused in a cluster, whose address is the url, and `realm` the id of the pause. Left out: of a realm. */
  readonly of?: 'pause';
  readonly session: string;
  readonly host: string;
  readonly pid: number;
  /** Null where the system does not tell. */
  readonly bootId: string | null;
  /** When the process started, in the system's own unit: tells a process from a later one of the same number. */
  readonly processStart: string | null;
  /** ISO time at which the lock was taken. */
  readonly since: string;
}

export interface LockRequest {
  /** The session directory's root. */
  readonly directory: string;
  readonly url: string;
  readonly realm: string;
  readonly of?: 'pause';
  readonly session: string;
  /** Whether whoever is refused can look on all the same, with --read-only. */
  readonly mayLook?: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface Lock {
  /** Gives the lock back; does nothing when somebody else has it by now. False when the disk does not let it: it then counts as stale on this machine. */
  release(): boolean;
  /** The stale lock that was in the way: its process is dead or from before a restart. Belongs into the journal. */
  readonly takenOver: LockInfo | null;
}

/**
 * Takes the lock of one server and realm, for all runs that use the same session directory.
 *
 * The file appears with its whole content by link(2), which fails when the name exists: nobody can see half a lock.
 * A lock from another machine is always believed, because its process cannot be asked for.
 *
 * @throws RescueError locked (naming who holds it since when), disk
 */
export function acquireLock({ directory, url, realm, of, session, mayLook = false, now }: LockRequest): Lock {
  const folder = join(directory, 'locks');
  const path = join(folder, lockName(url, realm));
  return onDisk(path, () => {
    makeDirectories(folder);
    const mine: LockInfo = {
      v: 1, url, realm, ...(of === undefined ? {} : { of }), session, host: hostname(), pid: process.pid, bootId: bootId(), processStart: startOf(process.pid), since: new Date(now()).toISOString(),
    };
    const text = `${JSON.stringify(mine)}\n`;
    const release = (): boolean => {
      try {
        if (textOf(path) === text) rmSync(path, { force: true });
        return true;
      } catch {
        return false;
      }
    };
    const taken = (takenOver: LockInfo | null): Lock => {
      sweep(path, now());
      return { release, takenOver };
    };
    if (place(path, text)) return taken(null);
    const held = textOf(path);
    const holder = held === null ? null : parse(held);
    // Gone between the two looks: the other run has just ended.
    if (held === null) {
      if (place(path, text)) return taken(null);
      throw locked(path, null, mayLook);
    }
    if (holder === null || !isStale(holder)) throw locked(path, holder, mayLook);
    if (!remove(path, held) || !place(path, text)) throw locked(path, parse(textOf(path) ?? ''), mayLook);
    return taken(holder);
  });
}

/** The lock of a server and realm as it stands, for a second run that opens read-only; null when it is free or stale. */
export function lockHolder({ directory, url, realm }: Pick<LockRequest, 'directory' | 'url' | 'realm'>): LockInfo | null {
  const path = join(directory, 'locks', lockName(url, realm));
  const holder = onDisk(path, () => parse(textOf(path) ?? ''));
  return holder && !isStale(holder) ? holder : null;
}

/** `https://Host:443/auth/` and `https://host/auth` are one server. The hash keeps any realm name a file name. */
function lockName(url: string, realm: string): string {
  const server = URL.canParse(url) ? new URL(url).href.replace(/\/+$/, '') : url;
  const digest = createHash('sha256').update(JSON.stringify([server, realm])).digest('hex').slice(0, 16);
  const readable = realm.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^\.+/, '').slice(0, 40);
  return `${readable}-${digest}.lock`;
}

/** Puts a whole lock file there, unless there is one: false. */
function place(path: string, text: string): boolean {
  const beside = `${path}.${process.pid}`;
  writeDurably(beside, text);
  try {
    linkSync(beside, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(beside, { force: true });
  }
}

/**
 * Takes a stale lock away. Two runs may find the same stale lock: renaming lets one of them have it, and the other may
 * then hold the first one's new lock in its hand; it puts that back.
 */
function remove(path: string, stale: string): boolean {
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
  const caught = textOf(aside);
  if (caught !== stale) renameSync(aside, path);
  else rmSync(aside, { force: true });
  return caught === stale;
}

/** How old an unreadable file beside the lock has to be, in milliseconds: nobody takes so long to write one. */
const FORGOTTEN = 60_000;

/** Takes away what runs were killed over while they took this lock. Others may be taking it now: theirs stays. */
function sweep(path: string, now: number): void {
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const beside = join(dirname(path), name);
    const holder = parse(textOf(beside) ?? '');
    const old = now - (statSync(beside, { throwIfNoEntry: false })?.mtimeMs ?? now) > FORGOTTEN;
    if (holder === null ? old : isStale(holder)) rmSync(beside, { force: true });
  }
}

function isStale(holder: LockInfo): boolean {
  if (holder.host !== hostname()) return false;
  const boot = bootId();
  if (boot !== null && holder.bootId !== null && boot !== holder.bootId) return true;
  const start = startOf(holder.pid);
  return start === null || (holder.processStart !== null && start !== '' && start !== holder.processStart);
}

/** Who works on a realm or on a pause, and since when: one sentence. */
export function holderText({ session, realm, of, url, since, pid, host }: LockInfo): string {
  return `Run ${session} ${of === 'pause' ? `pauses or resumes ${realm} in the cluster at` : `works on realm ${realm} of`} ${url} since ${since.slice(11, 19)} UTC on ${since.slice(0, 10)} (process ${pid} on ${host}).`;
}

function locked(path: string, holder: LockInfo | null, mayLook: boolean): RescueError {
  if (!holder) return new RescueError('locked', `Another run may be at work on this realm: the lock ${path} cannot be read.`, ['If no other run is at work, remove that file and start again.']);
  return new RescueError(
    'locked',
    holderText(holder),
    [mayLook ? 'Let it end, or look meanwhile with --read-only.' : 'Let it end, then start the same again: it is looked at anew.', `If that process is gone for certain, remove ${path} and start again.`],
  );
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function parse(text: string): LockInfo | null {
  try {
    const value = JSON.parse(text) as Partial<LockInfo>;
    const fits = value.v === 1 && Number.isInteger(value.pid) && [value.url, value.realm, value.session, value.host, value.since].every((field) => typeof field === 'string');
    return fits ? { ...(value as LockInfo), bootId: value.bootId ?? null, processStart: value.processStart ?? null } : null;
  } catch {
    return null;
  }
}
