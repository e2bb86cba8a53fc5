import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { JsonObject } from '../../src/realm/json.ts';
import type { KubeObject } from '../../src/gitops/controllers/object.ts';
import { goneHooks } from '../../src/kubernetes/gone-hooks.ts';
import { hookJobs } from '../../src/kubernetes/helm.ts';
import { application, helmRelease, realmMap, result } from '../gitops/controllers/objects.ts';
import { fakeApi, type FakeOptions } from './fake-api.ts';
import { history } from './history.ts';
import { release } from './release.ts';

const JOB = { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'cli', image: 'adorsys/keycloak-config-cli:6.4.0-26', env: [{ name: 'KEYCLOAK_URL', value: 'http://keycloak' }], envFrom: [{ configMapRef: { name: 'settings' } }] }] } } };
const HARMLESS = { template: { spec: { containers: [{ name: 'c', image: 'busybox' }] } } };
const hooked = (spec: JsonObject = {}, name = 'import') => application({ spec, status: { operationState: { syncResult: { resources: [result('configmap/keycloak-realm unchanged'), result('created', { group: 'batch', kind: 'Job', name, hookType: 'PostSync', hookPhase: 'Succeeded' })] } } } });

describe('of an application', () => {
  test('what the API server remembers of one tells that it imports', async () => {
    const { risks, notes } = await goneHooks(history({ 'job:iam/import': [['500', { spec: JOB }], ['605', null]] }, { now: '610' }), [hooked()], []);
    expect(notes).toEqual([]);
    expect(risks).toEqual([{ object: expect.objectContaining({ namespace: 'iam', name: 'import' }), setting: 'containers[cli]: keycloak-config-cli', safe: null, because: expect.stringMatching(/Hook Job iam\/import \(PostSync Succeeded\) ran in the last sync of Application argocd\/keycloak and is gone; it runs again with the next sync, .*still remembers it\./) }]);
    expect(risks[0]?.because).not.toMatch(/kubectl delete|has not ended/);
  });

  test('that was there for a moment among thousands of writes, by an earlier version of the application that names it', async () => {
    const { status = {} } = hooked();
    const api = history({ 'job:iam/import': [['5000', { spec: JOB }], ['5010', null]], 'application:argocd/keycloak': [['4000', {}], ['5005', { status }], ['5020', { status }], ['6000', { status }]] }, { now: '9000', forgotten: '3000' });
    const [applier] = (await api.list({ group: 'argoproj.io', version: 'v1alpha1', plural: 'applications', kind: 'Application' }, { namespace: 'argocd' }))?.items ?? [];
    expect((await goneHooks(api, [{ ...hooked(), ...applier }], [])).risks.map(({ setting }) => setting)).toEqual(['containers[cli]: keycloak-config-cli']);
  });

  test('one that is known to do nothing of the kind is no risk, and one that is there is judged elsewhere', async () => {
    for (const writes of [[['500', { spec: HARMLESS }], ['605', null]], [['500', { spec: JOB }]]] as const) {
      expect(await goneHooks(history({ 'job:iam/import': writes }, { now: '610' }), [hooked()], [])).toEqual({ risks: [], notes: [] });
    }
  });

  test('of one that nobody remembers that alone is said: whether it imports is a guess', async () => {
    const { risks, notes } = await goneHooks(history({ 'job:iam/import': [['7', { spec: JOB }], ['9', null]] }, { now: '610', forgotten: '300' }), [hooked()], []);
    expect([risks, notes]).toEqual([[], [expect.stringMatching(/^Hook Job iam\/import .* is gone; it runs again with the next sync, .*Whether it imports is not seen here any more: look for it in git$/)]]);
  });

  test('that goes to another cluster: its hooks are not looked for here', async () => {
    const api = fakeApi([]);
    expect(await goneHooks(api, [hooked({ destination: { server: 'https://10.1.2.3' } })], [])).toEqual({ risks: [], notes: [] });
    expect(api.calls).toEqual([]);
  });

  test('whose Jobs may not be read: said', async () => {
    expect((await goneHooks(fakeApi([], { forbidden: (_verb, plural) => plural === 'jobs' }), [hooked()], [])).notes).toEqual(['These credentials may not read hook Job iam/import of Application argocd/keycloak: what it does at the next sync is not seen']);
  });
});

describe('of a Helm release', () => {
  const manifest = (name: string, spec: JsonObject, hook = 'post-install,post-upgrade'): JsonObject => ({ name, kind: 'Job', path: `chart/templates/${name}.yaml`, events: hook.split(','), delete_policies: ['hook-succeeded'], manifest: stringify({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name, annotations: { 'helm.sh/hook': hook, 'helm.sh/hook-delete-policy': 'hook-succeeded' } }, spec }) });
  const record = (...hooks: readonly JsonObject[]): KubeObject => {
    const made = release({ name: 'keycloak', revision: 3, hooks });
    return { apiVersion: 'v1', kind: 'Secret', ...made, metadata: { ...(made['metadata'] as JsonObject), name: 'sh.helm.release.v1.keycloak.v3', namespace: 'iam' } } as KubeObject;
  };
  const carrier = realmMap({ annotations: { 'meta.helm.sh/release-name': 'keycloak', 'meta.helm.sh/release-namespace': 'iam' } });
  const looked = (objects: readonly KubeObject[], options?: FakeOptions, appliers: readonly KubeObject[] = []) => goneHooks(fakeApi(objects, options), appliers, appliers.length > 0 ? [] : [carrier]);

  test('the record tells what one does that is gone', async () => {
    const { risks, notes } = await looked([record(manifest('import', JOB), manifest('wait', HARMLESS))]);
    expect(notes).toEqual([]);
    expect(risks.map(({ object, setting, because }) => [object.name, setting, because])).toEqual([['import', 'containers[cli]: keycloak-config-cli', expect.stringContaining('Hook Job iam/import (post-install,post-upgrade) of Helm release iam/keycloak is gone; it runs again with the next upgrade, as revision 3 has it.')]]);
  });

  test('also of a HelmRelease that was named itself', async () => {
    expect((await looked([record(manifest('import', JOB))], {}, [helmRelease()])).risks).toHaveLength(1);
  });

  test('one that is there is judged among the workloads; what runs at a deletion or a test does not run again', async () => {
    const there: KubeObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'import', namespace: 'iam' }, spec: JOB };
    expect(await looked([record(manifest('import', JOB)), there])).toEqual({ risks: [], notes: [] });
    expect(await looked([record(manifest('import', JOB, 'test'), manifest('clean', JOB, 'pre-delete,post-delete'))])).toEqual({ risks: [], notes: [] });
  });

  test('a record that is not there, or that may not be read', async () => {
    expect(await looked([])).toEqual({ risks: [], notes: [] });
    expect((await looked([], { forbidden: (_verb, plural) => plural === 'secrets' })).notes).toEqual(['These credentials may not read the record of Helm release iam/keycloak: hooks of it that ran and are gone are not seen']);
  });

  test('manifests that are no Job are none', () => {
    expect(hookJobs(record({ ...manifest('a', JOB), manifest: '{{ broken' }, { ...manifest('b', JOB), manifest: 'kind: Pod' }, { ...manifest('c', JOB), kind: 'Pod' }))).toEqual([]);
  });
});
