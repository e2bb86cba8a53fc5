import { describe, expect, test } from 'vitest';
import { nameOf, type KubeObject } from '../../src/gitops/controllers/object.ts';
import type { ClusterApi } from '../../src/kubernetes/api.ts';
import { USUAL_TIMES } from '../../src/kubernetes/answers.ts';
import { syncBefore, watchSync } from '../../src/kubernetes/watch.ts';
import { RescueError } from '../../src/realm/errors.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import type { ClusterSight } from '../../src/runbook/cluster.ts';
import type { SyncAfter, SyncBefore } from '../../src/runner/cluster.ts';
import { application, realmMap, result, V1 } from '../gitops/controllers/objects.ts';
import { fakeApi } from './fake-api.ts';

const TIMES = { ...USUAL_TIMES, every: 0, compare: 300, refresh: 300, sync: 300 };
const NAME = nameOf('application', 'argocd', 'keycloak');
const SIGHT: ClusterSight = {
  context: 'prod', server: 'https://cluster', user: 'oncall', source: 'configmap:iam/keycloak-realm', lastWrite: null, objects: [nameOf('configmap', 'iam', 'keycloak-realm')],
  controllers: [{ object: NAME, title: 'Argo CD application', role: 'applies', because: '', automation: 'automated {}', paused: false, interval: null, running: null, revision: V1 }],
  pauses: [], risks: [], notes: [], mayPause: true, role: null,
};

/** An application that is another one at each look; the last one stays. */
function looks(...states: readonly KubeObject[]): ClusterApi {
  const api = fakeApi([realmMap()]);
  let seen = 0;
  return {
    ...api,
    get: async (name) => (name.resource.kind === 'Application' ? states[Math.min(seen++, states.length - 1)] ?? null : api.get(name)),
    patch: async () => ({ object: application(), warnings: [] }),
  };
}

const operation = (startedAt: string, phase: string, resources: readonly JsonObject[], rest: JsonObject = {}): JsonObject => ({ operationState: { phase, message: '', startedAt, syncResult: { revision: V1, resources: [...resources] } }, ...rest });
const at = (status: JsonObject): KubeObject => application({ status });
const HOOK = result('created', { group: 'batch', kind: 'Job', name: 'realm-import', hookType: 'PostSync', hookPhase: 'Running' });
const SAME = result('configmap/keycloak-realm unchanged');
/** A self-heal, which is about single objects and leaves no history. */
const heal = (startedAt: string, phase: string, rest: JsonObject = {}): KubeObject => at({ ...operation(startedAt, phase, [SAME], rest), operationState: { phase, message: '', startedAt, operation: { sync: { revision: V1, resources: [{ kind: 'ConfigMap', name: 'keycloak-realm' }] } }, syncResult: { revision: V1, resources: [SAME] } } });
const entry = (id: number, deployStartedAt = '2026-11-20T23:00:01Z'): JsonObject => ({ history: [{ id, revision: V1, deployStartedAt, deployedAt: '2026-11-20T23:00:04Z' }] });

const LOOK = { token: null, isOurs: () => true };

async function watched(before: Partial<SyncBefore['controllers'][number]>, ...states: readonly KubeObject[]): Promise<{ readonly after: SyncAfter; readonly said: readonly string[] }> {
  const said: string[] = [];
  const { controllers, ...rest } = await syncBefore(looks(application()), SIGHT, TIMES, LOOK);
  const after = await watchSync(looks(...states), SIGHT, { ...rest, controllers: controllers.map((controller) => ({ ...controller, ours: true, ...before })) }, { times: TIMES, token: 't', onProgress: (text) => said.push(text) });
  return { after, said };
}

