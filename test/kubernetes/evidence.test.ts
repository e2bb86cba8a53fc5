import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createEvidenceReader } from '../../src/evidence/reader.ts';
import { isClusterSpec, parseSpec } from '../../src/evidence/spec.ts';
import { nameOf } from '../../src/gitops/controllers/object.ts';
import { clusterCandidates, clusterEvidence } from '../../src/kubernetes/evidence.ts';
import { RescueError } from '../../src/realm/errors.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import { refusal as anyRefusal } from '../harness/failure.ts';
import { history, mayNot, type HistoryOptions } from './history.ts';
import { release } from './release.ts';

const NOW = Date.parse('2026-06-02T00:00:00Z');
const MADE = '2026-06-01T08:00:00.000Z';
const CANARY = 'canary-5fd1';
const realmOf = (realm: string, client = 'a') => ({ realm, enabled: true, clients: [{ clientId: client, secret: CANARY }], clientScopes: [{ name: 's' }, { name: 't' }] });
const REALM = realmOf('primary');
const TEXT = JSON.stringify(REALM, null, 2);
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const written = (manager: string, time: string, fields: JsonObject) => ({ manager, time, fieldsV1: fields });

type Objects = Readonly<Record<string, JsonObject>>;

function cluster(objects: Objects, options?: HistoryOptions) {
  const entries = Object.entries(objects).map(([spec, content]) => [spec, [['7', { ...content, metadata: { creationTimestamp: MADE, ...(content['metadata'] as JsonObject | undefined) } }]]] as const);
  const api = history(Object.fromEntries(entries), options);
  const reader = createEvidenceReader({ cwd: '/', cluster: clusterEvidence(api, () => NOW) });
  return { api, read: (spec: string, realm = 'primary') => reader.read(spec, realm) };
}

/** The error that a spec is refused with. Nothing of what lies in the cluster is in it. */
async function refusal(promise: Promise<unknown>): Promise<RescueError> {
  const error = await anyRefusal(promise);
  for (let at: unknown = error; at instanceof Error; at = at.cause) expect(`${at.message} ${String(at.stack)} ${JSON.stringify(at)}`).not.toContain(CANARY);
  return error;
}

describe('specs', () => {
  test.each([
    ['configmap:iam/realm', { type: 'configmap', namespace: 'iam', name: 'realm', key: null }],
    ['configmap:iam/realm.v2/primary.realm.json', { type: 'configmap', namespace: 'iam', name: 'realm.v2', key: 'primary.realm.json' }],
    ['secret:iam/realm/k', { type: 'secret', namespace: 'iam', name: 'realm', key: 'k' }],
    ['last-applied:iam/realm', { type: 'last-applied', namespace: 'iam', name: 'realm', key: null }],
    ['helm:iam/keycloak', { type: 'helm', namespace: 'iam', name: 'keycloak', revision: null }],
    ['helm:iam/keycloak@12', { type: 'helm', namespace: 'iam', name: 'keycloak', revision: 12 }],
    ['realmimport:iam/primary', { type: 'realmimport', namespace: 'iam', name: 'primary' }],
  ])('%s', (spec, wanted) => {
    expect(parseSpec(spec)).toEqual(wanted);
    expect(isClusterSpec(parseSpec(spec))).toBe(true);
  });

  test.each([
    'configmap:', 'configmap:realm', 'configmap:iam/', 'configmap:/realm', 'configmap:iam/realm/', 'configmap:iam/realm/a/b', 'configmap:iam/../x', 'configmap:iam/realm@3', 'configmap:iam/Realm', 'configmap:IAM/realm', 'secret:iam/realm\n', 'helm:iam/keycloak@v3',
    'helm:iam/keycloak@0', 'helm:iam/a,owner=x', 'helm:iam/keycloak/values', 'realmimport:iam/primary/realm', 'last-applied:realm', 'secret',
  ])('%j names nothing', async (spec) => {
    const error = await refusal(cluster({}).read(spec));
    expect(error.code).toBe('usage');
    expect(error.next[0]).toMatch(/^Write [a-z-]+:NAMESPACE\/(?:NAME|RELEASE)/);
  });

  test('need a cluster', async () => {
    expect(await refusal(createEvidenceReader({ cwd: '/' }).read('secret:iam/realm', 'primary'))).toMatchObject({ code: 'usage', message: 'secret:iam/realm lies in a cluster, and none is named.' });
  });
});

