/** What a journal says of the cluster: pure, and the same for a recovery and for `freeze` and `thaw` alone. */
import { place } from './cluster.ts';
import type { ClusterPatch, ClusterSight, NoOpLevel, ObjectName, PauseCheck, Remembered, RestartRisk, SyncBefore } from './cluster.ts';
import type { By, ClusterEvent } from './cluster-events.ts';
import type { Failure } from './failure.ts';

export type PatchStatus = 'intended' | 'sent' | 'failed';

export interface PatchState {
  readonly patch: ClusterPatch;
  readonly status: PatchStatus;
  readonly failure: Failure | null;
}

export interface ClusterState {
  /** null: not asked yet. */
  readonly remembered: readonly Remembered[] | null;
  readonly sight: ClusterSight | null;
  /** Whether the writer shall be paused; null: not answered yet. */
  readonly pause: boolean | null;
  /** Whether operations that run under the pause shall be ended; null: not answered yet. */
  readonly terminate: boolean | null;
  /** What became of them; null: nobody was asked to end any. */
  readonly ended: { readonly ended: readonly ObjectName[]; readonly running: readonly ObjectName[] } | null;
  /** Whether it shall run again. */
  readonly resume: boolean | null;
  /** Answers to the live patches of workloads, by `StatefulSet iam/keycloak`. */
  readonly safe: Readonly<Record<string, boolean>>;
  /** Whether the pods shall be restarted once after the thaw; null: not answered yet. */
  readonly restart: boolean | null;
  /** What the realm is held against after a restart that is under way. */
  readonly restartAwaited: { readonly fingerprint: string | null } | null;
  /** What the realm was after that restart; null: it was not done. */
  readonly restarted: NoOpLevel | null;
  /** Every patch, by id, in the order of its latest intent. */
  readonly patches: Readonly<Record<string, PatchState>>;
  /** Pauses that were really made, by id, the latest last: what a try to make one again that came to nothing does not touch. */
  readonly made: readonly { readonly patch: ClusterPatch; readonly resumed: boolean }[];
  readonly checks: readonly PauseCheck[];
  /** What the sync is held against; null: no thaw is under way. */
  readonly awaited: { readonly before: SyncBefore; readonly fingerprint: string | null; /** Something ran again since, whose sync nobody has judged. */ readonly begun: boolean } | null;
  /** What the sync after the thaw did; null: not watched. */
  readonly watched: { readonly levels: readonly NoOpLevel[]; readonly changes: readonly string[]; readonly restarted: readonly ObjectName[]; readonly ok: boolean } | null;
}

export const NO_CLUSTER: ClusterState = { remembered: null, sight: null, pause: null, terminate: null, ended: null, resume: null, safe: {}, restart: null, restartAwaited: null, restarted: null, patches: {}, made: [], checks: [], awaited: null, watched: null };

export function evolveCluster(state: ClusterState, event: ClusterEvent): ClusterState {
  switch (event.type) {
    case 'freeze.begun': return state;
    case 'thaw.begun': return { ...state, resume: null, watched: null, restart: null, restarted: null };
    case 'cluster.remembered': return { ...state, remembered: event.versions };
    case 'cluster.seen': return { ...state, sight: event.sight };
    case 'pause.answered': return { ...state, pause: event.pause };
    case 'terminate.answered': return { ...state, terminate: event.terminate };
    case 'operations.ended': return { ...state, ended: { ended: event.ended, running: event.running } };
    case 'safe.answered': return { ...state, safe: { ...state.safe, [objectKey(event.object)]: event.safe } };
    case 'restart.answered': return { ...state, restart: event.restart };
    case 'restart.awaited': return { ...state, restartAwaited: { fingerprint: event.fingerprint } };
    case 'restart.checked': return { ...state, restarted: event.realm, restartAwaited: null };
    case 'resume.answered': return { ...state, resume: event.resume };
    case 'patch.intended': return { ...state, patches: { ...without(state.patches, event.patch.id), [event.patch.id]: { patch: event.patch, status: 'intended', failure: null } } };
    case 'patch.sent': return begun(settle(state, event.id, 'sent', null, event.written), event.id);
    case 'patch.failed': return settle(state, event.id, 'failed', event.failure);
    case 'pause.checked': return { ...state, checks: event.checks };
    case 'sync.awaited': return { ...state, awaited: { before: event.before, fingerprint: event.fingerprint, begun: false } };
    case 'sync.abandoned': return { ...state, awaited: state.awaited && { ...state.awaited, begun: false } };
    case 'sync.watched': return { ...state, awaited: null, watched: { levels: event.levels, changes: event.changes, restarted: event.restarted ?? [], ok: event.ok } };
  }
}

