import { ENVIRONMENT_SETTINGS } from '../catalogue/index.ts';
import { compareVersions } from '../catalogue/setting.ts';
import { configCliSites } from './config-cli.ts';
import { imageVersion } from './launch.ts';
import type { SettingSite } from '../artefacts/artefact.ts';
import type { Importer } from '../catalogue/setting.ts';
import type { Launch, Piece, Word } from './launch.ts';
import type { TextEdit } from '../splice/text.ts';

/** Commands of kc.sh that import nothing, whatever the JVM is told. */
const HARMLESS_COMMANDS = new Set(['export', 'build', 'show-config', 'bootstrap-admin', 'update-compatibility']);
const SUBCOMMANDS = new Set(['import', 'start', 'start-dev', ...HARMLESS_COMMANDS]);
const TOOL = /(?:^|[/\\}"'(])kc\.(?:sh|bat)$/;
const ACTION = '-Dkeycloak.migration.action=import';
const ACTION_AS_WORD = /(?:^|[\s"'=])-Dkeycloak\.migration\.action=import(?=$|[\s"',])/g;
/** Its value may be a variable, or what a template puts there. */
const STRATEGY = /-Dkeycloak\.migration\.strategy=("[^"\s]*"|'[^'\s]*'|(?:\$\{[^}\s]*\}|\$\([^)\s]*\)|\{\{[^{}\n]*\}\}|\$|[^\s"',{}()$])+)/g;
const SPI_VARIABLES = new Set(['KC_SPI_IMPORT_SINGLE_FILE_STRATEGY', 'KC_SPI_IMPORT__SINGLE_FILE__STRATEGY']);
const SPI_ARGUMENT = /^--spi-import-{1,2}single-file-{1,2}strategy=(\S+)$/;
/** First version on which the SPI option was seen to work (verified on 26.7.4; not on 26.0.8). */
const SPI_WORKS_FROM = '26.7.4';

/**
 * The strategy settings of one launch, each with what it decides there.
 *
 * @param known  the server's version, where somebody knows it; a tag in the file wins
 */
export function settingsOf(given: Launch, known: string | null): readonly SettingSite[] {
  const launch = withoutConditional(given);
  const version = imageVersion(launch.image) ?? known;
  const command = importCommand(launch);
  const pieces: readonly Piece[] = [...launch.words, ...launch.environment];
  const actions = pieces.some(({ text }) => text.search(ACTION_AS_WORD) !== -1);
  const beside = new Set<Importer>([
    ...(command ? ['kc-import' as const] : []), ...(command && overrideIn(launch, command) ? ['--override' as const] : []), ...(actions ? ['jvm-migration' as const] : []), ...(pieces.some(({ text }) => /(?:^|\s)--import-realm(?:$|\s)/.test(text)) ? ['import-realm' as const] : []),
  ]);
  const at = { version, beside };
  const skips = spiSkips(launch, version);
  const all = strategies(pieces, launch.environment);
  const sites: readonly Omit<SettingSite, 'version' | 'beside'>[] = [
    ...(command ? [importSite(command, launch, skips)] : []),
    ...launch.words.flatMap((word, index, all) => argumentSites(word, all[index + 1])),
    ...pieces.flatMap((piece) => migrationSites(piece, strategyFor(piece, all, skips), all)),
    ...launch.environment.flatMap((variable) => variableSites(variable, launch.environment)),
    ...partialImports(launch.words),
  ];
  return [...sites.map((site) => ({ ...site, ...at })), ...configCliSites(launch).map((site) => ({ ...site, version: null }))].map((site) => (launch.idle || importsNothing(launch) ? { ...site, idle: true } : site));
}

/** Without what protects it only under a condition that the import itself does not stand under. */
function withoutConditional(launch: Launch): Launch {
  const { conditions = [], words, environment } = launch;
  const places = [...words, ...environment, ...(launch.imagePiece ? [launch.imagePiece] : [])]
    .filter((piece) => piece === launch.imagePiece || piece.text === 'import' || piece.text.search(ACTION_AS_WORD) !== -1).map(({ offset }) => offset);
  const protects = (text: string) => /^(?:--override(?:[= ]?false)?|false|fail|no-delete)$/i.test(text) || text.includes('IGNORE_EXISTING');
  const isSure = ({ text, offset }: Piece) => !protects(text) || conditions.every(({ start, end }) => !(offset >= start && offset < end) || places.some((place) => place >= start && place < end));
  return conditions.length === 0 ? launch : { ...launch, words: words.filter(isSure), environment: environment.filter(isSure) };
}

function importsNothing({ words }: Launch): boolean {
  const tool = words.findIndex(({ text }) => TOOL.test(text));
  const command = tool === -1 ? undefined : words.slice(tool + 1).find(({ text }) => SUBCOMMANDS.has(text));
  return command !== undefined && HARMLESS_COMMANDS.has(command.text);
}

/** The word `import` where it is what Keycloak is told to do. */
function importCommand({ words, image }: Launch): Word | null {
  const tool = words.findIndex(({ text }) => TOOL.test(text));
  const rest = words.slice(tool + 1);
  const command = rest.find(({ text }) => SUBCOMMANDS.has(text));
  if (command?.text !== 'import') return null;
  if (tool !== -1) return command;
  // An image of Keycloak whose entrypoint is kc.sh; an image by another name may be one too, where the words are those of the import of a realm.
  if (!words.slice(0, words.indexOf(command)).every(({ text }) => text.startsWith('-'))) return null;
  const reads = rest.some(({ text }) => /^--(?:file|dir)(?:=|$)/.test(text)) && rest.some(({ text }) => (image === null ? OF_A_REALM : /realm|keycloak/i).test(text));
  return isKeycloak(image) || reads ? command : null;
}

/** Where files of a realm lie, where no image is named: other programs have an `import --file` of their own. */
const OF_A_REALM = /realm|keycloak|\.json\b|data\/import|--override/i;
const isKeycloak = (image: string | null) => image !== null && /keycloak/i.test(image) && !/config-cli|operator|gatekeeper|exporter|theme/i.test(image);

/** The argument that decides: the last one of several. */
function overrideIn({ words }: Launch, command: Word): Word | undefined {
  return words.slice(words.indexOf(command) + 1).findLast(({ text }) => text === '--override' || text.startsWith('--override='));
}

function importSite(command: Word, launch: Launch, skips: boolean) {
  const { words, environment } = launch;
  const flag = overrideIn(launch, command);
  const joined = flag?.text.includes('=') ?? false;
  const holder = flag && !joined ? words[words.indexOf(flag) + 1] : flag;
  const bare = flag !== undefined && !joined && (holder === undefined || holder.text.startsWith('-'));
  const said = flag === undefined ? null : bare ? '' : (joined ? flag.text.slice('--override='.length) : holder?.text ?? '').replace(/["']/g, '');
  const resolved = said === null ? null : resolve(said, environment);
  const overridden = resolve(environment.findLast(({ name }) => name === 'KC_OVERRIDE')?.text ?? '', environment) || undefined;
  const elsewhere = overridden ?? (skips || strategies([...words, ...environment], environment).some(({ value }) => value === 'IGNORE_EXISTING') ? 'false' : null);
  const value = (resolved ?? elsewhere)?.toLowerCase() ?? null;
  const site = { setting: 'kc.sh import', offset: command.offset, value };
  if (value === 'false') return { ...site, fix: null };
  if (said === null) return { ...site, value: said, fix: fixed(command.follow('--override=false'), '--override=false added') };
  return { ...site, fix: fixed(bare ? flag?.swap('--override', '--override=false') ?? null : said === '' ? null : holder?.swap(said, 'false') ?? null, '--override set to false') };
}

/** `$(NAME)` as Kubernetes fills it in, and the default of `${NAME:=false}` where nothing in the file says otherwise. */
function resolve(text: string, environment: Launch['environment']): string {
  // `X: ${X:-false}` asks whoever starts it, not itself.
  return text.replace(/\$\((\w+)\)|(?<!\$)\$\{(\w+)(?::?[-=]([^}]*))?\}/g, (whole, expanded: string | undefined, name: string | undefined, fallback: string | undefined) =>
    environment.findLast((variable) => variable.name === (expanded ?? name) && variable.text !== text)?.text ?? fallback ?? whole);
}

const fixed = (edits: readonly TextEdit[] | null, done: string): SettingSite['fix'] => (edits === null || edits.length === 0 ? null : { edits, done });

/** From some version on the SPI option makes both imports skip an existing realm. */
function spiSkips({ words, environment }: Launch, version: string | null): boolean {
  if (version === null || compareVersions(version, SPI_WORKS_FROM) < 0) return false;
  return environment.some(({ name, text }) => SPI_VARIABLES.has(name) && text === 'IGNORE_EXISTING') || words.some(({ text }) => SPI_ARGUMENT.exec(text)?.[1] === 'IGNORE_EXISTING');
}

function argumentSites(word: Word, next: Word | undefined) {
  if (/(?:^|\s)--import-realm(?:$|\s)/.test(word.text)) return [{ setting: '--import-realm', offset: word.offset, value: null, fix: null }];
  const spi = SPI_ARGUMENT.exec(word.text.includes('=') ? word.text : `${word.text}=${next?.text ?? ''}`);
  return spi ? [{ setting: '--spi-import-single-file-strategy', offset: word.offset, value: spi[1] ?? null, fix: null }] : [];
}

interface Strategy {
  readonly value: string;
  /** As it is written. */
  readonly spelled: string;
  readonly piece: Piece;
}

const strategies = (pieces: readonly Piece[], environment: Launch['environment']): readonly Strategy[] =>
  pieces.flatMap((piece) => [...piece.text.matchAll(STRATEGY)].map((match) => ({ value: resolve((match[1] ?? '').replace(/^["']|["']$/g, ''), environment), spelled: match[0].slice('-Dkeycloak.migration.strategy='.length), piece })));

/** The strategy that counts for an import in a text: the last one there, else what the other texts of the launch agree on, else the SPI option. */
function strategyFor(piece: Piece, all: readonly Strategy[], skips: boolean): string | null {
  const own = all.findLast((each) => each.piece === piece);
  const other = all.find(({ value }) => value !== 'IGNORE_EXISTING') ?? all[0];
  return own?.value ?? other?.value ?? (skips ? 'IGNORE_EXISTING' : null);
}

/** Words count, not substrings: a property that merely begins like the action imports nothing. */
function migrationSites(piece: Piece, strategy: string | null, all: readonly Strategy[]) {
  const alone = piece.text === ACTION && 'follow' in piece;
  const added = ' -Dkeycloak.migration.strategy=IGNORE_EXISTING';
  const add = () => (alone ? (piece as Word).follow(added.trim()) : piece.swap(ACTION, ACTION + added));
  const actions = [...piece.text.matchAll(ACTION_AS_WORD)].map(() => ({
    setting: ACTION, offset: piece.find(ACTION), value: strategy, fix: strategy === null ? fixed(add(), `${added.trim()} added`) : null,
  }));
  const spelled = all.filter((each) => each.piece === piece).map(({ value, spelled: written }) => ({
    setting: '-Dkeycloak.migration.strategy', offset: piece.find(`-Dkeycloak.migration.strategy=${written}`), value,
    // What steers a template is no part of a value.
    fix: value === 'IGNORE_EXISTING' || written.includes('{{') ? null : fixed(piece.swap(`strategy=${written}`, 'strategy=IGNORE_EXISTING'), 'set to IGNORE_EXISTING'),
  }));
  return [...actions, ...spelled];
}

function variableSites({ name, text, offset, swap }: Launch['environment'][number], environment: Launch['environment']) {
  const started = /(?:^|\s)--import-realm(?:$|\s)/.test(text) ? [{ setting: '--import-realm', offset, value: null, fix: null }] : [];
  if (name === 'realm.import' || name === 'a literal') return [{ setting: name, offset, value: text, fix: null }];
  if (!ENVIRONMENT_SETTINGS.has(name)) return started;
  // A path, not a strategy: what else is written into it counts by itself.
  if (name === 'KEYCLOAK_IMPORT') return [...started, { setting: name, offset, value: null, fix: null }];
  const wanted = name === 'KC_OVERRIDE' ? 'false' : 'IGNORE_EXISTING';
  const value = resolve(text, environment);
  const harmless = value.toLowerCase() === wanted.toLowerCase() || text === '';
  return [...started, { setting: name, offset, value, fix: harmless ? null : fixed(swap(text, wanted), `set to ${wanted}`) }];
}

/** kcadm's `-s ifResourceExists=…` and the JSON that curl sends. */
function partialImports(words: readonly Word[]) {
  return words.flatMap((word) => {
    const value = /ifResourceExists\W+(OVERWRITE|SKIP|FAIL)/i.exec(word.text)?.[1];
    if (value === undefined) return [];
    const harmful = value.toUpperCase() === 'OVERWRITE';
    return [{ setting: 'partialImport', offset: word.find('ifResourceExists'), value: value.toUpperCase(), fix: harmful ? fixed(word.swap(value, 'SKIP'), 'set to SKIP') : null }];
  });
}
