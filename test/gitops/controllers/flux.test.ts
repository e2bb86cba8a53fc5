import { describe, expect, test } from 'vitest';
import { HELM_RELEASE, KUSTOMIZATION, losesSuspend } from '../../../src/gitops/controllers/flux.ts';
import { applyMergePatch, nested } from '../../../src/gitops/controllers/merge-patch.ts';
import type { KubeObject } from '../../../src/gitops/controllers/object.ts';
import type { Json, JsonObject } from '../../../src/realm/json.ts';
import { helmRelease, kustomization, V1, V2 } from './objects.ts';

const KINDS = [['Kustomization', KUSTOMIZATION, kustomization, 'every 10m0s'], ['HelmRelease', HELM_RELEASE, helmRelease, 'every 5m0s']] as const;
const reconciling = { type: 'Reconciling', status: 'True', reason: 'Progressing', message: 'Detecting drift for revision main@sha1:b77e90a', lastTransitionTime: '2026-11-20T23:00:01Z' };

describe.each(KINDS)('%s', (_word, kind, object, every) => {
  test.each<[string, Json | undefined, boolean]>([['suspended', true, true], ['resumed', false, false], ['never suspended', undefined, false], ['null', null, false]])('%s', (_name, suspend, paused) => {
    const given = object(suspend === undefined ? {} : { spec: { suspend } });
    expect(kind.paused(given)).toBe(paused);
    expect(kind.automation(given)).toBe(paused ? 'suspended' : every);
    expect(kind.pauses(given)).toEqual(paused ? [] : [true]);
  });

  test('is paused by what its way of pausing makes of it', () => {
    const [way] = kind.pauses(object());
    expect(kind.paused(applyMergePatch(object(), nested(kind.field, way ?? null)) as KubeObject)).toBe(true);
  });

  test.each<[string | null, number | null]>([['10m', 600], ['1h2m3.5s', 3723.5], ['500ms', 0.5], ['10m0s', 600], ['soon', null], ['5', null], [null, null]])('an interval of %s is %s seconds', (interval, seconds) => expect(kind.interval(object({ spec: { interval } }))).toBe(seconds));

  test('an interval that is not there is a question mark, not an error', () => expect(kind.automation(object({ spec: { interval: null } }))).toBe('every ?'));

  test.each<[string, JsonObject, unknown]>([
    ['nothing runs', {}, null],
    ['something runs', { status: { conditions: [reconciling] } }, { since: '2026-11-20T23:00:01Z', phase: 'Running', message: 'Detecting drift for revision main@sha1:b77e90a' }],
    ['something has run', { status: { conditions: [{ ...reconciling, status: 'False' }] } }, null],
    ['before its first turn', { status: null }, null],
  ])('%s', (_name, patch, running) => {
    expect(kind.running(object(patch))).toEqual(running);
    expect(kind.view(object(patch)).running).toBe(running !== null);
  });

  const asked = applyMergePatch(object(), kind.refresh('realm-rescue-1')) as KubeObject;
  const handled = (status: JsonObject) => applyMergePatch(asked, { status: { lastHandledReconcileAt: 'realm-rescue-1', ...status } }) as KubeObject;
  test.each<[string, KubeObject, boolean]>([
    ['asked', asked, false],
    ['handled', handled({}), true],
    ['taken up, and not done', handled({ conditions: [reconciling] }), false],
    ['another wish was handled', applyMergePatch(asked, { status: { lastHandledReconcileAt: 'realm-rescue-10' } }) as KubeObject, false],
  ])('asked to look again: %s', (_name, now, refreshed) => expect(kind.refreshed(now, object(), 'realm-rescue-1')).toBe(refreshed));

  test('asks with its own token, and changes nothing else', () => {
    expect(asked.metadata.annotations).toMatchObject({ 'reconcile.fluxcd.io/requestedAt': 'realm-rescue-1' });
    expect({ ...asked, metadata: object().metadata }).toEqual(object());
  });

  test('before its first turn it says nothing', () => expect(kind.view(object({ status: null }))).toMatchObject({ revision: null, synced: null, differing: [], changed: [], hooks: [], running: false, trouble: null }));

  test('what keeps it from reconciling', () => {
    const message = 'StatefulSet/iam/keycloak dry-run failed (Forbidden): statefulsets.apps "keycloak" is forbidden';
    expect(kind.view(object({ status: { conditions: [{ type: 'Ready', status: 'False', reason: 'ReconciliationFailed', message }] } }))).toMatchObject({ synced: false, trouble: message });
  });
});

