import { commandsOf } from './words.ts';
import type { SettingSite } from '../artefacts/artefact.ts';
import type { Word } from './words.ts';

const OTHER_COMMANDS = new Set(['start', 'start-dev', 'export', 'build', 'show-config', 'bootstrap-admin', 'update-compatibility']);
export const ACTION = '-Dkeycloak.migration.action=import';
const STRATEGY = /-Dkeycloak\.migration\.strategy=([A-Z_]+)/g;

/**
 * The settings in a text that a shell or the JVM will take apart: `kc.sh import` and its `--override`, `--import-realm`,
 * `-Dkeycloak.migration.*`, `--spi-import-single-file-strategy`, partial imports with OVERWRITE. Offsets are those of the text.
 *
 * @param overridden  true where KC_OVERRIDE=false is set for these commands
 */
export function commandSettings(text: string, overridden: boolean): readonly SettingSite[] {
  if (!/import|keycloak\.migration|ifResourceExists/.test(text)) return [];
  const commands = commandsOf(text);
  return [
    ...commands.flatMap((words) => importCommand(words, overridden)),
    ...commands.flatMap((words) => words.flatMap((word) => wordSettings(word))),
    ...migration(commands),
    ...partialImport(commands),
  ];
}

function importCommand(words: readonly Word[], overridden: boolean): readonly SettingSite[] {
  const tool = words.findIndex(({ text }) => /(?:^|[/\\])kc\.(?:sh|bat)$/.test(text));
  if (tool === -1) return [];
  const rest = words.slice(tool + 1);
  const command = rest.find(({ text }) => text === 'import' || OTHER_COMMANDS.has(text));
  if (command?.text !== 'import') return [];
  return [importSite(rest, command, overridden, (word) => [{ start: word.end, end: word.end, text: ' --override=false' }])];
}

/** The site of an import command among its words; also used for lists of arguments in YAML, where a flag is added in another way. */
export function importSite(words: readonly Word[], command: Word, overridden: boolean, add: (command: Word) => { readonly start: number; readonly end: number; readonly text: string }[]): SettingSite {
  const index = words.findIndex(({ text }) => text === '--override' || text.startsWith('--override='));
  const flag = words[index];
  const joined = flag?.text.includes('=') ?? false;
  const holder = flag && !joined ? words[index + 1] : flag;
  const value = flag ? (joined ? flag.text.slice('--override='.length) : holder?.text ?? '').toLowerCase() : null;
  const site = { setting: 'kc.sh import', offset: command.start };
  if (value === 'false' || (value === null && overridden)) return { ...site, value: 'false', fix: null };
  const done = value === null ? '--override=false added' : '--override set to false';
  if (!flag || !holder) return { ...site, value, fix: { edits: add(command), done } };
  const at = holder.start + (joined ? holder.text.indexOf('=') + 1 : 0);
  const end = at + (value?.length ?? 0);
  return { ...site, value, fix: { edits: [{ start: at, end, text: 'false' }], done } };
}

function wordSettings(word: Word): readonly SettingSite[] {
  if (word.text === '--import-realm') return [{ setting: '--import-realm', offset: word.start, value: null, fix: null }];
  const spi = /^--spi-import-{1,2}single-file-{1,2}strategy=(\S+)$/.exec(word.text);
  return spi ? [{ setting: '--spi-import-single-file-strategy', offset: word.start, value: spi[1] ?? null, fix: null }] : [];
}

/** Words count, not substrings: a property that merely begins like the action imports nothing, and comments are gone already. */
function migration(commands: readonly (readonly Word[])[]): readonly SettingSite[] {
  return commands.flatMap((words) => {
    const strategies = words.flatMap((word) => [...word.text.matchAll(STRATEGY)].map((match) => ({ word, value: match[1] ?? '', at: match.index })));
    const strategy = strategies.at(-1)?.value ?? null;
    const actions = words.flatMap((word) => actionsIn(word)).map((end) => ({
      setting: ACTION, offset: end - ACTION.length, value: strategy,
      fix: strategy === null ? { edits: [{ start: end, end, text: ' -Dkeycloak.migration.strategy=IGNORE_EXISTING' }], done: '-Dkeycloak.migration.strategy=IGNORE_EXISTING added' } : null,
    }));
    const spelled = strategies.map(({ word, value, at }) => {
      const start = word.start + quoteLength(word) + at + '-Dkeycloak.migration.strategy='.length;
      const fix = value === 'IGNORE_EXISTING' ? null : { edits: [{ start, end: start + value.length, text: 'IGNORE_EXISTING' }], done: 'set to IGNORE_EXISTING' };
      return { setting: '-Dkeycloak.migration.strategy', offset: start, value, fix };
    });
    return [...actions, ...spelled];
  });
}

/** `text` has lost its opening quote or bracket, offsets have not. */
const quoteLength = (word: Word) => (word.end - word.start > word.text.length ? 1 : 0);

function actionsIn(word: Word): readonly number[] {
  const found: number[] = [];
  for (let at = word.text.indexOf(ACTION); at !== -1; at = word.text.indexOf(ACTION, at + 1)) {
    const end = at + ACTION.length;
    if (/^(?:$|[\s"'])/.test(word.text.slice(end))) found.push(word.start + quoteLength(word) + end);
  }
  return found;
}

function partialImport(commands: readonly (readonly Word[])[]): readonly SettingSite[] {
  return commands.flatMap((words) => words.filter(({ text }) => /ifResourceExists\W+OVERWRITE/.test(text))
    .map((word) => ({ setting: 'partialImport OVERWRITE', offset: word.start, value: 'OVERWRITE', fix: null })));
}
