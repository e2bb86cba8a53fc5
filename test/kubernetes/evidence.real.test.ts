import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { setTimeout as delay } from 'node:timers/promises';
import { lazyClusterEvidence } from '../../src/commands/lazy.ts';
import { realmInText } from '../../src/evidence/document.ts';
import { createEvidenceReader } from '../../src/evidence/reader.ts';
import { nameOf, type ResourceWord } from '../../src/gitops/controllers/object.ts';
import { openCluster, type ClusterApi } from '../../src/kubernetes/api.ts';
import { clusterCandidates } from '../../src/kubernetes/evidence.ts';
import { remember } from '../../src/kubernetes/remember.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { run, stageSandbox } from '../bad-input/story.ts';
import { readRealm } from '../harness/independent.ts';
import { startKubernetes, type KubernetesUser } from '../harness/kubernetes.ts';
import { useServer } from '../harness/use.ts';
import { release } from './release.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['keycloak', 'epam', 'vriesdemichael'] }));
let open: ClusterApi[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()));
  await kubernetes().revokeAll();
});

function as(user: KubernetesUser): ClusterApi {
  const api = openCluster({ kubeconfig: kubernetes().kubeconfig(user), userAgent: 'test', environment: {}, readOnly: true });
  open = [...open, api];
  return api;
}

/** Reads evidence as a command does, with the cluster that KUBECONFIG names. */
const readAs = (user: KubernetesUser, spec: string, realm = 'primary') =>
  createEvidenceReader({ cwd: '/', cluster: lazyClusterEvidence({ flags: {}, environment: { KUBECONFIG: kubernetes().kubeconfig(user) } }) }).read(spec, realm);

const realmOf = (client: string, clients = 1) => ({ realm: 'primary', enabled: true, clients: Array.from({ length: clients }, (_, index) => ({ clientId: index === 0 ? client : `client-${index}`, description: 'd'.repeat(800) })) });
const text = (client: string, clients?: number) => JSON.stringify(realmOf(client, clients), null, 1);
const realms = (versions: readonly { readonly name: string; readonly text: string }[]) => versions.map((version) => realmInText(`${version.name}.json`, version.text, 'primary').representation.clients?.[0]?.clientId);

/** A namespace of its own, and what to write there with. */
async function place() {
  const namespace = await kubernetes().namespace('evidence');
  const [maps, secrets] = ['configmaps', 'secrets'].map((plural) => `/api/v1/namespaces/${namespace}/${plural}`) as [string, string];
  const remembered = (user: KubernetesUser = 'admin', word: ResourceWord = 'configmap', name = 'realm') => remember(as(user), [{ name: nameOf(word, namespace, name), key: word === 'configmap' ? 'realm.json' : null }]);
  return { namespace, maps, map: `${maps}/realm`, secrets, remembered, make: (json: string) => kubernetes().admin.create(maps, { metadata: { name: 'realm' }, data: { 'realm.json': json } }, { fieldManager: 'kubectl-create' }) };
}

