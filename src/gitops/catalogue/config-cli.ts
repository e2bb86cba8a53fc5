import type { Rule, StrategySetting } from './setting.ts';

const READ = 'keycloak-config-cli 6.5 sources, not run';

const setting = (id: string, where: StrategySetting['where'], harmless: string | null, rules: readonly Rule[]): StrategySetting => ({ id, where, harmless, rules, source: READ });

const WHEN_RUN: Rule = {
  class: 'destructive',
  because: 'keycloak-config-cli has no seed-only mode: whenever a byte of its file has changed it sets every listed field back to the file and deletes what it manages and does not find there. IMPORT_BEHAVIORS_CHECKSUM_CHANGED=fail makes it stop instead.',
};
const GUARDED: Rule = { values: ['guarded'], class: 'seed-only', because: 'After its first run keycloak-config-cli stops with an error when the file has changed, instead of applying it again.' };

/** keycloak-config-cli; the names of its options bind with and without dashes, as variables, arguments and properties. */
export const CONFIG_CLI_SETTINGS: readonly StrategySetting[] = [
  setting('keycloak-config-cli', 'command', 'IMPORT_BEHAVIORS_CHECKSUM_CHANGED=fail', [GUARDED, WHEN_RUN]),
  setting('keycloakConfigCli.enabled', 'chart-value', 'false', [
    { values: ['false'], class: 'inert', because: 'The chart does not run keycloak-config-cli.' },
    GUARDED,
    { ...WHEN_RUN, because: `The chart runs keycloak-config-cli after every install, upgrade and rollback, under Argo CD after every sync. ${WHEN_RUN.because}` },
  ]),
  setting('IMPORT_BEHAVIORS_CHECKSUM_CHANGED', 'environment', 'fail', [
    { values: ['fail'], class: 'seed-only', because: 'A file that has changed since it was imported is refused instead of applied again.' },
    { beside: ['config-cli'], class: 'destructive', because: 'A file that has changed since it was imported is applied again as a whole.' },
    { class: 'inert', because: 'It is the default: what runs keycloak-config-cli decides.' },
  ]),
  setting('IMPORT_MANAGED_*', 'environment', 'no-delete', [
    { values: ['no-delete'], class: 'inert', because: 'It keeps objects that the file does not list; the fields of listed objects are set back to the file all the same.' },
    { class: 'destructive', because: 'Objects of this type that the file does not list are deleted, whoever made them.' },
  ]),
  setting('IMPORT_REMOTESTATE_ENABLED', 'environment', 'true', [
    { values: ['false'], class: 'destructive', because: 'Without its record of what it made itself, keycloak-config-cli deletes everything that the file does not list.' },
    { class: 'inert', because: 'It is the default: only what the tool made itself is deleted.' },
  ]),
  setting('IMPORT_CACHE_ENABLED', 'environment', 'true', [
    { values: ['false'], class: 'destructive', because: 'The file is applied in full at every run, changed or not.' },
    { class: 'inert', because: 'It is the default: an unchanged file is skipped.' },
  ]),
];
