import { githubAnnotations } from '../guard/lint/github.ts';
import { lintPaths, writeFixes } from '../guard/lint/files.ts';
import { contractJson, FORMATS, isForbidden, unjudgedIn, type LintFormat, type LintReport } from '../guard/lint/report.ts';
import { sarifLog } from '../guard/lint/sarif.ts';
import { lintSummary, lintText } from '../guard/lint/text.ts';
import { EXIT, RescueError } from '../realm/errors.ts';
import { sanitise } from '../realm/sanitise.ts';
import { VERSION } from '../version.ts';
import { printJson } from './out.ts';
import { refuseReadOnly } from './read-only.ts';
import type { CommandRun, Invocation } from './table.ts';

/**
 * Strategy settings in files, classified; with a server also who may edit the realm. Exit 2 where something destructive is forbidden, 3
 * where nothing is and a file could not be judged.
 */
export const run: CommandRun = async (invocation) => {
  const { flags, words } = invocation;
  const format = formatOf(flags.format ?? (flags.json ? 'json' : 'text'));
  if (flags.json && format !== 'json') throw new RescueError('usage', `--json and --format ${format} are two formats.`, ['Give one of them.']);
  if (flags['server-version'] !== undefined && !/^\d+(?:\.\d+){0,2}(?:[.-][\w.]+)?$/.test(flags['server-version'])) throw new RescueError('usage', `"${flags['server-version']}" is no version of Keycloak.`, ['Give --server-version as in the tag of the image, such as 26.7.4.']);
  const cwd = process.cwd();
  const request = { paths: words.length > 0 ? words : [flags.repo ?? '.'], cwd, version: flags['server-version'] ?? null };
  let { files } = await lintPaths(request);
  const access = await rulingOf(invocation);
  if (flags.fix) {
    refuseReadOnly(invocation, 'lint --fix');
    const written = await writeFixes({ files });
    for (const file of written) process.stderr.write(`${sanitise(`Changed ${file}.`)}\n`);
    if (written.length > 0) ({ files } = await lintPaths(request));
  }
  const report: LintReport = { files, access };
  print(report, format);
  process.stderr.write(`${sanitise(lintSummary(report))}\n`);
  if (isForbidden(report)) return EXIT.differences;
  return access?.overwriting !== 'allowed' && unjudgedIn(report).length > 0 ? EXIT.couldNotCheck : EXIT.done;
};

/** Asks the server only where a flag names it: a checkout is judged without one, whatever the environment holds. */
async function rulingOf(invocation: Invocation): Promise<LintReport['access']> {
  const { flags } = invocation;
  if (flags.url === undefined && flags.realm === undefined) {
    if (flags['break-glass'] !== undefined) throw new RescueError('usage', '--break-glass is about the accounts of a realm, and none is named.', ['Give --url and --realm too.']);
    return null;
  }
  const [{ resolveTarget }, { thisTerminal }, { openApi }, { readWriteAccess }, { ruleOn }] = await Promise.all([
    import('./target.ts'), import('./terminal.ts'), import('../keycloak/api.ts'), import('../keycloak/access/write-access.ts'), import('../guard/lint/access.ts'),
  ]);
  const api = openApi(await resolveTarget(invocation, thisTerminal(invocation)));
  try {
    return ruleOn(await readWriteAccess(api), flags['break-glass'] ?? []);
  } finally {
    await api.tokens.end();
    await api.http.close();
  }
}

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
