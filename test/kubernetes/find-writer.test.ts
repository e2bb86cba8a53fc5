import { describe, expect, test } from 'vitest';
import { RescueError } from '../../src/realm/errors.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import { specOf, type KubeObject, type ObjectMeta } from '../../src/gitops/controllers/object.ts';
import { around, carrierNames, readCarrier } from '../../src/kubernetes/carrier.ts';
import { findWriter } from '../../src/kubernetes/find-writer.ts';
import { parseFrom } from '../../src/kubernetes/from-spec.ts';
import { operatorNotes } from '../../src/gitops/live/operator-notes.ts';
import { application, realmMap } from '../gitops/controllers/objects.ts';
import { fakeApi, type FakeOptions } from './fake-api.ts';

const object = (apiVersion: string, kind: string, name: string, metadata: Partial<ObjectMeta> = {}, spec: JsonObject = {}): KubeObject => ({ apiVersion, kind, metadata: { name, namespace: 'iam', ...metadata } as ObjectMeta, spec });
const track = (id: string) => ({ annotations: { 'argocd.argoproj.io/tracking-id': id } });
const secret = (metadata: Partial<ObjectMeta>): KubeObject => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'realm', namespace: 'iam', ...metadata } as ObjectMeta });
const LEGACY = object('keycloak.org/v1alpha1', 'KeycloakRealm', 'primary');
const EPAM = object('v1.edp.epam.com/v1', 'KeycloakRealm', 'primary');

async function found(carrier: KubeObject, objects: readonly KubeObject[], options?: FakeOptions) {
  const { controllers, notes, unread } = await findWriter(fakeApi(objects, options), [carrier]);
  return { applies: controllers.map(({ object: name, because }) => `${specOf(name)} (${because})`), notes, unread: unread.map(({ verb, resource, name }) => `${verb} ${resource}${name === undefined ? '' : `/${name}`}`) };
}

describe('two operators have a KeycloakRealm', () => {
  const spec = parseFrom('keycloakrealm:iam/primary', 'default');
  const refuses = (group: string): FakeOptions => ({ forbidden: (verb, plural) => verb === 'get' && plural === 'keycloakrealms' && group !== '' });

  test('the one that is there is meant', async () => {
    expect((await readCarrier(fakeApi([EPAM]), spec)).name.resource.group).toBe('v1.edp.epam.com');
    expect((await carrierNames(fakeApi([LEGACY, object('v1.edp.epam.com/v1', 'KeycloakRealm', 'other')]), spec)).map(({ resource }) => resource.group)).toEqual(['keycloak.org']);
  });

  test('of one that is gone, those kinds that the cluster serves', async () => {
    const groups = async (...objects: readonly KubeObject[]) => (await carrierNames(fakeApi(objects), spec)).map(({ resource }) => resource.group);
    const other = (of: KubeObject): KubeObject => ({ ...of, metadata: { ...of.metadata, name: 'other' } });
    expect(await groups(other(EPAM))).toEqual(['v1.edp.epam.com']);
    expect(await groups(other(LEGACY), other(EPAM))).toEqual(['keycloak.org', 'v1.edp.epam.com']);
    expect(await groups()).toEqual(['keycloak.org']);
  });

  test('neither, both, or one that may not be read: told', async () => {
    await expect(readCarrier(fakeApi([]), spec)).rejects.toMatchObject({ code: 'object-not-found', message: expect.stringContaining('it does not serve keycloak.org or v1.edp.epam.com') });
    await expect(readCarrier(fakeApi([{ ...EPAM, metadata: { name: 'x', namespace: 'iam' } }]), spec)).rejects.toMatchObject({ code: 'object-not-found', next: expect.arrayContaining(['See what is there with: kubectl get keycloakrealms.v1.edp.epam.com -A']) });
    await expect(readCarrier(fakeApi([LEGACY, EPAM]), spec)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('there twice') });
    await expect(readCarrier(fakeApi([LEGACY], refuses('all')), spec)).rejects.toMatchObject({ code: 'missing-role' });
  });

  test('a controller that lists that of the other operator does not apply this one', async () => {
    const lists = (group: string) => application({ status: { resources: [{ group, version: 'v1', kind: 'KeycloakRealm', namespace: 'iam', name: 'primary' }] } });
    expect((await found(EPAM, [lists('keycloak.org')])).applies).toEqual([]);
    expect((await found(EPAM, [lists('v1.edp.epam.com')])).applies).toEqual(['application:argocd/keycloak (its list of resources has KeycloakRealm iam/primary)']);
  });
});