describe('a ConfigMap', () => {
  test('with the key that holds the realm among others', async () => {
    const managedFields = [written('kubectl-create', '2026-06-01T09:00:00Z', { 'f:data': { 'f:realm.json': {} } }), written('argocd-controller', '2026-06-01T22:59:00Z', { 'f:data': { 'f:realm.json': {} } }), written('kubectl-edit', '2026-06-01T23:30:00Z', { 'f:data': { 'f:notes': {} } })];
    const { read } = cluster({ 'configmap:iam/realm': { data: { 'a.json': '{"a":1}', 'other.json': JSON.stringify(realmOf('other')), 'notes': 'realm: none', 'realm.json': TEXT }, metadata: { managedFields } } });
    const snapshot = await read('configmap:iam/realm');
    expect(snapshot).toMatchObject({ source: 'configmap:iam/realm', realm: 'primary', completeness: 'stated', representation: REALM, capturedAt: '2026-06-01T22:59:00.000Z' });
    expect(snapshot.notes.slice(0, 2)).toEqual(['read from configmap:iam/realm/realm.json', 'last written by argocd-controller, as it calls itself']);
    expect(await read('configmap:iam/realm/other.json', 'other')).toMatchObject({ source: 'configmap:iam/realm/other.json', capturedAt: MADE, notes: [expect.stringMatching(/^a file that states/)] });
  });

  test.each([
    ['YAML in a key without an ending', { data: { realm: `realm: primary\nenabled: true\nclients:\n  - {clientId: a, secret: ${CANARY}}\nclientScopes: [{name: s}, {name: t}]\n` } }],
    ['JSON within values', { data: { 'values.yaml': `keycloak:\n  import: |\n    ${JSON.stringify(REALM)}\n` } }],
    ['binaryData', { binaryData: { 'realm.json': base64(TEXT) } }], ['binaryData that is packed', { binaryData: { 'realm.json.gz': base64(gzipSync(TEXT)) } }],
  ])('with %s', async (_, content) => {
    expect((await cluster({ 'configmap:iam/realm': content }).read('configmap:iam/realm')).representation).toEqual(REALM);
  });

  test('the time and the writer of binaryData', async () => {
    const { read } = cluster({ 'configmap:iam/realm': { binaryData: { 'realm.json': base64(TEXT) }, metadata: { managedFields: [written('kubectl', '2026-06-01T21:00:00Z', { 'f:binaryData': { 'f:realm.json': {} } })] } } });
    expect((await read('configmap:iam/realm/realm.json')).capturedAt).toBe('2026-06-01T21:00:00.000Z');
  });

  test('the realm by its own name before one whose name is a placeholder', async () => {
    const { read } = cluster({ 'configmap:iam/realm': { data: { 'a.json': JSON.stringify(realmOf('${REALM}', 'any')), 'b.json': TEXT } } });
    expect((await read('configmap:iam/realm')).representation).toEqual(REALM);
    expect((await read('configmap:iam/realm', 'staging')).representation).toEqual(realmOf('${REALM}', 'any'));
  });

  test.each([
    ['configmap:iam/none', 'object-not-found', /no ConfigMap iam\/none in the cluster of context test/, /kubectl get configmaps -n iam/],
    ['configmap:iam/two', 'evidence-unreadable', /Several keys of configmap:iam\/two hold realm primary/, /configmap:iam\/two\/a\.json or configmap:iam\/two\/b\.json/],
    ['configmap:iam/two/c.json', 'evidence-unreadable', /configmap:iam\/two has no key "c\.json": it has a\.json, b\.json, broken\.json\./, /Write configmap:iam\/two\/KEY with one of these keys, or configmap:iam\/two alone/],
    ['configmap:iam/two/broken.json', 'evidence-unreadable', /configmap:iam\/two\/broken\.json is broken at line 1/, /./],
    ['configmap:iam/empty', 'evidence-unreadable', /has no keys/, /./],
    ['configmap:iam/other', 'evidence-other-realm', /configmap:iam\/other\/x\.json holds realm other, not realm primary/, /--realm/],
    ['configmap:iam/many', 'evidence-unreadable', /No part of configmap:iam\/many holds realm primary; looked at configmap:iam\/many\/a, .* and 2 more/, /./],
    ['configmap:iam/prose', 'evidence-unreadable', /configmap:iam\/prose\/a holds no realm/, /./],
    ['configmap:iam/speaks', 'evidence-unreadable', /configmap:iam\/speaks\/realm\.json is broken at line 1, column/, /Correct the file/],
  ])('%s is refused', async (spec, code, title, next) => {
    const cut = `{"realm": "primary", "clients": [{"secret": "${CANARY}"`;
    const { read } = cluster({
      'configmap:iam/two': { data: { 'a.json': TEXT, 'b.json': TEXT, 'broken.json': cut } }, 'configmap:iam/empty': {}, 'configmap:iam/prose': { data: { a: 'b' } }, 'configmap:iam/other': { data: { 'x.json': JSON.stringify(realmOf('other')), 'y': 'z' } },
      'configmap:iam/many': { data: Object.fromEntries([...'abcdefgh'].map((key) => [key, key])) }, 'configmap:iam/speaks': { data: { 'a.json': '{}', 'realm.json': cut, 'z.json': '{}' } },
    });
    const error = await refusal(read(spec));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(title);
    expect(error.next.join(' ')).toMatch(next);
  });
});