describe('two syncs, one after the other', () => {
  test('a hook of the first one is known, although the second one wrote over what it said', async () => {
    const first = (phase: string, hookPhase: string, rest: JsonObject = {}) => at(operation('2026-11-20T23:00:01Z', phase, [SAME, { ...HOOK, hookPhase }], rest));
    const { after, said } = await watched({}, application(), first('Running', 'Running'), first('Running', 'Running'), heal('2026-11-20T23:00:05Z', 'Running', entry(1)), heal('2026-11-20T23:00:05Z', 'Succeeded', entry(1)));
    expect(after.levels[0]).toEqual({ level: 'controller', noOp: false, because: 'keycloak synced Job iam/realm-import (PostSync Running)' });
    expect([after.changes, after.unannounced]).toEqual([['hook Job iam/realm-import (PostSync Running)'], ['hook Job iam/realm-import (PostSync Running)']]);
    // It ran at several looks.
    expect(said.filter((line) => line.endsWith(': syncing'))).toHaveLength(1);
  });

  test('an object that the first one changed is known, although the second one calls it unchanged', async () => {
    const { after } = await watched({}, at(operation('2026-11-20T23:00:01Z', 'Running', [result('configmap/keycloak-realm configured')])), heal('2026-11-20T23:00:05Z', 'Succeeded', entry(1)));
    expect(after.levels[0]).toMatchObject({ noOp: false, because: 'keycloak synced ConfigMap iam/keycloak-realm (configmap/keycloak-realm configured)' });
  });

  test('one that nobody saw has left an entry in the history', async () => {
    const { after, said } = await watched({}, application(), heal('2026-11-20T23:00:05Z', 'Succeeded', entry(1)));
    expect(after.levels[0]).toEqual({ level: 'controller', noOp: null, because: 'keycloak synced once between two looks; whether a hook ran shows only in Jobs that are still there' });
    // What it changed is seen in the objects themselves.
    expect([after.changes, after.unannounced]).toEqual([[], []]);
    expect(said).toContain('Argo CD application keycloak: synced between two looks; whether a hook ran shows only in Jobs that are still there');
  });

  test('one that failed has left none: the entry is of another', async () => {
    const failed = (phase: string): KubeObject => at(operation('2026-11-20T23:00:01Z', phase, [SAME]));
    const { after } = await watched({}, failed('Running'), failed('Failed'), heal('2026-11-20T23:00:05Z', 'Succeeded', entry(1, '2026-11-20T23:00:03Z')));
    expect(after.levels[0]).toMatchObject({ noOp: null, because: expect.stringMatching(/synced once between two looks/) });
  });

  test('one that was seen leaves the entry that it should', async () => {
    const { after } = await watched({}, at(operation('2026-11-20T23:00:01Z', 'Succeeded', [SAME], entry(1))));
    expect(after.levels[0]).toMatchObject({ noOp: true });
  });
});

test('what an operation does that somebody else had started before is of this time', async () => {
  const { after } = await watched({ ours: false, running: true }, at(operation('2026-11-20T22:43:07Z', 'Succeeded', [result('configmap/keycloak-realm configured')])));
  expect(after.levels[0]).toMatchObject({ noOp: false, because: 'keycloak synced ConfigMap iam/keycloak-realm (configmap/keycloak-realm configured)' });
});

test('one that this record had not paused, and that is stuck as it was, is not waited for', async () => {
  const stuck = at({ sync: { status: 'OutOfSync' }, operationState: { phase: 'Failed', message: 'one or more objects failed to apply' } });
  const { after } = await watched({ ours: false, synced: false, stuck: 'one or more objects failed to apply' }, stuck);
  expect(after.levels[0]).toEqual({ level: 'controller', noOp: null, because: 'keycloak, which this record had not paused, is stuck as before: one or more objects failed to apply' });
});

test('what a Kustomization has been told since its pause is said only while it is paused: whoever has let it run has had that done', async () => {
  const name = nameOf('kustomization', 'flux-system', 'apps');
  const sight: ClusterSight = { ...SIGHT, controllers: SIGHT.controllers.map((seen) => ({ ...seen, object: name })), objects: [] };
  const lookAt = async (spec: JsonObject) => {
    const frozen = JSON.stringify({ previous: null, frozen: true, session: '8f2c', settings: 'sha256:00 ?' });
    const object: KubeObject = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name: 'apps', namespace: 'flux-system', annotations: { 'realm-rescue/frozen': frozen } }, spec };
    return (await syncBefore(fakeApi([object]), sight, TIMES, LOOK)).controllers.map(({ synced, differing }) => [synced, differing.length]);
  };
  expect(await lookAt({ path: './b', suspend: true })).toEqual([[false, 1]]);
  expect(await lookAt({ path: './b' })).toEqual([[null, 0]]);
});

