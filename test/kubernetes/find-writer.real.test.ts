import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { clusterFindings } from '../../src/commands/cluster-doctor.ts';
import { openCluster } from '../../src/kubernetes/api.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import { install } from '../harness/kubernetes/crds.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { sessionPlace } from '../harness/tool.ts';
import { useServer } from '../harness/use.ts';
import { bare, freeze, isDone, isPausedFrom, listing, mounted, ownedBy, pod, sightOf, tracked, type There } from './find-writer-world.ts';
import { off, openPlace, POLICY, type Place } from './freeze-world.ts';
import { release } from './release.ts';
import { pathOf, type Manifest } from './scripted-controller.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'flux', 'helm', 'keycloak', 'epam', 'legacy'] }));

describe.concurrent('what imports a realm, or states it', () => {
  interface Case {
    readonly word: string;
    readonly name: string;
    /** What is there besides the application, the last one being what is named. */
    readonly there: (place: Place) => readonly There[];
    readonly controller?: (place: Place) => There;
  }
  const fluxLabels = ({ namespace }: Place) => ({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'keycloak', 'kustomize.toolkit.fluxcd.io/namespace': namespace } });
  const helmMarks = ({ namespace }: Place) => ({ labels: { 'helm.toolkit.fluxcd.io/name': 'keycloak', 'helm.toolkit.fluxcd.io/namespace': namespace }, annotations: { 'meta.helm.sh/release-name': 'keycloak', 'meta.helm.sh/release-namespace': namespace } });
  const realm: JsonObject = { realm: { realm: 'primary', enabled: true, clients: [] } };
  const inventory = (place: Place): There => ({ ...place.kustomization(), status: { inventory: { entries: [{ id: `${place.namespace}_primary_v1.edp.epam.com_KeycloakRealm`, v: 'v1' }] } } });

  it.each<[string, Case]>([
    ['a Job by its tracking id', { word: 'job', name: 'import', there: (place) => [tracked(place, 'batch/v1', 'Job', 'import', pod({}))] }],
    ['a Job by labels of Flux', { word: 'job', name: 'import', there: (place) => [bare(place, 'batch/v1', 'Job', 'import', pod({}), fluxLabels(place))], controller: (place) => place.kustomization() }],
    ['a Job of a chart', { word: 'job', name: 'import', there: (place) => [bare(place, 'batch/v1', 'Job', 'import', pod({}), helmMarks(place))], controller: (place) => place.helmRelease() }],
    ['a Job that says nothing, by the ConfigMap that it reads', { word: 'job', name: 'import', there: (place) => [place.tracked(), bare(place, 'batch/v1', 'Job', 'import', pod({}, mounted))] }],
    ['a KeycloakRealmImport', { word: 'realmimport', name: 'primary', there: (place) => [tracked(place, 'k8s.keycloak.org/v2alpha1', 'KeycloakRealmImport', 'primary', { keycloakCRName: 'sso', ...realm })] }],
    ['the same by its kind', { word: 'keycloakrealmimport', name: 'primary', there: (place) => [tracked(place, 'k8s.keycloak.org/v2alpha1', 'KeycloakRealmImport', 'primary', { keycloakCRName: 'sso', ...realm })] }],
    ['a KeycloakRealm of the legacy operator', { word: 'keycloakrealm', name: 'primary', there: (place) => [tracked(place, 'keycloak.org/v1alpha1', 'KeycloakRealm', 'primary', realm)] }],
    ['a KeycloakRealm of EPAM, by an inventory of Flux', { word: 'keycloakrealm', name: 'primary', there: (place) => [bare(place, 'v1.edp.epam.com/v1', 'KeycloakRealm', 'primary', { realmName: 'primary' })], controller: inventory }],
    ['a KeycloakClient of EPAM', { word: 'keycloakclient', name: 'web', there: (place) => [tracked(place, 'v1.edp.epam.com/v1', 'KeycloakClient', 'web', { clientId: 'web' })] }],
  ])('%s: to the pause, and back', async (_name, { word, name, there, controller = (place) => place.application() }) => {
    const place = await openPlace(kubernetes());
    await place.create(...there(place), controller(place));
    const from = `${word}:${place.namespace}/${name}`;
    expect(await isPausedFrom(place, from, controller(place))).toMatchObject({ source: from, role: null });
  });

  it('a Job that a CronJob started leads to what applies the CronJob', async () => {
    const place = await openPlace(kubernetes());
    const cron = tracked(place, 'batch/v1', 'CronJob', 'import', { schedule: '0 3 * * *', jobTemplate: { spec: pod({}, mounted) } });
    await place.create(cron, place.application());
    await place.create(bare(place, 'batch/v1', 'Job', 'import-1', pod({}, mounted), { ownerReferences: await ownedBy(place, cron) }));
    await isPausedFrom(place, `job:${place.namespace}/import-1`, place.application());
  });

  it('a Job of the operator leads to what applies the KeycloakRealmImport', async () => {
    const place = await openPlace(kubernetes());
    const custom = tracked(place, 'k8s.keycloak.org/v2alpha1', 'KeycloakRealmImport', 'primary', { keycloakCRName: 'sso', ...realm });
    await place.create(custom, place.application());
    await place.create(bare(place, 'batch/v1', 'Job', 'primary', pod({}), { ownerReferences: await ownedBy(place, custom) }));
    await isPausedFrom(place, `job:${place.namespace}/primary`, place.application());
  });

  it('of a Job, what its pods read and what else reads it are looked at', async () => {
    const place = await openPlace(kubernetes());
    await place.create(
      place.application(), place.tracked(), tracked(place, 'batch/v1', 'Job', 'import', pod({ image: 'adorsys/keycloak-config-cli:6.4.0-26', env: [{ name: 'KEYCLOAK_URL', value: 'http://keycloak' }] }, mounted)),
      bare(place, 'apps/v1', 'StatefulSet', 'keycloak', { serviceName: 'keycloak', selector: { matchLabels: { app: 'k' } }, template: { metadata: { labels: { app: 'k' } }, spec: { containers: [{ name: 'c', image: 'registry.example.com/x:1' }], ...mounted } } }),
    );
    const { objects, risks } = await isPausedFrom(place, `job:${place.namespace}/import`, place.application());
    expect(objects.map(({ resource, name }) => `${resource.kind} ${name}`)).toEqual(['Job import', 'ConfigMap keycloak-realm', 'StatefulSet keycloak']);
    expect(risks.map(({ setting }) => setting)).toEqual(['containers[import]: keycloak-config-cli']);
  });

  it('what the API server remembers of them is kept first', async () => {
    const place = await openPlace(kubernetes());
    const custom = tracked(place, 'keycloak.org/v1alpha1', 'KeycloakRealm', 'primary', realm);
    await place.create(custom, place.application());
    await kubernetes().admin.merge(pathOf(custom), { spec: { realm: { displayName: 'stale' } } }, { fieldManager: 'argocd-controller' });
    const run = await place.tool(freeze(`keycloakrealm:${place.namespace}/primary`));
    isDone(run);
    expect(run.stderr).toMatch(new RegExp(`Still remembered by the API server: KeycloakRealm ${place.namespace}/primary before spec\\.realm changed`));
  });

  it('that is there twice, of two operators: neither is taken', async () => {
    const place = await openPlace(kubernetes());
    await place.create(tracked(place, 'keycloak.org/v1alpha1', 'KeycloakRealm', 'primary', realm), tracked(place, 'v1.edp.epam.com/v1', 'KeycloakRealm', 'primary', { realmName: 'primary' }), place.application());
    const run = await place.tool(freeze(`keycloakrealm:${place.namespace}/primary`));
    expect(run).toMatchObject({ exit: 64, stdout: '' });
    expect(run.stderr).toMatch(/KeycloakRealm \S+ is there twice: of keycloak\.org and of v1\.edp\.epam\.com/);
    expect(await place.policy()).toEqual(POLICY);
  });
});