describe('what is not there', () => {
  const spec = parseFrom('configmap:iam/keycloak-realm', 'default');
  const generated = (name: string, creationTimestamp: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'iam', creationTimestamp } as ObjectMeta });

  test('may have the hash of Kustomize behind its name: the newest first, and nothing that only begins like it', async () => {
    const there = [generated('keycloak-realm-24k5tkgd6f', '2026-11-01T00:00:00Z'), generated('keycloak-realm-9m7h2c8ft4', '2026-11-20T00:00:00Z'), generated('keycloak-realm-settings', '2026-11-21T00:00:00Z'), generated('keycloak-realm-aaaaaaaaaa', '2026-11-21T00:00:00Z')];
    await expect(readCarrier(fakeApi(there), spec)).rejects.toMatchObject({ code: 'object-not-found', next: expect.arrayContaining(['Kustomize puts a hash behind such a name; there is configmap:iam/keycloak-realm-9m7h2c8ft4, configmap:iam/keycloak-realm-24k5tkgd6f (the newest first).']) });
    for (const options of [{}, { forbidden: (verb: string) => verb === 'list' }]) {
      const told = await readCarrier(fakeApi(options.forbidden ? there : [], options), spec).catch((error: unknown) => error);
      expect((told as RescueError).next.join()).not.toContain('Kustomize');
    }
  });

  test('of the operators that are read here: what others call the same is not denied', async () => {
    const other = object('keycloak.hostzero.com/v1beta1', 'KeycloakRealm', 'primary');
    const asked = parseFrom('keycloakrealm:iam/primary', 'default');
    await expect(readCarrier(fakeApi([other, { ...EPAM, metadata: { name: 'x', namespace: 'iam' } }]), asked)).rejects.toMatchObject({ message: 'There is no KeycloakRealm iam/primary of v1.edp.epam.com in the cluster of context prod.', next: expect.arrayContaining([expect.stringContaining('Those of other operators are not read here: name what applies them: --from application:')]) });
  });
});

describe('what a Job reads', () => {
  const job = object('batch/v1', 'Job', 'import', {}, { template: { spec: { containers: [{ name: 'c', image: 'x', env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'login', key: 'p' } } }], envFrom: [{ configMapRef: { name: 'settings' } }] }], volumes: [{ name: 'a', configMap: { name: 'keycloak-realm' } }, { name: 'b', secret: { secretName: 'realm' } }] } } });
  const spec = parseFrom('job:iam/import', 'default');
  const there = [job, realmMap(), secret({}), { ...secret({}), metadata: { name: 'login', namespace: 'iam' } }];

  test('ConfigMaps and files carry the realm; a login does not, and is not read', async () => {
    const api = fakeApi(there);
    const { carriers, names, workloads, notes } = await around(api, spec, spec.objects[0], job);
    expect(names.map(specOf)).toEqual(['configmap:iam/settings', 'configmap:iam/keycloak-realm', 'secret:iam/realm']);
    expect(carriers.map(({ name }) => specOf(name))).toEqual(['configmap:iam/keycloak-realm', 'secret:iam/realm']);
    expect([workloads.map(({ metadata }) => metadata.name), notes]).toEqual([['import'], []]);
    expect(api.calls.filter((call) => call.includes('login'))).toEqual([]);
  });

  test('also where Jobs may not be listed, and what may not be read is said', async () => {
    const { workloads, configMaps, notes } = await around(fakeApi(there, { forbidden: (verb, plural) => (verb === 'list' && plural === 'jobs') || plural === 'secrets' }), spec, spec.objects[0], job);
    expect([workloads.length, configMaps.map(({ metadata }) => metadata.name)]).toEqual([1, ['keycloak-realm']]);
    expect(notes).toContain('These credentials may not read Secret iam/realm, which Job iam/import reads: who applies it is not seen');
  });
});

