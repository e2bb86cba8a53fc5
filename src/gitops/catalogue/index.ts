/**
 * The settings that people believe decide whether an import overwrites a realm, as data. Export, lint, the README's table and
 * docs/strategy-settings.md are made from this.
 */
import { CONFIG_CLI_SETTINGS } from './config-cli.ts';
import { KEYCLOAK_SETTINGS } from './keycloak.ts';
import { WRITERS } from './writers.ts';
import { compareVersions } from './setting.ts';
import type { Importer, SettingClass, StrategySetting } from './setting.ts';

export const STRATEGY_SETTINGS: readonly StrategySetting[] = [...KEYCLOAK_SETTINGS, ...CONFIG_CLI_SETTINGS, ...WRITERS];

const BY_ID = new Map(STRATEGY_SETTINGS.map((setting) => [setting.id, setting]));

/** Environment variables of Keycloak that the catalogue knows. */
export const ENVIRONMENT_SETTINGS: ReadonlySet<string> = new Set(KEYCLOAK_SETTINGS.filter(({ where }) => where === 'environment').map(({ id }) => id));

/** The two spellings that people look for in a chart's extraEnv. */
export const EXPECTED_IN_EXTRA_ENV = ['KEYCLOAK_IMPORT_STRATEGY', 'KC_SPI_IMPORT_SINGLE_FILE_STRATEGY'] as const;

/**
 * What a setting does on a Keycloak version.
 * @param value    as in the file; null where the setting has none
 * @param version  `26.7.4`; null when it is not known: then only rules without a first version count
 * @param beside   the imports of the launch that it belongs to
 */
export function classify(id: string, value: string | null, version: string | null, beside: ReadonlySet<Importer>): { readonly class: SettingClass; readonly because: string } {
  const setting = BY_ID.get(id);
  const rule = setting?.rules.find((candidate) =>
    (!candidate.values || (value !== null && candidate.values.some((known) => known.toLowerCase() === value.toLowerCase())))
    && (!candidate.beside || candidate.beside.some((importer) => beside.has(importer)))
    && (!candidate.from || (version !== null && compareVersions(version, candidate.from) >= 0))
    && (!candidate.before || version === null || compareVersions(version, candidate.before) < 0));
  return rule ? { class: rule.class, because: rule.because } : { class: 'inert', because: 'This tool does not know this setting.' };
}
