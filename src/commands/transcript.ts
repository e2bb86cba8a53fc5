import { resolve } from 'node:path';
import { verifyLines } from '../journal/chain.ts';
import { makeDirectories, writeDurably } from '../journal/files.ts';
import { journalBytes, readJournal } from '../journal/read.ts';
import { findSession } from '../journal/sessions.ts';
import { verifyFiles } from '../journal/snapshots.ts';
import { EXIT, RescueError } from '../realm/errors.ts';
import { transcriptCast } from '../transcript/cast.ts';
import { transcriptJson } from '../transcript/json.ts';
import { transcriptMarkdown } from '../transcript/markdown.ts';
import { sanitise } from '../ui/text.ts';
import { printJson, writingOut } from './out.ts';
import { sessionDirectory } from './session.ts';
import type { CommandRun } from './table.ts';

/** Shows, verifies or exports the record of a run; always computed from its journal. */
export const run: CommandRun = async (invocation) => {
  const [verb, typed, head] = invocation.words;
  if (!verb || !['show', 'verify', 'export'].includes(verb) || !typed) {
    throw new RescueError('usage', 'A transcript is shown, verified or exported.', ['realm-rescue transcript show ID', 'realm-rescue transcript verify ID [sha256:HEAD]', 'realm-rescue transcript export ID --out DIR']);
  }
  const directory = sessionDirectory(invocation);
  const { id } = findSession(directory, typed);
  const place = `${directory}/${id}`;
  if (verb === 'verify') return verify(place, id, head, invocation.flags.json ?? false);
  const { lines } = readJournal(place, id);
  if (verb === 'show') {
    process.stdout.write(invocation.flags.json ? transcriptJson(lines) : transcriptMarkdown(lines));
    return EXIT.done;
  }
  const out = resolve(invocation.flags.out ?? '.');
  const files: string[] = [];
  writingOut('transcript', out, () => void makeDirectories(out));
  for (const [name, text] of [['transcript.md', transcriptMarkdown(lines)], ['transcript.json', transcriptJson(lines)], ['transcript.cast', transcriptCast(lines)]] as const) {
    writingOut('transcript', out, () => writeDurably(`${out}/${name}`, text));
    if (!invocation.flags.json) process.stdout.write(`${sanitise(`${out}/${name}`)}\n`);
    files.push(`${out}/${name}`);
  }
  if (invocation.flags.json) printJson({ schema: 'realm-rescue/transcript-written/v1', session: id, files });
  return EXIT.done;
};

/** With a head noted elsewhere (the end of the run, the transcript's footer, the export commit) the last lines are held to it too. */
function verify(place: string, id: string, head: string | undefined, json: boolean): number {
  if (head !== undefined && !/^sha256:[0-9a-f]{64}$/.test(head)) throw new RescueError('usage', `"${head}" is no head of a journal.`, ['Give it as the run printed it: sha256: and 64 hex digits.']);
  const verdict = verifyLines(journalBytes(place, id), head);
  const say = (ok: boolean, words: string, told: Readonly<Record<string, unknown>>): number => {
    if (json) printJson({ schema: 'realm-rescue/verify/v1', session: id, ok, ...told });
    else process.stdout.write(`${words}\n`);
    return ok ? EXIT.done : EXIT.differences;
  };
  if (!verdict.ok) {
    const torn = verdict.kind === 'torn';
    return say(false, torn ? `TORN  line ${verdict.line} ${verdict.because}: the run was killed while it wrote it, or is still writing; resume cuts it off` : `ALTERED  line ${verdict.line}: ${sanitise(verdict.because)}`, { line: verdict.line, because: verdict.because });
  }
  const { lines } = verdict;
  if (lines.length === 0) throw new RescueError('session-not-found', `Run ${id} has no line in its journal: it had not begun, or all of it was cut off.`, ['There is nothing to verify. If the run printed a head, give it behind the id: then a journal that was cut off shows.']);
  const files = verifyFiles(place, lines);
  const [first] = files;
  if (first !== undefined) return say(false, files.map(({ file, missing, because }) => `${missing ? 'MISSING' : 'ALTERED'}  ${sanitise(file)}: ${because}`).join('\n'), { file: first.file, because: first.because, files });
  return say(true, `OK  ${lines.length} lines, head ${verdict.head}`, { lines: lines.length, head: verdict.head });
}
