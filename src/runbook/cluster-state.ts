/** What a journal says of the cluster: pure, and the same for a recovery and for `freeze` and `thaw` alone. */
import type { ClusterPatch, ClusterSight, NoOpLevel, ObjectName, PauseCheck, Remembered, RestartRisk } from './cluster.ts';
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
  /** Whether it shall run again. */
  readonly resume: boolean | null;
  /** Answers to the live patches of workloads, by `StatefulSet iam/keycloak`. */
  readonly safe: Readonly<Record<string, boolean>>;
  /** Whether the pods shall be restarted once after the thaw; null: not answered yet. */
  readonly restart: boolean | null;
  /** What the realm was after that restart; null: it was not done. */
  readonly restarted: NoOpLevel | null;
  /** Every patch, by id, in the order of its latest intent. */
  readonly patches: Readonly<Record<string, PatchState>>;
  readonly checks: readonly PauseCheck[];
  /** What the sync after the thaw did; null: not watched. */
  readonly watched: { readonly levels: readonly NoOpLevel[]; readonly changes: readonly string[]; readonly ok: boolean } | null;
}

export const NO_CLUSTER: ClusterState = { remembered: null, sight: null, pause: null, resume: null, safe: {}, restart: null, restarted: null, patches: {}, checks: [], watched: null };

export function evolveCluster(state: ClusterState, event: ClusterEvent): ClusterState {
  switch (event.type) {
    case 'freeze.begun': return state;
    case 'thaw.begun': return { ...state, resume: null, watched: null, restart: null, restarted: null };
    case 'cluster.remembered': return { ...state, remembered: event.versions };
    case 'cluster.seen': return { ...state, sight: event.sight };
    case 'pause.answered': return { ...state, pause: event.pause };
    case 'safe.answered': return { ...state, safe: { ...state.safe, [objectKey(event.object)]: event.safe } };
    case 'restart.answered': return { ...state, restart: event.restart };
    case 'restart.checked': return { ...state, restarted: event.realm };
    case 'resume.answered': return { ...state, resume: event.resume };
    case 'patch.intended': return { ...state, patches: { ...without(state.patches, event.patch.id), [event.patch.id]: { patch: event.patch, status: 'intended', failure: null } } };
    case 'patch.sent': return settle(state, event.id, 'sent', null);
    case 'patch.failed': return settle(state, event.id, 'failed', event.failure);
    case 'pause.checked': return { ...state, checks: event.checks };
    case 'sync.watched': return { ...state, watched: { levels: event.levels, changes: event.changes, ok: event.ok } };
  }
}

function settle(state: ClusterState, id: string, status: PatchStatus, failure: Failure | null): ClusterState {
  const known = state.patches[id];
  return known ? { ...state, patches: { ...state.patches, [id]: { ...known, status, failure } } } : state;
}

function without<T>(map: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
}

/**
 * Pauses that stand, as far as the journal knows, in the order in which they were made. One whose outcome is not known counts: it is looked
 * at before anything else.
 */
export function heldPauses({ patches }: Pick<ClusterState, 'patches'>): readonly ClusterPatch[] {
  const ids = Object.keys(patches);
  return Object.values(patches).flatMap(({ patch, status }) => {
    if (patch.purpose !== 'pause' || status === 'failed') return [];
    const back = `resume ${patch.id.slice('pause '.length)}`;
    const resumed = patches[back]?.status === 'sent' && ids.indexOf(back) > ids.indexOf(patch.id);
    return resumed ? [] : [patch];
  });
}

/** Pauses that were taken back by a resume: what a new pause would have to be. */
export function resumedPauses({ patches }: Pick<ClusterState, 'patches'>): readonly ClusterPatch[] {
  return Object.values(patches).flatMap(({ patch, status }) => (patch.purpose === 'pause' && status === 'sent' && patches[`resume ${patch.id.slice('pause '.length)}`]?.status === 'sent' ? [patch] : []));
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

/** Workloads whose pods a deliberate restart would start anew; none where the sync has done so already. */
export function restartable({ sight, watched }: ClusterState): readonly ObjectName[] {
  if (watched?.changes.some((change) => change.includes('its pods restart'))) return [];
  return (sight?.objects ?? []).filter(({ resource }) => resource.kind === 'StatefulSet' || resource.kind === 'Deployment');
}

/** Patches that were about to be sent when the process ended. */
export function danglingPatches({ patches }: Pick<ClusterState, 'patches'>): readonly ClusterPatch[] {
  return Object.values(patches).flatMap(({ patch, status }) => (status === 'intended' ? [patch] : []));
}

export type { By };
