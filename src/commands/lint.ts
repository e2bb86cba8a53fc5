import { githubAnnotations } from '../guard/lint/github.ts';
import { lintPaths, writeFixes } from '../guard/lint/files.ts';
import { contractJson, FORMATS, unjudgedIn, worstOf, type LintFormat, type LintReport } from '../guard/lint/report.ts';
import { sarifLog } from '../guard/lint/sarif.ts';
import { lintSummary, lintText } from '../guard/lint/text.ts';
import { EXIT, RescueError } from '../realm/errors.ts';
import { sanitise } from '../realm/sanitise.ts';
import { VERSION } from '../version.ts';
import { printJson } from './out.ts';
import type { CommandRun } from './table.ts';

/** Strategy settings in files, classified. Exit 2 where one of them is destructive, 3 where none is and a file could not be judged. */
export const run: CommandRun = async ({ flags, words }) => {
  const format = formatOf(flags.format ?? (flags.json ? 'json' : 'text'));
  const cwd = process.cwd();
  const request = { paths: words.length > 0 ? words : [flags.repo ?? '.'], cwd, version: flags['server-version'] ?? null };
  let report = await lintPaths(request);
  if (flags.fix) {
    const written = await writeFixes(report);
    for (const file of written) process.stderr.write(`${sanitise(`Changed ${file}.`)}\n`);
    if (written.length > 0) report = await lintPaths(request);
  }
  print(report, format);
  process.stderr.write(`${sanitise(lintSummary(report))}\n`);
  if (worstOf(report) === 'destructive') return EXIT.differences;
  return unjudgedIn(report).length > 0 ? EXIT.couldNotCheck : EXIT.done;
};

function formatOf(text: string): LintFormat {
  const found = FORMATS.find((format) => format === text);
  if (!found) throw new RescueError('usage', `lint has no format "${text}".`, [`Give --format with one of ${FORMATS.join(', ')}.`]);
  return found;
}

function print(report: LintReport, format: LintFormat): void {
  switch (format) {
    case 'json': return printJson(contractJson(report), 2);
    case 'sarif': return printJson(sarifLog(report, VERSION), 2);
    case 'github': return void process.stdout.write(lines(githubAnnotations(report)));
    case 'text': return void process.stdout.write(lines(lintText(report)));
  }
}

/** Names of files and values are other people's: none of them is a line or a control sequence of its own. */
const lines = (text: string) => text.split('\n').map(sanitise).join('\n');