describe('a Secret', () => {
  test('is decoded, packed or not', async () => {
    const { read } = cluster({ 'secret:iam/realm': { data: { 'realm.json': base64(TEXT), 'password': base64(CANARY) } }, 'secret:iam/packed': { data: { 'realm.json': base64(gzipSync(TEXT)) } } });
    expect(await read('secret:iam/realm')).toMatchObject({ source: 'secret:iam/realm', representation: REALM });
    expect((await read('secret:iam/packed')).representation).toEqual(REALM);
  });

  test.each([['cut', `{"realm": "primary", "${CANARY}"`], ['other', `{"realm": "other", "enabled": true, "displayName": "${CANARY}"}`], ['odd', `{"realm": "primary", "clients": "${CANARY}"}`], ['prose', CANARY], ['yaml', `realm: primary\n ${CANARY}: [`], ['zip', gzipSync(CANARY).subarray(0, 20)]])('says nothing of what is in it when it is refused: %s', async (_, text) => {
    const { read } = cluster({ 'secret:iam/realm': { data: { 'realm.yaml': base64(text) } }, 'secret:iam/plain': { data: { realm: base64(text), other: base64(CANARY) } } });
    await refusal(read('secret:iam/realm'));
    await refusal(read('secret:iam/plain'));
    await refusal(read('secret:iam/plain/realm'));
  });
});

describe('what was last applied', () => {
  const annotation = (content: JsonObject) => ({ 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'realm' }, ...content }) });
  const HUMAN = JSON.stringify(realmOf('primary', 'human'));
  const managedFields = [
    written('argocd-controller', '2026-06-01T20:00:00Z', { 'f:data': { 'f:other': {} }, 'f:metadata': { 'f:annotations': { 'f:kubectl.kubernetes.io/last-applied-configuration': {} } } }),
    written('kubectl-edit', '2026-06-01T23:00:00Z', { 'f:data': { 'f:realm.json': {} } }),
  ];

  test('is read from the annotation, with the time and the writer of that', async () => {
    const { read } = cluster({ 'configmap:iam/realm': { data: { 'realm.json': HUMAN }, metadata: { managedFields, annotations: annotation({ data: { 'realm.json': TEXT } }) } } });
    const snapshot = await read('last-applied:iam/realm');
    expect(snapshot).toMatchObject({ source: 'last-applied:iam/realm', representation: REALM, capturedAt: '2026-06-01T20:00:00.000Z' });
    expect(snapshot.notes.slice(0, 2)).toEqual(['read from last-applied:iam/realm/realm.json', 'as it was last applied by argocd-controller; what stands there now is another text']);
  });

  test('and says where nothing has changed it since', async () => {
    const { read } = cluster({ 'configmap:iam/realm': { data: { 'realm.json': TEXT }, metadata: { annotations: annotation({ data: { 'realm.json': TEXT } }) } } });
    expect((await read('last-applied:iam/realm/realm.json')).notes[0]).toBe('as it was last applied; nothing has changed it since');
  });

  test.each([['data', { data: { 'realm.json': base64(TEXT) } }], ['stringData', { stringData: { 'realm.json': TEXT } }], ['both, of which stringData wins', { stringData: { 'realm.json': TEXT }, data: { 'realm.json': base64(HUMAN) } }]])('to a Secret: %s', async (_, content) => {
    const { read } = cluster({ 'secret:iam/realm': { data: { 'realm.json': base64(HUMAN) }, metadata: { annotations: annotation(content) } } });
    expect((await read('last-applied:iam/realm')).representation).toEqual(REALM);
  });

  test('is not there', async () => {
    const objects = { 'configmap:iam/realm': { data: { 'realm.json': TEXT } }, 'configmap:iam/odd': { data: { a: 'b' }, metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': CANARY } } } };
    const { read } = cluster(objects, { refused: { 'get secrets': mayNot('get', nameOf('secret', 'iam', 'realm')) } });
    for (const name of ['realm', 'odd']) expect(await refusal(read(`last-applied:iam/${name}`))).toMatchObject({ code: 'evidence-unreadable', message: expect.stringMatching(`^ConfigMap iam/${name} does not hold what was last applied`) });
    expect(await refusal(read('last-applied:iam/none'))).toMatchObject({ code: 'missing-role' });
    expect(await refusal(cluster(objects).read('last-applied:iam/none'))).toMatchObject({ code: 'object-not-found', message: expect.stringMatching('no ConfigMap or Secret iam/none') });
  });
});

