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

/** Lines for a person whose first names the target, with the environment before it, as the head of a recovery has it. */
export function tagged(lines: readonly string[], tag: string | undefined): readonly string[] {
  return tag === undefined ? lines : lines.map((line, index) => (index === 0 ? `${tag}  ${line}` : line));
}

/** Prints what `--json` promises: names stand in it as the server has them, and whoever reads it on a terminal is safe from them. */
export function printJson(value: unknown, indent?: number): void {
  process.stdout.write(`${printable(JSON.stringify(value, null, indent))}\n`);
}
