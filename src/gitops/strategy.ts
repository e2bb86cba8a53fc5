/**
 * The settings that people believe decide whether an import overwrites a realm, as data. Export, lint and the README's
 * table are made from this. Every sentence was tried on real servers (26.7.4, 26.0.8, 24.0.5) unless it says otherwise.
 */
export type SettingClass = 'destructive' | 'seed-only' | 'inert';
/** What starts an import in the same file: it decides what a setting can do at all. */
export type Importer = 'kc-import' | 'jvm-migration' | 'import-realm';

export interface Rule {
  /** Which values it speaks of; left out: any. `absent` is the setting's default. */
  readonly values?: readonly string[];
  /** First version it holds for, and the first it no longer holds for; left out: open. */
  readonly from?: string;
  readonly before?: string;
  /** Holds only beside one of these. */
  readonly beside?: readonly Importer[];
  readonly class: SettingClass;
  readonly because: string;
}

export interface StrategySetting {
  /** As it is spelled in files. */
  readonly id: string;
  readonly where: 'environment' | 'argument' | 'jvm-property' | 'custom-resource' | 'command' | 'api';
  /** The first rule that fits counts. */
  readonly rules: readonly Rule[];
  /** The value that is harmless, or null where nothing is set. */
  readonly harmless: string | null;
  readonly source: string;
}

const OVERWRITE = ['OVERWRITE_EXISTING', 'OVERWRITE'];
const RUN = 'tried on Keycloak 26.7.4, 26.0.8 and 24.0.5';
const AT_START = 'start --import-realm never overwrites an existing realm, whatever this says';

const inert = (id: string, where: StrategySetting['where'], because: string, source = RUN): StrategySetting =>
  ({ id, where, harmless: 'IGNORE_EXISTING', source, rules: [{ class: 'inert', because }] });

/** A spelling of the SPI option of `kc.sh import`; it began to work somewhere between 26.0.8 and 26.7.4. */
const spi = (id: string, where: StrategySetting['where'] = 'environment'): StrategySetting => ({
  id, where, harmless: 'IGNORE_EXISTING', source: 'tried on Keycloak 26.7.4 (works), 26.0.8 and 24.0.5 (does not)',
  rules: [
    { values: ['IGNORE_EXISTING'], from: '26.7.4', beside: ['kc-import', 'jvm-migration'], class: 'seed-only', because: 'From 26.7.4 on it makes kc.sh import and -Dkeycloak.migration.action=import skip an existing realm; older versions ignore it.' },
    { values: OVERWRITE, beside: ['kc-import', 'jvm-migration'], class: 'inert', because: 'It changes nothing: these imports overwrite without it, and they need --override=false or -Dkeycloak.migration.strategy=IGNORE_EXISTING.' },
    { before: '26.0.9', class: 'inert', because: `It has no effect on this version; ${AT_START}.` },
    { before: '26.7.4', class: 'inert', because: `It had no effect on 26.0.8 and has one on 26.7.4 for kc.sh import; for versions between nobody has looked, so do not rely on it. ${AT_START}.` },
    { class: 'inert', because: `It has no effect with start --import-realm, where none is needed: ${AT_START}.` },
  ],
});

