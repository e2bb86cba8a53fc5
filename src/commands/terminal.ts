import { decideTerminal, type Terminal } from '../ui/terminal.ts';
import type { Invocation } from './table.ts';

/** The one decision about the terminal, from this process's streams. */
export function thisTerminal({ flags, environment }: Invocation): Terminal {
  // A password or token on standard input means that nobody can type there.
  const piped = flags['password-stdin'] === true || flags['token-stdin'] === true;
  return decideTerminal({
    flags: { json: flags.json ?? false, noInput: flags['no-input'] ?? false, noColor: flags['no-color'] ?? false, accessible: flags.accessible ?? false },
    env: environment,
    stdinIsTTY: !piped && process.stdin.isTTY === true,
    stdoutIsTTY: process.stdout.isTTY === true,
    columns: process.stdout.columns,
    rows: process.stdout.rows,
  });
}
