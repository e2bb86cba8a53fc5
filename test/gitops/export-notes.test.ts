import { describe, expect, test } from 'vitest';
import { exportNotes } from '../../src/gitops/export-notes.ts';
import { patchFile } from '../../src/gitops/patch-file.ts';
import { objectId } from '../../src/realm/keys.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { stateOf } from './story.ts';

// What a person has to know beside a patch: edits that do not land, writers that take them otherwise, files that have to stay equal.
const realm = (...uris: readonly string[]): RealmRepresentation => ({ realm: 'primary', enabled: true, clients: [{ clientId: 'api', redirectUris: [...uris] }] });
const GIT = realm('https://a/*');
const LIVE = realm('https://a/*', 'https://b/*');
const ID = objectId('client-setting', 'api', 'redirectUris', 'https://b/*');
const DIFFERENCE = { id: ID, kind: 'client-setting', owner: 'api', name: 'redirectUris', change: 'live-only', fields: [], effect: '', suggest: 'keep', because: '', source: null } as const;

function notesFor(texts: Readonly<Record<string, string>>, choice: 'keep' | 'leave' = 'keep'): readonly string[] {
  const seen = Object.entries(texts).map(([path, text]) => ({ path, text, absolute: `/${path}` }));
  const live = stateOf(LIVE);
  const files = seen.flatMap(({ path, text }) => patchFile(path, text, { realm: 'primary', serverVersion: '26.7.4', live, differences: [DIFFERENCE], choices: { [ID]: choice } }) ?? []);
  return exportNotes({ realm: 'primary', live, files, copies: [], seen });
}

