// What a pause that was taken back means for a run, wherever it stands.
import { describe, expect, test } from 'vitest';
import { nameOf } from '../../src/gitops/controllers/object.ts';
import { brokenPauses } from '../../src/runbook/cluster-state.ts';
import { endable } from '../../src/runbook/cluster.ts';
import type { ClusterPatch, ClusterSight, RunningOperation, SeenController } from '../../src/runbook/cluster.ts';
import type { RunEvent, RunState } from '../../src/runbook/model.ts';
import { replay, settle } from '../../src/runbook/transition.ts';
import { captured, connected, run, settings, triaged } from './fixtures.ts';

const APP = nameOf('application', 'argocd', 'keycloak');
const OPERATION: RunningOperation = { since: '2026-11-20T22:59:00Z', phase: 'Running', message: 'waiting for a hook' };
const controller = (running: RunningOperation | null): SeenController => ({ object: APP, title: 'Argo CD application', role: 'applies', because: 'tracking id', automation: 'automated {prune}', paused: false, interval: 180, running, revision: null });
const seen = (running: RunningOperation | null = null): RunEvent => ({
  type: 'cluster.seen', sight: {
    context: 'prod', server: 'https://k8s.example.com', user: 'oncall', source: 'configmap:iam/keycloak-realm', lastWrite: null, objects: [], controllers: [controller(running)],
    pauses: [{ id: 'application:argocd/keycloak', object: APP, means: 'automation-off', title: 'automation off' }], risks: [], notes: [], mayPause: true, role: null,
  } satisfies ClusterSight,
});
const PATCH: ClusterPatch = { id: 'pause application:argocd/keycloak', purpose: 'pause', object: APP, title: 'automation off', body: {}, field: ['spec', 'syncPolicy'], previous: {}, value: {}, means: 'automation-off' };
const checked = (holds: boolean, after?: number): RunEvent => ({ type: 'pause.checked', checks: [{ id: PATCH.id, holds, because: holds ? '' : 'Application argocd/keycloak is automated {prune} again' }], ...(after === undefined ? {} : { after }) });
const start: RunEvent = { type: 'run.started', run: { ...run, settings: { ...settings, from: 'configmap:iam/keycloak-realm' } } };
const paused = (running: RunningOperation | null = null): readonly RunEvent[] => [
  start, { type: 'cluster.remembered', versions: [], notes: [] }, seen(running), connected, { type: 'pause.answered', pause: true, by: 'person' },
  { type: 'patch.intended', patch: PATCH }, { type: 'patch.sent', id: PATCH.id, resourceVersion: '7', found: 'answer' }, checked(true),
];
const capturing: readonly RunEvent[] = [...paused(), { type: 'capture.succeeded', captured: captured('live-before') }];
const choosing: readonly RunEvent[] = [...capturing, triaged, { type: 'evidence.found', candidates: [] }];
const underWay = (...events: readonly RunEvent[]): string => {
  const { state, effects: [effect] } = settle(replay(events));
  return effect?.type ?? (state.question === null ? 'ended' : state.question.kind);
};
const freezeOf = (state: RunState) => state.steps.freeze;

describe('a pause that was taken back', () => {
  test('is what the run asks about, whatever it was doing', () => {
    const state = replay([...choosing, checked(false, 180)]);
    expect(state.question).toMatchObject({ kind: 'failure', step: 'freeze', failure: { code: 'changed-meanwhile', title: 'A pause was taken back: Application argocd/keycloak is automated {prune} again.' } });
    expect(freezeOf(state)).toMatchObject({ status: 'failed', line: expect.stringContaining('taken back') as string });
  });

  test('is made again with the word, after the writer was looked for anew; then the run goes on where it was', () => {
    const retried: readonly RunEvent[] = [...choosing, checked(false, 180), { type: 'step.retried', step: 'freeze', by: 'person' }];
    expect(underWay(...retried)).toBe('find-writer');
    expect(underWay(...retried, seen())).toBe('pause');
    expect(replay([...retried, seen()]).question).toMatchObject({ kind: 'pause', word: 'keycloak' });
    expect(underWay(...retried, seen(), { type: 'pause.answered', pause: true, by: 'person' }, { type: 'patch.intended', patch: PATCH }, { type: 'patch.sent', id: PATCH.id, resourceVersion: '9', found: 'answer' }, checked(true))).toBe('evidence');
  });

  test('is not forgotten by a run that was left at it', () => {
    expect(underWay(...choosing, checked(false), { type: 'run.stopped', reason: 'failed', note: 'x' }, { type: 'run.resumed', pid: 1, tool: '0', mode: 'interactive', settings: { ...settings, from: 'configmap:iam/keycloak-realm' } })).toBe('find-writer');
  });

  test('is nobody\'s business once it was left to somebody else, or while the writer is let run', () => {
    const { cluster } = replay([...choosing, checked(false)]);
    expect(brokenPauses(cluster)).toHaveLength(1);
    expect(brokenPauses({ ...cluster, pause: false })).toEqual([]);
    expect(brokenPauses({ ...cluster, resume: true })).toEqual([]);
  });

  test('one that holds after the interval is in the line of Freeze', () => {
    expect(freezeOf(replay([...choosing, checked(true, 180)]))).toMatchObject({ status: 'done', line: 'automation off; holds, looked at again after 180 s' });
    expect(freezeOf(replay([...choosing, checked(true)])).line).toBe('automation off');
  });
});

describe('an operation that runs under the pause', () => {
  const ended = (...running: readonly (typeof APP)[]): RunEvent => ({ type: 'operations.ended', ended: running.length === 0 ? [APP] : [], running });
  const answered = (terminate: boolean): RunEvent => ({ type: 'terminate.answered', terminate, by: 'person' });

  test('is asked about before anything is captured, and ended only with the word', () => {
    expect(replay(paused(OPERATION)).question).toMatchObject({ kind: 'terminate', word: 'keycloak' });
    expect(underWay(...paused(OPERATION), answered(false))).toBe('capture');
    expect(underWay(...paused(OPERATION), answered(true))).toBe('terminate');
    expect(underWay(...paused(OPERATION), answered(true), ended())).toBe('capture');
  });

  test('is asked about again where a pause that was taken back is made anew: that is when a sync runs', () => {
    const again: readonly RunEvent[] = [
      ...choosing, checked(false, 180), { type: 'step.retried', step: 'freeze', by: 'person' }, seen(OPERATION), { type: 'pause.answered', pause: true, by: 'person' },
      { type: 'patch.intended', patch: PATCH }, { type: 'patch.sent', id: PATCH.id, resourceVersion: '9', found: 'answer' }, checked(true),
    ];
    expect(underWay(...again)).toBe('terminate');
    expect(underWay(...again, answered(false))).toBe('evidence');
  });

  test('one that goes on all the same is a warning', () => {
    expect(freezeOf(replay([...paused(OPERATION), answered(true), ended(APP)]))).toMatchObject({ status: 'warned', line: 'automation off; its operation STILL RUNS: argocd/keycloak' });
  });

  test('is not asked about where it is being ended, or is none of Argo CD', () => {
    expect(underWay(...paused({ ...OPERATION, phase: 'Terminating' }))).toBe('capture');
    const sight = (seen(OPERATION) as Extract<RunEvent, { type: 'cluster.seen' }>).sight;
    expect(endable({ ...sight, controllers: [{ ...controller(OPERATION), object: nameOf('kustomization', 'iam', 'keycloak') }] })).toEqual([]);
  });
});
