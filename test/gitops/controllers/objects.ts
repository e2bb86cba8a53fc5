/** Objects as a cluster with Argo CD 3.2 or Flux 2.7 has them; what a test is about is put on top. */
import type { Json, JsonObject } from '../../../src/realm/json.ts';
import type { KubeObject, ObjectMeta } from '../../../src/gitops/controllers/object.ts';
import { applyMergePatch } from '../../../src/gitops/controllers/merge-patch.ts';

export const V1 = '4f1d2c7a9b8e6d5c4f3a2b1c0d9e8f7a6b5c4d3e';
export const V2 = 'b77e90a1c2d3e4f5061728394a5b6c7d8e9f0a1b';

/** One that syncs by itself and has done so once. */
const SYNCED: KubeObject = {
  apiVersion: 'argoproj.io/v1alpha1', kind: 'Application',
  metadata: { name: 'keycloak', namespace: 'argocd', uid: '0b0f3c1e', resourceVersion: '610', generation: 4, finalizers: ['resources-finalizer.argocd.argoproj.io'] },
  spec: {
    project: 'default', source: { repoURL: 'https://git.example.com/platform.git', path: 'charts/keycloak', targetRevision: 'main' },
    destination: { server: 'https://kubernetes.default.svc', namespace: 'iam' },
    syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'], retry: { limit: 5, backoff: { duration: '5s', factor: 2, maxDuration: '3m' } } },
  },
  status: {
    controllerNamespace: 'argocd', reconciledAt: '2026-11-20T22:43:09Z', sourceType: 'Kustomize', health: { status: 'Healthy' },
    sync: { status: 'Synced', revision: V1, comparedTo: { source: { repoURL: 'https://git.example.com/platform.git', path: 'charts/keycloak', targetRevision: 'main' } } },
    history: [{ id: 0, revision: V1, deployedAt: '2026-11-20T22:43:08Z', deployStartedAt: '2026-11-20T22:43:07Z', initiatedBy: { automated: true } }],
    operationState: {
      phase: 'Succeeded', message: 'successfully synced (all tasks run)', startedAt: '2026-11-20T22:43:07Z', finishedAt: '2026-11-20T22:43:08Z', operation: { initiatedBy: { automated: true }, sync: { revision: V1, prune: true } },
      syncResult: { revision: V1, resources: [result('configmap/keycloak-realm configured'), result('statefulset.apps/keycloak unchanged', { group: 'apps', kind: 'StatefulSet', name: 'keycloak' })] },
    },
    resources: [{ version: 'v1', kind: 'ConfigMap', namespace: 'iam', name: 'keycloak-realm', status: 'Synced' }, { group: 'apps', version: 'v1', kind: 'StatefulSet', namespace: 'iam', name: 'keycloak', status: 'Synced', health: { status: 'Healthy' } }],
  },
};

/** One line of a syncResult. */
export function result(message: string, rest: JsonObject = {}): JsonObject {
  return { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'iam', name: 'keycloak-realm', status: 'Synced', message, hookPhase: 'Running', syncPhase: 'Sync', ...rest };
}

/** @param patch  a merge patch on top of the usual one: null takes away */
export function application(patch: JsonObject = {}): KubeObject {
  return applyMergePatch(SYNCED, patch) as KubeObject;
}

/** The usual one with another syncPolicy and nothing of the usual in it; undefined: none. */
export function withPolicy(syncPolicy: Json | undefined): KubeObject {
  const { syncPolicy: _usual, ...spec } = SYNCED['spec'] as JsonObject;
  return { ...SYNCED, spec: { ...spec, ...(syncPolicy === undefined ? {} : { syncPolicy }) } };
}

const RECONCILED: KubeObject = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization',
  metadata: { name: 'keycloak', namespace: 'flux-system', resourceVersion: '610', generation: 2, labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' } },
  spec: { interval: '10m0s', path: './clusters/prod/keycloak', prune: true, sourceRef: { kind: 'GitRepository', name: 'platform' }, targetNamespace: 'iam', timeout: '5m0s', force: false },
  status: {
    observedGeneration: 2, lastAppliedRevision: `main@sha1:${V1}`, lastAttemptedRevision: `main@sha1:${V1}`, lastHandledReconcileAt: '2026-11-20T22:40:00Z',
    conditions: [{ type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded', message: `Applied revision: main@sha1:${V1}`, observedGeneration: 2, lastTransitionTime: '2026-11-20T22:43:08Z' }],
    history: [{ digest: 'sha256:11', firstReconciled: '2026-11-20T22:43:08Z', lastReconciled: '2026-11-20T22:43:08Z', lastReconciledStatus: 'ReconciliationSucceeded', totalReconciliations: 1, metadata: { revision: `main@sha1:${V1}` } }],
    inventory: { entries: [{ id: 'iam_keycloak-realm__ConfigMap', v: 'v1' }, { id: 'iam_keycloak_apps_StatefulSet', v: 'v1' }] },
  },
};

export function kustomization(patch: JsonObject = {}): KubeObject {
  return applyMergePatch(RECONCILED, patch) as KubeObject;
}

const RELEASED: KubeObject = {
  apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease',
  metadata: { name: 'keycloak', namespace: 'iam', resourceVersion: '610', generation: 3 },
  spec: { interval: '5m0s', chart: { spec: { chart: 'keycloak', version: '24.x', sourceRef: { kind: 'HelmRepository', name: 'charts', namespace: 'flux-system' } } }, values: { replicas: 2 }, driftDetection: { mode: 'enabled' } },
  status: {
    observedGeneration: 3, lastAttemptedRevision: '24.4.1', lastAttemptedGeneration: 3, lastHandledReconcileAt: '2026-11-20T22:40:00Z',
    conditions: [{ type: 'Ready', status: 'True', reason: 'UpgradeSucceeded', message: 'Helm upgrade succeeded for release iam/keycloak.v7 with chart keycloak@24.4.1', lastTransitionTime: '2026-11-20T22:43:08Z' }],
    history: [{ chartName: 'keycloak', chartVersion: '24.4.1', configDigest: 'sha256:22', digest: 'sha256:33', name: 'keycloak', namespace: 'iam', status: 'deployed', version: 7 }, { chartVersion: '24.4.0', digest: 'sha256:32', status: 'superseded', version: 6 }],
  },
};

export function helmRelease(patch: JsonObject = {}): KubeObject {
  return applyMergePatch(RELEASED, patch) as KubeObject;
}

/** A ConfigMap with the realm; metadata as given on top. */
export function realmMap(metadata: Partial<ObjectMeta> = {}, text = '{"realm":"primary"}'): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'keycloak-realm', namespace: 'iam', resourceVersion: '600', ...metadata } as ObjectMeta, data: { 'realm.json': text } };
}