// Before the cluster knows these kinds.
it.each<[string, Partial<Manifest['metadata']>, RegExp]>([
  ['an owner reference', { ownerReferences: [{ apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', name: 'realm', uid: '1' }] }, /^Note: Secret \S+ says that SealedSecret \S+\/realm makes it, which this cluster does not have/m],
  ['an annotation', { annotations: { 'reconcile.external-secrets.io/data-hash': '0b1c' } }, /^Note: Secret \S+ is made by an ExternalSecret, by its annotations, and none of its namespace names it/m],
])('a Secret with %s of a kind that the cluster does not serve: a note, and no crash', async (_name, metadata, says) => {
  const place = await openPlace(kubernetes());
  await place.create({ ...place.map(metadata), kind: 'Secret', data: {} });
  const run = await place.tool(freeze(`secret:${place.namespace}/keycloak-realm`));
  expect(run).toMatchObject({ exit: 5 });
  expect(run.stderr).toMatch(says);
  expect(run.stderr).toContain('No controller is found that applies');
});

describe.concurrent('a Secret that is made out of something', () => {
  beforeAll(() => install(kubernetes().admin, ['makers']));
  const text = Buffer.from('{"secret":"not-for-screens"}').toString('base64');
  const secret = (place: Place, metadata: Partial<Manifest['metadata']> = {}): Manifest => ({ ...place.map(metadata), kind: 'Secret', data: { 'realm.json': text } });
  const sealed = (place: Place): Manifest => tracked(place, 'bitnami.com/v1alpha1', 'SealedSecret', 'keycloak-realm', { encryptedData: { 'realm.json': 'AgBy' } });
  const external = (place: Place, spec: JsonObject = {}): Manifest => tracked(place, 'external-secrets.io/v1beta1', 'ExternalSecret', 'realm-of-vault', { secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' }, refreshInterval: '5m', target: { name: 'keycloak-realm' }, ...spec });
  const from = ({ namespace }: Place): string => `secret:${namespace}/keycloak-realm`;

  it('a SealedSecret: its writer is paused, and what goes on is said', async () => {
    const place = await openPlace(kubernetes());
    await place.create(sealed(place), place.application());
    await place.create(secret(place, { ownerReferences: await ownedBy(place, sealed(place)) }));
    const { notes } = await isPausedFrom(place, from(place), place.application());
    expect(notes).toContainEqual(expect.stringMatching(/^Secret \S+ is made by SealedSecret \S+: its controller writes it again from the sealed text/));
    expect(place.disk()).not.toMatch(/not-for-screens|bm90LWZvci1zY3JlZW5z/);
  });

  it.each<[string, (place: Place) => Promise<Partial<Manifest['metadata']>>]>([
    ['by owner reference', async (place) => ({ ownerReferences: await ownedBy(place, external(place)) })],
    ['that leaves none, by its annotation and target', async () => ({ annotations: { 'reconcile.external-secrets.io/data-hash': '0b1c' } })],
  ])('an ExternalSecret %s: its writer, its store, its refresh', async (_name, metadata) => {
    const place = await openPlace(kubernetes());
    await place.create(external(place), place.application());
    await place.create(secret(place, await metadata(place)));
    const { notes } = await isPausedFrom(place, from(place), place.application());
    expect(notes).toContainEqual(expect.stringMatching(/^Secret \S+\/keycloak-realm is made by ExternalSecret \S+\/realm-of-vault from ClusterSecretStore vault, again every 5m .*a pause of GitOps does not stop its refresh/));
  });

  it('that is not there any more: a note, and the search goes on', async () => {
    const place = await openPlace(kubernetes());
    await place.create({ ...place.application(), status: listing(place, '', 'Secret', 'keycloak-realm') } as There);
    await place.create(secret(place, { ownerReferences: [{ apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', name: 'gone', uid: '1' }] }));
    const { notes } = await isPausedFrom(place, from(place), place.application());
    expect(notes).toContainEqual(expect.stringMatching(/^Secret \S+ says that SealedSecret \S+\/gone makes it, which this cluster does not have/));
  });
});

describe.concurrent('a hook Job that ran and is gone', () => {
  const importing = pod({ image: 'adorsys/keycloak-config-cli:6.4.0-26', env: [{ name: 'KEYCLOAK_URL', value: 'http://keycloak' }] });
  const synced = ({ namespace }: Place, name: string): JsonObject => ({ operationState: { phase: 'Succeeded', operation: {}, startedAt: '2026-11-20T22:43:07Z', finishedAt: '2026-11-20T22:43:09Z', syncResult: { revision: 'abc', resources: [{ group: 'batch', version: 'v1', kind: 'Job', namespace, name, status: 'Synced', message: 'deleted', hookType: 'PostSync', hookPhase: 'Succeeded', syncPhase: 'PostSync' }] } } });

  it('of an application, as long as the API server remembers it: a risk; else a note', async () => {
    const place = await openPlace(kubernetes());
    const job = bare(place, 'batch/v1', 'Job', 'import', importing);
    await place.create(place.tracked(), job, { ...place.application(), status: synced(place, 'import') } as There);
    await kubernetes().admin.remove(`${pathOf(job)}?propagationPolicy=Background`);
    // As Argo CD does when it compares again: the newest version was written when the hook was gone.
    for (let index = 0; index < 3; index += 1) await kubernetes().admin.merge(pathOf(place.application()), { status: { reconciledAt: new Date(Date.UTC(2026, 0, 1) + 1000 * index).toISOString() } });
    const run = await place.tool(freeze(place.from));
    isDone(run);
    expect(run.stderr).toMatch(new RegExp(`^A PAUSE DOES NOT STOP Job ${place.namespace}/import: containers\\[import\\]: keycloak-config-cli: .*Hook Job ${place.namespace}/import \\(PostSync Succeeded\\) ran in the last sync of Application ${place.namespace}/keycloak and is gone; it runs again with the next sync`, 'm'));
    expect(run.stderr).toMatch(/Still remembered by the API server: Job \S+\/import/);

    const other = await openPlace(kubernetes());
    await other.create(other.tracked(), { ...other.application(), status: synced(other, 'never-seen') } as There);
    const unknown = await other.tool(freeze(other.from));
    isDone(unknown);
    expect(unknown.stderr).toMatch(/^Note: Hook Job \S+\/never-seen .* is gone; it runs again with the next sync.*Whether it imports is not seen here any more: look for it in git\.$/m);
    expect(unknown.stderr).not.toContain('A PAUSE DOES NOT STOP');
  });

  it('of a HelmRelease, by the record of the release', async () => {
    const place = await openPlace(kubernetes());
    const { namespace } = place;
    const manifest = JSON.stringify({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'import', namespace, annotations: { 'helm.sh/hook': 'post-upgrade' } }, spec: importing });
    const record = release({ name: 'keycloak', revision: 2, hooks: [{ name: 'import', kind: 'Job', path: 'chart/templates/import.yaml', events: ['post-upgrade'], delete_policies: ['hook-succeeded'], manifest }] });
    await kubernetes().admin.create(`/api/v1/namespaces/${namespace}/secrets`, { ...record, metadata: { ...(record['metadata'] as JsonObject), name: 'sh.helm.release.v1.keycloak.v2' } });
    await place.create(place.map({ labels: { 'helm.toolkit.fluxcd.io/name': 'keycloak', 'helm.toolkit.fluxcd.io/namespace': namespace }, annotations: { 'meta.helm.sh/release-name': 'keycloak', 'meta.helm.sh/release-namespace': namespace } }), place.helmRelease());
    const run = await place.tool(freeze(place.from));
    isDone(run);
    expect(run.stderr).toMatch(new RegExp(`^A PAUSE DOES NOT STOP Job ${namespace}/import: .*Hook Job ${namespace}/import \\(post-upgrade\\) of Helm release ${namespace}/keycloak is gone; it runs again with the next upgrade, as revision 2 has it`, 'm'));
  });
});

describe.concurrent('doctor', () => {
  it.each<[string, (place: Place) => readonly There[]]>([
    ['job', (place) => [tracked(place, 'batch/v1', 'Job', 'primary', pod({}))]],
    ['keycloakrealm', (place) => [tracked(place, 'v1.edp.epam.com/v1', 'KeycloakRealm', 'primary', { realmName: 'primary' })]],
  ])('finds the writer from %s', async (word, there) => {
    const place = await openPlace(kubernetes());
    await place.create(place.application(), ...there(place));
    const api = openCluster({ kubeconfig: kubernetes().kubeconfig('admin'), userAgent: 'test', environment: {}, readOnly: true });
    expect(await clusterFindings(api, `${word}:${place.namespace}/primary`, false).finally(() => api.close())).toMatchObject({ namespace: place.namespace, controllers: [`Application ${place.namespace}/keycloak`], role: null });
  });
});

// Alone on the server: a Job that was there for a moment is stepped over, with many writes after it.
it('a Job that is gone: what it did is kept, and how to go on is told', async () => {
  const place = await openPlace(kubernetes());
  const job = bare(place, 'batch/v1', 'Job', 'import', pod({ env: [{ name: 'IMPORT_FILES', value: 'first' }] }));
  await place.create(job);
  for (let index = 0; index < 20; index += 1) await kubernetes().admin.create(`/api/v1/namespaces/${place.namespace}/configmaps`, { metadata: { generateName: 'other-' } });
  await kubernetes().admin.remove(`${pathOf(job)}?propagationPolicy=Background`);
  const sessions = sessionPlace();
  const gone = await place.tool(freeze(`job:${place.namespace}/import`), { sessions });
  expect(gone).toMatchObject({ exit: 64 });
  expect(gone.stderr).toMatch(/There is no Job .*A Job is often deleted once it has ended/s);
  const kept = readdirSync(sessions, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json') && name.includes('remembered-job'));
  expect(kept.map((name) => JSON.parse(readFileSync(join(sessions, name), 'utf8')) as JsonObject)).toMatchObject([{ kind: 'Job', apiVersion: 'batch/v1', spec: { template: { spec: { containers: [{ env: [{ value: 'first' }] }] } } } }]);
});

// Rights are of the whole server: one after the other, and after all others.
describe('who may not read what makes a Secret', () => {
  it('is told so; the writer is found by the list of the application', async () => {
    const place = await openPlace(kubernetes());
    const maker = tracked(place, 'bitnami.com/v1alpha1', 'SealedSecret', 'keycloak-realm', { encryptedData: {} });
    await place.create(maker, { ...place.application(), status: listing(place, 'bitnami.com', 'SealedSecret', 'keycloak-realm') } as There);
    await place.create({ ...place.map({ ownerReferences: await ownedBy(place, maker) }), kind: 'Secret', data: {} });
    await kubernetes().grant(place.namespace, [{ apiGroups: ['', 'apps', 'batch'], resources: ['*'], verbs: ['get', 'list'] }, { apiGroups: ['argoproj.io'], resources: ['applications'], verbs: ['get', 'list', 'patch'] }]);
    await kubernetes().grant(null, [{ apiGroups: ['argoproj.io'], resources: ['applications'], verbs: ['list'] }]);
    const run = await place.tool(freeze(`secret:${place.namespace}/keycloak-realm`, '--json'), { user: 'oncall' });
    await kubernetes().revokeAll();
    isDone(run);
    expect(await place.policy()).toEqual(off());
    const { notes, role } = sightOf(run);
    expect(notes).toContainEqual(expect.stringMatching(/^These credentials may not read SealedSecret \S+, which makes Secret/));
    expect(role).toMatch(/apiGroups: \["bitnami\.com"\]\n\s+resources: \["sealedsecrets"\]\n\s+resourceNames: \["keycloak-realm"\]\n\s+verbs: \["get"\]/);
  });
});
