import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';

export interface Told {
  readonly code: string;
  readonly title: string;
  readonly next: readonly string[];
}

/** Runs a shell line whose child prints a number for each line that is safe, and the error that ended it. */
export function run(shell: string, args: readonly string[], as?: number): { safe: number; told: Told | null; status: number | null } {
  const result = spawnSync('sh', ['-c', shell, 'sh', ...args], { encoding: 'utf8', ...(as === undefined ? {} : { uid: as, gid: as }) });
  return { safe: result.stdout.trim().split('\n').filter(Boolean).length, told: result.status === 42 ? (JSON.parse(result.stderr) as Told) : null, status: result.status };
}

/** One sentence of code `disk` with the system's own code, and the way on. */
export function expectDisk(told: Told | null, code: string): void {
  expect(told).toMatchObject({ code: 'disk', title: expect.stringContaining(`(${code})`) });
  expect(told?.title.match(/[.!?](\s|$)/g)).toHaveLength(1);
  expect(told?.next.join(' ')).toContain('--session-dir');
}
