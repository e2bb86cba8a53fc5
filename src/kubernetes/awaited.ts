/** Waiting for an answer of a cluster, within a limit, through a restart of its API server. */
import { setTimeout as pause } from 'node:timers/promises';
import { RescueError } from '../realm/errors.ts';

/** An API server that has just started knows nobody's rights yet: those that were there are not taken for gone before this has passed, in milliseconds. */
const STARTING = 20_000;

/** Reads again and again until there is an answer; an API server that is away for a while is waited for, within the same limit. */
export async function awaited<T>(limit: number, every: number, look: () => Promise<T | null>): Promise<T | null> {
  const end = performance.now() + limit;
  let refusedSince: number | null = null;
  for (;;) {
    try {
      const found = await look();
      if (found !== null) return found;
      if (performance.now() >= end) return null;
      refusedSince = null;
    } catch (error) {
      if (!(error instanceof RescueError) || performance.now() >= end) throw error;
      if (['missing-role', 'refused-login'].includes(error.code)) refusedSince ??= performance.now();
      else if (!['unreachable', 'no-answer', 'server-error'].includes(error.code)) throw error;
      if (refusedSince !== null && performance.now() - refusedSince > STARTING) throw error;
    }
    await pause(every);
  }
}

/** One reading, however long the server is away for. */
export async function steadily<T>(times: { readonly every: number; readonly refresh: number }, look: () => Promise<T>): Promise<T> {
  const found = await awaited(times.refresh, times.every, async () => ({ value: await look() }));
  return (found as { readonly value: T }).value;
}
