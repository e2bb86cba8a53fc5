import type { StrategySetting } from './setting.ts';

const OVERWRITE = ['OVERWRITE_EXISTING', 'OVERWRITE'];
const RUN = 'tried on Keycloak 26.7.4, 26.0.8, 24.0.5 and 22.0.5';
const AT_START = 'start --import-realm never overwrites an existing realm, whatever this says';

const inert = (id: string, where: StrategySetting['where'], because: string, source = RUN): StrategySetting =>
  ({ id, where, harmless: 'IGNORE_EXISTING', source, rules: [{ class: 'inert', because }] });

/** A spelling of the SPI option of `kc.sh import`; it began to work somewhere between 26.0.8 and 26.7.4. */
const spi = (id: string, where: StrategySetting['where'] = 'environment', older: StrategySetting['rules'] = []): StrategySetting => ({
  id, where, harmless: 'IGNORE_EXISTING', source: 'tried on Keycloak 26.7.4 (works), 26.0.8, 24.0.5 and 22.0.5 (does not)',
  rules: [
    ...older,
    { values: ['IGNORE_EXISTING'], from: '26.7.4', beside: ['kc-import', 'jvm-migration'], class: 'seed-only', because: 'From 26.7.4 on it makes kc.sh import and -Dkeycloak.migration.action=import skip an existing realm; older versions ignore it.' },
    { values: OVERWRITE, beside: ['kc-import', 'jvm-migration'], class: 'inert', because: 'It changes nothing: these imports overwrite without it, and they need --override=false or -Dkeycloak.migration.strategy=IGNORE_EXISTING.' },
    { before: '26.0.9', class: 'inert', because: `It has no effect on this version; ${AT_START}.` },
    { before: '26.7.4', class: 'inert', because: `It had no effect on 26.0.8 and has one on 26.7.4 for kc.sh import; for versions between nobody has looked, so do not rely on it. ${AT_START}.` },
    { class: 'inert', because: `It has no effect with start --import-realm, where none is needed: ${AT_START}.` },
  ],
});

/** What Keycloak itself reads. Tried on real servers (26.7.4, 26.0.8, 24.0.5, 22.0.5) unless it says otherwise. */
export const KEYCLOAK_SETTINGS: readonly StrategySetting[] = [
  inert('KEYCLOAK_IMPORT_STRATEGY', 'environment', `It has no effect on any version of Keycloak; ${AT_START}, and kc.sh import overwrites in spite of it.`),
  spi('KC_SPI_IMPORT_SINGLE_FILE_STRATEGY'),
  spi('KC_SPI_IMPORT__SINGLE_FILE__STRATEGY'),
  inert('KC_SPI_IMPORT_DIR_STRATEGY', 'environment', `It has no effect with start --import-realm: ${AT_START}.`),
  inert('KC_SPI_IMPORT__DIR__STRATEGY', 'environment', `It has no effect with start --import-realm: ${AT_START}.`),
  inert('KC_SPI_IMPORT_REALM_FILE_STRATEGY', 'environment', 'Keycloak has no such option; it has no effect.', 'Keycloak sources, not run'),
  inert('a literal', 'chart-value', 'No program reads a strategy under this name; what the chart makes of it decides.', 'no source: it is what is not known'),
  inert('KC_IMPORT_REALM_STRATEGY', 'environment', 'Keycloak has no such option; it has no effect.'),
  inert('KC_IMPORT_REALM', 'environment', 'Without the argument --import-realm nothing is imported; with it an existing realm is skipped.', 'tried on Keycloak 26.7.4'),
  inert('KEYCLOAK_MIGRATION_STRATEGY', 'environment', 'Keycloak does not read this variable; only the JVM property of that name counts.'),
  inert('spec.realmImport.strategy', 'custom-resource', 'The operator has no such field: it never updates an existing realm, its import job always passes --override=false.', 'Keycloak operator sources, not run'),
  {
    id: 'KC_OVERRIDE', where: 'environment', harmless: 'false', source: RUN,
    rules: [
      { beside: ['--override'], class: 'inert', because: 'The argument --override of kc.sh import wins over it.' },
      { values: ['false'], beside: ['kc-import'], class: 'seed-only', because: 'kc.sh import skips an existing realm. It does not reach -Dkeycloak.migration.action=import.' },
      { beside: ['kc-import'], class: 'destructive', because: 'kc.sh import removes the existing realm and imports the file in its place.' },
      { values: ['false'], beside: ['jvm-migration'], class: 'inert', because: 'It does not reach -Dkeycloak.migration.action=import. On 22.0.5 and 24.0.5 it did, on 26.0.8 and 26.7.4 it does not: the next upgrade takes the protection away.' },
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
      { beside: ['jvm-migration'], class: 'destructive', because: 'What it becomes is not said here, and -Dkeycloak.migration.action=import overwrites with anything but IGNORE_EXISTING.' },
      { class: 'inert', because: `Alone it imports nothing, and ${AT_START}.` },
    ],
  },
  spi('--spi-import-single-file-strategy', 'argument', [
    { before: '26.0.9', beside: ['kc-import'], class: 'inert', because: 'It is no protection before 26.7.4: kc.sh import of 26.0.8 and 24.0.5 refuses this argument; 22.0.5 skips an existing realm with it, which no later release promises.' },
  ]),
  {
    id: '--import-realm', where: 'argument', harmless: null, source: RUN,
    rules: [{ class: 'seed-only', because: 'At start an existing realm is always skipped; no setting changes that.' }],
  },
  {
    id: 'KEYCLOAK_IMPORT', where: 'environment', harmless: null, source: 'keycloak-containers sources, not run',
    rules: [
      { from: '20.0.0', class: 'inert', because: 'Only the WildFly distribution (until 19) reads it; -Dkeycloak.migration.* written into it counts by itself.' },
      { class: 'seed-only', because: 'On the WildFly distribution (until 19) it imports the file where the realm does not exist; newer images do not read it.' },
    ],
  },
  {
    id: 'realm.import', where: 'chart-value', harmless: null, source: 'CloudPirates chart sources, not run',
    rules: [
      { values: ['false'], class: 'inert', because: 'The chart imports nothing.' },
      { class: 'seed-only', because: 'The chart starts the server with --import-realm, which skips an existing realm.' },
    ],
  },
  {
    id: 'partialImport', where: 'api', harmless: 'SKIP', source: 'tried on Keycloak 26.7.4',
    rules: [
      { values: ['SKIP', 'FAIL'], class: 'seed-only', because: 'A partial import with SKIP or FAIL leaves what exists as it is.' },
      { class: 'destructive', because: 'A partial import with OVERWRITE deletes and re-creates each listed client: new ids, client roles and service account roles gone, sessions detached.' },
    ],
  },
];