describe('the mark of a Kustomization', () => {
  const history = (totalReconciliations: number, digest = 'sha256:11') => [{ digest, totalReconciliations, lastReconciledStatus: 'ReconciliationSucceeded' }];
  const markOf = (status: JsonObject) => KUSTOMIZATION.view(kustomization({ status })).mark;

  test.each<[string, JsonObject, boolean]>([
    ['nothing happened', { history: history(1) }, false],
    ['reconciled once more', { history: history(2) }, true],
    ['a newer revision', { lastAppliedRevision: `main@sha1:${V2}`, history: [...history(1, 'sha256:12'), ...history(1)] }, true],
    ['asked while suspended: answered, and nothing applied', { lastHandledReconcileAt: 'realm-rescue-1', history: history(1) }, false],
  ])('%s', (_name, status, moves) => expect(markOf(status) !== markOf({ history: history(1) })).toBe(moves));

  test.each<[string, JsonObject, boolean]>([
    ['applied', {}, true],
    ['a newer revision was tried and is not applied', { lastAttemptedRevision: `main@sha1:${V2}` }, false],
    ['not ready', { conditions: [{ type: 'Ready', status: 'False', message: 'x' }] }, false],
  ])('in sync: %s', (_name, status, synced) => expect(KUSTOMIZATION.view(kustomization({ status })).synced).toBe(synced));

  test('names the revision that it applied, not the one that it tried', () => expect(KUSTOMIZATION.view(kustomization({ status: { lastAttemptedRevision: `main@sha1:${V2}` } })).revision).toBe(`main@sha1:${V1}`));
});

describe('the mark of a HelmRelease', () => {
  const markOf = (history: readonly Json[] | null) => HELM_RELEASE.view(helmRelease({ status: { history } })).mark;
  const before = { version: 7, digest: 'sha256:33', chartVersion: '24.4.1', status: 'deployed' };

  test.each<[string, readonly Json[] | null, boolean]>([
    ['nothing happened', [before], false],
    ['an upgrade', [{ ...before, version: 8, digest: 'sha256:34' }, { ...before, status: 'superseded' }], true],
    ['drift put right within the release', [{ ...before, digest: 'sha256:33' }], false],
    ['uninstalled', null, true],
  ])('%s', (_name, history, moves) => expect(markOf(history) !== markOf([before])).toBe(moves));

  test('its revision is the chart that it tried last, else the newest that it has', () => {
    expect(HELM_RELEASE.view(helmRelease()).revision).toBe('24.4.1');
    expect(HELM_RELEASE.view(helmRelease({ status: { lastAttemptedRevision: null, history: [{ ...before, chartVersion: '24.5.0' }] } })).revision).toBe('24.5.0');
  });
});

describe('whether the Kustomization above puts a suspend back', () => {
  const field = (manager: string, operation: string) => [{ manager, operation, time: '2026-11-20T23:00:00Z', fieldsV1: { 'f:spec': { 'f:suspend': {} } } }];
  const other = [{ manager: 'kustomize-controller', operation: 'Apply', time: '2026-11-20T23:00:00Z', fieldsV1: { 'f:spec': { 'f:interval': {} } } }];
  const ours = (previous: boolean | null): JsonObject => ({ annotations: { 'realm-rescue/frozen': JSON.stringify({ previous, frozen: true, session: '8f2c' }) } });
  test.each<[string, JsonObject, readonly object[], boolean, JsonObject?]>([
    ['git says nothing of it, and nobody has suspended it', {}, other, false],
    ['git says that it is not', { suspend: false }, field('kustomize-controller', 'Apply'), true],
    ['this tool has suspended it, where nothing stood', { suspend: true }, [...other, ...field('realm-rescue', 'Update')], false, ours(null)],
    ['this tool has suspended it, where git had said that it is not', { suspend: true }, [...other, ...field('realm-rescue', 'Update')], true, ours(false)],
    ['this tool has, and its record is gone', { suspend: true }, [...other, ...field('realm-rescue', 'Update')], true],
    ['flux suspend has, and nobody knows what stood there', { suspend: true }, [...other, ...field('flux', 'Update')], true],
    ['flux resume has written it', { suspend: false }, [...other, ...field('flux', 'Update')], false],
    ['kubectl has, whose fields Flux takes over', { suspend: true }, [...other, ...field('kubectl-edit', 'Update')], true],
    ['both git and this tool', { suspend: true }, [...field('kustomize-controller', 'Apply'), ...field('realm-rescue', 'Update')], true],
    ['nobody is known to', { suspend: true }, other, true],
    ['nothing is known of anybody', { suspend: false }, [], true],
  ])('%s', (_name, spec, managedFields, loses, record = {}) => {
    const { metadata, ...rest } = kustomization();
    expect(losesSuspend({ ...rest, spec, metadata: { ...metadata, ...record, managedFields } } as KubeObject)).toBe(loses);
  });
});
