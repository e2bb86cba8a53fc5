/** A run that freezes and thaws what is found in a cluster, up to each of its questions. */
import { nameOf } from '../../src/gitops/controllers/object.ts';
import type { ClusterPatch, ClusterSight, RestartRisk } from '../../src/runbook/cluster.ts';
import type { RunEvent, RunSettings } from '../../src/runbook/model.ts';
import type { RunSnapshot } from '../../src/runner/handle.ts';
import { initialLocal } from '../../src/ui/local.ts';
import { toView } from '../../src/ui/view/frame.ts';
import { lineText } from '../../src/ui/view/line.ts';
import { captured, describeOperation, EXPORTED, RUN, SETTINGS, sized, TRIAGE } from './fixtures.ts';

export const APP = nameOf('application', 'argocd', 'keycloak');
const ROOT = nameOf('application', 'argocd', 'root');
const MAP = nameOf('configmap', 'iam', 'keycloak-realm');
export const STS = nameOf('statefulset', 'iam', 'kc-server');
const REVISION = '4f1d2c7a9b8e6d5c4f3a2b1c0d9e8f7a6b5c4d3e';
const RISK: RestartRisk = {
  object: STS, setting: 'initContainers[import]: kc.sh import without --override=false', because: 'the import of a realm that is there overwrites it unless it is told not to',
  safe: { title: 'initContainers[import] of StatefulSet iam/kc-server gets --override=false; its pods restart' },
};
export const SIGHT: ClusterSight = {
  context: 'prod-eu', server: 'https://k8s.example.com', user: 'oncall@example.org', source: 'configmap:iam/keycloak-realm', lastWrite: { manager: 'argocd-controller', time: '2026-11-20T22:43:07Z', field: 'data["realm.json"]' }, objects: [MAP, STS],
  controllers: [
    { object: APP, title: 'Argo CD application', role: 'applies', because: 'tracking id of Argo CD of ConfigMap iam/keycloak-realm', automation: 'automated {prune, selfHeal}', paused: false, running: { since: '2026-11-20T22:59:30Z', phase: 'Running', message: 'waiting for completion of hook batch/Job/realm-import' }, revision: REVISION },
    { object: ROOT, title: 'Argo CD application', role: 'owner', because: 'tracking id of Argo CD of Application argocd/keycloak', automation: 'automated {selfHeal}', paused: false, running: null, revision: null },
  ],
  pauses: [
    { id: 'application:argocd/root', object: ROOT, means: 'automation-off', title: 'automation off on Argo CD application argocd/root, which is automated {selfHeal}' },
    { id: 'application:argocd/keycloak', object: APP, means: 'automation-off', title: 'automation off on Argo CD application argocd/keycloak, which is automated {prune, selfHeal}' },
  ],
  risks: [{ ...RISK, safe: null }], notes: ['ConfigMap iam/keycloak-realm belongs to Helm release iam/keycloak: whoever runs helm upgrade applies it'], mayPause: true, role: null,
};
const REMEMBERED: RunEvent = { type: 'cluster.remembered', notes: [], versions: [{ object: MAP, resourceVersion: '90', replacedBy: '100', file: 'cluster/remembered-configmap-iam-keycloak-realm-90.json', sha256: 'sha256:00', lastWrite: null, changed: ['data["realm.json"]'] }] };
const CONNECTED: RunEvent = { type: 'connect.succeeded', connection: { user: 'on-call', clientId: 'admin-cli', serverVersion: '26.7.4', realmId: 'r', rights: [] } };
const startedWith = (settings: Partial<RunSettings> = {}): RunEvent => ({ type: 'run.started', run: { ...RUN, settings: { ...SETTINGS, from: 'configmap:iam/keycloak-realm', ...settings } } });
const seen = (rest: Partial<ClusterSight> = {}): RunEvent => ({ type: 'cluster.seen', sight: { ...SIGHT, ...rest } });
export const patchOf = (object: typeof APP, previous: ClusterPatch['previous'], rest: Partial<ClusterPatch> = {}): ClusterPatch => ({
  id: `pause application:argocd/${object.name}`, purpose: 'pause', object, title: `automation off on Argo CD application argocd/${object.name}`, body: {}, field: ['spec', 'syncPolicy'], previous, value: { automated: { enabled: false } }, means: 'automation-off', ...rest,
});
export const paused = (patch: ClusterPatch): readonly RunEvent[] => [{ type: 'patch.intended', patch }, { type: 'patch.sent', id: patch.id, resourceVersion: '611', found: 'answer' }];
export const POLICY = { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'], retry: { limit: 5 } };

export const untilPause = (sight: Partial<ClusterSight> = {}, settings: Partial<RunSettings> = {}): readonly RunEvent[] => [startedWith(settings), REMEMBERED, seen(sight), CONNECTED];
export const untilTerminate = (settings: Partial<RunSettings> = {}): readonly RunEvent[] => [
  ...untilPause({ risks: [RISK] }, settings), { type: 'pause.answered', pause: true, by: 'person' }, ...paused(patchOf(ROOT, { automated: { selfHeal: true } })), ...paused(patchOf(APP, POLICY)), { type: 'pause.checked', checks: [] },
];
export const untilSafe = (settings: Partial<RunSettings> = {}): readonly RunEvent[] => [
  ...untilTerminate(settings), { type: 'terminate.answered', terminate: false, by: 'person' },
  { type: 'capture.succeeded', captured: captured('live-before') }, { type: 'triage.found', triage: TRIAGE },
];
export const untilResume = (settings: Partial<RunSettings> = {}): readonly RunEvent[] => [
  ...untilSafe(settings), { type: 'safe.answered', object: STS, safe: false, by: 'person' }, { type: 'evidence.found', candidates: [] }, { type: 'evidence.chosen', specs: ['file:realm.json'], by: 'person' },
  { type: 'evidence.read', evidence: [{ spec: 'file:realm.json', source: 'file:realm.json', completeness: 'stated', file: 'snapshots/evidence-1.json', sha256: '', capturedAt: '', counts: {}, notes: [] }] }, { type: 'compare.done', differences: [], order: [] },
  { type: 'account.done', account: { sessionsBefore: 1, sessionsAfter: 1, sessionsLost: [], sessionsNew: 0, keysUnchanged: true, clientIdsUnchanged: true, moved: [], notes: [], ok: true } }, { type: 'export.done', exported: EXPORTED },
];
export const untilRestart = (settings: Partial<RunSettings> = {}): readonly RunEvent[] => [...untilResume(settings), { type: 'resume.answered', resume: true, by: 'person' }, { type: 'sync.watched', levels: [], changes: [], revisions: '', ok: true }];

/** Every question of the cluster: what is answered with the word, and what by leaving it. */
export const ASKED = [
  ['pause', untilPause(), 'keycloak', { type: 'pause.answered', pause: true }, { type: 'pause.answered', pause: false }],
  ['terminate', untilTerminate(), 'keycloak', { type: 'terminate.answered', terminate: true }, { type: 'terminate.answered', terminate: false }],
  ['make-safe', untilSafe(), 'kc-server', { type: 'safe.answered', object: STS, safe: true }, { type: 'safe.answered', object: STS, safe: false }],
  ['resume', untilResume(), 'keycloak', { type: 'resume.answered', resume: true }, { type: 'resume.answered', resume: false }],
  ['restart', untilRestart(), 'kc-server', { type: 'restart.answered', restart: true }, { type: 'restart.answered', restart: false }],
] as const;

export const SIZES = [sized(40), sized(80), sized(120)];
export const flat = (lines: readonly string[]): string => lines.join(' ').replace(/\s+/g, ' ');

/** What stands on a screen that is as tall as can be. */
export function whole(snapshot: RunSnapshot, size: (typeof SIZES)[number]): readonly string[] {
  return toView(snapshot, initialLocal(snapshot.state.question), { ...size, rows: 1000 }, describeOperation).live.map(lineText);
}
