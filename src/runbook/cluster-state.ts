/** What a journal says of the cluster: pure, and the same for a recovery and for `freeze` and `thaw` alone. */
import type { ClusterPatch, ClusterSight, NoOpLevel, PauseCheck, Remembered } from './cluster.ts';
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
  /** Every patch, by id, in the order of its latest intent. */
  readonly patches: Readonly<Record<string, PatchState>>;
  readonly checks: readonly PauseCheck[];
  /** What the sync after the thaw did; null: not watched. */
  readonly watched: { readonly levels: readonly NoOpLevel[]; readonly changes: readonly string[]; readonly ok: boolean } | null;
}

export const NO_CLUSTER: ClusterState = { remembered: null, sight: null, pause: null, resume: null, patches: {}, checks: [], watched: null };

export function evolveCluster(state: ClusterState, event: ClusterEvent): ClusterState {
  switch (event.type) {
    case 'freeze.begun': return state;
    case 'thaw.begun': return { ...state, resume: null, watched: null };
    case 'cluster.remembered': return { ...state, remembered: event.versions };
    case 'cluster.seen': return { ...state, sight: event.sight };
    case 'pause.answered': return { ...state, pause: event.pause };
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

/** Patches that were about to be sent when the process ended. */
export function danglingPatches({ patches }: Pick<ClusterState, 'patches'>): readonly ClusterPatch[] {
  return Object.values(patches).flatMap(({ patch, status }) => (status === 'intended' ? [patch] : []));
}

export type { By };
