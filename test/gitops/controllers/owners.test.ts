import { describe, expect, test } from 'vitest';
import { inInventory, lastWrite, listsController, listsObject, ownersOf } from '../../../src/gitops/controllers/owners.ts';
import type { KubeObject, ManagedFields, ObjectMeta } from '../../../src/gitops/controllers/object.ts';
import { application, helmRelease, kustomization, realmMap } from './objects.ts';

const TRACKING = 'argocd.argoproj.io/tracking-id';
const sts = (metadata: Partial<ObjectMeta>): KubeObject => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'keycloak', namespace: 'iam', ...metadata } as ObjectMeta, spec: {} });
const claims = (object: KubeObject) => ownersOf(object).map(({ word, namespace, name, certain }) => `${word} ${namespace ?? '?'}/${name}${certain ? '' : ' perhaps'}`);

describe('Argo CD, by the tracking id', () => {
  const tracked = (id: string, metadata: Partial<ObjectMeta> = {}) => realmMap({ annotations: { [TRACKING]: id }, ...metadata });

  test.each<[string, KubeObject, readonly string[]]>([
    ['an application of its own namespace', tracked('keycloak:/ConfigMap:iam/keycloak-realm'), ['application ?/keycloak']],
    ['one of another namespace', tracked('team-iam_keycloak:/ConfigMap:iam/keycloak-realm'), ['application team-iam/keycloak']],
    ['a workload, with its group', sts({ annotations: { [TRACKING]: 'keycloak:apps/StatefulSet:iam/keycloak' } }), ['application ?/keycloak']],
    ['an application that another one applies', application({ metadata: { annotations: { [TRACKING]: 'root:argoproj.io/Application:argocd/keycloak' } } }), ['application ?/root']],
    ['copied to another namespace', tracked('keycloak:/ConfigMap:staging/keycloak-realm'), []],
    ['copied to another name', tracked('keycloak:/ConfigMap:iam/keycloak-realm-old'), []],
    ['of another kind', tracked('keycloak:/Secret:iam/keycloak-realm'), []],
    ['of another group', sts({ annotations: { [TRACKING]: 'keycloak:/StatefulSet:iam/keycloak' } }), []],
    ['a group where there is none', tracked('keycloak:apps/ConfigMap:iam/keycloak-realm'), []],
    ['cut off', tracked('keycloak:/ConfigMap:iam'), []],
    ['anything', tracked('hello'), []],
    ['empty', tracked(''), []],
    // Generated copies carry the label of what they were copied from as well.
    ['a copy with a label', tracked('keycloak:/ConfigMap:staging/keycloak-realm', { labels: { 'app.kubernetes.io/instance': 'keycloak' } }), ['application ?/keycloak perhaps']],
  ])('%s', (_name, object, owners) => expect(claims(object)).toEqual(owners));
});

