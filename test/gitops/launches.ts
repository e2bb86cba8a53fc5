/**
 * Launches of Keycloak that people write into files, each with what a real server is given for it: one description for the file that lint
 * reads and for the process that shows what it does.
 */
export interface LaunchCase {
  /** Arguments of `kc.sh`. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /**
   * Releases that do something else than what lint says, by version: they refuse the launch, or leave an existing realm alone where lint
   * counts on no protection, because a later release has taken it away.
   */
  readonly otherwise?: Readonly<Record<string, 'refused' | 'seed-only'>>;
}

const OVERWRITE = 'OVERWRITE_EXISTING';
const KEEP = 'IGNORE_EXISTING';

/** Spellings of the SPI option of single files, with values that people give it. */
const spi = (value: string): readonly Readonly<Record<string, string>>[] => [{ KC_SPI_IMPORT_SINGLE_FILE_STRATEGY: value }, { KC_SPI_IMPORT__SINGLE_FILE__STRATEGY: value }];

/** Every launch, for an import of `file`. */
export function launchCases(file: string): readonly LaunchCase[] {
  const atStart = (env: LaunchCase['env'] = {}, more: readonly string[] = []): LaunchCase => ({ words: ['start', '--import-realm', ...more], env });
  const imported = (env: LaunchCase['env'] = {}, more: readonly string[] = []): LaunchCase => ({ words: ['import', `--file=${file}`, ...more], env });
  const migrating = (env: LaunchCase['env'] = {}, more = ''): LaunchCase =>
    ({ words: ['start'], env: { ...env, JAVA_OPTS_APPEND: `-Dkeycloak.migration.action=import -Dkeycloak.migration.provider=singleFile -Dkeycloak.migration.file=${file}${more}` } });
  return [
    atStart(),
    atStart({ KEYCLOAK_IMPORT_STRATEGY: OVERWRITE, KC_IMPORT_REALM_STRATEGY: OVERWRITE, KEYCLOAK_MIGRATION_STRATEGY: OVERWRITE, KC_SPI_IMPORT_REALM_FILE_STRATEGY: OVERWRITE }),
    ...spi(OVERWRITE).map((env) => atStart(env)),
    atStart({ KC_SPI_IMPORT_DIR_STRATEGY: OVERWRITE, KC_SPI_IMPORT__DIR__STRATEGY: OVERWRITE }),
    atStart({ KC_OVERRIDE: 'true' }),
    atStart({ JAVA_OPTS_APPEND: `-Dkeycloak.migration.strategy=${OVERWRITE}` }),
    { ...atStart({}, [`--spi-import-single-file-strategy=${OVERWRITE}`]), otherwise: { '26.0.8': 'refused' } },
    { words: ['start'], env: { KC_IMPORT_REALM: 'true' } },
    { words: ['start'], env: { KC_OVERRIDE: 'true', KEYCLOAK_IMPORT: file } },
    { words: ['start'], env: { JAVA_OPTS_APPEND: `-Dkeycloak.migration.strategy=${OVERWRITE}` } },
    migrating(),
    migrating({}, ` -Dkeycloak.migration.strategy=${OVERWRITE}`),
    migrating({}, ` -Dkeycloak.migration.strategy=${KEEP}`),
    ...spi(KEEP).map((env) => migrating(env)),
    migrating({ KEYCLOAK_IMPORT_STRATEGY: KEEP }),
    { ...migrating({ KC_OVERRIDE: 'false' }), otherwise: { '24.0.5': 'seed-only', '22.0.5': 'seed-only' } },
    imported(),
    imported({}, ['--override=false']),
    imported({}, ['--override=true']),
    imported({}, ['--override', 'false']),
    imported({ KC_OVERRIDE: 'false' }),
    imported({ KC_OVERRIDE: 'false' }, ['--override=true']),
    imported({ KC_OVERRIDE: 'true' }, ['--override=false']),
    imported({ KEYCLOAK_IMPORT_STRATEGY: KEEP }),
    ...spi(KEEP).map((env) => imported(env)),
    { ...imported({}, [`--spi-import-single-file-strategy=${KEEP}`]), otherwise: { '26.0.8': 'refused', '24.0.5': 'refused', '22.0.5': 'seed-only' } },
    imported({ JAVA_OPTS_APPEND: `-Dkeycloak.migration.strategy=${KEEP}` }),
    { words: ['export', `--file=${file}.exported`, '--realm=master'], env: {} },
  ];
}

/** The same as a compose file. */
export function composeFile({ words, env }: LaunchCase, version: string): string {
  const quoted = (text: string) => JSON.stringify(text);
  return [
    'services:', '  keycloak:', `    image: quay.io/keycloak/keycloak:${version}`, `    command: [${words.map(quoted).join(', ')}]`,
    ...(Object.keys(env).length === 0 ? [] : ['    environment:', ...Object.entries(env).map(([name, value]) => `      ${name}: ${quoted(value)}`)]),
    '',
  ].join('\n');
}