const FILE = JSON.stringify(GIT, null, 2);
const block = (text: string) => `|\n${text.replace(/^(?=.)/gm, '    ')}\n`;
const configMap = (text = FILE) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: realm}\ndata:\n  realm.json: ${block(text)}`;
const job = (annotations = '') => `apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: import\n${annotations}spec:\n  template:\n    spec:\n      containers:\n        - {name: i, image: keycloak/keycloak:26.7.4, args: [import, --file=/r.json]}\n`;
const configCli = (rest: string) => `apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: config}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n            - name: cli\n              image: adorsys/keycloak-config-cli:6.5.0\n${rest}`;

describe('an edit that may not land', () => {
  test.each<readonly [string, Readonly<Record<string, string>>, string | RegExp]>([
    ['a Job that exists', { 'realm.json': FILE, 'job.yaml': job() }, 'job.yaml: the pods of Job import cannot be changed in a cluster that has it: delete the Job before the sync, or give it another name.'],
    ['a custom resource that is read once', { 'cr.yaml': `apiVersion: k8s.keycloak.org/v2beta1\nkind: KeycloakRealmImport\nmetadata: {name: primary}\nspec:\n  realm:\n    realm: primary\n    enabled: true\n    clients:\n      - clientId: api\n        redirectUris: ["https://a/*"]\n` }, /^cr\.yaml: the operator reads KeycloakRealmImport primary once/],
    ['a realm in an image', { 'kc/realm.json': FILE, 'kc/Dockerfile': 'FROM quay.io/keycloak/keycloak:26.7.4\n# the realm\nCOPY --chown=keycloak realm.json /opt/keycloak/data/import/\n' }, /^kc\/realm\.json is copied into an image \(kc\/Dockerfile:3\)/],
    ['a directory in an image, over lines', { 'kc/realms/realm.json': FILE, 'kc/Dockerfile': 'FROM quay.io/keycloak/keycloak:26.7.4\nCOPY a \\\n  b /x/\nCOPY --chown=keycloak \\\n  realms/ /opt/keycloak/data/import/\n' }, /^kc\/realms\/realm\.json is copied into an image \(kc\/Dockerfile:4\)/],
    ['a pattern in an image', { 'realms/realm.json': FILE, 'Dockerfile': 'FROM keycloak\nCOPY ["realms/*.json", "/opt/keycloak/data/import/"]\n' }, /^realms\/realm\.json is copied into an image \(Dockerfile:2\)/],
    ['ignore_changes', { 'realm.json': FILE, 'main.tf': 'resource "helm_release" "keycloak" {\n  values = [file("${path.module}/realm.json")]\n  lifecycle {\n    ignore_changes = [values]\n  }\n}\n' }, 'realm.json is read by main.tf, which has ignore_changes: an apply may leave the edit out.'],
    ['differences that Argo CD ignores', { 'cm.yaml': configMap(), 'app.yaml': 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: keycloak}\nspec:\n  ignoreDifferences:\n    - kind: ConfigMap\n      jsonPointers: [/data]\n  syncPolicy:\n    syncOptions: [RespectIgnoreDifferences=true]\n' }, /^app\.yaml: Application keycloak ignores differences of ConfigMaps/],
  ])('%s', (_, texts, note) => {
    expect(notesFor(texts)).toEqual([typeof note === 'string' ? note : expect.stringMatching(note) as string]);
  });

  test.each<readonly [string, Readonly<Record<string, string>>]>([
    ['a Job that is a hook', { 'realm.json': FILE, 'job.yaml': job('  annotations: {argocd.argoproj.io/hook: PostSync}\n') }],
    ['a Job that is replaced', { 'realm.json': FILE, 'job.yaml': job('  annotations:\n    argocd.argoproj.io/sync-options: Force=true,Replace=true\n') }],
    ['a Job that is not edited', { 'realm.json': FILE, 'job.yaml': job().replace('--file=/r.json', '--file=/r.json, --override=false') }],
    ['an image of something else', { 'k8s/base/realm.json': FILE, 'other/Dockerfile': 'FROM node:24\nCOPY . .\n' }],
    ['an image of another directory that takes all of it', { 'k8s/realm.json': FILE, 'kc/Dockerfile': 'FROM quay.io/keycloak/keycloak:26.7.4\nCOPY . /opt/keycloak\n' }],
    ['an image that takes a file of that name from another stage', { 'realm.json': FILE, 'Dockerfile': 'FROM quay.io/keycloak/keycloak:26.7.4\nCOPY --from=build /out/realm.json /x\n' }],
    ['a realm of that name elsewhere', { 'k8s/realm.json': FILE, 'kc/Dockerfile': 'FROM quay.io/keycloak/keycloak:26.7.4\nCOPY test/realm.json /x\n' }],
    ['ignore_changes of another resource', { 'realm.json': FILE, 'main.tf': 'resource "helm_release" "kc" {\n  values = [file("realm.json")]\n}\nresource "x" "y" {\n  lifecycle { ignore_changes = [tags] }\n}\n' }],
    ['labels that Argo CD ignores', { 'cm.yaml': configMap(), 'app.yaml': 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: keycloak}\nspec:\n  ignoreDifferences: [{kind: ConfigMap, jsonPointers: [/metadata/labels]}]\n  syncPolicy: {syncOptions: [RespectIgnoreDifferences=true]}\n' }],
    ['an image with another realm', { 'realm.json': FILE, 'Dockerfile': 'FROM quay.io/keycloak/keycloak:26.7.4\nCOPY other-realm.json /opt/keycloak/data/import/\n' }],
    ['Terraform that ignores something else', { 'realm.json': FILE, 'main.tf': 'resource "x" "y" {\n  lifecycle {\n    ignore_changes = [tags]\n  }\n}\n' }],
    ['Argo CD that ignores replicas', { 'cm.yaml': configMap(), 'app.yaml': 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: keycloak}\nspec:\n  ignoreDifferences: [{kind: Deployment, jsonPointers: [/spec/replicas]}]\n  syncPolicy: {syncOptions: [RespectIgnoreDifferences=true]}\n' }],
  ])('and nothing is said of %s', (_, texts) => {
    expect(notesFor(texts)).toEqual([]);
  });
});

describe('keycloak-config-cli takes a changed file as a whole', () => {
  test('with a guard that the export sets, its next run fails, and that is said', () => {
    expect(notesFor({ 'realm.json': FILE, 'cli.yaml': configCli('              env:\n                - {name: IMPORT_FILES_LOCATIONS, value: /config/*}\n') }))
      .toEqual([expect.stringMatching(/^keycloak-config-cli \(cli\.yaml\) will end with an error at its next run/) as string]);
  });

  test('where the guard cannot be set, it goes in first', () => {
    expect(notesFor({ 'realm.json': FILE, 'run.sh': '#!/bin/sh\njava -jar keycloak-config-cli.jar --import.files.locations=/config/*\n' }))
      .toEqual([expect.stringMatching(/^run\.sh:2 runs keycloak-config-cli without a guard.*IMPORT_BEHAVIORS_CHECKSUM_CHANGED=fail there and let that land before this patch\.$/) as string]);
  });

  test('where the file stays as it is, nothing is said', () => {
    expect(notesFor({ 'realm.json': JSON.stringify(LIVE, null, 2), 'cli.yaml': configCli('              env:\n                - {name: X, value: y}\n') })).toEqual([]);
  });
});

describe('the same realm in two files', () => {
  test('is brought to live in both, and stays equal', () => {
    expect(notesFor({ 'realm.json': FILE, 'cm.yaml': configMap() })).toEqual([]);
  });

  test('that say different things is told', () => {
    const other = realm('https://a/*', 'https://other/*');
    expect(notesFor({ 'realm.json': FILE, 'cm.yaml': configMap(JSON.stringify(other, null, 2)) })).toEqual([
      expect.stringContaining('cm.yaml still differs from live in 1 object that was left as it is: ') as string,
      `realm.json and cm.yaml both hold realm primary and say different things of 1 object (${objectId('client-setting', 'api', 'redirectUris', 'https://other/*')}): what is applied last wins.`,
    ]);
  });
});

test('objects of other writers are left to people', () => {
  const client = 'apiVersion: vriesdemichael.github.io/v1\nkind: KeycloakClient\nmetadata: {name: api}\nspec: {clientId: api}\n';
  expect(notesFor({ 'realm.json': FILE, 'clients.yaml': `${client}---\n${client}` })).toEqual(['clients.yaml has 2 objects (KeycloakClient) that this tool does not edit: make them say what is live, or their controller undoes it.']);
});

describe('sizes, of each object', () => {
  const big = (bytes: number) => JSON.stringify({ ...GIT, attributes: { text: 'x'.repeat(bytes) } }, null, 2);
  const others = Array.from({ length: 15 }, (_, index) => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: other-${index}}\ndata: {x: ${'y'.repeat(80_000)}}\n`).join('');
  test.each<readonly [string, Readonly<Record<string, string>>, readonly RegExp[]]>([
    ['a small ConfigMap', { 'cm.yaml': configMap(big(100_000)) }, []],
    ['a small one beside many others', { 'cm.yaml': configMap() + others }, []],
    ['beyond an annotation', { 'cm.yaml': configMap(big(300_000)) }, [/^cm\.yaml: ConfigMap realm has \d+ bytes, and "kubectl apply" ends at 262144: it needs --server-side/]],
    ['beyond a ConfigMap', { 'cm.yaml': configMap(big(1_100_000)) }, [/^cm\.yaml: ConfigMap realm has \d+ bytes, and the cluster takes 1048576: it will be refused/]],
    ['a file that one is made of', { 'realm.json': big(1_100_000) }, [/^realm\.json has \d+ bytes; a ConfigMap or Secret that is made of it ends at 1048576/]],
  ])('%s', (_, texts, wanted) => {
    expect(notesFor(texts).filter((note) => note.includes(' bytes'))).toEqual(wanted.map((pattern) => expect.stringMatching(pattern) as string));
  });
});

test('no file with the realm is said', () => {
  expect(notesFor({ 'run.sh': 'kc.sh import --file x\n' })).toEqual(['No file with realm primary was found that could be patched.']);
});
