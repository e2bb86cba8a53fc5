/** The events of a recovery that is told where the writer is found in a cluster, and what such a run does next. */
import { nameOf } from '../../src/gitops/controllers/object.ts';
import type { ClusterPatch, ClusterSight, NoOpLevel, Pause, SeenController } from '../../src/runbook/cluster.ts';
import type { ClusterEvent } from '../../src/runbook/cluster-events.ts';
import type { RunEvent, RunSettings, RunState } from '../../src/runbook/model.ts';
import { replay, settle } from '../../src/runbook/transition.ts';
import { captured, connected, run, settings, triaged } from './fixtures.ts';

export const APP = nameOf('application', 'argocd', 'keycloak');
export const ROOT = nameOf('application', 'argocd', 'root');
export const pauseOf = (object: typeof APP, id = `application:argocd/${object.name}`): Pause => ({ id, object, means: 'automation-off', title: `automation off on Argo CD application argocd/${object.name}, which is automated {prune}` });
export const controller = (object: typeof APP, role: SeenController['role'], paused = false): SeenController => ({ object, title: 'Argo CD application', role, because: 'tracking id of ConfigMap iam/keycloak-realm', automation: paused ? 'automation off {prune}' : 'automated {prune}', paused, running: null, revision: null });
const SIGHT: ClusterSight = {
  context: 'prod-eu', server: 'https://k8s.example.com', user: 'oncall', source: 'configmap:iam/keycloak-realm', lastWrite: null, objects: [nameOf('configmap', 'iam', 'keycloak-realm')],
  controllers: [controller(APP, 'applies'), controller(ROOT, 'owner')], pauses: [pauseOf(ROOT), pauseOf(APP)], risks: [], notes: [], mayPause: true, role: null,
};
const POLICY = { automated: { prune: true } };
const OFF = { automated: { prune: true, enabled: false } };
const patchOf = (purpose: 'pause' | 'resume', object: typeof APP): ClusterPatch => ({
  id: `${purpose} application:argocd/${object.name}`, purpose, object, title: `${purpose} ${object.name}`, body: {}, field: ['spec', 'syncPolicy'], previous: purpose === 'pause' ? POLICY : OFF, value: purpose === 'pause' ? OFF : POLICY, means: 'automation-off',
});
const idOf = (purpose: 'pause' | 'resume', object: typeof APP): string => patchOf(purpose, object).id;
export const intended = (purpose: 'pause' | 'resume', object = APP): ClusterEvent => ({ type: 'patch.intended', patch: patchOf(purpose, object) });
export const sent = (purpose: 'pause' | 'resume', object = APP): ClusterEvent => ({ type: 'patch.sent', id: idOf(purpose, object), resourceVersion: '611', found: 'answer' });
export const failed = (purpose: 'pause' | 'resume', object = APP): ClusterEvent => ({ type: 'patch.failed', id: idOf(purpose, object), failure: { code: 'changed-meanwhile', title: 'x', next: [] } });
export const checked = (...broken: readonly string[]): ClusterEvent => ({ type: 'pause.checked', checks: [ROOT, APP].map((object) => ({ id: idOf('pause', object), holds: !broken.includes(object.name), because: broken.includes(object.name) ? `Application argocd/${object.name} is automated {prune} again` : '' })) });

