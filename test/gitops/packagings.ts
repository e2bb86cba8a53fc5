/** One realm in every packaging that people keep it in: the file, and a way to read the realm out of it. */
import { parse, parseAllDocuments } from 'yaml';
import { objectId } from '../../src/realm/keys.ts';
import type { Difference } from '../../src/realm/model.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';

/** As git has it. */
export const GIT: RealmRepresentation = { realm: 'primary', enabled: true, clients: [{ clientId: 'api', secret: '${API_SECRET}', redirectUris: ['https://a/*'] }, { clientId: 'web', redirectUris: ['https://w/*'] }] };
/** As it is live: somebody has added a redirect URI in the console. */
export const LIVE: RealmRepresentation = { ...GIT, clients: [{ clientId: 'api', secret: 'plain-api-secret', redirectUris: ['https://a/*', 'https://b/*'] }, { clientId: 'web', redirectUris: ['https://w/*'] }] };
/** As git has to have it. */
export const WANTED = { ...GIT, clients: [{ clientId: 'api', secret: '${API_SECRET}', redirectUris: ['https://a/*', 'https://b/*'] }, { clientId: 'web', redirectUris: ['https://w/*'] }] };
const ID = objectId('client-setting', 'api', 'redirectUris', 'https://b/*');

const JSON_TEXT = JSON.stringify(GIT, null, 2);
const YAML_TEXT = '# of team identity\nrealm: primary\nenabled: true\nclients:\n  - clientId: api   # the gateway\n    secret: ${API_SECRET}\n    redirectUris: ["https://a/*"]\n  - {clientId: web, redirectUris: ["https://w/*"]}\n';
const indent = (text: string, by: number) => text.replace(/^(?=.)/gm, ' '.repeat(by));
const block = (text: string, by: number) => `|\n${indent(text.trimEnd(), by)}\n`;
const at = (value: unknown, ...path: readonly (string | number)[]) => path.reduce<unknown>((found, key) => (found as Record<string | number, unknown>)[key], value);
const yaml = (text: unknown): unknown => parse(String(text));

const application = (helm: string) => `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: keycloak}   # by hand\nspec:\n  source:\n    chart: keycloak\n    helm:\n${indent(helm, 6)}`;
const inHelm = (text: string) => at(yaml(text), 'spec', 'source', 'helm');
const bitnami = (file: string, content: string) => `keycloakConfigCli:\n  enabled: true\n  configuration:\n    # one file a realm\n    ${file}: ${block(content, 6)}  backoffLimit: 1 # end\n`;

export interface Packaging {
  readonly file?: string;
  readonly text: string;
  read(after: string): unknown;
}