describe('the API server remembers', () => {
  it('what a ConfigMap of 900 KB said before it was overwritten', async () => {
    const { namespace, map, make, remembered } = await place();
    const [before, after] = [text('kept', 1000), text('stale', 900)];
    expect(before.length).toBeGreaterThan(820_000);
    const first = await make(before);
    const second = await kubernetes().admin.merge(map, { data: { 'realm.json': after } }, { fieldManager: 'argocd-controller' });
    const { versions, notes } = await remembered();
    expect(versions).toMatchObject([{
      object: nameOf('configmap', namespace, 'realm'), resourceVersion: first.metadata.resourceVersion, replacedBy: second.metadata.resourceVersion, changed: ['data["realm.json"]'],
      lastWrite: { manager: 'kubectl-create', field: 'data["realm.json"]' }, name: `remembered-configmap-${namespace}-realm-${first.metadata.resourceVersion}`,
    }]);
    expect(JSON.parse(versions[0]?.text ?? '')).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { 'realm.json': before }, metadata: { managedFields: [{ manager: 'kubectl-create' }] } });
    expect(realms(versions)).toEqual(['kept']);
    expect(notes).toEqual([`There was no ConfigMap ${namespace}/realm before resourceVersion ${first.metadata.resourceVersion}.`]);
  });

  it('an edit that a controller put back at once, and what stood there before it', async () => {
    const { namespace, map, remembered } = await place();
    const applied = (client: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'realm', namespace }, data: { 'realm.json': text(client) } });
    await kubernetes().admin.apply(map, applied('git'), { fieldManager: 'argocd-controller' });
    await kubernetes().admin.merge(map, { data: { 'realm.json': text('human') } }, { fieldManager: 'kubectl-edit' });
    await kubernetes().admin.apply(map, applied('git'), { fieldManager: 'argocd-controller', force: true });
    await kubernetes().admin.merge(map, { metadata: { annotations: { touched: 'later' } } });
    const { versions } = await remembered();
    expect(realms(versions)).toEqual(['human', 'git']);
    expect(versions.map(({ lastWrite }) => lastWrite?.manager)).toEqual(['kubectl-edit', 'argocd-controller']);
  });

  it('one that was deleted and made anew, and one that is gone: the last version first', async () => {
    const { make, map, maps, remembered } = await place();
    const others = async (count: number) => {
      for (let index = 0; index < count; index += 1) await kubernetes().admin.create(maps, { metadata: { generateName: 'other-' } });
    };
    await make(text('first'));
    await others(20);
    await kubernetes().admin.merge(map, { data: { 'realm.json': text('last') } });
    await others(1);
    await kubernetes().admin.remove(map);
    // So that a step back from here passes over the last version.
    await others(5);
    expect(realms((await remembered()).versions)).toEqual(['last', 'first']);
    await make(text('second'));
    expect(realms((await remembered()).versions)).toEqual(['last', 'first']);
  });

  it('Secrets, and other kinds by their spec', async () => {
    const { namespace, secrets, remembered } = await place();
    await kubernetes().admin.create(secrets, { metadata: { name: 'realm' }, stringData: { 'realm.json': text('kept'), 'other': 'same' } });
    await kubernetes().admin.merge(`${secrets}/realm`, { stringData: { 'realm.json': text('stale') } });
    const secret = await remembered('admin', 'secret');
    expect(realms(secret.versions)).toEqual(['kept']);
    expect(secret.versions[0]?.changed).toEqual(['data["realm.json"]']);
    expect(secret.notes.join()).not.toContain('kept');

    const imports = `/apis/k8s.keycloak.org/v2alpha1/namespaces/${namespace}/keycloakrealmimports`;
    await kubernetes().admin.create(imports, { apiVersion: 'k8s.keycloak.org/v2alpha1', kind: 'KeycloakRealmImport', metadata: { name: 'realm' }, spec: { keycloakCRName: 'kc', realm: realmOf('kept') } });
    await kubernetes().admin.merge(`${imports}/realm`, { spec: { realm: { clients: [] } } });
    const custom = await remembered('admin', 'keycloakrealmimport');
    expect(custom.versions[0]?.changed).toEqual(['spec.realm']);
    expect(realms(custom.versions)).toEqual(['kept']);
    expect(JSON.parse(custom.versions[0]?.text ?? '')).toMatchObject({ apiVersion: 'k8s.keycloak.org/v2alpha1' });
  });

  it('only for those who may list; one name is enough', async () => {
    const { namespace, map, make, remembered } = await place();
    await make(text('kept'));
    await kubernetes().admin.merge(map, { data: { 'realm.json': text('stale') } });
    await kubernetes().grant(namespace, [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }]);
    const { versions, notes } = await remembered('oncall');
    expect(versions).toEqual([]);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(new RegExp(`^Earlier versions of ConfigMap ${namespace}/realm cannot be read.* oncall@example.org may not list configmaps .*gives only the current version.*resources \\["configmaps"\\], verbs \\["list"\\]`));
    await kubernetes().grant(namespace, [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['realm'], verbs: ['list'] }]);
    expect(realms((await remembered('oncall')).versions)).toEqual(['kept']);
  });

  it('nothing after it was told to forget', async () => {
    const forgetful = await startKubernetes({ args: ['--etcd-compaction-interval=1s'] });
    try {
      const namespace = await forgetful.namespace();
      const maps = `/api/v1/namespaces/${namespace}/configmaps`;
      await forgetful.admin.create(maps, { metadata: { name: 'realm' }, data: { a: '1' } });
      await forgetful.admin.merge(`${maps}/realm`, { data: { a: '2' } });
      const api = openCluster({ kubeconfig: forgetful.kubeconfig('admin'), userAgent: 'test', environment: {}, readOnly: true });
      open.push(api);
      const end = Date.now() + 60_000;
      for (;;) {
        const { versions, notes } = await remember(api, [{ name: nameOf('configmap', namespace, 'realm'), key: null }]);
        if (versions.length === 0) {
          expect(notes[0]).toMatch(/^The API server remembers nothing before resourceVersion \d+ of ConfigMap .* \(it forgets after 5 to 10 minutes\)\.$/);
          break;
        }
        expect(Date.now(), 'compaction').toBeLessThan(end);
        // Something has to be written for a compaction to have anything to forget.
        await forgetful.admin.create(maps, { metadata: { generateName: 'other-' } });
        await delay(300);
      }
    } finally {
      await forgetful.stop();
    }
  });
});

