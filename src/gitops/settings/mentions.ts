/** What a file must mention to be worth parsing for settings; also what git is asked to search for. */
export const MENTIONED = ['KEYCLOAK_IMPORT', 'KEYCLOAK_MIGRATION', 'KC_SPI_IMPORT', 'KC_IMPORT_REALM', 'KC_OVERRIDE', 'keycloak.migration', 'kc.sh', '--import-realm', 'realmImport', 'ifResourceExists', 'extraEnv', 'spi-import'] as const;

export const MENTIONS = new RegExp([...MENTIONED, 'import'].map((text) => text.replaceAll('.', '\\.')).join('|'));
