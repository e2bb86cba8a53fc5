import { readFileSync } from 'node:fs';

/** Names this boot of the machine; null where the system does not tell (only Linux does). */
export function bootId(): string | null {
  return read('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
}

/**
 * When a process started, in clock ticks since boot (Linux: field 22 of /proc/PID/stat, see proc(5)).
 *
 * @returns null when there is no such process, and '' when there is one whose start cannot be seen
 */
export function startOf(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  if (stat !== null) return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  try {
    process.kill(pid, 0);
    return '';
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM' ? '' : null;
  }
}

/**
 * Whether this process is a background job: the shell has given the terminal to somebody else. False where the system does not tell, and
 * without a terminal.
 */
export function inBackground(): boolean {
  const stat = read('/proc/self/stat');
  if (stat === null) return false;
  // proc(5): state, ppid, pgrp, session, tty_nr, tpgid.
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return foreground !== '-1' && foreground !== group;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
