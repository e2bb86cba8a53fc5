/** What a file must mention to be worth parsing for settings; also what git is asked to search for. */
export const MENTIONED = [
  'KEYCLOAK_IMPORT', 'KEYCLOAK_MIGRATION', 'KC_SPI_IMPORT', 'KC_IMPORT_REALM', 'KC_OVERRIDE', 'keycloak.migration', 'kc.sh', 'kc.bat', '--import-realm', 'realmImport', 'ifResourceExists', 'extraEnv', 'spi-import',
  'config-cli', 'keycloakConfigCli', 'IMPORT_MANAGED', 'IMPORT_BEHAVIORS', 'IMPORT_REMOTESTATE', 'IMPORT_REMOTE_STATE', 'IMPORT_CACHE', 'import.managed', 'import.behaviors', 'import.remote-state', 'import.cache',
  'KeycloakRealm', 'KeycloakClient', 'KeycloakOIDCClient', 'KeycloakSAMLClient', 'edp.epam.com', 'keycloak.crossplane.io', 'keycloak.m.crossplane.io', 'keycloak_', 'keycloak/keycloak',
] as const;

const anyOf = (texts: readonly string[]) => new RegExp(texts.map((text) => text.replaceAll('.', '\\.')).join('|'));

export const MENTIONS_SETTING = anyOf(MENTIONED);
export const MENTIONS = anyOf([...MENTIONED, 'import']);
