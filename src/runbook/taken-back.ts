/** What an undo leaves of a run: what was taken back is to be done again, and nothing that was found out after it still holds. */
import type { ClusterState } from './cluster-state.ts';
import type { RunState, StepName } from './model.ts';

/** What became of the writes of a run that was taken back, whole or in part. */
export interface TakenBack {
  /** Writes that were taken back and not sent again since. */
  readonly undone: number;
  /** Writes that stand. */
  readonly standing: number;
}

/** Whether something of a run was taken back and not restored again; null where nothing was. */
export function takenBackOf({ writes }: Pick<RunState, 'writes'>): TakenBack | null {
  const of = (wanted: string) => Object.values(writes).filter((status) => status === wanted).length;
  return of('undone') === 0 ? null : { undone: of('undone'), standing: of('verified') };
}

/** Steps of which the outcome rests on what was restored. */
const RESTING: readonly StepName[] = ['prove', 'account', 'export', 'transcript'];

/**
 * The state when an undo begins: proofs, account and export were of a realm that is about to change, and the word that started the writes
 * was spent on them. What the differences were answered stands, and so does the plan.
 */
export function undoBegun(state: RunState): RunState {
  const steps = { ...state.steps, ...Object.fromEntries(RESTING.map((step) => [step, { status: 'pending', line: null }])) };
  return { ...state, steps, stopped: null, finished: null, confirmed: [], proofs: {}, accepted: {}, account: null, exported: null, exportSkipped: null };
}

/**
 * One write was taken back: what goes with it is gone as well, and so are the ids that the server had given to what it made. Sent again,
 * it gets new ones.
 */
export function writeUndone(state: RunState, operation: string): RunState {
  const gone = new Set([operation]);
  const writes: Record<string, RunState['writes'][string]> = { ...state.writes, [operation]: 'undone' };
  const operations = state.plan?.groups.flatMap((group) => group.operations) ?? [];
  for (const { id, undoneWith } of operations) {
    if (undoneWith === undefined || !gone.has(undoneWith) || ['planned', 'kept'].includes(writes[id] ?? 'planned')) continue;
    gone.add(id);
    writes[id] = 'undone';
  }
  // What the server makes by itself with an object goes with it, and comes back as another one.
  const unmade = new Set<string>(operations.filter(({ id }) => gone.has(id)).flatMap(({ id, before }) => before.filter(({ value }) => value === null || id !== operation).map((image) => image.id)));
  return { ...state, writes, madeIds: Object.fromEntries(Object.entries(state.madeIds).filter(([object]) => !unmade.has(object))) };
}

/** One write is done: what it has deleted has no id any more, and gets another one if an undo brings it back. */
export function writeVerified(state: RunState, operation: string): RunState {
  const after = state.plan?.groups.flatMap((group) => group.operations).find(({ id }) => id === operation)?.after ?? [];
  const gone = new Set<string>(after.filter(({ value }) => value === null).map(({ id }) => id));
  return { ...state, writes: { ...state.writes, [operation]: 'verified' }, ...(gone.size === 0 ? {} : { madeIds: Object.fromEntries(Object.entries(state.madeIds).filter(([object]) => !gone.has(object))) }) };
}

/**
 * Whether a run that goes on has its Thaw behind it, but not the account that stands before that: its writes were taken back, or the writer was let run before there were any.
 * Then the writer may run, or nobody knows; Freeze and Thaw lie ahead once more.
 */
export const isThawedEarly = ({ account, thaw, cluster }: RunState): boolean => account === null && (thaw.statement !== undefined || cluster.resume !== null);

/** Whether the writer was let run, or somebody has said that it runs. */
export const runsAgain = ({ thaw, cluster }: Pick<RunState, 'thaw' | 'cluster'>): boolean => typeof thaw.statement === 'string' || cluster.resume === true;

/** The same run with its Thaw ahead of it; where the writer runs by now, Freeze as well. */
export function thawAhead(state: RunState, lookAgain: (state: RunState) => ClusterState): RunState {
  const cluster: ClusterState = { ...(runsAgain(state) ? lookAgain(state) : state.cluster), resume: null, watched: null, restart: null, restarted: null };
  const steps = { ...state.steps, thaw: { status: 'pending' as const, line: null } };
  return { ...state, steps, cluster, thaw: { statement: undefined, equal: null }, ...(runsAgain(state) ? { frozen: undefined } : {}) };
}