export const remembered: RunEvent = { type: 'cluster.remembered', versions: [], notes: [] };
export const seen = (rest: Partial<ClusterSight> = {}): RunEvent => ({ type: 'cluster.seen', sight: { ...SIGHT, ...rest } });
export const answered = (pause: boolean): RunEvent => ({ type: 'pause.answered', pause, by: 'person' });
export const resume = (yes: boolean): RunEvent => ({ type: 'resume.answered', resume: yes, by: 'person' });
export const started = (given: Partial<RunSettings> = { from: 'configmap:iam/keycloak-realm' }, readOnly = false): RunEvent => ({ type: 'run.started', run: { ...run, readOnly, settings: { ...settings, ...given } } });
export const resumed = (given: Partial<RunSettings> = {}): RunEvent => ({ type: 'run.resumed', pid: 1, tool: '0.1.0', mode: 'interactive', settings: { ...settings, from: 'configmap:iam/keycloak-realm', ...given } });
export const stepFailed = (step: 'freeze' | 'connect' | 'thaw', code: 'missing-role' | 'changed-meanwhile' | 'unreachable' = 'missing-role'): RunEvent => ({ type: 'step.failed', step, failure: { code, title: 'it failed', next: [] } });
export const levels = (controller: boolean | null, cluster: boolean | null, realm: boolean | null): readonly NoOpLevel[] => [{ level: 'controller', noOp: controller, because: 'a' }, { level: 'cluster', noOp: cluster, because: 'b' }, { level: 'realm', noOp: realm, because: 'c' }];
export const watched = (ok: boolean): RunEvent => ({ type: 'sync.watched', levels: levels(true, true, ok), changes: ok ? [] : ['ConfigMap iam/keycloak-realm (configured)'], revisions: '4f1d2c7 → b77e90a', ok });
export const accountOf = (ok: boolean): RunEvent => ({ type: 'account.done', account: { sessionsBefore: 1, sessionsAfter: 1, sessionsLost: [], sessionsNew: 0, keysUnchanged: ok, clientIdsUnchanged: true, moved: [], notes: [], ok } });

/** A run in which git and live agree already, so that Freeze and Thaw are what there is to it: what is under way, and what comes of it. */
export const STORY: readonly (readonly [underWay: string, ...events: RunEvent[]])[] = [
  ['remember', remembered], ['find-writer', seen()], ['connect', connected], ['ask pause', answered(true)],
  ['pause', intended('pause', ROOT), sent('pause', ROOT), intended('pause'), failed('pause'), intended('pause'), sent('pause'), checked()],
  ['capture', { type: 'capture.succeeded', captured: captured('live-before') }], ['triage', triaged],
  ['find-evidence', { type: 'evidence.found', candidates: [] }], ['ask evidence', { type: 'evidence.chosen', specs: ['file:realm.json'], by: 'person' }],
  ['read-evidence', { type: 'evidence.read', evidence: [{ spec: 'file:realm.json', source: 'file:realm.json', completeness: 'stated', file: 'snapshots/evidence-1.json', sha256: 'x', capturedAt: run.startedAt, counts: {}, notes: [] }] }],
  ['compare', { type: 'compare.done', differences: [], order: [] }],
  ['account', { type: 'capture.succeeded', captured: captured('live-after') }, checked(), accountOf(true)], ['export', { type: 'export.skipped', because: 'no repository was named' }],
  ['ask resume', resume(true)],
  ['resume', intended('resume'), sent('resume'), intended('resume', ROOT), sent('resume', ROOT), watched(true)],
  ['finish', { type: 'run.finished', exit: 0, summary: { restored: 0, proven: 0, failed: 0, left: 0, sessionsBefore: 1, sessionsAfter: 1, export: null, session: '8f2c' } }],
];

const underWay = (state: RunState): string => {
  const { state: now, effects: [effect] } = settle(state);
  return effect?.type ?? (now.question === null ? 'ended' : `ask ${now.question.kind}`);
};
/** What a run that had these events does next. */
export const after = (...events: readonly RunEvent[]): string => underWay(replay(events));
export const until = (name: string): readonly RunEvent[] => [started(), ...STORY.slice(0, STORY.findIndex(([of]) => of === name)).flatMap(([, ...events]) => events)];
/** The first events of what was under way. */
export const begun = (name: string, length: number): readonly RunEvent[] => STORY.flatMap(([of, ...events]) => (of === name ? events.slice(0, length) : []));
export const through = (name: string): readonly RunEvent[] => [started(), ...STORY.slice(0, STORY.findIndex(([of]) => of === name) + 1).flatMap(([, ...events]) => events)];
