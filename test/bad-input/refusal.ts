import { existsSync, readdirSync } from 'node:fs';
import { expect } from 'vitest';
import type { ToolRun } from '../harness/tool.ts';

export interface Refusal {
  readonly exit: number;
  /** What the one sentence has in it. */
  readonly says: RegExp | string;
  /** What one of the next steps has in it. */
  readonly next: RegExp | string;
}

/**
 * Bad input gets one sentence, what to do next and the documented exit code; never a stack trace, never "a bug". What
 * stands on standard output is JSON, line by line, and its last line says the exit code too.
 */
export function expectRefusal(run: ToolRun, { exit, says, next }: Refusal): void {
  const told = run.stderr.split('\n').filter((line) => line !== '');
  const at = told.findIndex((line) => line.startsWith('realm-rescue: '));
  const [sentence = '', ...steps] = told.slice(at);
  expect(run, run.stderr).toMatchObject({ exit, signal: null });
  expect(sentence).toMatch(/^realm-rescue: .+[.?]$/);
  expect(sentence).toMatch(says);
  // A second sentence at most, which says that nothing happened.
  expect(sentence.split(/[.?] (?=[A-Z])/).length, sentence).toBeLessThanOrEqual(2);
  expect(steps.length).toBeGreaterThan(0);
  for (const step of steps) expect(step).toMatch(/^ {2}\S/);
  expect(steps.join('\n')).toMatch(next);
  // Names that are quoted come from files and servers.
  expect(run.stderr.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(run.stderr).not.toMatch(/^\s+at |node:internal|\bbug\b|undefined|\[object|NaN/m);
  expect(lastLine(run)).toMatchObject({ exit });
}

/** The last line of `--json`, every line before it being JSON as well. */
export function lastLine(run: ToolRun): Record<string, unknown> {
  const lines = run.stdout.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  return lines.at(-1) ?? {};
}

/** What is recorded in a session directory: ids of runs and locks, nothing half made. */
export function recordedIn(sessions: string): { readonly runs: readonly string[]; readonly others: readonly string[] } {
  if (!existsSync(sessions)) return { runs: [], others: [] };
  const names = readdirSync(sessions, { recursive: true, encoding: 'utf8' });
  const runs = names.filter((name) => /^[0-9a-f]{4,8}$/.test(name));
  return { runs, others: names.filter((name) => /\.tmp$|\.lock$|\.stale-/.test(name)) };
}