describe('a sync that is due and does not begin', () => {
  const due = at({ sync: { status: 'OutOfSync', revision: 'b77e' } });
  const project = (...windows: readonly JsonObject[]): KubeObject => ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name: 'default', namespace: 'argocd' }, spec: { syncWindows: windows } });
  async function waited(there: readonly KubeObject[]): Promise<{ readonly error: unknown; readonly said: readonly string[] }> {
    const said: string[] = [];
    const [api, before] = [fakeApi([realmMap(), ...there]), await syncBefore(looks(due), SIGHT, TIMES, LOOK)];
    const dark: ClusterApi = { ...api, get: async (name) => (name.resource.kind === 'Application' ? due : api.get(name)), patch: async () => ({ object: due, warnings: [] }) };
    const error: unknown = await watchSync(dark, SIGHT, { ...before, controllers: before.controllers.map((controller) => ({ ...controller, ours: true })) }, { times: TIMES, token: 't', onProgress: (text) => said.push(text) }).catch((reason: unknown) => reason);
    return { error, said };
  }

  test('is held by a window of somebody else: said while it is waited for, and at the end', async () => {
    const { error, said } = await waited([project({ kind: 'allow', schedule: '0 8 * * 1-5', duration: '10h', applications: ['*'] })]);
    const held = 'AppProject argocd/default has sync windows for Application argocd/keycloak that are not of realm-rescue (allow 0 8 * * 1-5 for 10h): while they forbid a sync, none starts';
    expect(said.filter((line) => line === held)).toHaveLength(1);
    expect(error).toMatchObject({ code: 'not-proven', next: [expect.stringContaining(held), expect.any(String)] });
  });

  test('is held by something else where there is none', async () => {
    for (const there of [[], [project()]]) expect(await waited(there)).toMatchObject({ error: { code: 'not-proven', next: ['Look at it with its own tools, and wait until it has settled.'] }, said: [expect.stringContaining('asked to look again')] });
  });
});

describe('Jobs that may not be listed', () => {
  const REFUSED = new RescueError('missing-role', 'oncall may not list jobs.batch in namespace iam.');
  const job: KubeObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'old', namespace: 'iam', uid: 'j1' } };
  /** Refuses that many lists of Jobs. */
  const refusing = (times: number): ClusterApi => {
    const api = fakeApi([realmMap(), application(), job]);
    let left = times;
    return { ...api, patch: async () => ({ object: application(), warnings: [] }), list: async (resource, options) => { if (resource.kind === 'Job' && (left -= 1) >= 0) throw REFUSED; return api.list(resource, options); } };
  };
  const after = async (api: ClusterApi, before: SyncBefore): Promise<SyncAfter> => watchSync(api, SIGHT, before, { times: TIMES, token: 't', onProgress: () => undefined });

  test('by a server that has just started are there all the same, and no new ones later', async () => {
    const api = refusing(2);
    const before = await syncBefore(api, SIGHT, TIMES, { token: 't', isOurs: () => false });
    expect([before.jobs, before.jobsUnseen]).toEqual([['j1'], undefined]);
    expect((await after(api, before)).levels[1]).toMatchObject({ level: 'cluster', noOp: true });
  });

  test('are not called unchanged, and none of them is called new when that is granted meanwhile', async () => {
    const before = await syncBefore(refusing(Number.POSITIVE_INFINITY), SIGHT, TIMES, LOOK);
    expect([before.jobs, before.jobsUnseen]).toEqual([[], ['iam']]);
    const { levels, changes } = await after(refusing(0), before);
    expect(levels[1]).toEqual({ level: 'cluster', noOp: null, because: 'nothing was written to configmap:iam/keycloak-realm; Jobs may not be listed in iam: whether one was started there is not known' });
    expect(changes).toEqual([]);
  });

  test('do not hide that something else moved', async () => {
    const before = await syncBefore(refusing(Number.POSITIVE_INFINITY), SIGHT, TIMES, LOOK);
    const mark = Object.values(before.objects)[0];
    if (!mark) throw new Error('the ConfigMap is not among the objects');
    expect((await after(refusing(0), { ...before, objects: { 'configmap:iam/keycloak-realm': { ...mark, content: 'sha256:other' } } })).levels[1]).toMatchObject({ noOp: false });
  });
});

test('what is not to run again is read before a thaw, and neither asked nor a reason to refuse it', async () => {
  const skipping = application({ metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': 'true' } } });
  const look = (isOurs: boolean) => syncBefore(fakeApi([skipping]), SIGHT, TIMES, { token: 't', isOurs: () => isOurs });
  // The API of this test takes no patch.
  expect((await look(false)).controllers).toMatchObject([{ object: { name: 'keycloak' }, synced: true }]);
  await expect(look(true)).rejects.toMatchObject({ code: 'needs-decision' });
  await expect(syncBefore(fakeApi([application()]), SIGHT, TIMES, { token: 't', isOurs: () => true })).rejects.toThrow('nothing here writes');
});
