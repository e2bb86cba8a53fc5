#!/usr/bin/env node
// The command table; loads one command, nothing else. Whatever is imported here is paid by --help.
import { parseArgs } from 'node:util';
import { commandHelp, generalHelp } from './commands/help.ts';
import { OPTIONS, SHARED, type Flags } from './commands/options.ts';
import { COMMANDS } from './commands/table.ts';
import { EXIT, RescueError } from './realm/errors.ts';
import { own } from './realm/json.ts';
import { redact } from './realm/redact.ts';
import { prepareColor } from './ui/color.ts';
import { sanitise } from './ui/text.ts';
import { VERSION } from './version.ts';

prepareColor(process.env, process.argv);
const debug = process.argv.includes('--debug');
let unwritten: string | null = null;
for (const stream of [process.stdout, process.stderr]) stream.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read has gone (`| head -1`), or the terminal has: the work goes on, and its record is on disk.
  if (error.code !== 'EPIPE' && error.code !== 'EIO' && error.code !== 'ERR_STREAM_DESTROYED') unwritten ??= error.code ?? 'unknown';
});
// What is in the environment, and what is typed or piped in later on.
const secrets = new Set(['KEYCLOAK_PASSWORD', 'KEYCLOAK_CLIENT_SECRET'].flatMap((name) => process.env[name] ?? []));
// Node would print the error with all that hangs on it, and leave the terminal to whoever comes next: it is told when everybody else has tidied up.
process.on('uncaughtException', (error) => {
  process.once('exit', () => {
    report(error);
  });
  process.exit(EXIT.unexpected);
});
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = report(error);
}
// Ink's stdin handle and keep-alive sockets must not keep a finished run open; what was printed goes out first.
process.stdout.write('', () => process.stderr.write('', () => {
  // What went wrong with the last bytes is told a turn later.
  setImmediate(() => {
    if (unwritten !== null) process.exitCode = report(new RescueError('disk', `What the command prints cannot be written (${unwritten}).`, ['Make room, or let it write elsewhere.']));
    process.exit();
  });
}));

async function main(args: readonly string[]): Promise<number> {
  const first = args[0];
  if (first === '--version') return print(`${VERSION}\n`);
  if (first === '--help' || first === '-h' || first === 'help') return print(generalHelp(VERSION));
  const named = first !== undefined && !first.startsWith('-');
  const name = named ? first : 'recover';
  const spec = own(COMMANDS, name);
  if (!spec) throw new RescueError('usage', `There is no command "${name}".`, ['See realm-rescue --help for the commands.']);
  const { flags, words } = parse(name, named ? args.slice(1) : args, [...spec.options, ...SHARED]);
  if (flags.help) return print(commandHelp(name, spec));
  const foreign = spec.words?.includes('...') ? undefined : words[spec.words?.split(' ').length ?? 0];
  const piped = (['password-stdin', 'token-stdin'] as const).find((flag) => flags[flag]);
  if (flags['password-stdin'] && flags['token-stdin']) throw new RescueError('usage', '--password-stdin and --token-stdin would both read standard input.', ['Give one of them.']);
  // It may be the very secret.
  if (foreign !== undefined && piped) throw new RescueError('usage', `--${piped} reads from standard input; a word behind it is not taken.`, [`Pipe it in: printf %s "$SECRET" | realm-rescue ${name} … --${piped}. See realm-rescue ${name} --help.`]);
  if (foreign !== undefined) throw new RescueError('usage', `${name} does not know what to do with "${foreign}".`, [`See realm-rescue ${name} --help.`]);
  refuseOldNode(process.versions.node);
  const { run } = await spec.load();
  return run({ command: name, flags, words, environment: withoutEmpty(process.env), secrets });
}

/** Help works everywhere; a command would fail somewhere inside undici with words that help nobody. */
function refuseOldNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return;
  throw new RescueError('usage', `realm-rescue needs Node 22.19 or newer; this is Node ${version}.`, ['In a checkout, npm run -s realm-rescue -- ARGS brings its own Node.']);
}

function parse(name: string, args: readonly string[], allowed: readonly string[]): { flags: Flags; words: readonly string[] } {
  const options = Object.fromEntries(Object.entries(OPTIONS).map(([option, { type, ...rest }]) => [option, { type, ...('multiple' in rest ? { multiple: true } : {}), ...(option === 'help' ? { short: 'h' } : {}) }]));
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    const foreign = Object.keys(values).find((option) => !allowed.includes(option));
    if (foreign) throw new RescueError('usage', `${name} does not take --${foreign}.`, [`See realm-rescue ${name} --help.`]);
    // Most often a variable of the shell that is not set; resolved, it would be the current directory. A word is wrong like any other.
    const empty = Object.entries(values).find(([option, value]) => option !== 'confirm' && [value].flat().includes(''))?.[0];
    if (empty !== undefined || positionals.includes('')) throw new RescueError('usage', empty === undefined ? `${name} was given an empty word.` : `--${empty} is empty.`, ['Give it a value, or leave it out.']);
    return { flags: values as Flags, words: positionals };
  } catch (error) {
    if (error instanceof RescueError) throw error;
    const said = error instanceof Error ? (error.message.split(/\. |\n/)[0] ?? '') : 'The flags cannot be read';
    throw new RescueError('usage', `${said.replace(/\.$/, '')}.`, [`See realm-rescue ${name} --help.`]);
  }
}

/** As everywhere, a variable that is set to nothing counts as not set. */
function withoutEmpty(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name, value]) => value !== '' || !name.startsWith('KEYCLOAK_')));
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function report(error: unknown): number {
  const known = error instanceof RescueError;
  // What is quoted comes from files and servers, and in a bug from anywhere.
  const title = sanitise(known ? redact(error.message) : redact(`Unexpected error: ${error instanceof Error ? error.message : String(error)}`, secrets));
  const next = known ? error.next.map((line) => sanitise(redact(line))) : ['This is a bug in realm-rescue. Run again with --debug for the details; the journal of the run is intact.'];
  const exit = known ? error.exitCode : EXIT.unexpected;
  process.stderr.write(`realm-rescue: ${title}\n${next.map((line) => `  ${line}\n`).join('')}`);
  if (debug && error instanceof Error) process.stderr.write(`${(error.stack ?? '').split('\n').map((line) => sanitise(redact(line, known ? [] : secrets))).join('\n')}\n`);
  // A script that reads standard output gets an answer in every case, with the code that never changes.
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ type: 'error', code: known ? error.code : 'unexpected', title, next, exit, ...(known ? error.details : {}) })}\n`);
  return exit;
}
