import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import type { KubeObject, ObjectMeta } from '../../src/gitops/controllers/object.ts';
import { appliedBy, namespacesOf, worthRemembering } from '../../src/kubernetes/applied.ts';
import { parseFrom } from '../../src/kubernetes/from-spec.ts';
import { restartRisks } from '../../src/kubernetes/risks.ts';
import { application, realmMap } from '../gitops/controllers/objects.ts';
import { fakeApi } from './fake-api.ts';

const workload = (name: string, container: JsonObject): KubeObject => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name, namespace: 'iam' } as ObjectMeta, spec: { template: { spec: { containers: [{ name: 'c', image: 'quay.io/keycloak/keycloak:26.0.7', ...container }] } } } });
const lists = (...resources: readonly JsonObject[]) => application({ status: { resources } });
const set = (name: string): JsonObject => ({ group: 'apps', version: 'v1', kind: 'StatefulSet', namespace: 'iam', name });
const custom = (group: string, kind: string, name: string, namespace = 'iam'): JsonObject => ({ group, version: 'v1', kind, ...(namespace === '' ? {} : { namespace }), name });
const imports: JsonObject = { env: [{ name: 'JAVA_OPTS_APPEND', value: '-Dkeycloak.migration.action=import -Dkeycloak.migration.strategy=OVERWRITE_EXISTING' }] };

describe('an application that was named itself', () => {
  test('what it starts is judged, with the ConfigMaps that its variables come from', async () => {
    const env: KubeObject = { ...realmMap({ name: 'settings' }), data: { JAVA_OPTS_APPEND: '-Dkeycloak.migration.action=import' } };
    const there = [workload('keycloak', { envFrom: [{ configMapRef: { name: 'settings' } }] }), workload('identity', { image: 'registry.example.com/identity:1', args: ['start'], ...imports }), workload('db', { image: 'postgres:17', envFrom: [{ secretRef: { name: 'db' } }] }), env];
    const applied = await appliedBy(fakeApi(there), lists(set('keycloak'), set('identity'), set('db'), set('gone')));
    expect(applied.objects.map(({ name }) => name)).toEqual(['keycloak', 'identity', 'db', 'gone']);
    expect([applied.workloads, applied.keycloaks].map((some) => some.map(({ metadata }) => metadata.name))).toEqual([['keycloak', 'identity', 'db'], ['keycloak']]);
    expect(restartRisks(applied.workloads, applied).map(({ object }) => `${object.resource.kind} ${object.name}`)).toEqual(['ConfigMap settings', 'StatefulSet identity']);
  });

  test('what may not be read is said, and nothing of one that goes to another cluster is looked for here', async () => {
    const refused = await appliedBy(fakeApi([workload('keycloak', imports)], { forbidden: (_verb, plural) => plural === 'statefulsets' }), lists(set('keycloak')));
    expect([refused.objects, refused.workloads, refused.notes]).toEqual([[], [], ['These credentials may not read StatefulSet iam/keycloak: what a sync does to it is not seen']]);
    const api = fakeApi([workload('keycloak', imports)]);
    const away = await appliedBy(api, application({ spec: { destination: { server: 'https://10.1.2.3:6443' } } }));
    expect([away.workloads, api.calls, away.notes]).toEqual([[], [], [expect.stringContaining('goes to another cluster (https://10.1.2.3:6443)')]]);
  });

  test('resources that operators carry out under its pause are named, one line an operator', async () => {
    const { notes } = await appliedBy(fakeApi([]), lists(custom('v1.edp.epam.com', 'KeycloakRealm', 'primary'), custom('v1.edp.epam.com', 'KeycloakClient', 'web'), custom('realm.keycloak.crossplane.io', 'Realm', 'primary', ''), custom('client.keycloak.m.crossplane.io', 'Client', 'web'), custom('keycloak.hostzero.com', 'KeycloakRealm', 'primary'), custom('k8s.keycloak.org', 'KeycloakRealmImport', 'primary')));
    expect(notes).toEqual([
      expect.stringMatching(/^Application argocd\/keycloak applies 2 resources \(KeycloakRealm, KeycloakClient\) that a pause of it does not keep from Keycloak: they are carried out by the operator of EPAM/),
      expect.stringMatching(/applies a resource \(KeycloakRealm\).*it is carried out by the operator of hostzero$/),
      expect.stringMatching(/applies 2 resources \(Realm, Client\).*the provider of Crossplane.*crossplane\.io\/paused: "true" stops that$/),
    ]);
  });

  test('of a Kustomization its inventory says the same; a ConfigMap applies nothing', async () => {
    const inventory: KubeObject = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name: 'iam', namespace: 'flux-system' } as ObjectMeta, status: { inventory: { entries: [{ id: 'iam_keycloak_apps_StatefulSet', v: 'v1' }, { id: '_primary_realm.keycloak.crossplane.io_Realm', v: 'v1alpha1' }] } } };
    const applied = await appliedBy(fakeApi([workload('keycloak', imports)]), inventory);
    expect([applied.workloads.length, applied.notes.length]).toEqual([1, 1]);
    expect(await appliedBy(fakeApi([]), realmMap())).toEqual({ objects: [], workloads: [], keycloaks: [], configMaps: [], notes: [] });
  });
});

describe('of a controller that was named itself', () => {
  const from = (spec: string, ...objects: readonly KubeObject[]) => namespacesOf(fakeApi(objects), parseFrom(spec, 'default'));

  test('evidence lies where it applies to, not where it lies itself', async () => {
    expect(await from('application:argocd/keycloak', application())).toEqual(['iam']);
    expect(await from('application:argocd/keycloak', application({ spec: { destination: { namespace: 'sso' } } }))).toEqual(['sso', 'iam']);
    expect(await from('application:argocd/keycloak', application({ spec: { destination: { namespace: null } }, status: null }))).toEqual(['argocd']);
    expect(await from('application:argocd/keycloak', application({ spec: { destination: { server: 'https://10.1.2.3:6443' } } }))).toEqual([]);
    expect(await from('configmap:iam/keycloak-realm')).toEqual(['iam']);
    expect(await from('helmrelease:flux-system/keycloak', { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', metadata: { name: 'keycloak', namespace: 'flux-system' } as ObjectMeta, spec: { targetNamespace: 'iam' } })).toEqual(['iam', 'flux-system']);
    expect(await namespacesOf(fakeApi([application()], { forbidden: () => true }), parseFrom('application:argocd/keycloak', 'default'))).toEqual(['argocd']);
  });

  test('what states the realm is remembered first, no Secret, and not hundreds', async () => {
    const many = Array.from({ length: 40 }, (_, index) => custom('', 'ConfigMap', `c${index}`));
    const { objects } = await appliedBy(fakeApi([]), lists(set('keycloak'), { version: 'v1', kind: 'Secret', namespace: 'iam', name: 's' }, custom('', 'ConfigMap', 'realm'), custom('v1.edp.epam.com', 'KeycloakRealm', 'primary')));
    expect(worthRemembering({ objects }).map(({ resource, name }) => `${resource.kind} ${name}`)).toEqual(['ConfigMap realm', 'KeycloakRealm primary', 'StatefulSet keycloak']);
    expect(worthRemembering(await appliedBy(fakeApi([]), lists(set('keycloak'), ...many)))).toHaveLength(30);
  });
});
