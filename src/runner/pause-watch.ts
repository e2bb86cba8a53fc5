/** Pauses are looked at again while a run goes on or waits for a person: whoever takes one back does so at an interval of its own. */
import { RescueError } from '../realm/errors.ts';
import { place } from '../runbook/cluster.ts';
import type { ClusterSight, PauseCheck, SeenController } from '../runbook/cluster.ts';
import { brokenPauses, heldPauses, NO_CLUSTER, objectKey, type ClusterState } from '../runbook/cluster-state.ts';
import type { RunState } from '../runbook/model.ts';
import { undone } from './cluster-failures.ts';
import type { ClusterWork } from './cluster-work.ts';
import type { Cluster } from './cluster.ts';
import type { EffectContext } from './context.ts';

/** How often it is looked whether it is time, in milliseconds. */
const TICK = 1000;
/** Seconds between two looks: where no controller says how often it looks itself, and at most. */
const LONGEST = 600;

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
  if (!ports.cluster || !isPaused(cluster)) return true;
  dispatch({ type: 'pause.checked', checks: await checksOf(ports.cluster, cluster) });
  return brokenPauses(state().cluster).length === 0;
}

/** Something is paused, by this run or before it. */
const isPaused = (cluster: ClusterState): boolean => cluster.pause !== false && (heldPauses(cluster).length > 0 || pausedBefore(cluster.sight).length > 0);

const pausedBefore = (sight: ClusterSight | null): readonly SeenController[] => sight?.controllers.filter(({ paused }) => paused) ?? [];

/** What was paused by us is held against what we wrote; of the rest it is seen whether it would have to be paused now. */
async function checksOf(cluster: Pick<Cluster, 'check' | 'look'>, { sight, ...state }: Pick<ClusterState, 'sight' | 'patches' | 'made'>): Promise<readonly PauseCheck[]> {
  const held = heldPauses(state);
  const checks = held.length === 0 ? [] : await cluster.check(held);
  const before = pausedBefore(sight);
  if (sight === null || before.length === 0) return checks;
  const known = new Set(before.map(({ object }) => objectKey(object)));
  const running = (await cluster.look(sight.source)).pauses.filter(({ object }) => known.has(objectKey(object)));
  const standing = before.filter(({ object }) => !running.some((pause) => objectKey(pause.object) === objectKey(object)));
  return [
    ...checks,
    ...running.map(({ id, object }): PauseCheck => ({ id: `pause ${id}`, holds: false, because: `${object.resource.kind} ${place(object)} is not paused` })),
    ...standing.map(({ object }): PauseCheck => ({ id: `paused ${objectKey(object)}`, holds: true, because: '' })),
  ];
}

export interface Standing {
  readonly cluster: Pick<Cluster, 'check' | 'look'>;
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
 * The same for a freeze alone, in which no run goes on: looks each time that the shortest interval has passed, until every controller has had its turn.
 * @throws RescueError `changed-meanwhile` where something is not paused any more
 */
export async function standsEveryTurn({ cluster, sight, work, wait }: Standing): Promise<void> {
  const shortest = Math.min(...intervals(sight));
  const all = everyTurn(sight);
  for (let passed = 0; passed < all;) {
    const turn = Math.min(shortest, all - passed);
    await wait(turn * 1000);
    passed += turn;
    const checks = await checksOf(cluster, { ...(work?.state() ?? NO_CLUSTER), sight });
    work?.dispatch({ type: 'pause.checked', checks, after: passed });
    const broken = checks.filter(({ holds }) => !holds);
    if (broken.length > 0) throw undone(broken);
  }
}

/** Something is paused, as far as anybody knows, and stays so for now. */
function isStanding({ cluster, frozen, failure, finished, stopped }: RunState): boolean {
  return frozen !== undefined && failure === null && finished === null && stopped === null && cluster.resume === null && isPaused(cluster) && brokenPauses(cluster).length === 0;
}

const intervalOf = ({ cluster }: RunState): number => Math.min(LONGEST, ...(cluster.sight ? intervals(cluster.sight) : []));

/** How often each controller looks itself, in seconds; never empty. */
function intervals({ controllers }: ClusterSight): readonly number[] {
  const said = controllers.flatMap(({ interval }) => interval ?? []);
  return said.length > 0 ? said : [LONGEST];
}

async function look({ ports, state, dispatch }: Pick<EffectContext, 'ports' | 'state' | 'dispatch'>, after: number): Promise<void> {
  const held = heldPauses(state().cluster);
  try {
    const checks = ports.cluster && (await checksOf(ports.cluster, state().cluster));
    // The thaw may have begun while this was read.
    if (checks && isStanding(state()) && heldPauses(state().cluster).length === held.length) dispatch({ type: 'pause.checked', checks, after });
  } catch (error) {
    // A cluster that does not answer is asked again after the interval, and before anything that depends on it; a disk that is full stops the next step.
    if (!(error instanceof RescueError)) throw error;
  }
}
