import { codeOf } from '../journal/files.ts';
import { RescueError } from '../realm/errors.ts';
import { printable } from '../realm/harmful.ts';

/**
 * Runs what writes into the directory that `--out` names.
 * @throws RescueError `disk`, naming that directory and flag instead of the session's
 */
export function writingOut<T>(what: string, directory: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = codeOf(error instanceof RescueError ? error.cause : error);
    throw new RescueError('disk', `The ${what} cannot be written to ${directory} (${code}).`, ['Make room, correct the permission, or choose another place with --out DIR.'], { cause: error });
  }
}

/** Prints what `--json` promises: names stand in it as the server has them, and whoever reads it on a terminal is safe from them. */
export function printJson(value: unknown, indent?: number): void {
  process.stdout.write(`${printable(JSON.stringify(value, null, indent))}\n`);
}
