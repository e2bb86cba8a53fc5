// Who is named for a pause that was taken back: a revert may leave no entry, and the newest one is then somebody else's.
import { expect, test } from 'vitest';
import { nameOf, type KubeObject, type ManagedFields } from '../../src/gitops/controllers/object.ts';
import { checkPause } from '../../src/kubernetes/pauses.ts';
import type { ClusterPatch } from '../../src/runbook/cluster.ts';
import { fakeApi } from './fake-api.ts';

const name = nameOf('kustomization', 'flux-system', 'apps');
const entry = (manager: string, time: string): ManagedFields => ({ manager, operation: 'Update', time, fieldsV1: { 'f:spec': { 'f:interval': {} } } });
const running = (...managedFields: readonly ManagedFields[]): KubeObject => ({ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name: 'apps', namespace: 'flux-system', managedFields }, spec: { interval: '10m' } });
const pause: ClusterPatch = { id: 'pause kustomization:flux-system/apps', purpose: 'pause', object: name, title: '', body: {}, field: ['spec', 'suspend'], previous: null, value: true, means: 'suspend', written: '2026-11-20T23:10:05Z' };
const because = async (object: KubeObject, of: ClusterPatch = pause): Promise<string> => (await checkPause(fakeApi([object]), of)).because;

test.each<[string, readonly ManagedFields[], string]>([
  ['whoever wrote since', [entry('kubectl-create', '2026-11-01T08:00:00Z'), entry('kubectl-edit', '2026-11-20T23:10:09Z')], ', last written by kubectl-edit at 2026-11-20T23:10:09Z'],
  ['nobody who wrote in the same second: before or after it, the server does not tell', [entry('kustomize-controller', '2026-11-20T23:10:05Z')], ''],
  ['nobody, where the newest entry is older than the pause', [entry('kubectl-create', '2026-11-01T08:00:00Z')], ''],
  ['nobody, where it is our own', [entry('kubectl-create', '2026-11-01T08:00:00Z'), entry('realm-rescue', '2026-11-20T23:10:06Z')], ''],
  ['nobody, where there is none', [], ''],
])('%s', async (_name, fields, blamed) => {
  expect(await because(running(...fields))).toBe(`Kustomization flux-system/apps is every 10m again${blamed}`);
});

test('of a pause of which the server has not said when it was made, nobody is named', async () => {
  const { written: _written, ...older } = pause;
  expect(await because(running(entry('kubectl-create', '2026-11-01T08:00:00Z')), older)).toBe('Kustomization flux-system/apps is every 10m again');
});