export const PACKAGINGS: Readonly<Record<string, Packaging>> = {
  'an Application, values in a text': { text: application(`values: ${block(`realm:\n  # imported once\n  config.json: ${block(JSON_TEXT, 4)}replicas: 2\n`, 2)}`), read: (text) => yaml(at(yaml(at(inHelm(text), 'values')), 'realm', 'config.json')) },
  'an Application, valuesObject': { text: application(`valuesObject:\n  realm:\n    config: ${block(JSON_TEXT, 6)}  replicas: 2\n`), read: (text) => yaml(at(inHelm(text), 'valuesObject', 'realm', 'config')) },
  'an Application, a parameter': { text: application(`parameters:\n  - name: realm.json\n    value: '${JSON.stringify(GIT)}'   # one line\n  - {name: x, value: y}\n`), read: (text) => yaml(at(inHelm(text), 'parameters', 0, 'value')) },
  'an Application with several sources': { text: `kind: Application\napiVersion: argoproj.io/v1alpha1\nspec:\n  sources:\n    - repoURL: a\n    - repoURL: b\n      helm:\n        valuesObject:\n          realm: ${JSON.stringify(JSON.stringify(GIT))}\n`, read: (text) => yaml(at(yaml(text), 'spec', 'sources', 1, 'helm', 'valuesObject', 'realm')) },
  'a HelmRelease': { text: `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n    extraFiles:\n      realm.json: ${block(JSON_TEXT, 8)}    other: "x" # stays\n`, read: (text) => yaml(at(yaml(text), 'spec', 'values', 'extraFiles', 'realm.json')) },
  'bitnami, JSON': { file: 'values.yaml', text: bitnami('primary.json', JSON_TEXT), read: (text) => yaml(at(yaml(text), 'keycloakConfigCli', 'configuration', 'primary.json')) },
  'bitnami, YAML': { file: 'values.yaml', text: bitnami('primary.yaml', YAML_TEXT), read: (text) => yaml(at(yaml(text), 'keycloakConfigCli', 'configuration', 'primary.yaml')) },
  'a ConfigMap with a realm in YAML': { text: `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: r}\ndata:\n  realm.yaml: ${block(YAML_TEXT, 4)}  z: '1'\n`, read: (text) => yaml(at(yaml(text), 'data', 'realm.yaml')) },
  'keycloak-config-cli, JSON with trailing commas': { file: 'primary.json', text: `{\n  "realm": "primary",\n  "enabled": true,\n  "clients": [\n    { "clientId": "api", "secret": "\${API_SECRET}", "redirectUris": ["https://a/*"], },\n    {"clientId": "web", "redirectUris": ["https://w/*"]},\n  ],\n}\n`, read: yaml },
  'keycloak-config-cli, several documents': { file: 'realms.yaml', text: `realm: other\nenabled: true\nclients: [{clientId: api, redirectUris: []}]\n---\n${YAML_TEXT}`, read: (text) => parseAllDocuments(text)[1]?.toJS() },
  'kustomize, literals of a generator': { file: 'kustomization.yaml', text: `configMapGenerator:\n  - name: realm\n    literals:\n      - 'realm.json=${JSON.stringify(GIT)}'\n      - other=x # stays\n`, read: (text) => yaml(String(at(yaml(text), 'configMapGenerator', 0, 'literals', 0)).replace('realm.json=', '')) },
  'kustomize, a patch within': { file: 'kustomization.yaml', text: `resources: [base]\npatches:\n  - target: {kind: ConfigMap}\n    patch: ${block(`- op: replace\n  path: /data/realm.json\n  value: ${block(JSON_TEXT, 4)}`, 6)}`, read: (text) => yaml(at(yaml(at(yaml(text), 'patches', 0, 'patch')), 0, 'value')) },
  'kustomize, a patch in a file': { text: `- op: replace\n  path: /data/realm.json\n  value: ${block(JSON_TEXT, 4)}`, read: (text) => yaml(at(yaml(text), 0, 'value')) },
  'kustomize, an overlay of a ConfigMap': { text: `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: realm\ndata:\n  realm.json: ${block(JSON_TEXT, 4)}`, read: (text) => yaml(at(yaml(text), 'data', 'realm.json')) },
  'compose, a config': { file: 'compose.yaml', text: `configs:\n  realm:\n    content: ${block(JSON_TEXT, 6)}services: {keycloak: {image: keycloak, configs: [realm]}}\n`, read: (text) => yaml(at(yaml(text), 'configs', 'realm', 'content')) },
  'one of several documents': { text: `a: 1\n---\nkind: ConfigMap\napiVersion: v1\ndata:\n  realm.json: ${block(JSON_TEXT, 4)}---\n# the end\nb: 2\n`, read: (text) => yaml(at(parseAllDocuments(text)[1]?.toJS(), 'data', 'realm.json')) },
};

/** The edit of the console, kept. */
export const KEPT: Difference = { id: ID, kind: 'client-setting', owner: 'api', name: 'redirectUris', change: 'live-only', fields: [], effect: '', suggest: 'keep', because: '', source: null };

/** The text without what came in, one element behind another; null where nothing came in. */
export function withoutAdded(after: string): string | null {
  const added = /,\s*(?:\\n\s*)?\\?"https:\/\/b\/\*\\?"/.exec(after);
  return added && after.slice(0, added.index) + after.slice(added.index + added[0].length);
}