function settle(state: ClusterState, id: string, status: PatchStatus, failure: Failure | null, written?: string): ClusterState {
  const known = state.patches[id];
  if (!known) return state;
  const patch = written === undefined ? known.patch : { ...known.patch, written };
  return { ...state, patches: { ...state.patches, [id]: { patch, status, failure } }, made: status === 'sent' ? madeWith(state.made, patch) : state.made };
}

function begun(state: ClusterState, sent: string): ClusterState {
  return state.awaited !== null && sent.startsWith('resume ') ? { ...state, awaited: { ...state.awaited, begun: true } } : state;
}

function madeWith(made: ClusterState['made'], patch: ClusterPatch): ClusterState['made'] {
  if (patch.purpose === 'pause') return [...made.filter((entry) => entry.patch.id !== patch.id), { patch, resumed: false }];
  if (patch.purpose !== 'resume') return made;
  return made.map((entry) => (`resume ${entry.patch.id.slice('pause '.length)}` === patch.id ? { ...entry, resumed: true } : entry));
}

function without<T>(map: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
}

/**
 * Pauses that stand, as far as the journal knows, in the order in which they were made. One whose outcome is not known counts: it is looked
 * at before anything else.
 */
export function heldPauses({ patches, made }: Pick<ClusterState, 'patches' | 'made'>): readonly ClusterPatch[] {
  const standing = made.filter(({ resumed }) => !resumed).map(({ patch }) => patch);
  const open = Object.values(patches).flatMap(({ patch, status }) => (status === 'intended' && patch.purpose === 'pause' && !standing.some(({ id }) => id === patch.id) ? [patch] : []));
  return [...standing, ...open];
}

/** What was paused and was seen to run again, although nobody has let it. */
export function brokenPauses({ checks, pause, resume }: Pick<ClusterState, 'checks' | 'pause' | 'resume'>): readonly PauseCheck[] {
  return pause === false || resume !== null ? [] : checks.filter(({ holds }) => !holds);
}

/** Pauses that were taken back by a resume: what a new pause would have to be, owners first. */
export function resumedPauses({ made }: Pick<ClusterState, 'made'>): readonly ClusterPatch[] {
  return made.filter(({ resumed }) => resumed).map(({ patch }) => patch);
}

/** Whether one of these pauses is of that controller; a deny window is one of the application that it names, and stands in its project. */
export function isPausedBy(pauses: readonly ClusterPatch[], controller: ObjectName): boolean {
  return pauses.some(({ id }) => id === `pause ${controller.resource.kind.toLowerCase()}:${place(controller)}`);
}

/** How an object is called among the answers. */
export function objectKey({ resource, namespace, name }: ObjectName): string {
  return `${resource.kind} ${namespace ?? ''}/${name}`;
}

/** The first live patch of a workload that nobody has answered yet. */
export function openRisk({ sight, safe }: ClusterState): RestartRisk | undefined {
  return sight?.risks.find((risk) => risk.safe !== null && safe[objectKey(risk.object)] === undefined);
}

/** Workloads that were to be made safe and are not yet. */
export function risksToPatch({ sight, safe, patches }: ClusterState): readonly RestartRisk[] {
  return (sight?.risks ?? []).filter(({ object }) => safe[objectKey(object)] === true && !Object.values(patches).some(({ patch, status }) => patch.purpose === 'make-safe' && status === 'sent' && objectKey(patch.object) === objectKey(object)));
}

/** Workloads whose pods a deliberate restart would start anew: without those that the sync has restarted already. */
export function restartable({ sight, watched }: ClusterState): readonly ObjectName[] {
  // Of an application that was named itself, any workload is among the objects.
  if (sight === null || sight.carrier === null) return [];
  const done = new Set((watched?.restarted ?? []).map(objectKey));
  return sight.objects.filter((object) => ['StatefulSet', 'Deployment'].includes(object.resource.kind) && !done.has(objectKey(object)));
}

/** Patches that were about to be sent when the process ended. */
export function danglingPatches({ patches }: Pick<ClusterState, 'patches'>): readonly ClusterPatch[] {
  return Object.values(patches).flatMap(({ patch, status }) => (status === 'intended' ? [patch] : []));
}

export type { By };
