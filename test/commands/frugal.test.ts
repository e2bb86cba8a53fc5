import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

function young(how: string): number {
  const { stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(new URL('frugal-child.ts', import.meta.url)), how], { encoding: 'utf8' });
  // A V8 that does not know one of the flags says so here.
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as { largest: number }).largest;
}

test('the young generation stays small in a process that was told to be frugal, and does not by itself', () => {
  const [frugal, usual] = [young('frugal'), young('usual')];
  expect(usual).toBeGreaterThan(1.5 * frugal);
});