export const STRATEGY_SETTINGS: readonly StrategySetting[] = [
  inert('KEYCLOAK_IMPORT_STRATEGY', 'environment', `It has no effect on any version of Keycloak; ${AT_START}, and kc.sh import overwrites in spite of it.`),
  spi('KC_SPI_IMPORT_SINGLE_FILE_STRATEGY'),
  spi('KC_SPI_IMPORT__SINGLE_FILE__STRATEGY'),
  inert('KC_SPI_IMPORT_DIR_STRATEGY', 'environment', `It has no effect with start --import-realm: ${AT_START}.`),
  inert('KC_SPI_IMPORT__DIR__STRATEGY', 'environment', `It has no effect with start --import-realm: ${AT_START}.`),
  inert('KC_SPI_IMPORT_REALM_FILE_STRATEGY', 'environment', 'Keycloak has no such option; it has no effect.', 'Keycloak sources, not run'),
  inert('KC_IMPORT_REALM_STRATEGY', 'environment', 'Keycloak has no such option; it has no effect.'),
  inert('KEYCLOAK_MIGRATION_STRATEGY', 'environment', 'Keycloak does not read this variable; only the JVM property of that name counts.'),
  inert('spec.realmImport.strategy', 'custom-resource', 'The operator has no such field: it never updates an existing realm, its import job always passes --override=false.', 'Keycloak operator sources, not run'),
  {
    id: 'KC_OVERRIDE', where: 'environment', harmless: 'false', source: RUN,
    rules: [
      { values: ['false'], class: 'seed-only', because: 'kc.sh import skips an existing realm. It does not reach -Dkeycloak.migration.action=import.' },
      { beside: ['kc-import'], class: 'destructive', because: 'kc.sh import removes the existing realm and imports the file in its place.' },
      { class: 'inert', because: `Only kc.sh import reads it; ${AT_START}.` },
    ],
  },
  {
    id: 'kc.sh import', where: 'command', harmless: '--override=false', source: RUN,
    rules: [
      { values: ['false'], class: 'seed-only', because: 'With --override=false an existing realm is skipped.' },
      { class: 'destructive', because: 'kc.sh import removes the existing realm and imports the file in its place unless --override=false is given; it exits 0 either way.' },
    ],
  },
  {
    id: '-Dkeycloak.migration.action=import', where: 'jvm-property', harmless: '-Dkeycloak.migration.strategy=IGNORE_EXISTING', source: `${RUN}; the harmless form on 26.7.4`,
    rules: [
      { values: ['IGNORE_EXISTING'], class: 'seed-only', because: 'With -Dkeycloak.migration.strategy=IGNORE_EXISTING an existing realm is skipped.' },
      { class: 'destructive', because: 'It removes and imports the realm again at every start of the server: without a strategy the default is to overwrite.' },
    ],
  },
  {
    id: '-Dkeycloak.migration.strategy', where: 'jvm-property', harmless: 'IGNORE_EXISTING', source: RUN,
    rules: [
      { beside: ['jvm-migration'], values: OVERWRITE, class: 'destructive', because: 'Together with -Dkeycloak.migration.action=import it overwrites the realm at every start.' },
      { beside: ['jvm-migration', 'kc-import'], values: ['IGNORE_EXISTING'], class: 'seed-only', because: 'An existing realm is skipped.' },
      { class: 'inert', because: `Alone it imports nothing, and ${AT_START}.` },
    ],
  },
  spi('--spi-import-single-file-strategy', 'argument'),
  {
    id: '--import-realm', where: 'argument', harmless: null, source: RUN,
    rules: [{ class: 'seed-only', because: 'At start an existing realm is always skipped; no setting changes that.' }],
  },
  {
    id: 'partialImport OVERWRITE', where: 'api', harmless: null, source: 'tried on Keycloak 26.7.4',
    rules: [{ class: 'destructive', because: 'A partial import with OVERWRITE deletes and re-creates each listed client: new ids, client roles and service account roles gone, sessions detached.' }],
  },
];

/** Environment variables of the catalogue. */
export const ENVIRONMENT_SETTINGS: ReadonlySet<string> = new Set(STRATEGY_SETTINGS.filter(({ where }) => where === 'environment').map(({ id }) => id));

/** The two spellings that people look for in a chart's extraEnv. */
export const EXPECTED_IN_EXTRA_ENV = ['KEYCLOAK_IMPORT_STRATEGY', 'KC_SPI_IMPORT_SINGLE_FILE_STRATEGY'] as const;

/**
 * What a setting does on a Keycloak version.
 * @param value    as in the file; null where the setting has none
 * @param version  `26.7.4`; null when it is not known: then only rules without a first version count
 * @param beside   the imports that the same file starts
 */
export function classify(id: string, value: string | null, version: string | null, beside: ReadonlySet<Importer>): { readonly class: SettingClass; readonly because: string } {
  const setting = STRATEGY_SETTINGS.find((candidate) => candidate.id === id);
  const rule = setting?.rules.find((candidate) =>
    (!candidate.values || (value !== null && candidate.values.some((known) => known.toLowerCase() === value.toLowerCase())))
    && (!candidate.beside || candidate.beside.some((importer) => beside.has(importer)))
    && (!candidate.from || (version !== null && compareVersions(version, candidate.from) >= 0))
    && (!candidate.before || version === null || compareVersions(version, candidate.before) < 0));
  return rule ? { class: rule.class, because: rule.because } : { class: 'inert', because: 'This tool does not know this setting.' };
}

/** Compares `26.7.4` with `26.10.0` number by number; suffixes such as `.redhat-00001` do not count. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(/[.-]/).slice(0, 3).map((part) => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < 3; i += 1) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
