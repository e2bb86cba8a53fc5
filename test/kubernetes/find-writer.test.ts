import { describe, expect, test } from 'vitest';
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
    const [lists, silent] = [application({ metadata: { namespace: 'lists' } }), application({ metadata: { namespace: 'silent' }, status: null })];
    for (const both of [[lists, silent], [silent, lists]]) expect((await found(map, both)).applies.map((line) => line.split(' ')[0])).toEqual(['application:lists/keycloak']);
    expect((await found(map, [silent, application({ metadata: { namespace: 'too' }, status: null })])).notes).toEqual(['2 applications are called keycloak: silent, too; the first is taken']);
  });

  test('of two of one name, that of this cluster applies, whatever the other lists', async () => {
    expect((await found(map, [away({ metadata: { namespace: 'hub' } }), application({ status: null })])).applies).toEqual(['application:argocd/keycloak (tracking id of Argo CD of ConfigMap iam/keycloak-realm)']);
  });
});

test('what an operator does by itself is said of its resources alone', () => {
  expect(operatorNotes(EPAM)[0]).toMatch(/^KeycloakRealm iam\/primary is carried out by the operator of EPAM, which a pause of GitOps does not stop/);
  expect(operatorNotes(LEGACY)[0]).toContain('legacy operator');
  expect(operatorNotes(object('k8s.keycloak.org/v2alpha1', 'KeycloakRealmImport', 'x'))[0]).toContain('where there is no such realm');
  expect(operatorNotes(realmMap())).toEqual([]);
});
