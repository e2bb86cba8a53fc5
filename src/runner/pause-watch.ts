/** Pauses are looked at again while a run goes on or waits for a person: whoever takes one back does so at an interval of its own. */
import { RescueError, type ErrorCode } from '../realm/errors.ts';
import type { ClusterPatch, ClusterSight } from '../runbook/cluster.ts';
import { brokenPauses, heldPauses, NO_CLUSTER } from '../runbook/cluster-state.ts';
import { foundPauses } from '../runbook/found-pauses.ts';
import type { RunState } from '../runbook/model.ts';
import { undone } from './cluster-failures.ts';
import type { ClusterWork } from './cluster-work.ts';
import type { Cluster } from './cluster.ts';
import type { EffectContext } from './context.ts';

/** How often it is looked whether it is time, in milliseconds. */
const TICK = 1000;
/** Seconds between two looks: where no controller says how often it looks itself, and at most. */
const LONGEST = 600;
/** Seconds between two looks where somebody waits for nothing else: a pause that was taken back is told soon. */
const WATCHING = 15;
const AWAY: readonly ErrorCode[] = ['unreachable', 'no-answer', 'server-error'];

/** Looks each time that the shortest interval of the controllers has passed, and tells the journal. Gives back a function that ends this. */
export function watchPauses(context: Pick<EffectContext, 'ports' | 'state' | 'dispatch'>): () => void {
  const { ports, state } = context;
  let last = { checks: state().cluster.checks, at: ports.now() };
  let looking = false;
  const timer = setInterval(() => {
    const { cluster } = state();
    // Somebody else has looked meanwhile.
    if (cluster.checks !== last.checks) last = { checks: cluster.checks, at: ports.now() };
    const passed = Math.round((ports.now() - last.at) / 1000);
    if (looking || !isStanding(state()) || passed < intervalOf(state())) return;
    looking = true;
    last = { ...last, at: ports.now() };
    void look(context, passed).finally(() => { looking = false; });
  }, TICK);
  timer.unref();
  return () => clearInterval(timer);
}

/** Looks whether what is paused still is, before anything is written that a sync would take back. Gives false, and has told the journal, where it is not. */
export async function pausesHold({ ports, state, dispatch }: Pick<EffectContext, 'ports' | 'state' | 'dispatch'>): Promise<boolean> {
  const { cluster } = state();
  const pauses = [...heldPauses(cluster), ...foundPauses(cluster)];
  if (!ports.cluster || pauses.length === 0 || cluster.pause === false) return true;
  dispatch({ type: 'pause.checked', checks: await ports.cluster.check(pauses) });
  return brokenPauses(state().cluster).length === 0;
}

/** What a run goes on to look at: from its account on it says itself how to let run what others have paused. */
function watchedPauses({ cluster, account }: RunState): readonly ClusterPatch[] {
  return cluster.pause === false ? [] : [...heldPauses(cluster), ...(account === null ? foundPauses(cluster) : [])];
}

export interface Standing {
  readonly cluster: Pick<Cluster, 'check'>;
  /** What was seen when it was paused, or was paused already. */
  readonly sight: ClusterSight;
  /** The record of what this freeze has paused; null where all was paused before. */
  readonly work: Pick<ClusterWork, 'state' | 'dispatch'> | null;
  /** @param milliseconds  after which it resolves */
  wait(milliseconds: number): Promise<unknown>;
}

/** Seconds in which every controller of the sight has had its turn. */
export const everyTurn = (sight: ClusterSight): number => Math.max(...intervals(sight));

/**
 * The same for a freeze alone, in which no run goes on: looks every few seconds until every controller has had its turn, and tells the journal each time that the shortest interval has passed.
 * @throws RescueError `changed-meanwhile` where something is not paused any more
 */
export async function standsEveryTurn({ cluster, sight, work, wait }: Standing): Promise<void> {
  const shortest = Math.min(...intervals(sight));
  const all = everyTurn(sight);
  const state = { ...(work?.state() ?? NO_CLUSTER), sight, pause: true };
  const pauses = [...heldPauses(state), ...foundPauses(state)];
  for (let passed = 0, told = 0; passed < all;) {
    const turn = Math.min(shortest, LONGEST, all - told);
    const step = Math.max(1, Math.min(WATCHING, told + turn - passed, all - passed));
    await wait(step * 1000);
    passed += step;
    // An API server that is away for a moment says nothing of a pause; at the end it has to.
    const checks = await cluster.check(pauses).catch((error: unknown) => {
      if (passed < all && error instanceof RescueError && AWAY.includes(error.code)) return null;
      throw error;
    });
    if (checks === null) continue;
    const broken = checks.filter(({ holds }) => !holds);
    if (broken.length > 0 || passed >= told + turn) {
      work?.dispatch({ type: 'pause.checked', checks, after: passed });
      told = passed;
    }
    if (broken.length > 0) throw undone(broken);
  }
}

/** Something is paused, as far as anybody knows, and stays so for now. */
function isStanding(state: RunState): boolean {
  const { cluster, frozen, failure, finished, stopped } = state;
  return frozen !== undefined && failure === null && finished === null && stopped === null && cluster.resume === null && watchedPauses(state).length > 0 && brokenPauses(cluster).length === 0;
}

const intervalOf = ({ cluster }: RunState): number => Math.min(LONGEST, ...(cluster.sight ? intervals(cluster.sight) : []));

/** How often each controller looks itself, in seconds; never empty, and never 0. */
function intervals({ controllers }: ClusterSight): readonly number[] {
  const said = controllers.flatMap(({ interval }) => (typeof interval === 'number' ? Math.max(1, interval) : []));
  return said.length > 0 ? said : [LONGEST];
}

async function look({ ports, state, dispatch }: Pick<EffectContext, 'ports' | 'state' | 'dispatch'>, after: number): Promise<void> {
  const pauses = watchedPauses(state());
  try {
    const checks = await ports.cluster?.check(pauses);
    // The thaw may have begun while this was read.
    if (checks && isStanding(state()) && watchedPauses(state()).length === pauses.length) dispatch({ type: 'pause.checked', checks, after });
  } catch (error) {
    // A cluster that does not answer is asked again after the interval, and before anything that depends on it; a disk that is full stops the next step.
    if (!(error instanceof RescueError)) throw error;
  }
}
