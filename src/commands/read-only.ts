import { RescueError } from '../realm/errors.ts';
import type { Invocation } from './table.ts';

/**
 * For what does nothing but write.
 * @param what  `undo`, `lint --fix`: before "writes"
 * @throws RescueError `usage` with --read-only
 */
export function refuseReadOnly({ flags }: Pick<Invocation, 'flags'>, what: string): void {
  if (flags['read-only']) throw new RescueError('usage', `${what} writes, and --read-only forbids that.`, ['Leave --read-only out; a word is asked for before anything is written.']);
}
