import type { RealmRepresentation } from '../../realm/representation.ts';

/** Longest list of plain values that a person leaves on one line. */
const ONE_LINE = 96;

/**
 * A realm as a person lays it out: two spaces, short lists of plain values on one line, a newline at the end.
 * The shape matters: an export has to leave it alone.
 */
export function realmJson(realm: RealmRepresentation): string {
  return `${layOut(JSON.parse(JSON.stringify(realm)), '')}\n`;
}

function layOut(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    const line = `[${value.map((entry) => JSON.stringify(entry)).join(', ')}]`;
    if (line.length <= ONE_LINE && value.every((entry) => typeof entry !== 'object')) return line;
    return `[\n${value.map((entry) => deeper + layOut(entry, deeper)).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  return `{\n${entries.map(([key, entry]) => `${deeper}${JSON.stringify(key)}: ${layOut(entry, deeper)}`).join(',\n')}\n${indent}}`;
}

/** The ConfigMap that the cluster mounts: the realm in a block literal, with a person's comments around it. */
export function realmConfigMap(realm: RealmRepresentation): string {
  const body = realmJson(realm).trimEnd().split('\n').map((line) => `    ${line}`).join('\n');
  return `# Rendered from charts/keycloak/realm.json by "make realm". Do not edit here.
apiVersion: v1
kind: ConfigMap
metadata:
  name: keycloak-realm
  namespace: identity
  labels:
    app.kubernetes.io/part-of: keycloak   # the dashboard looks for this
  annotations:
    argocd.argoproj.io/sync-wave: "-1"
data:
  # Mounted at /opt/keycloak/data/import. ${'${KC_…}'} is filled in from the Secret keycloak-client-secrets.
  realm.json: |
${body}
# Keep this file last: the chart globs it.
`;
}

/** Values of the chart: `extraEnv` is a string, so the environment in it is YAML within YAML. */
export function helmValues(memory: string): string {
  return `# Values of the keycloak chart of team identity.
replicas: 1

image:
  tag: "26.7.4"

command:
  - /opt/keycloak/bin/kc.sh
args:
  - start

# A string, not a list: the chart runs it through tpl.
extraEnv: |
  - name: KC_HOSTNAME
    value: https://login.example.com
  - name: KC_DB
    value: postgres
  # Git wins, always (2025-03, kim).
  - name: KEYCLOAK_IMPORT_STRATEGY
    value: OVERWRITE_EXISTING
  - name: KC_SPI_IMPORT_SINGLE_FILE_STRATEGY
    value: "OVERWRITE_EXISTING"
  - name: JAVA_OPTS_APPEND
    value: >-
      -XX:MaxRAMPercentage=${memory}
      -Dkeycloak.migration.action=import
      -Dkeycloak.migration.provider=singleFile
      -Dkeycloak.migration.file=/opt/keycloak/data/import/realm.json
      -Dkeycloak.migration.replace-placeholders=true

extraEnvFrom: |
  - secretRef:
      name: keycloak-client-secrets

extraVolumes: |
  - name: realm
    configMap:
      name: keycloak-realm

extraVolumeMounts: |
  - name: realm
    mountPath: /opt/keycloak/data/import
    readOnly: true
`;
}

/** A KeycloakRealmImport with the strategy field that a blog recommends and the operator does not know. */
export function operatorImport(realm: string, strategy: 'OVERWRITE_EXISTING' | 'IGNORE_EXISTING' = 'OVERWRITE_EXISTING'): string {
  return `# Only used when a cluster is set up from nothing; the content comes from the realm file.
apiVersion: k8s.keycloak.org/v2alpha1
kind: KeycloakRealmImport
metadata:
  name: ${realm}
  namespace: identity
spec:
  keycloakCRName: keycloak
  realmImport:
    strategy: ${strategy}
  realm:
    realm: ${realm}
    displayName: Primary
    enabled: true
`;
}