describe('what makes a Secret', () => {
  const maker = object('external-secrets.io/v1', 'ExternalSecret', 'realm', track('keycloak:external-secrets.io/ExternalSecret:iam/realm'), { secretStoreRef: { name: 'vault' } });
  const made = secret({ ownerReferences: [{ apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', name: 'realm', uid: '1' }] });

  test('is followed to what applies it; the Secret itself is not called unclaimed', async () => {
    const { applies, notes } = await found(made, [application(), maker]);
    expect(applies).toEqual(['application:argocd/keycloak (tracking id of Argo CD of ExternalSecret iam/realm)']);
    expect(notes).toEqual([expect.stringContaining('Secret iam/realm is made by ExternalSecret iam/realm from SecretStore vault')]);
  });

  test('which only a list of the application shows', async () => {
    const lists = application({ status: { resources: [{ group: 'external-secrets.io', version: 'v1', kind: 'ExternalSecret', namespace: 'iam', name: 'realm' }] } });
    expect((await found(made, [lists, { ...maker, metadata: { name: 'realm', namespace: 'iam' } }])).applies).toEqual(['application:argocd/keycloak (its list of resources has ExternalSecret iam/realm)']);
  });

  test('and may not be read, or is not there: said, and the search goes on', async () => {
    const refused = await found(made, [application()], { forbidden: (_verb, plural) => plural === 'externalsecrets' });
    expect(refused.notes[0]).toMatch(/^These credentials may not read ExternalSecret iam\/realm, which makes Secret iam\/realm/);
    expect(refused.unread).toEqual(['get externalsecrets/realm']);
    expect((await found(made, [application()])).notes).toEqual([expect.stringContaining('makes it, which this cluster does not have'), 'no controller claims Secret iam/realm']);
  });

  test('without an owner reference by its target, of which there may be several', async () => {
    const orphan = secret({ annotations: { 'reconcile.external-secrets.io/data-hash': '1' } });
    const second = object('external-secrets.io/v1', 'ExternalSecret', 'more', track('other:external-secrets.io/ExternalSecret:iam/more'), { target: { name: 'realm' } });
    const other = application({ metadata: { name: 'other' } });
    expect((await found(orphan, [application(), other, maker, second])).applies.map((line) => line.split(' ')[0])).toEqual(['application:argocd/keycloak', 'application:argocd/other']);
    expect((await found(orphan, [])).notes[0]).toContain('none of its namespace names it');
    const refused = await found(orphan, [maker], { forbidden: (verb, plural) => verb === 'list' && plural === 'externalsecrets' });
    expect([refused.unread, refused.notes[0]]).toEqual([['list externalsecrets'], expect.stringContaining('may not list those of its namespace')]);
  });
});

describe('a hub', () => {
  const map = realmMap(track('keycloak:/ConfigMap:iam/keycloak-realm'));
  const away = (patch: JsonObject = {}) => application({ ...patch, spec: { destination: { server: 'https://10.1.2.3:6443' } } });

  test('is told of where no namespace has the application; not where that cannot be known', async () => {
    expect((await found(map, [])).notes).toEqual([expect.stringMatching(/names application keycloak, which cannot be found or read.*freeze it there with --context HUB --from application:NAMESPACE\/keycloak$/)]);
    const blind = await found(map, [], { forbidden: (_verb, plural) => plural === 'applications' });
    expect(blind.notes.join()).not.toContain('HUB');
    expect((await found(realmMap({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' } }), [])).notes).toEqual([expect.stringMatching(/so a Flux of another cluster.*--from kustomization:flux-system\/apps$/)]);
  });

  test('has an application that goes elsewhere, which is left alone and said', async () => {
    const { applies, notes } = await found(map, [away()]);
    expect([applies, notes]).toEqual([[], [expect.stringMatching(/^Application argocd\/keycloak goes to another cluster \(https:\/\/10\.1\.2\.3:6443\) and is left alone.*--from application:argocd\/keycloak$/)]]);
  });

  test('is not heard of by a label that charts set, unless its application lists such an object', async () => {
    const labelled = realmMap({ labels: { 'app.kubernetes.io/instance': 'keycloak' } });
    expect((await found(labelled, [away({ status: null })])).notes).toEqual(['no controller claims ConfigMap iam/keycloak-realm']);
    expect((await found(labelled, [away()])).notes).toEqual([expect.stringContaining('goes to another cluster'), 'no controller claims ConfigMap iam/keycloak-realm']);
  });

  test('or not: of two of one name that go here, the one that lists the object applies, wherever it comes', async () => {
    const [lists, silent] = [application({ metadata: { namespace: 'lists' }, status: { controllerNamespace: 'lists' } }), application({ metadata: { namespace: 'silent' }, status: null })];
    for (const both of [[lists, silent], [silent, lists]]) expect((await found(map, both)).applies.map((line) => line.split(' ')[0])).toEqual(['application:lists/keycloak']);
    expect((await found(map, [silent, application({ metadata: { namespace: 'too' }, status: null })])).notes).toEqual(['2 applications are called keycloak: silent, too; the first is taken']);
  });

  test('of two of one name, that of this cluster applies, whatever the other lists', async () => {
    expect((await found(map, [away({ metadata: { namespace: 'hub' } }), application({ status: null })])).applies).toEqual(['application:argocd/keycloak (tracking id of Argo CD of ConfigMap iam/keycloak-realm)']);
  });
});

describe('what the labels and annotations do not say', () => {
  const byLabel = { labels: { 'argo.acme.io/app': 'keycloak' } };
  const listing = (name: string, group: string, kind: string, namespace: string, child: string) => application({ metadata: { name }, status: { resources: [{ group, version: 'v1', kind, namespace, name: child, status: 'Synced' }] } });

  test('a second application that lists the object is found beside the one that the object names', async () => {
    const { applies, notes } = await found(realmMap(track('keycloak:/ConfigMap:iam/keycloak-realm')), [application(), application({ metadata: { name: 'other' } })]);
    expect(applies).toEqual(['application:argocd/keycloak (tracking id of Argo CD of ConfigMap iam/keycloak-realm)', 'application:argocd/other (its list of resources has ConfigMap iam/keycloak-realm)']);
    expect(notes).toEqual([]);
  });

  test('whoever may not list them is told what Argo CD says of others, and lacks no right for the rest', async () => {
    const conditions = [{ type: 'SharedResourceWarning', message: 'ConfigMap/keycloak-realm is part of applications argocd/keycloak and other' }, { type: 'OrphanedResourceWarning', message: 'x' }];
    const { applies, notes, unread } = await found(realmMap(track('keycloak:/ConfigMap:iam/keycloak-realm')), [application({ status: { conditions } })], { forbidden: (verb, _plural, _namespace, name) => verb === 'list' && name === undefined });
    expect([applies.length, notes, unread]).toEqual([1, ['Argo CD says of Application argocd/keycloak: ConfigMap/keycloak-realm is part of applications argocd/keycloak and other; what else applies it is not paused here'], []]);
  });

  test.each(['server-error', 'unreachable'] as const)('a list that fails for another reason than a right keeps nothing from being paused where the object says who applies it: %s', async (code) => {
    const failing = (api: ReturnType<typeof fakeApi>): ReturnType<typeof fakeApi> => ({ ...api, list: async (resource, options) => { if (options.fieldSelector !== undefined) return api.list(resource, options); throw new RescueError(code, 'The API server gives up listing applications.'); } });
    const named = await findWriter(failing(fakeApi([application()])), [realmMap(track('keycloak:/ConfigMap:iam/keycloak-realm'))]);
    expect([named.pauses.map(({ id }) => id), named.notes]).toEqual([['application:argocd/keycloak'], ['whether others apply it as well is not known: The API server gives up listing applications.', expect.stringMatching(/^whether a HelmRelease of namespace iam takes its values .* is not known: /)]]);
    await expect(findWriter(failing(fakeApi([application()])), [realmMap()])).rejects.toMatchObject({ code });
  });

  test('what Helm or an application of an earlier name has left there hides nobody who lists it', async () => {
    const helm = { annotations: { 'meta.helm.sh/release-name': 'keycloak', 'meta.helm.sh/release-namespace': 'iam' }, ...byLabel };
    expect((await found(realmMap(helm), [application()])).applies).toEqual(['application:argocd/keycloak (its list of resources has ConfigMap iam/keycloak-realm)']);
    expect((await found(realmMap(track('earlier:/ConfigMap:iam/keycloak-realm')), [application()])).applies).toEqual(['application:argocd/keycloak (its list of resources has ConfigMap iam/keycloak-realm)']);
  });

  test('the label that Argo CD alone writes names an application, which is said where that one does not list the object or is not seen', async () => {
    const labelled = realmMap({ labels: { 'argocd.argoproj.io/instance': 'keycloak' } });
    const unsynced = await found(labelled, [application({ status: null })]);
    expect([unsynced.applies, unsynced.notes]).toEqual([[], [expect.stringMatching(/^label argocd\.argoproj\.io\/instance of ConfigMap iam\/keycloak-realm names Application argocd\/keycloak, which does not list it: .*name it: --from application:argocd\/keycloak$/), 'no controller claims ConfigMap iam/keycloak-realm']]);
    expect((await found(labelled, [application()])).notes).toEqual([]);
    expect((await found(labelled, [])).notes[0]).toMatch(/names application keycloak, which cannot be found or read/);
    const blind = await found(labelled, [application()], { forbidden: (_verb, plural) => plural === 'applications' });
    expect([blind.notes[0], blind.unread]).toEqual([expect.stringMatching(/names application keycloak, which cannot be found or read: it may apply it again$/), ['list applications']]);
    expect((await found(realmMap({ labels: { 'app.kubernetes.io/instance': 'keycloak' } }), [application({ status: null })])).notes).toEqual(['no controller claims ConfigMap iam/keycloak-realm']);
  });

  test('a release of Helm is named although its chart sets the label of an application, as all charts do', async () => {
    const marks = { annotations: { 'meta.helm.sh/release-name': 'keycloak', 'meta.helm.sh/release-namespace': 'iam' }, labels: { 'app.kubernetes.io/instance': 'keycloak', 'app.kubernetes.io/managed-by': 'Helm' } };
    const told = [expect.stringContaining('ConfigMap iam/keycloak-realm belongs to Helm release iam/keycloak: whoever runs helm upgrade applies it')];
    expect((await found(realmMap(marks), [])).notes).toEqual(told);
    expect((await found(realmMap({ ...marks, labels: { ...marks.labels, 'helm.toolkit.fluxcd.io/name': 'keycloak', 'helm.toolkit.fluxcd.io/namespace': 'iam' } }), [object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'keycloak')])).notes).toEqual([]);
    expect((await found(realmMap({ ...marks, annotations: { ...marks.annotations, ...track('keycloak:/ConfigMap:iam/keycloak-realm').annotations } }), [application()])).notes).toEqual([]);
  });

  test('a HelmRelease that takes its values from the object is found, whoever applies the object itself', async () => {
    const release = (name: string, valuesFrom: JsonObject, rest: JsonObject = {}, metadata: Partial<ObjectMeta> = {}) => object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', name, metadata, { valuesFrom: [valuesFrom], ...rest });
    const values = { kind: 'ConfigMap', name: 'keycloak-realm' };
    const others = [release('secret', { kind: 'Secret', name: 'keycloak-realm' }), release('values', { kind: 'ConfigMap', name: 'other' }), release('elsewhere', values, { kubeConfig: { secretRef: { name: 'edge' } } }), release('namespace', values, {}, { namespace: 'billing' })];
    const above = object('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'apps', { namespace: 'flux-system' });
    const flux = { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' } };
    const named = ['kustomization:flux-system/apps (labels of kustomize.toolkit.fluxcd.io of ConfigMap iam/keycloak-realm)', 'helmrelease:iam/keycloak (its valuesFrom has ConfigMap iam/keycloak-realm)'];
    expect((await found(realmMap(flux), [above, release('keycloak', values, {}, flux), ...others])).applies).toEqual(named);
    expect((await found(realmMap(), [release('keycloak', values)])).applies).toEqual(named.slice(1));
    const made = secret({ ownerReferences: [{ apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', name: 'realm', uid: '1' }] });
    expect((await found(made, [release('keycloak', { kind: 'Secret', name: 'realm' }), object('external-secrets.io/v1', 'ExternalSecret', 'realm', {}, { secretStoreRef: { name: 'vault' } })])).applies).toEqual(['helmrelease:iam/keycloak (its valuesFrom has Secret iam/realm)']);
    const blind = await found(realmMap(flux), [above, release('keycloak', values)], { forbidden: (_verb, plural) => plural === 'helmreleases' });
    expect([blind.applies, blind.notes, blind.unread]).toEqual([named.slice(0, 1), [], []]);
  });

  test('the application above is found by its list, with a label of Argo CD that is somebody\'s own', async () => {
    const { applies } = await found(realmMap(byLabel), [application({ metadata: { labels: { 'argo.acme.io/app': 'apps' } } }), listing('apps', 'argoproj.io', 'Application', 'argocd', 'keycloak'), listing('root', 'argoproj.io', 'Application', 'argocd', 'apps')]);
    expect(applies).toEqual(['application:argocd/keycloak (its list of resources has ConfigMap iam/keycloak-realm)', 'application:argocd/apps (its list of resources has Application argocd/keycloak)', 'application:argocd/root (its list of resources has Application argocd/apps)']);
  });

  test('an object that says a bare name means no application outside of Argo CD\'s own namespace', async () => {
    const { applies, notes } = await found(realmMap(track('keycloak:/ConfigMap:iam/keycloak-realm')), [application({ metadata: { namespace: 'a-team' }, status: { resources: [] } }), application({ status: { resources: [] } })]);
    expect([applies, notes]).toEqual([['application:argocd/keycloak (tracking id of Argo CD of ConfigMap iam/keycloak-realm)'], []]);
  });
});

describe('what is paused first', () => {
  const pausesOf = async (carriers: readonly KubeObject[], objects: readonly KubeObject[]) => (await findWriter(fakeApi([...carriers, ...objects]), carriers)).pauses.map(({ id, means }) => `${means} ${id}`);

  test('an owner, also one that applies something here itself and was found first', async () => {
    const workload = object('apps/v1', 'StatefulSet', 'keycloak', track('keycloak:apps/StatefulSet:iam/keycloak'));
    const root = application({ metadata: { name: 'root' }, status: { resources: [] } });
    const child = application({ metadata: track('root:argoproj.io/Application:argocd/keycloak'), status: { resources: [] } });
    expect(await pausesOf([realmMap(track('root:/ConfigMap:iam/keycloak-realm')), workload], [root, child])).toEqual(['automation-off application:argocd/root', 'automation-off application:argocd/keycloak']);
  });

  test('a Kustomization above another only where git states the suspend of that one, whatever lies above it', async () => {
    const flux = (name: string): Partial<ObjectMeta> => ({ labels: { 'kustomize.toolkit.fluxcd.io/name': name, 'kustomize.toolkit.fluxcd.io/namespace': 'iam' } });
    const kustomization = (name: string, metadata: Partial<ObjectMeta>, spec: JsonObject = {}) => object('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', name, metadata, spec);
    const map = realmMap(flux('keycloak'));
    const root = kustomization('root', {});
    const written = (manager: string, operation: string) => ({ managedFields: [{ manager, operation, time: '2026-11-20T23:00:00Z', fieldsV1: { 'f:spec': { 'f:suspend': {} } } }] });
    expect(await pausesOf([map], [root, kustomization('apps', flux('root')), kustomization('keycloak', flux('apps'))])).toEqual(['suspend kustomization:iam/keycloak']);
    expect(await pausesOf([map], [root, kustomization('apps', flux('root')), kustomization('keycloak', flux('apps'), { suspend: false })])).toEqual(['suspend kustomization:iam/apps', 'suspend kustomization:iam/keycloak']);
    expect(await pausesOf([map], [root, kustomization('apps', flux('root'), { suspend: false }), kustomization('keycloak', flux('apps'), { suspend: false })])).toEqual(['suspend kustomization:iam/root', 'suspend kustomization:iam/apps', 'suspend kustomization:iam/keycloak']);
    // This tool has suspended it: whoever applies it has never said so.
    expect(await pausesOf([map], [kustomization('apps', {}), kustomization('keycloak', { ...flux('apps'), ...written('realm-rescue', 'Update'), annotations: { 'realm-rescue/frozen': '{"previous":null,"frozen":true}' } }, { suspend: true })])).toEqual([]);
    expect(await pausesOf([map], [kustomization('apps', {}), kustomization('keycloak', { ...flux('apps'), ...written('kustomize-controller', 'Apply') }, { suspend: true })])).toEqual(['suspend kustomization:iam/apps']);
    // An application is no object of Flux: what older schemas take out of it, it would put back.
    const child = application({ metadata: { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'iam' } } });
    expect(await pausesOf([realmMap(track('keycloak:/ConfigMap:iam/keycloak-realm'))], [child, kustomization('apps', {})])).toEqual(['suspend kustomization:iam/apps', 'automation-off application:argocd/keycloak']);
    const { notes } = await findWriter(fakeApi([map, root, kustomization('apps', flux('root')), kustomization('keycloak', flux('apps'))]), [map]);
    expect(notes).toEqual(['Kustomization iam/apps is not paused: git does not state the suspend of Kustomization iam/keycloak, which it therefore leaves alone']);
  });

  test('two that apply each other are both paused, and nothing hangs', async () => {
    const [one, two] = [application({ metadata: { name: 'one', ...track('two:argoproj.io/Application:argocd/one') }, status: { resources: [] } }), application({ metadata: { name: 'two', ...track('one:argoproj.io/Application:argocd/two') }, status: { resources: [] } })];
    expect((await pausesOf([realmMap(track('one:/ConfigMap:iam/keycloak-realm'))], [one, two])).toSorted()).toEqual(['automation-off application:argocd/one', 'automation-off application:argocd/two']);
  });

  test('a child of a RollingSync, which has no automation and is synced all the same: by a window, unless the set only creates', async () => {
    const child = application({ metadata: { ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'platform', uid: 'x' }] }, spec: { syncPolicy: { automated: null } } });
    const set = (spec: JsonObject) => object('argoproj.io/v1alpha1', 'ApplicationSet', 'platform', { namespace: 'argocd' }, { strategy: { type: 'RollingSync' }, ...spec });
    const map = realmMap(track('keycloak:/ConfigMap:iam/keycloak-realm'));
    const ignoring = { ignoreApplicationDifferences: [{ jsonPointers: ['/spec/syncPolicy'] }] };
    for (const spec of [{}, ignoring]) expect(await pausesOf([map], [child, set(spec)])).toEqual(['deny-window application:argocd/keycloak']);
    expect(await pausesOf([map], [child, set({ syncPolicy: { applicationsSync: 'create-only' } })])).toEqual([]);
    expect(await pausesOf([map], [child, set({ strategy: { type: 'AllAtOnce' } })])).toEqual([]);
    const { controllers, notes } = await findWriter(fakeApi([child, set({})]), [map]);
    expect(controllers).toMatchObject([{ paused: false, automation: 'synced by ApplicationSet platform (RollingSync)' }]);
    expect(notes).toEqual([expect.stringContaining('ApplicationSet platform starts the syncs of Application argocd/keycloak itself (RollingSync): a deny window in AppProject default')]);
    const blind = await findWriter(fakeApi([child, set({})], { forbidden: (_verb, plural) => plural === 'applicationsets' }), [map]);
    expect([blind.controllers[0]?.paused, blind.notes]).toEqual([true, [expect.stringContaining('ApplicationSet platform may not be read by these credentials')]]);
  });
});

test('what an operator does by itself is said of its resources alone', () => {
  expect(operatorNotes(EPAM)[0]).toMatch(/^KeycloakRealm iam\/primary is carried out by the operator of EPAM, which a pause of GitOps does not stop/);
  expect(operatorNotes(LEGACY)[0]).toContain('legacy operator');
  expect(operatorNotes(object('k8s.keycloak.org/v2alpha1', 'KeycloakRealmImport', 'x'))[0]).toContain('where there is no such realm');
  expect(operatorNotes(realmMap())).toEqual([]);
});
