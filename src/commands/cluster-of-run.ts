/** The cluster of a recorded run, and the terminal that its login plugin may have until something is drawn there. */
import type { ClusterEvidence } from '../evidence/cluster.ts';
import type { Attendance } from '../kubernetes/attendance.ts';
import type { ClusterTarget } from '../kubernetes/target.ts';
import { RescueError } from '../realm/errors.ts';
import type { JournalLine } from '../runbook/model.ts';
import type { Cluster } from '../runner/cluster.ts';
import { atTerminal, clusterTarget } from './cluster-target.ts';
import { lazyCluster, lazyClusterEvidence } from './lazy.ts';
import { lockedCluster, pauseLocks } from './locks.ts';
import type { Invocation } from './table.ts';

export interface ClusterOfRun {
  /** Of a run that names what carries its realm. */
  readonly cluster: Cluster | undefined;
  readonly evidence: ClusterEvidence;
  /**
   * Hands the terminal to the front end, for good. A plugin that may have to ask does so before that, since nothing else can be typed or shown
   * on a terminal that is drawn on. One that only comes to be needed later, as after a login has ended, gets no terminal.
   */
  handOver(): Promise<void>;
}

/**
 * @param lines  of the record so far
 * @param directory  of all records
 * @param session  id of this one
 * @param asks   whether the front end reads from the terminal
 */
export function clusterOfRun(invocation: Invocation, { from, lines, asks, directory, session }: { readonly from: string | null | undefined; readonly lines: readonly JournalLine[]; readonly asks: boolean; readonly directory: string; readonly session: string }): ClusterOfRun {
  const seated = atTerminal(invocation.flags);
  let drawn = false;
  const attendance: Attendance = () => (drawn ? { stdin: 'screen', say: () => undefined } : seated());
  const seen = lines.flatMap(({ event }) => (event.type === 'cluster.seen' ? [event.sight] : [])).at(-1);
  const cluster = from ? lazyCluster(targetAgain(clusterTarget(invocation, attendance), seen?.context)) : undefined;
  return {
    cluster: cluster && lockedCluster(cluster, pauseLocks(directory, session), seen?.server ?? null),
    evidence: lazyClusterEvidence(invocation, attendance),
    handOver: async () => {
      if (!asks) return;
      try {
        await cluster?.logIn();
      } catch (error) {
        // A realm can be restored while nobody reaches its cluster; the step that needs it says so again.
        if (!(error instanceof RescueError) || error.code === 'interrupted') throw error;
        seated().say(error.message);
      }
      drawn = true;
    },
  };
}

/** A run that goes on stays with the context in which it has paused something, unless a flag says otherwise. */
function targetAgain(target: ClusterTarget, known: string | undefined): ClusterTarget {
  return known === undefined || known === 'in-cluster' || target.context !== undefined ? target : { ...target, context: known };
}
