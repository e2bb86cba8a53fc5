import { describe, expect, test } from 'vitest';
import { APPLICATION, syncPatch, terminatePatch, toleratesPause } from '../../../src/gitops/controllers/argo.ts';
import { applyMergePatch } from '../../../src/gitops/controllers/merge-patch.ts';
import { at, type KubeObject } from '../../../src/gitops/controllers/object.ts';
import type { Json, JsonObject } from '../../../src/realm/json.ts';
import { application, result, V1, V2, withPolicy } from './objects.ts';

describe('whether it is paused, and how it is said', () => {
  test.each<[string, Json | undefined, boolean, string]>([
    ['it syncs and heals', { automated: { prune: true, selfHeal: true } }, false, 'automated {prune, selfHeal}'],
    ['it may empty itself', { automated: { prune: true, allowEmpty: true } }, false, 'automated {prune, allowEmpty}'],
    ['automation with nothing in it is automation', { automated: {} }, false, 'automated {}'],
    ['switched on', { automated: { enabled: true } }, false, 'automated {}'],
    // Argo CD documentation, auto_sync: null counts as on.
    ['neither on nor off', { automated: { enabled: null, selfHeal: true } }, false, 'automated {selfHeal}'],
    ['switched off', { automated: { enabled: false, prune: true, selfHeal: true } }, true, 'automation off {prune, selfHeal}'],
    ['by hand', { syncOptions: ['CreateNamespace=true'] }, true, 'no automation'],
    ['an empty policy', {}, true, 'no automation'],
    ['automation null', { automated: null }, true, 'no automation'],
    ['no policy', undefined, true, 'no automation'],
  ])('%s', (_name, policy, paused, said) => {
    expect(APPLICATION.paused(withPolicy(policy))).toBe(paused);
    expect(APPLICATION.automation(withPolicy(policy))).toBe(said);
  });

  test.each([['true', 'reconciliation skipped'], ['false', 'automated {prune, selfHeal}']])('skip-reconcile: %s', (skip, said) => {
    expect(APPLICATION.automation(application({ metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': skip } } }))).toBe(said);
  });

  test('what has no spec at all is not automated', () => expect(APPLICATION.paused({ kind: 'Application', metadata: { name: 'x' } })).toBe(true));
});

describe('ways to pause it', () => {
  const policy = { automated: { prune: true, selfHeal: true, enabled: true }, syncOptions: ['CreateNamespace=true'], retry: { limit: 5 } };

  test('the flag first, which keeps how it was automated; taking the automation out where the schema does not know the flag', () => {
    expect(APPLICATION.pauses(withPolicy(policy))).toEqual([
      { automated: { prune: true, selfHeal: true, enabled: false }, syncOptions: ['CreateNamespace=true'], retry: { limit: 5 } },
      { syncOptions: ['CreateNamespace=true'], retry: { limit: 5 } },
    ]);
  });

  test.each<[string, Json | undefined]>([['all of it', policy], ['nothing in it', { automated: {} }], ['neither on nor off', { automated: { enabled: null } }]])('each pauses it: %s', (_name, from) => {
    const ways = APPLICATION.pauses(withPolicy(from));
    expect(ways).toHaveLength(2);
    for (const way of ways) expect(APPLICATION.paused(withPolicy(way))).toBe(true);
  });

  test.each<[string, Json | undefined]>([['by hand', { syncOptions: [] }], ['no policy', undefined], ['automation null', { automated: null }]])('none where there is nothing to pause: %s', (_name, from) => expect(APPLICATION.pauses(withPolicy(from))).toEqual([]));

  test('skipped reconciliation is no pause of ours: it is switched off as well, for whoever takes the annotation away', () => {
    expect(APPLICATION.pauses(application({ metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': 'true' } } }))).toHaveLength(2);
  });
});

describe('an operation under way', () => {
  const state = (patch: JsonObject): JsonObject => ({ status: { operationState: patch } });
  test.each<[string, JsonObject, unknown]>([
    ['none', {}, null],
    ['never any', { status: { operationState: null } }, null],
    ['running', { operation: { sync: { revision: V2 } }, ...state({ phase: 'Running', startedAt: '2026-11-20T23:00:01Z', message: 'waiting for healthy state of apps/StatefulSet/keycloak' }) }, { since: '2026-11-20T23:00:01Z', phase: 'Running', message: 'waiting for healthy state of apps/StatefulSet/keycloak' }],
    ['held by a window', { operation: { sync: {} }, ...state({ phase: 'Running', startedAt: '2026-11-20T23:00:01Z', message: 'Sync operation blocked by sync window' }) }, { since: '2026-11-20T23:00:01Z', phase: 'Running', message: 'Sync operation blocked by sync window' }],
    ['being ended', { operation: { sync: {} }, ...state({ phase: 'Terminating', startedAt: '2026-11-20T23:00:01Z', message: 'operation is terminating' }) }, { since: '2026-11-20T23:00:01Z', phase: 'Terminating', message: 'operation is terminating' }],
    // The last one's times say nothing of the one that was asked for.
    ['asked for', { operation: { initiatedBy: { username: 'admin' }, sync: { revision: V2 } } }, { since: null, phase: 'Running', message: 'asked for, not begun yet' }],
    ['asked for, the first ever', { operation: { sync: {} }, status: null }, { since: null, phase: 'Running', message: 'asked for, not begun yet' }],
    ['failed and waiting for its next try', { operation: { sync: {}, retry: { limit: 5 } }, ...state({ phase: 'Running', startedAt: '2026-11-20T23:00:01Z', retryCount: 2, message: 'one or more objects failed to apply. Retrying attempt #2 at 11:00PM.' }) }, { since: '2026-11-20T23:00:01Z', phase: 'Running', message: 'one or more objects failed to apply. Retrying attempt #2 at 11:00PM.' }],
    ['failed for good', state({ phase: 'Failed', message: 'one or more objects failed to apply' }), null],
    ['ended', state({ phase: 'Failed', message: 'Operation terminated' }), null],
  ])('%s', (_name, patch, running) => {
    expect(APPLICATION.running(application(patch))).toEqual(running);
    expect(APPLICATION.view(application(patch)).running).toBe(running !== null);
  });
});

describe('what it says of itself', () => {
  const view = (patch: JsonObject) => APPLICATION.view(application(patch));

  test('in sync, after a sync that configured the realm', () => {
    expect(view({})).toEqual({
      revision: V1, synced: true, idle: false, differing: [], mark: '2026-11-20T22:43:07Z', hooks: [], whole: true, history: 0, entries: [{ number: 0, began: '2026-11-20T22:43:07Z' }], running: false, trouble: null,
      changed: [{ kind: 'ConfigMap', namespace: 'iam', name: 'keycloak-realm', message: 'configmap/keycloak-realm configured' }],
    });
  });

  test('before anything', () => expect(view({ status: null })).toEqual({ revision: null, synced: null, idle: false, differing: [], mark: 'never', changed: [], hooks: [], whole: false, history: null, entries: [], running: false, trouble: null }));

  test.each<[string, JsonObject, boolean]>([
    ['a whole sync', {}, true], ['one that is running', { phase: 'Running' }, true], ['one of single objects, as a self-heal is', { operation: { sync: { resources: [{ kind: 'ConfigMap', name: 'keycloak-realm' }] } } }, false], ['one that failed', { phase: 'Failed' }, false],
  ])('what leaves an entry in the history: %s', (_name, operationState, whole) => expect(view({ status: { operationState } }).whole).toBe(whole));

  test.each<[string, boolean | null]>([['Synced', true], ['OutOfSync', false], ['Unknown', null]])('%s', (status, synced) => expect(view({ status: { sync: { status } } }).synced).toBe(synced));

  // Automated sync acts once on a revision, unless it heals; what is left to prune stays where it may not prune.
  test.each<[string, JsonObject, JsonObject, boolean]>([
    ['differs at a revision that it has synced, and does not heal', { automated: { prune: true } }, {}, true],
    ['the same, and it heals', { automated: { prune: true, selfHeal: true } }, {}, false],
    ['heals, and only something to prune is left, which it may not', { automated: { selfHeal: true } }, { requiresPruning: true }, true],
    ['heals and may prune', { automated: { selfHeal: true, prune: true } }, { requiresPruning: true }, false],
    ['is not automated', {}, {}, false],
  ])('%s', (_name, syncPolicy, resource, idle) => {
    const status = { sync: { status: 'OutOfSync', revision: V1 }, operationState: { phase: 'Succeeded', syncResult: { revision: V1 } }, resources: [{ kind: 'ConfigMap', namespace: 'iam', name: 'old', status: 'OutOfSync', ...resource }] };
    expect(APPLICATION.view({ kind: 'Application', metadata: { name: 'keycloak' }, spec: { syncPolicy }, status }).idle).toBe(idle);
    expect(APPLICATION.view({ kind: 'Application', metadata: { name: 'keycloak' }, spec: { syncPolicy }, status: { ...status, sync: { status: 'OutOfSync', revision: V2 } } }).idle).toBe(idle && resource['requiresPruning'] === true);
  });

  // What it was compared with moves before anything of it is applied.
  test.each<[string, JsonObject, string | null]>([
    ['the one of the last sync, not the one that it was compared with', { sync: { status: 'OutOfSync', revision: V2 } }, V1],
    ['of a self-heal, which leaves no history', { operationState: { syncResult: { revision: V2 } }, history: [{ id: 0, revision: V1 }] }, V2],
    ['of the history, while the last operation says none', { operationState: { syncResult: null }, history: [{ id: 0, revision: V1 }, { id: 1, revision: V2 }] }, V2],
    ['none, before the first sync', { operationState: null, history: null, sync: { status: 'OutOfSync', revision: V2 } }, null],
  ])('its revision: %s', (_name, status, revision) => expect(view({ status }).revision).toBe(revision));

  test('of several sources, the revision of each', () => {
    const { revision } = view({ spec: { source: null, sources: [{ repoURL: 'a' }, { repoURL: 'b' }] }, status: { sync: { revision: null, revisions: [V1, V2] }, operationState: { syncResult: { revision: null, revisions: [V1, V2] } }, history: [{ id: 0, revision: null, revisions: [V1, V2] }] } });
    expect(revision ?? '').toContain(V1);
    expect(revision ?? '').toContain(V2);
  });

  test('what differs from git', () => {
    const resources = [{ version: 'v1', kind: 'ConfigMap', namespace: 'iam', name: 'keycloak-realm', status: 'OutOfSync' }, { group: 'apps', version: 'v1', kind: 'StatefulSet', namespace: 'iam', name: 'keycloak', status: 'Synced' }, { version: 'v1', kind: 'Namespace', name: 'iam', status: 'OutOfSync', requiresPruning: true }];
    expect(view({ status: { resources, sync: { status: 'OutOfSync', revision: V2 } } })).toMatchObject({
      synced: false, differing: [{ kind: 'ConfigMap', namespace: 'iam', name: 'keycloak-realm', message: 'OutOfSync' }, { kind: 'Namespace', namespace: '', name: 'iam', message: 'OutOfSync' }],
    });
  });

  test.each<[string, JsonObject, boolean]>([
    ['unchanged', result('configmap/keycloak-realm unchanged'), false],
    ['configured', result('configmap/keycloak-realm configured'), true],
    ['created', result('configmap/keycloak-realm created'), true],
    ['replaced', result('configmap/keycloak-realm replaced'), true],
    ['pruned', result('pruned', { status: 'Pruned' }), true],
    ['no word at all', result(''), true],
    ['a name that says unchanged', result('configmap/unchanged configured', { name: 'unchanged' }), true],
    ['refused', result('error validating data', { status: 'SyncFailed' }), true],
    // It stays as it is: the application has no leave to prune it.
    ['left where pruning is off', result('ignored (requires pruning)', { status: 'PruneSkipped' }), false],
    // kubectl has no other word for a server-side apply, whether it changed anything or not; whether it did is told by the objects.
    ['applied by the server', result('configmap/keycloak-realm serverside-applied'), false],
  ])('what its last sync did: %s', (_name, resource, changed) => {
    expect(view({ status: { operationState: { syncResult: { resources: [resource] } } } }).changed.map(({ message }) => message)).toEqual(changed ? [resource['message']] : []);
  });

  test('hooks are told apart, and from objects that have no hook', () => {
    const resources = [result('configmap/keycloak-realm unchanged', { hookType: '' }), result('job.batch/realm-import created', { group: 'batch', kind: 'Job', name: 'realm-import', status: '', hookType: 'PreSync', hookPhase: 'Succeeded', syncPhase: 'PreSync' })];
    expect(view({ status: { operationState: { syncResult: { resources } } } })).toMatchObject({ changed: [], hooks: [{ kind: 'Job', namespace: 'iam', name: 'realm-import', message: 'PreSync Succeeded' }] });
  });

  test.each<[string, JsonObject, string | null]>([
    ['all is well', {}, null],
    ['a sync that failed', { operationState: { phase: 'Failed', message: 'one or more objects failed to apply' } }, 'one or more objects failed to apply'],
    ['a sync that failed without a word', { operationState: { phase: 'Error', message: null } }, 'Error'],
    ['a sync that was ended', { operationState: { phase: 'Failed', message: 'Operation terminated' } }, 'Operation terminated'],
    ['git that cannot be read', { conditions: [{ type: 'ComparisonError', message: 'Failed to load target state: authentication required', lastTransitionTime: '2026-11-20T23:00:00Z' }] }, 'Failed to load target state: authentication required'],
    ['a revision that is not tried again', { conditions: [{ type: 'SyncError', message: `Failed last sync attempt to [${V2}]: one or more objects failed to apply` }] }, `Failed last sync attempt to [${V2}]: one or more objects failed to apply`],
    ['a warning keeps nothing from syncing', { conditions: [{ type: 'SharedResourceWarning', message: 'ConfigMap/keycloak-realm is part of applications argocd/keycloak and argocd/legacy' }] }, null],
    ['one that runs has not failed yet', { operationState: { phase: 'Running', message: 'one or more objects failed to apply. Retrying attempt #1' } }, null],
  ])('what keeps it from syncing: %s', (_name, status, trouble) => expect(view({ status }).trouble).toBe(trouble));

  test('its mark moves with every sync, and only then', () => {
    expect(view({ status: { operationState: { startedAt: '2026-11-20T23:05:00Z' } } }).mark).not.toBe(view({}).mark);
    expect(view({ status: { reconciledAt: '2026-11-20T23:05:00Z', sync: { status: 'OutOfSync', revision: V2 } } }).mark).toBe(view({}).mark);
  });
});

describe('asked to look again', () => {
  const before = application();
  const asked = applyMergePatch(before, APPLICATION.refresh('token')) as KubeObject;
  const answered = (status: JsonObject) => applyMergePatch(asked, { metadata: { annotations: { 'argocd.argoproj.io/refresh': null } }, status }) as KubeObject;

  test('by the annotation, and by nothing else', () => {
    expect(asked.metadata.annotations).toEqual({ 'argocd.argoproj.io/refresh': 'normal' });
    expect({ ...asked, metadata: before.metadata }).toEqual(before);
  });

  test.each<[string, KubeObject, boolean]>([
    ['not yet', asked, false],
    ['compared', answered({ reconciledAt: '2026-11-20T23:05:00Z' }), true],
    // Controllers that were at it before they saw the wish write their result beside it.
    ['compared, but before it had seen the wish', applyMergePatch(asked, { status: { reconciledAt: '2026-11-20T23:05:00Z' } }) as KubeObject, false],
    // reconciledAt has whole seconds, and a comparison takes less than one. The controller takes the annotation away with the very patch that brings its result.
    ['compared within the second of the comparison before', answered({}), true],
  ])('%s', (_name, now, refreshed) => expect(APPLICATION.refreshed(now, before, 'token')).toBe(refreshed));

  test('the first ever', () => {
    const fresh = application({ status: null });
    expect(APPLICATION.refreshed(application({ metadata: { annotations: null } }), fresh, 'token')).toBe(true);
  });
});

describe('what is patched besides', () => {
  test('an operation is ended as it is there now', () => expect(terminatePatch(application())).toEqual({ metadata: { resourceVersion: '610' }, status: { operationState: { phase: 'Terminating' } } }));

  test('a sync is asked for in our name, without the result of the one before', () => {
    const made = applyMergePatch(application(), syncPatch(application())) as KubeObject;
    expect(at(made, 'status', 'operationState')).toBeUndefined();
    expect(at(made, 'operation', 'initiatedBy')).toEqual({ username: 'realm-rescue' });
    // gitops.md 1.7: force deletes and makes anew; a chosen revision or strategy would be another sync than the one of git. Options and pruning
    // the controller takes from the operation alone, so they are those of the policy.
    expect(at(made, 'operation', 'sync')).toEqual({ prune: true, syncOptions: at(application(), 'spec', 'syncPolicy', 'syncOptions') });
    const plain = { ...application(), spec: { syncPolicy: { automated: {} } } } as KubeObject;
    expect(at(syncPatch(plain), 'operation', 'sync')).toEqual({});
    expect(APPLICATION.running(made)).not.toBeNull();
  });
});

describe('whether an ApplicationSet leaves a pause of its child alone', () => {
  const set = (spec: JsonObject): KubeObject => ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata: { name: 'platform', namespace: 'argocd' }, spec: { generators: [{ git: { repoURL: 'https://git.example.com/platform.git' } }], template: {}, ...spec } });
  const ignoring = (...entries: readonly JsonObject[]): JsonObject => ({ ignoreApplicationDifferences: entries });

  test.each<[string, JsonObject, boolean]>([
    ['as they are made', {}, false],
    ['keeps its children in sync', { syncPolicy: { preserveResourcesOnDeletion: true, applicationsSync: 'sync' } }, false],
    ['makes and updates', { syncPolicy: { applicationsSync: 'create-update' } }, false],
    ['only makes', { syncPolicy: { applicationsSync: 'create-only' } }, true],
    ['only makes and deletes', { syncPolicy: { applicationsSync: 'create-delete' } }, true],
    ['ignores the policy', ignoring({ jsonPointers: ['/spec/syncPolicy'] }), true],
    ['ignores the automation', ignoring({ jsonPointers: ['/spec/source/targetRevision', '/spec/syncPolicy/automated'] }), true],
    ['ignores the policy by jq', ignoring({ jqPathExpressions: ['.spec.syncPolicy'] }), true],
    ['ignores the automation by jq', ignoring({ jqPathExpressions: ['.spec.syncPolicy.automated'] }), true],
    ['ignores it of this one', ignoring({ name: 'keycloak', jsonPointers: ['/spec/syncPolicy'] }), true],
    ['ignores it of all', ignoring({ name: '', jsonPointers: ['/spec/syncPolicy'] }), true],
    ['ignores it of another one', ignoring({ name: 'billing', jsonPointers: ['/spec/syncPolicy'] }), false],
    ['ignores something else', ignoring({ jsonPointers: ['/spec/source/targetRevision'], jqPathExpressions: ['.spec.source.helm.values'] }), false],
    ['ignores what only begins like it', ignoring({ jsonPointers: ['/spec/syncPolicy/syncOptions', '/spec/syncPolicyX'] }), false],
    ['one entry of several', ignoring({ name: 'billing', jsonPointers: ['/spec/syncPolicy'] }, { jsonPointers: ['/spec/syncPolicy'] }), true],
  ])('%s', (_name, spec, tolerates) => expect(toleratesPause(set(spec), 'keycloak')).toBe(tolerates));
});
