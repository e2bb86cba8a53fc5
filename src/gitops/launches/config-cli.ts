import { CONFIG_CLI_SWITCH as SWITCH } from './chart.ts';
import type { SettingSite } from '../artefacts/artefact.ts';
import type { Importer } from '../catalogue/setting.ts';
import type { Launch, Piece } from './launch.ts';
import type { TextEdit } from '../splice/text.ts';

type Site = Omit<SettingSite, 'version'>;

interface Option {
  readonly spelled: string;
  /** Without dots, dashes and underscores, as both spellings bind. */
  readonly name: string;
  readonly value: string;
  readonly piece: Piece;
}

const CHECKSUM = 'IMPORTBEHAVIORSCHECKSUMCHANGED';
/** Options that have one harmless value, by what they are called in the catalogue. */
const HARMLESS: Readonly<Record<string, readonly [id: string, value: string]>> = {
  [CHECKSUM]: ['IMPORT_BEHAVIORS_CHECKSUM_CHANGED', 'fail'],
  IMPORTREMOTESTATEENABLED: ['IMPORT_REMOTESTATE_ENABLED', 'true'],
  IMPORTCACHEENABLED: ['IMPORT_CACHE_ENABLED', 'true'],
};
const PROGRAM = /keycloak-config-cli/;

/**
 * What a launch of keycloak-config-cli decides. It has no seed-only mode; one that refuses a file that has changed is as near as it gets.
 * Where only variables are known, those that delete or refuse count by themselves.
 */
export function configCliSites(launch: Launch): readonly Site[] {
  const options = optionsOf(launch);
  const program = launch.words.find(({ text }) => PROGRAM.test(text));
  const runs = program !== undefined || PROGRAM.test(launch.image ?? '');
  const beside: ReadonlySet<Importer> = new Set(runs ? ['config-cli'] : []);
  const switched = launch.environment.find(({ name }) => name === SWITCH);
  // `helm upgrade --set keycloakConfigCli.enabled=true`
  const given = launch.words.flatMap((word) => {
    const value = /(?:^|[,=])keycloakConfigCli\.enabled=(\w+)/.exec(word.text)?.[1];
    return value === undefined ? [] : [{ setting: SWITCH, offset: word.offset, value, fix: null, beside }];
  });
  if (!runs && launch.words.length > 0) return given;
  const normalizes = launch.environment.some(({ name, text }) => name === 'RUN_OPERATION' && /^normalize$/i.test(text));
  const own = options.flatMap((option) => optionSite(option, beside));
  if (!runs) return [...own, ...(switched ? [{ setting: SWITCH, offset: switched.offset, value: switched.text, fix: null, beside }] : [])];
  const bad = options.filter(isHarmful);
  const refuses = options.some(({ name, value }) => name === CHECKSUM && value === 'fail');
  const guarded = refuses && bad.length === 0;
  if (normalizes) return own.map((site) => ({ ...site, idle: true }));
  const place = switched ?? program ?? launch.imagePiece ?? options[0]?.piece;
  if (!place) return own;
  const added = refuses || options.some(({ name }) => name === CHECKSUM) ? [] : launch.addVariable?.('IMPORT_BEHAVIORS_CHECKSUM_CHANGED', 'fail') ?? null;
  const fix: SettingSite['fix'] = guarded || !added || added.length === 0 ? null : { edits: added as readonly TextEdit[], done: 'IMPORT_BEHAVIORS_CHECKSUM_CHANGED=fail added' };
  return [{ setting: switched ? SWITCH : 'keycloak-config-cli', offset: place.offset, value: guarded ? 'guarded' : null, fix, beside }, ...own];
}

function optionsOf({ words, environment }: Launch): readonly Option[] {
  const given = environment.map((variable) => ({ name: variable.name, value: variable.text, piece: variable as Piece }));
  const argued = words.flatMap((word) => {
    const match = /^--(import\.[\w.-]+)=(\S*)$/.exec(word.text);
    return match ? [{ name: match[1] ?? '', value: match[2] ?? '', piece: word as Piece }] : [];
  });
  return [...given, ...argued].map((option) => ({ ...option, spelled: option.name, name: option.name.replace(/[._-]/g, '').toUpperCase(), value: option.value.toLowerCase() })).filter(({ name }) => name in HARMLESS || name.startsWith('IMPORTMANAGED'));
}

const wantedOf = ({ name }: Option) => HARMLESS[name]?.[1] ?? 'no-delete';
const isHarmful = (option: Option) => option.value !== wantedOf(option);

function optionSite(option: Option, beside: ReadonlySet<Importer>): readonly Site[] {
  const wanted = wantedOf(option);
  const edits = isHarmful(option) && option.value !== '' ? option.piece.swap(option.piece.text.includes(option.value) ? option.value : option.piece.text, wanted) : null;
  return [{
    setting: HARMLESS[option.name]?.[0] ?? 'IMPORT_MANAGED_*', name: option.spelled, offset: option.piece.offset, value: option.value, beside,
    fix: edits && edits.length > 0 ? { edits, done: `set to ${wanted}` } : null,
  }];
}
