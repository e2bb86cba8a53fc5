import { structuredPatch } from 'diff';
import type { StructuredPatchHunk } from 'diff';
import { HARMFUL_RUN } from '../realm/harmful.ts';

export interface FileChange {
  /** With `/`, below the repository. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

export interface UnifiedFile {
  readonly text: string;
  readonly added: number;
  readonly removed: number;
  /** The lines that come, without their sign. */
  readonly addedText: string;
}

/**
 * One file's part of a patch as git writes it. Lines that only surround a change are left out where they hold a secret, as far as
 * `git apply` allows (`context` lines, 3 as usual): a hunk may begin without context, but needs one line behind it.
 */
export function unifiedDiff({ path, before, after }: FileChange, hides: (line: string) => boolean, context: number): UnifiedFile {
  if (before === after) return { text: '', added: 0, removed: 0, addedText: '' };
  const { hunks } = structuredPatch(path, path, before, after, undefined, undefined, { context });
  const shown = hunks.map((hunk) => trimmed(hunk, hides));
  const lines = shown.flatMap((hunk) => [`@@ -${span(hunk.oldStart, hunk.oldLines)} +${span(hunk.newStart, hunk.newLines)} @@`, ...hunk.lines]);
  const count = (sign: string) => shown.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.startsWith(sign)).length, 0);
  const [from, to] = [quoted(`a/${path}`), quoted(`b/${path}`)];
  const tab = path.includes(' ') && !from.startsWith('"') ? '\t' : '';
  return { text: [`diff --git ${from} ${to}`, `--- ${from}${tab}`, `+++ ${to}${tab}`, ...lines, ''].join('\n'), added: count('+'), removed: count('-'), addedText: lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1)).join('\n') };
}

const span = (start: number, lines: number) => `${lines === 0 ? Math.max(0, start - 1) : start},${lines}`;

const NAMED: Readonly<Record<string, string>> = { '"': String.raw`\"`, '\\': String.raw`\\`, '\t': String.raw`\t`, '\n': String.raw`\n`, '\r': String.raw`\r` };
const QUOTED = new RegExp(String.raw`["\\]|${HARMFUL_RUN.source}`, 'gv');

/** git quotes names with control characters, quotes or backslashes as C does, bytes in octal; here marks that would mislead a reader are, too. */
function quoted(path: string): string {
  const octal = (character: string) => [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  const safe = path.replace(QUOTED, (run) => [...run].map((character) => NAMED[character] ?? octal(character)).join(''));
  return safe === path ? path : `"${safe}"`;
}

function trimmed(hunk: StructuredPatchHunk, hides: (line: string) => boolean): StructuredPatchHunk {
  const first = hunk.lines.findIndex((line) => !line.startsWith(' '));
  const last = hunk.lines.findLastIndex((line) => /^[+-]/.test(line));
  const from = hunk.oldStart > 1 ? hunk.lines.slice(0, first).findLastIndex((line) => hides(line)) + 1 : 0;
  const behind = hunk.lines.slice(last + 1).findIndex((line) => hides(line));
  const to = behind > 0 ? last + 1 + behind : hunk.lines.length;
  const lines = hunk.lines.slice(from, to);
  const count = (signs: RegExp) => lines.filter((line) => signs.test(line)).length;
  return { ...hunk, lines, oldStart: hunk.oldStart + from, newStart: hunk.newStart + from, oldLines: count(/^[ -]/), newLines: count(/^[ +]/) };
}