describe('a Helm release', () => {
  const map = (text: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: realm\ndata:\n  realm.json: |\n${text.replace(/^/gm, '    ')}\n`;
  const manifest = (...parts: readonly string[]) => parts.map((part, index) => `---\n# Source: keycloak/templates/part-${index + 1}.yaml\n${part}`).join('');
  const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: keycloak\nspec:\n  note: |\n    --- no end of anything\n    realm: none\n';
  const revisions = (kind: 'Secret' | 'ConfigMap', count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [
    `${kind.toLowerCase()}:iam/sh.helm.release.v1.keycloak.v${index + 1}`, release({ name: 'keycloak', revision: index + 1, status: index + 1 === count ? 'deployed' : 'superseded', deployed: `2026-06-01T1${index % 10}:00:00.123456789+02:00`, manifest: manifest(service, map(JSON.stringify(realmOf('primary', `client-${index + 1}`), null, 1))) }, kind),
  ]));

  test('the current revision, which is the highest and not the last by name, or the one that is named', async () => {
    const { read } = cluster(revisions('Secret', 10));
    const current = await read('helm:iam/keycloak');
    expect(current).toMatchObject({ source: 'helm:iam/keycloak', representation: realmOf('primary', 'client-10'), capturedAt: '2026-06-01T17:00:00.123Z' });
    expect(current.notes.slice(0, 2)).toEqual(['read from helm:iam/keycloak@10, keycloak/templates/part-2.yaml, data["realm.json"]', 'revision 10 of the release, deployed']);
    expect(await read('helm:iam/keycloak@2')).toMatchObject({ source: 'helm:iam/keycloak@2', representation: realmOf('primary', 'client-2'), capturedAt: '2026-06-01T09:00:00.123Z' });
  });

  test('kept in ConfigMaps, and where only the named one may be read', async () => {
    expect((await cluster(revisions('ConfigMap', 3)).read('helm:iam/keycloak')).representation).toEqual(realmOf('primary', 'client-3'));
    expect((await cluster(revisions('ConfigMap', 3)).read('helm:iam/keycloak@1')).representation).toEqual(realmOf('primary', 'client-1'));
    const { read } = cluster(revisions('Secret', 3), { refused: { 'list secrets': mayNot('list', nameOf('secret', 'iam', 'x')) } });
    expect((await read('helm:iam/keycloak@3')).representation).toEqual(realmOf('primary', 'client-3'));
    expect(await refusal(read('helm:iam/keycloak'))).toMatchObject({ code: 'missing-role' });
  });

  test.each([
    ['a hook', { manifest: manifest(service), hooks: [{ path: 'keycloak/templates/hook.yaml', manifest: map(TEXT) }] }, 'keycloak/templates/hook.yaml, data["realm.json"]'],
    ['the values', { manifest: manifest(service), config: { keycloakConfigCli: { configuration: { 'realm.json': TEXT } } } }, 'values.yaml, keycloakConfigCli.configuration.realm.json'],
    ['the manifest, before the values that it was made from', { manifest: map(TEXT), config: { realm: JSON.stringify(realmOf('primary', 'raw')) } }, 'manifest-1.yaml, data["realm.json"]'],
  ])('%s', async (_, parts, where) => {
    const { read } = cluster({ 'secret:iam/sh.helm.release.v1.keycloak.v1': release({ name: 'keycloak', revision: 1, ...parts }) });
    const snapshot = await read('helm:iam/keycloak');
    expect(snapshot.representation).toEqual(REALM);
    expect(snapshot.notes[0]).toBe(`read from helm:iam/keycloak@1, ${where}`);
  });

  test('twice in one release: the first, and where else', async () => {
    const { read } = cluster({ 'secret:iam/sh.helm.release.v1.keycloak.v1': release({ name: 'keycloak', revision: 1, manifest: manifest(map(TEXT), map(JSON.stringify(realmOf('primary', 'second')))) }) });
    const { representation, notes } = await read('helm:iam/keycloak');
    expect(representation).toEqual(REALM);
    expect(notes).toContain('also in helm:iam/keycloak@1, keycloak/templates/part-2.yaml');
  });

  test.each([
    ['helm:iam/none', 'object-not-found', /no Helm release iam\/none/, /helm history none -n iam/], ['helm:iam/keycloak@9', 'object-not-found', /no revision 9 of Helm release iam\/keycloak/, /helm history keycloak/],
    ['helm:iam/odd', 'evidence-unreadable', /helm:iam\/odd@1 cannot be read: its record is no release/, /./], ['helm:iam/empty', 'evidence-unreadable', /applied nothing/, /./], ['helm:iam/plain', 'evidence-unreadable', /helm:iam\/plain@1.* holds no realm/, /./],
  ])('%s is refused', async (spec, code, title, next) => {
    const labels = (name: string) => ({ labels: { owner: 'helm', name } });
    const { read } = cluster({
      ...revisions('Secret', 1), 'secret:iam/sh.helm.release.v1.odd.v1': { data: { release: base64(base64(gzipSync(CANARY))) }, metadata: labels('odd') },
      'secret:iam/sh.helm.release.v1.empty.v1': release({ name: 'empty', revision: 1 }), 'secret:iam/sh.helm.release.v1.plain.v1': release({ name: 'plain', revision: 1, manifest: service }),
    });
    const error = await refusal(read(spec));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(title);
    expect(error.next.join()).toMatch(next);
  });
});