describe('evidence', () => {
  it('from a ConfigMap of 900 KB, as text and as binaryData, with the time of its key', async () => {
    const { namespace, maps, make, map } = await place();
    const { metadata } = await make(text('kept', 1000));
    await kubernetes().admin.merge(map, { data: { notes: 'a later write of another key' } }, { fieldManager: 'somebody' });
    const snapshot = await readAs('admin', `configmap:${namespace}/realm`);
    expect(snapshot.representation.clients).toHaveLength(1000);
    const [first] = metadata.managedFields ?? [];
    expect(snapshot).toMatchObject({ source: `configmap:${namespace}/realm`, capturedAt: new Date(first?.time ?? '').toISOString() });
    expect(snapshot.notes).toContain('last written by kubectl-create, as it calls itself');
    await kubernetes().admin.create(maps, { metadata: { name: 'coded' }, binaryData: { 'realm.json': Buffer.from(text('coded')).toString('base64') } });
    expect((await readAs('admin', `configmap:${namespace}/coded/realm.json`)).representation).toEqual(realmOf('coded'));
  });

  it('from a Secret, and from what was last applied under a human edit', async () => {
    const { namespace, maps, secrets } = await place();
    await kubernetes().admin.create(secrets, { metadata: { name: 'realm' }, stringData: { 'realm.json': text('secret') } });
    expect((await readAs('admin', `secret:${namespace}/realm`)).representation).toEqual(realmOf('secret'));
    const data = { 'realm.json': text('git') };
    const configuration = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { annotations: {}, name: 'realm', namespace }, data });
    await kubernetes().admin.create(maps, { metadata: { name: 'realm', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': configuration } }, data }, { fieldManager: 'kubectl-client-side-apply' });
    await kubernetes().admin.merge(`${maps}/realm`, { data: { 'realm.json': text('human') } }, { fieldManager: 'kubectl-edit' });
    expect((await readAs('admin', `configmap:${namespace}/realm`)).representation).toEqual(realmOf('human'));
    const applied = await readAs('admin', `last-applied:${namespace}/realm`);
    expect(applied.representation).toEqual(realmOf('git'));
    expect(applied.notes).toContain('as it was last applied by kubectl-client-side-apply; what stands there now is another text');
  });

  it('from a Helm release of three revisions', async () => {
    const { namespace, secrets } = await place();
    const manifest = (client: string) => `---\n# Source: keycloak/templates/realm.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: realm\ndata:\n  realm.json: |\n${text(client).replace(/^/gm, '    ')}\n`;
    for (const revision of [1, 2, 3]) {
      const { metadata, ...record } = release({ name: 'keycloak', revision, status: revision === 3 ? 'deployed' : 'superseded', manifest: manifest(`revision-${revision}`) });
      await kubernetes().admin.create(secrets, { ...record, metadata: { ...(metadata as object), name: `sh.helm.release.v1.keycloak.v${revision}` } });
    }
    expect((await readAs('admin', `helm:${namespace}/keycloak`)).representation).toEqual(realmOf('revision-3'));
    expect((await readAs('admin', `helm:${namespace}/keycloak@1`)).representation).toEqual(realmOf('revision-1'));
    await expect(readAs('admin', `helm:${namespace}/keycloak@4`)).rejects.toMatchObject({ code: 'object-not-found' });
    await expect(readAs('oncall', `helm:${namespace}/keycloak@1`)).rejects.toMatchObject({ code: 'missing-role' });
  });

  it('to choose from: all that these credentials may list', async () => {
    const { namespace, secrets, make } = await place();
    await make(text('map'));
    await kubernetes().admin.create(secrets, { metadata: { name: 'realm' }, stringData: { 'realm.json': text('secret') } });
    const { metadata, ...record } = release({ name: 'keycloak', revision: 1, config: { realm: text('helm') } });
    await kubernetes().admin.create(secrets, { ...record, metadata: { ...(metadata as object), name: 'sh.helm.release.v1.keycloak.v1' } });
    await kubernetes().admin.create(`/apis/k8s.keycloak.org/v2alpha1/namespaces/${namespace}/keycloakrealmimports`, { apiVersion: 'k8s.keycloak.org/v2alpha1', kind: 'KeycloakRealmImport', metadata: { name: 'primary' }, spec: { keycloakCRName: 'kc', realm: realmOf('import') } });
    const specs = async (user: KubernetesUser) => (await clusterCandidates(as(user), { namespace, realm: 'primary' })).map(({ spec }) => spec).sort();
    expect(await specs('admin')).toEqual([`configmap:${namespace}/realm/realm.json`, `helm:${namespace}/keycloak@1`, `realmimport:${namespace}/primary`, `secret:${namespace}/realm/realm.json`]);
    for (const spec of await specs('admin')) expect((await readAs('admin', spec)).representation.clients).toHaveLength(1);
    await kubernetes().grant(namespace, [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }]);
    expect(await specs('oncall')).toEqual([`configmap:${namespace}/realm/realm.json`]);
    await kubernetes().revokeAll();
    expect(await specs('oncall')).toEqual([]);
  });

  it('from a KeycloakRealm of EPAM, of a cluster that serves neither the legacy operator nor all kinds of this one', async () => {
    const { namespace } = await place();
    const make = (plural: string, kind: string, name: string, spec: JsonObject) => kubernetes().admin.create(`/apis/v1.edp.epam.com/v1/namespaces/${namespace}/${plural}`, { apiVersion: 'v1.edp.epam.com/v1', kind, metadata: { name }, spec }, { fieldManager: 'argocd-controller' });
    await make('keycloakrealms', 'KeycloakRealm', 'main', { realmName: 'primary' });
    await make('keycloakclients', 'KeycloakClient', 'web', { clientId: 'web', public: true, realmRef: { kind: 'KeycloakRealm', name: 'main' } });
    await make('keycloakclients', 'KeycloakClient', 'other', { clientId: 'other', realmRef: { kind: 'KeycloakRealm', name: 'other' } });
    const spec = `keycloakrealm:${namespace}/main`;
    const snapshot = await readAs('admin', spec);
    expect(snapshot).toMatchObject({ source: spec, completeness: 'stated', representation: { realm: 'primary', clients: [{ clientId: 'web', publicClient: true }] } });
    expect(snapshot.representation.clients).toHaveLength(1);
    expect(snapshot.notes).toContain('last written by argocd-controller, as it calls itself');
    expect((await clusterCandidates(as('admin'), { namespace, realm: 'primary' })).map((found) => found.spec)).toEqual([spec]);
    await expect(readAs('oncall', spec)).rejects.toMatchObject({ code: 'missing-role', message: expect.stringContaining('keycloakrealms') });
    await kubernetes().grant(namespace, [{ apiGroups: ['v1.edp.epam.com'], resources: ['keycloakrealms'], verbs: ['get'] }]);
    await expect(readAs('oncall', spec)).rejects.toMatchObject({ code: 'missing-role', message: expect.stringContaining('keycloakclients') });
    await kubernetes().grant(namespace, [{ apiGroups: ['v1.edp.epam.com'], resources: ['keycloakclients'], verbs: ['list'] }]);
    expect((await readAs('oncall', spec)).representation.clients).toHaveLength(1);
    await expect(readAs('admin', `keycloakrealm:${namespace}/none`)).rejects.toMatchObject({ code: 'object-not-found', message: expect.stringContaining(`no KeycloakRealm ${namespace}/none`) });
  });

  it('from a KeycloakRealm of vriesdemichael: a recovery gives back a mapper and the roles of a service account', async () => {
    const { namespace } = await place();
    const { sandbox, ...story } = await stageSandbox();
    const make = (plural: string, kind: string, name: string, within: string, spec: JsonObject) => kubernetes().admin.create(`/apis/vriesdemichael.github.io/v1/namespaces/${within}/${plural}`, { apiVersion: 'vriesdemichael.github.io/v1', kind, metadata: { name }, spec });
    const elsewhere = await kubernetes().namespace('teams');
    const realmRef = { name: 'main', namespace };
    const good = JSON.parse(readFileSync(story.evidence, 'utf8')) as RealmRepresentation;
    const protocolMappers = good.clients?.find(({ clientId }) => clientId === 'auth-service')?.protocolMappers?.filter(({ name }) => name === 'groups') as unknown as readonly JsonObject[];
    await make('keycloakrealms', 'KeycloakRealm', 'main', namespace, { realmName: story.realm, operatorRef: { namespace: 'keycloak-system' } });
    await make('keycloakclients', 'KeycloakClient', 'auth', elsewhere, { clientId: 'auth-service', realmRef, protocolMappers });
    await make('keycloakclients', 'KeycloakClient', 'billing', elsewhere, { clientId: 'billing-service', realmRef, serviceAccountRoles: { realmRoles: ['internal-service'], clientRoles: { 'profile-service': ['read'] } } });
    const spec = `keycloakrealm:${namespace}/main`;
    expect((await clusterCandidates(as('admin'), { namespace, realm: story.realm })).map((found) => found.spec)).toEqual([spec]);
    const done = await run(story, ['recover'], { with: ['--evidence', spec, '--kubeconfig', kubernetes().kubeconfig('admin'), '--lost', 'restore', '--changed', 'keep', '--live-only', 'keep', '--confirm', story.realm] });
    expect(done.exit, done.stderr).toBe(0);
    const { plain } = await readRealm(story.calls);
    expect(plain.clients['auth-service']).toEqual(story.wanted.clients['auth-service']);
    expect(plain.users['service-account-billing-service']).toEqual(story.wanted.users['service-account-billing-service']);
    await sandbox.close();
  });

  it('is refused in a clear sentence', async () => {
    const { namespace } = await place();
    await expect(readAs('admin', `configmap:${namespace}/none`)).rejects.toMatchObject({ code: 'object-not-found', message: expect.stringContaining(`no ConfigMap ${namespace}/none`) });
    await expect(readAs('oncall', `configmap:${namespace}/none`)).rejects.toMatchObject({ code: 'missing-role', message: expect.stringContaining('may not get configmaps') });
    await expect(readAs('wrong-token', `configmap:${namespace}/none`)).rejects.toMatchObject({ code: 'refused-login' });
    await expect(createEvidenceReader({ cwd: '/', cluster: lazyClusterEvidence({ flags: { kubeconfig: '/nowhere' }, environment: {} }) }).read('secret:a/b', 'primary')).rejects.toMatchObject({ code: 'kubeconfig' });
  });
});
