import { createHash } from 'node:crypto';
import { printable } from '../realm/harmful.ts';
import type { JournalLine } from '../runbook/model.ts';

/** The version of the journal's format that this tool writes, and the newest that it reads. */
export const JOURNAL_VERSION = 1;

/** A journal whose every line fits, with the hash that the next line would carry. */
export interface IntactJournal {
  readonly ok: true;
  readonly lines: readonly JournalLine[];
  readonly head: string;
}

export interface FaultyJournal {
  readonly ok: false;
  /** torn: the last line was cut while it was written. newer: written by a newer tool. altered: anything else. */
  readonly kind: 'altered' | 'torn' | 'newer';
  /** 1-based number of the first line that is not as it was written; the same number as its `seq`. */
  readonly line: number;
  /** One clause that goes on from "line 7": `line 7 is not JSON`. */
  readonly because: string;
  /** The lines before the fault. */
  readonly lines: readonly JournalLine[];
  /** Where a torn line begins, in bytes from the start of the file. */
  readonly bytes: number;
  readonly head: string;
}

/**
 * The hash that the next line carries in `prev`: over the exact bytes of a line, without its newline. Raw bytes, so
 * that nobody has to agree on a canonical JSON.
 */
export function lineHash(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** `prev` of the first line. */
export const GENESIS = lineHash('');

/** One journal line as text without its newline. JSON that is also safe to print. */
export function encodeLine(line: JournalLine): string {
  return printable(JSON.stringify(line));
}

/**
 * Checks a whole journal: every line parses, counts on, and carries the hash of the line before.
 *
 * A chain alone says nothing about its last line; whoever has the head from elsewhere (the end of the run, the footer
 * of transcript.md, the export commit) passes it, and then lines altered, cut off or re-chained at the end show too.
 * Lines that were added after that head are fine: a run can be resumed.
 *
 * @param content the journal file: bytes, or text where it came from a string
 * @param head    `sha256:` of the last line, as noted elsewhere
 */
export function verifyLines(content: Uint8Array | string, head?: string): IntactJournal | FaultyJournal {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const lines: JournalLine[] = [];
  let previous = GENESIS;
  let start = 0;
  let headSeen = head === undefined || head === GENESIS;
  const fault = ({ kind, line, because }: Fault): FaultyJournal => ({ ok: false, kind, line, because, lines: lines.slice(0, line - 1), bytes: start, head: previous });
  while (start < bytes.length) {
    const number = lines.length + 1;
    const end = bytes.indexOf(0x0a, start);
    if (end < 0) return fault({ kind: 'torn', line: number, because: 'ends without a newline' });
    const raw = bytes.subarray(start, end);
    const read = readLine(raw, number, previous);
    // Power cuts leave a last line of zeros or of half a block; anywhere else the same thing is no accident of writing.
    if ('kind' in read) return fault(read.because === NOT_JSON && end + 1 === bytes.length ? { ...read, kind: 'torn' } : read);
    lines.push(read);
    previous = lineHash(raw);
    headSeen ||= previous === head;
    start = end + 1;
  }
  if (headSeen) return { ok: true, lines, head: previous };
  return fault({ kind: 'altered', line: Math.max(1, lines.length), because: 'is not the one that the noted head belongs to: it was altered, or lines were cut off after it' });
}

type Fault = Pick<FaultyJournal, 'kind' | 'line' | 'because'>;
const HASH = /^sha256:[0-9a-f]{64}$/;
const NOT_JSON = 'is not a JSON object';

function readLine(raw: Buffer, number: number, previous: string): JournalLine | Fault {
  const parsed = parse(raw);
  if (parsed === null) return { kind: 'altered', line: number, because: NOT_JSON };
  if (typeof parsed.v === 'number' && Number.isInteger(parsed.v) && parsed.v > JOURNAL_VERSION) {
    return { kind: 'newer', line: number, because: `has version ${parsed.v}, and this tool reads up to ${JOURNAL_VERSION}` };
  }
  const because = misshapen(parsed, number);
  if (because) return { kind: 'altered', line: number, because };
  if (parsed.prev === previous) return parsed as unknown as JournalLine;
  if (typeof parsed.prev !== 'string' || !HASH.test(parsed.prev) || alike(parsed.prev, previous)) return { kind: 'altered', line: number, because: 'carries a damaged hash of the line before' };
  if (number === 1) return { kind: 'altered', line: 1, because: 'does not start a chain' };
  return { kind: 'altered', line: number - 1, because: `is not what line ${number} was chained to` };
}

function parse(raw: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(raw.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** What of the envelope is not as this format has it; null when it fits. */
function misshapen(line: Record<string, unknown>, number: number): string | null {
  if (line.v !== JOURNAL_VERSION) return 'has no valid version';
  if (line.seq !== number) return `counts as ${JSON.stringify(line.seq) ?? 'nothing'}`;
  if (typeof line.at !== 'string' || Number.isNaN(Date.parse(line.at))) return 'has no valid time';
  const event = line.event;
  if (typeof event !== 'object' || event === null || typeof (event as Record<string, unknown>).type !== 'string') return 'has no event';
  return null;
}

/**
 * Whether two hashes differ in a few characters only. Then the note itself was damaged and the line before is fine;
 * a line that was altered gives a hash that agrees in one character of sixteen.
 */
function alike(left: string, right: string): boolean {
  let equal = 0;
  for (let index = 0; index < right.length; index += 1) if (left[index] === right[index]) equal += 1;
  return equal > right.length / 2;
}