describe('by labels and annotations', () => {
  const flux = { 'kustomize.toolkit.fluxcd.io/name': 'keycloak', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' };
  const helm = { 'meta.helm.sh/release-name': 'keycloak', 'meta.helm.sh/release-namespace': 'iam' };

  test.each<[string, KubeObject, readonly string[]]>([
    ['nobody', realmMap(), []],
    ['a Kustomization of Flux', realmMap({ labels: flux }), ['kustomization flux-system/keycloak']],
    ['a Kustomization that does not say where it lies', realmMap({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'keycloak' } }), ['kustomization iam/keycloak']],
    ['a HelmRelease of Flux', realmMap({ labels: { 'helm.toolkit.fluxcd.io/name': 'keycloak', 'helm.toolkit.fluxcd.io/namespace': 'iam' }, annotations: helm }), ['helmrelease iam/keycloak', 'helm iam/keycloak']],
    ['Helm alone', realmMap({ labels: { 'app.kubernetes.io/managed-by': 'Helm' }, annotations: helm }), ['helm iam/keycloak']],
    ['Helm by hand, with the label that charts set', realmMap({ labels: { 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/instance': 'keycloak' }, annotations: helm }), ['helm iam/keycloak', 'application ?/keycloak perhaps']],
    ['the label alone is weak', realmMap({ labels: { 'app.kubernetes.io/instance': 'keycloak' } }), ['application ?/keycloak perhaps']],
    ['the label of an application elsewhere', realmMap({ labels: { 'app.kubernetes.io/instance': 'team-iam_keycloak' } }), ['application team-iam/keycloak perhaps']],
    ['the label says no more than the tracking id', realmMap({ labels: { 'app.kubernetes.io/instance': 'something' }, annotations: { [TRACKING]: 'keycloak:/ConfigMap:iam/keycloak-realm' } }), ['application ?/keycloak']],
    ['a Kustomization that another one applies', kustomization(), ['kustomization flux-system/apps']],
    ['a HelmRelease that a Kustomization applies', helmRelease({ metadata: { labels: flux } }), ['kustomization flux-system/keycloak']],
    ['two at once, the surest first', realmMap({ labels: flux, annotations: { [TRACKING]: 'keycloak:/ConfigMap:iam/keycloak-realm' } }), ['application ?/keycloak', 'kustomization flux-system/keycloak']],
  ])('%s', (_name, object, owners) => expect(claims(object)).toEqual(owners));

  test('the label that says so is the one that is named', () => {
    const said = (label: string) => ownersOf(realmMap({ labels: { [label]: 'keycloak' } })).map(({ because }) => because);
    expect(said('app.kubernetes.io/instance')).toEqual(['label app.kubernetes.io/instance']);
    expect(said('argocd.argoproj.io/instance')).toEqual(['label argocd.argoproj.io/instance']);
  });
});

describe('by owner references', () => {
  const reference = (kind: string, apiVersion: string) => ({ apiVersion, kind, name: 'platform', uid: '1', controller: true });
  test.each<[string, KubeObject, readonly string[]]>([
    ['an ApplicationSet', { ...application(), metadata: { ...application().metadata, ownerReferences: [reference('ApplicationSet', 'argoproj.io/v1alpha1')] } }, ['applicationset argocd/platform']],
    ['the operator of Keycloak', sts({ ownerReferences: [reference('Keycloak', 'k8s.keycloak.org/v2alpha1')] }), ['keycloak iam/platform']],
    ['a kind of the same name of somebody else', sts({ ownerReferences: [reference('Keycloak', 'legacy.keycloak.org/v1'), reference('ApplicationSet', 'example.com/v1')] }), []],
    ['what starts pods', { ...sts({ ownerReferences: [reference('ReplicaSet', 'apps/v1')] }), kind: 'Pod' }, []],
  ])('%s', (_name, object, owners) => expect(claims(object)).toEqual(owners));
});

describe('controllers that list what they applied', () => {
  test.each<[string, KubeObject, boolean]>([
    ['the realm', realmMap(), true],
    ['of another namespace', realmMap({ namespace: 'staging' }), false],
    ['of another name', realmMap({ name: 'keycloak-realm-2' }), false],
    ['of another kind', { ...realmMap(), kind: 'Secret' }, false],
  ])('%s', (_name, object, listed) => {
    expect(listsObject(application(), object)).toBe(listed);
    expect(inInventory(kustomization(), object)).toBe(listed);
  });

  test('an inventory tells groups apart', () => {
    expect(inInventory(kustomization(), sts({}))).toBe(true);
    expect(inInventory(kustomization(), { ...sts({}), apiVersion: 'v1' })).toBe(false);
  });

  test('one that has applied nothing yet lists nothing', () => {
    expect(listsObject(application({ status: null }), realmMap())).toBe(false);
    expect(inInventory(kustomization({ status: null }), realmMap())).toBe(false);
  });

  const parent = (group: string, kind: string) => application({ status: { resources: [{ version: 'v1', kind: 'ConfigMap', namespace: 'iam', name: 'x' }, { group, version: 'v1', kind, namespace: 'argocd', name: 'child' }] } });
  test.each<[string, KubeObject, boolean]>([
    ['an application of what is no controller', application(), false],
    ['an app of apps', parent('argoproj.io', 'Application'), true],
    ['an application of Kustomizations', parent('kustomize.toolkit.fluxcd.io', 'Kustomization'), true],
    ['an application of HelmReleases', parent('helm.toolkit.fluxcd.io', 'HelmRelease'), true],
    ['a Kustomization of what is no controller', kustomization(), false],
    ['a Kustomization of Kustomizations', kustomization({ status: { inventory: { entries: [{ id: 'iam_keycloak-realm__ConfigMap', v: 'v1' }, { id: 'flux-system_keycloak_kustomize.toolkit.fluxcd.io_Kustomization', v: 'v1' }] } } }), true],
    ['an object whose name is that of a kind', kustomization({ status: { inventory: { entries: [{ id: 'iam_Application__ConfigMap', v: 'v1' }] } } }), false],
    ['one that has applied nothing yet', application({ status: null }), false],
  ])('other controllers: %s', (_name, controller, lists) => expect(listsController(controller)).toBe(lists));
});

describe('who wrote it last', () => {
  const data = (key: string) => ({ 'f:data': { [`f:${key}`]: {} } });
  const entry = (manager: string, time: string, fieldsV1: object, rest: Partial<ManagedFields> = {}) => ({ manager, operation: 'Update', apiVersion: 'v1', time, fieldsType: 'FieldsV1', fieldsV1, ...rest }) as ManagedFields;
  const written = (...managedFields: readonly ManagedFields[]) => realmMap({ managedFields });
  const git = entry('argocd-controller', '2026-11-20T22:43:07Z', { 'f:metadata': { 'f:annotations': {} }, ...data('realm.json') });

  test.each<[string, KubeObject, string | null, ReturnType<typeof lastWrite>]>([
    ['the one who has', written(git), 'realm.json', { manager: 'argocd-controller', time: '2026-11-20T22:43:07Z', field: 'data["realm.json"]' }],
    ['the later of two', written(git, entry('kubectl-edit', '2026-11-20T22:58:00Z', data('realm.json'))), 'realm.json', { manager: 'kubectl-edit', time: '2026-11-20T22:58:00Z', field: 'data["realm.json"]' }],
    ['the later of two, however they stand', written(entry('kubectl-edit', '2026-11-20T22:58:00Z', data('realm.json')), git), 'realm.json', { manager: 'kubectl-edit', time: '2026-11-20T22:58:00Z', field: 'data["realm.json"]' }],
    ['of this key, not of another one', written(git, entry('kubectl-edit', '2026-11-20T22:58:00Z', data('theme.css'))), 'realm.json', { manager: 'argocd-controller', time: '2026-11-20T22:43:07Z', field: 'data["realm.json"]' }],
    ['of any key', written(git, entry('kubectl-edit', '2026-11-20T22:58:00Z', data('theme.css'))), null, { manager: 'kubectl-edit', time: '2026-11-20T22:58:00Z', field: '' }],
    ['of data, not of labels', written(git, entry('kubectl-label', '2026-11-20T22:58:00Z', { 'f:metadata': { 'f:labels': { 'f:x': {} } } })), null, { manager: 'argocd-controller', time: '2026-11-20T22:43:07Z', field: '' }],
    ['a key that nobody wrote', written(git), 'other.json', null],
    ['a key with marks in it', written(entry('kubectl-edit', '2026-11-20T22:58:00Z', data('a"b'))), 'a"b', { manager: 'kubectl-edit', time: '2026-11-20T22:58:00Z', field: 'data["a\\"b"]' }],
    // A packed realm lies there.
    ['of a key with bytes', written(entry('argocd-controller', '2026-11-20T22:43:07Z', { 'f:binaryData': { 'f:realm.json.gz': {} } })), 'realm.json.gz', { manager: 'argocd-controller', time: '2026-11-20T22:43:07Z', field: 'binaryData["realm.json.gz"]' }],
    ['without a log', realmMap(), 'realm.json', null],
    ['an entry without a time', written(entry('x', '', data('realm.json'), { time: undefined as never })), 'realm.json', null],
    // Anybody may write any name there: it is said as it stands, and is a lead.
    ['a name that somebody gave himself', written(git, entry('argocd-controller', '2026-11-20T22:58:00Z', data('realm.json'))), 'realm.json', { manager: 'argocd-controller', time: '2026-11-20T22:58:00Z', field: 'data["realm.json"]' }],
    ['no name', written(entry('', '2026-11-20T22:58:00Z', data('realm.json'), { manager: undefined as never })), 'realm.json', { manager: '', time: '2026-11-20T22:58:00Z', field: 'data["realm.json"]' }],
  ])('%s', (_name, object, key, write) => expect(lastWrite(object, key)).toEqual(write));

  test('of anything else its spec counts, and neither a status nor what writes it', () => {
    const object = application({ metadata: { managedFields: [
      entry('realm-rescue', '2026-11-20T23:00:00Z', { 'f:spec': { 'f:syncPolicy': {} } }), entry('argocd-application-controller', '2026-11-20T23:05:00Z', { 'f:status': { 'f:reconciledAt': {} } }),
      entry('kube-scheduler', '2026-11-20T23:06:00Z', { 'f:spec': { 'f:nodeName': {} } }, { subresource: 'status' }),
    ] } });
    expect(lastWrite(object, null)).toEqual({ manager: 'realm-rescue', time: '2026-11-20T23:00:00Z', field: '' });
  });

  test('a Secret is looked at as a ConfigMap is', () => {
    expect(lastWrite({ ...written(git), kind: 'Secret' }, 'realm.json')).toMatchObject({ manager: 'argocd-controller' });
  });
});
