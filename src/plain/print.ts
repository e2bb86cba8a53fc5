/** Prints what is finished, line by line, as it comes. No cursor moves, nothing is ever written twice or taken back. */
import type { RunHandle, RunSnapshot } from '../runner/handle.ts';
import type { Size } from '../ui/terminal.ts';
import { finishedBlocks } from '../ui/view/finished.ts';
import { lineText, toAscii, type Line } from '../ui/view/line.ts';

/** Where text goes: data to `out`, messages to `err`. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** A pipe has no width: lines are not broken, so that a record can be searched and copied. */
const UNBROKEN: Size = { columns: 100_000, rows: 100_000, unicode: true, width: 'medium', whole: true };

/** Gives back a function that prints every block that is finished and has not been printed yet. */
export function blockPrinter(write: (text: string) => void, size: Size): (snapshot: RunSnapshot) => void {
  const printed = new Set<string>();
  return (snapshot) => {
    for (const block of finishedBlocks(snapshot, size)) {
      if (printed.has(block.key)) continue;
      printed.add(block.key);
      write(textOf(block.lines, size));
    }
  };
}

/** Lines as text, each ended by a newline. */
export function textOf(lines: readonly Line[], size: Size): string {
  return lines.map((of) => `${lineText(size.unicode ? of : toAscii(of)).trimEnd()}\n`).join('');
}

/**
 * Prints the record of a run without prompts: finished steps, proofs and the end go to `io.out`.
 * Gives back a function that stops the printing.
 */
export function printPlain(handle: RunHandle, io: Io, size: Size = UNBROKEN): () => void {
  const print = blockPrinter(io.out, size);
  print(handle.snapshot());
  return handle.subscribe(() => print(handle.snapshot()));
}