describe('a KeycloakRealmImport', () => {
  test('is the tree below spec.realm', async () => {
    const { read } = cluster({ 'keycloakrealmimport:iam/primary': { spec: { keycloakCRName: 'kc', realm: REALM }, metadata: { managedFields: [written('kustomize-controller', '2026-06-01T20:00:00Z', { 'f:spec': { 'f:realm': {} } })] } } });
    expect(await read('realmimport:iam/primary')).toMatchObject({ source: 'realmimport:iam/primary', representation: REALM, capturedAt: '2026-06-01T20:00:00.000Z' });
    expect(await refusal(read('realmimport:iam/primary', 'other'))).toMatchObject({ code: 'evidence-other-realm' });
  });

  test('may be missing or empty', async () => {
    const { read } = cluster({ 'keycloakrealmimport:iam/bare': { spec: {} } });
    expect(await refusal(read('realmimport:iam/none'))).toMatchObject({ code: 'object-not-found' });
    expect(await refusal(read('realmimport:iam/bare'))).toMatchObject({ code: 'evidence-unreadable' });
  });
});

describe('candidates', () => {
  const at = (time: string, manager = 'x') => ({ managedFields: [written(manager, time, { 'f:data': { 'f:realm.json': {} }, 'f:spec': { 'f:realm': {} } })] });
  const helm = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`secret:iam/sh.helm.release.v1.keycloak.v${index + 1}`, {
    ...release({ name: 'keycloak', revision: index + 1, deployed: `2026-05-01T00:00:${String(index).padStart(2, '0')}Z`, config: { realm: JSON.stringify(REALM) } }),
    metadata: { creationTimestamp: `2026-05-01T00:00:${String(index).padStart(2, '0')}Z`, labels: { owner: 'helm', name: 'keycloak' } },
  }]));
  const applied = (content: JsonObject) => ({ annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(content) } });
  const objects: Objects = {
    'configmap:iam/realm': { data: { 'realm.json': TEXT, 'other.json': JSON.stringify(realmOf('other')) }, metadata: { ...at('2026-06-01T22:00:00Z', 'kubectl-edit'), ...applied({ data: { 'realm.json': JSON.stringify(realmOf('primary', 'git')), 'other.json': 'x' } }) } },
    'configmap:iam/same': { data: { 'realm.json': TEXT }, metadata: { ...at('2026-06-01T21:00:00Z'), ...applied({ data: { 'realm.json': TEXT } }) } },
    'configmap:iam/settings': { data: { 'application.json': '{"realm": "primary", "enabled": true}' } },
    'configmap:iam/unrelated': { data: { a: 'b' } },
    'configmap:elsewhere/realm': { data: { 'realm.json': TEXT } },
    'secret:iam/realm': { type: 'Opaque', data: { 'realm.json': base64(TEXT) }, metadata: at('2026-06-01T23:00:00Z') },
    'secret:iam/token': { type: 'kubernetes.io/service-account-token', data: { 'realm.json': base64(TEXT) } },
    'keycloakrealmimport:iam/primary': { spec: { realm: REALM }, metadata: at('2026-06-01T20:00:00Z') }, 'keycloakrealmimport:iam/bare': {},
    ...helm(9),
    'secret:iam/sh.helm.release.v1.keycloak.v10': { type: 'helm.sh/release.v1', data: { release: 'bm9uZQ==' }, metadata: { creationTimestamp: '2026-05-01T00:00:10Z', labels: { owner: 'helm', name: 'keycloak' } } },
  };
  const find = async (given: Objects, options?: HistoryOptions) => clusterCandidates(cluster(given, options).api, { namespace: 'iam', realm: 'primary', now: NOW });

  test('newest first, none recommended, each by a spec that can be read', async () => {
    const found = await find(objects);
    expect(found.map(({ spec }) => spec)).toEqual([
      'secret:iam/realm/realm.json', 'configmap:iam/realm/realm.json', 'configmap:iam/same/realm.json', 'realmimport:iam/primary', 'last-applied:iam/realm/realm.json',
      ...[9, 8, 7, 6, 5, 4].map((revision) => `helm:iam/keycloak@${revision}`),
    ]);
    expect(found[1]).toEqual({ spec: 'configmap:iam/realm/realm.json', title: 'ConfigMap iam/realm, realm.json', date: '2026-06-01T22:00:00.000Z', detail: 'states 1 client, 2 scopes · last written by kubectl-edit, as it calls itself', recommended: false });
    expect(found[4]).toMatchObject({ title: 'ConfigMap iam/realm, realm.json, as last applied', date: MADE });
    expect(found[5]).toMatchObject({ title: 'Helm release keycloak, revision 9', date: '2026-05-01T00:00:08.000Z', detail: 'states 1 client, 2 scopes · revision 9 of the release, deployed' });
    expect(found.filter(({ recommended }) => recommended)).toEqual([]);
    expect(JSON.stringify(found)).not.toContain(CANARY);
    const { read } = cluster(objects);
    for (const { spec, date } of found) expect((await read(spec)).capturedAt).toBe(date);
  });

  test('of several releases the revisions that are newest by time', async () => {
    const old = { ...release({ name: 'old', revision: 50, config: { realm: JSON.stringify(REALM) } }), metadata: { creationTimestamp: '2026-04-01T00:00:00Z' } };
    const driver = { ...release({ name: 'map', revision: 1, deployed: '2026-05-02T00:00:00Z', config: { realm: JSON.stringify(REALM) } }, 'ConfigMap'), metadata: { creationTimestamp: '2026-05-02T00:00:00Z' } };
    const found = await find({ 'secret:iam/sh.helm.release.v1.old.v50': old, ...helm(5), 'configmap:iam/sh.helm.release.v1.map.v1': driver });
    expect(found.map(({ spec }) => spec)).toEqual(['helm:iam/map@1', ...[5, 4, 3, 2, 1].map((revision) => `helm:iam/keycloak@${revision}`)]);
  });

  test('without what may not be listed; other trouble is not hidden', async () => {
    const none = (plural: string, word: 'secret' | 'configmap' | 'keycloakrealmimport') => ({ [`list ${plural}`]: mayNot('list', nameOf(word, 'iam', 'x')) });
    expect((await find(objects, { refused: none('secrets', 'secret') })).map(({ spec }) => spec.split(':')[0])).toEqual(['configmap', 'configmap', 'realmimport', 'last-applied']);
    expect(await find(objects, { refused: { ...none('secrets', 'secret'), ...none('configmaps', 'configmap'), ...none('keycloakrealmimports', 'keycloakrealmimport') } })).toEqual([]);
    await expect(find(objects, { refused: { 'list secrets': new RescueError('unreachable', 'gone') } })).rejects.toMatchObject({ code: 'unreachable' });
  });
});
