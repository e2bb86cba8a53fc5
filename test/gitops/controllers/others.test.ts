import { expect, test } from 'vitest';
import { othersOf } from '../../../src/gitops/controllers/others.ts';
import type { KubeObject, ObjectMeta } from '../../../src/gitops/controllers/object.ts';
import { application } from './objects.ts';

const made = (kind: string, metadata: Partial<ObjectMeta>): KubeObject => ({ apiVersion: 'v1', kind, metadata: { name: 'keycloak', namespace: 'iam', ...metadata } as ObjectMeta });
const owned = (apiVersion: string, kind: string): Partial<ObjectMeta> => ({ ownerReferences: [{ apiVersion, kind, name: 'work', uid: '1' }] });
const set = { labels: { 'resourceset.fluxcd.controlplane.io/name': 'tenants', 'resourceset.fluxcd.controlplane.io/namespace': 'flux-system' } };

test.each<[string, KubeObject, readonly RegExp[]]>([
  ['what Argo CD and git leave', application(), []],
  ['a copy of argocd-agent', application({ metadata: { annotations: { 'argocd.argoproj.io/source-uid': '4be5ad26' } } }), [/^Application argocd\/keycloak is a copy that argocd-agent keeps .*takes back what is changed here, a pause as well.*--context OTHER --from application:NAMESPACE\/keycloak$/]],
  ['a stage of Kargo', application({ metadata: { annotations: { 'kargo.akuity.io/authorized-stage': 'platform:prod' } } }), [/^stage platform:prod of Kargo may sync Application argocd\/keycloak whether or not its automation is off/]],
  ['both', application({ metadata: { annotations: { 'argocd.argoproj.io/source-uid': '1', 'kargo.akuity.io/authorized-stage': 'p:s' } } }), [/argocd-agent/, /Kargo/]],
  ['a copy of another kind means something else', made('ConfigMap', { annotations: { 'argocd.argoproj.io/source-uid': '1' } }), []],
  ['a Kustomization of Flux Operator', made('Kustomization', set), [/^Kustomization iam\/keycloak is applied by ResourceSet flux-system\/tenants of Flux Operator, which is not paused: where it states the field of the pause, it takes that back; its annotation/]],
  ['a ConfigMap of Flux Operator', made('ConfigMap', set), [/^ConfigMap iam\/keycloak is applied by ResourceSet flux-system\/tenants of Flux Operator, which is not paused: its annotation fluxcd\.controlplane\.io\/reconcile: disabled stops it$/]],
  ['an application of a work of Open Cluster Management', application({ metadata: owned('work.open-cluster-management.io/v1', 'AppliedManifestWork') as never }), [/^Application argocd\/keycloak is made by AppliedManifestWork work \(work\.open-cluster-management\.io\/v1\), which is not known here and not paused/]],
  ['a ConfigMap of an operator', made('ConfigMap', owned('example.com/v1', 'Platform')), [/^ConfigMap iam\/keycloak is made by Platform work/]],
  ['a child of an ApplicationSet', application({ metadata: owned('argoproj.io/v1alpha1', 'ApplicationSet') as never }), []],
  ['a Secret out of a store', made('Secret', owned('external-secrets.io/v1', 'ExternalSecret')), []],
  ['what Keycloak\'s operators make', made('Secret', owned('k8s.keycloak.org/v2alpha1', 'KeycloakRealmImport')), []],
  ['the same of the others', made('Secret', owned('vriesdemichael.github.io/v1', 'KeycloakRealm')), []],
  ['a workload, of which more is known', made('StatefulSet', owned('example.com/v1', 'Platform')), []],
])('%s', (_name, object, said) => {
  expect(othersOf(object)).toEqual(said.map((line) => expect.stringMatching(line)));
});
