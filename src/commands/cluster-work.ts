import { sha256 } from '../realm/canonical.ts';
import { evolveCluster, NO_CLUSTER, type ClusterState } from '../runbook/cluster-state.ts';
import type { ClusterEvent } from '../runbook/cluster-events.ts';
import type { JournalLine, RunEvent } from '../runbook/model.ts';
import type { ClusterWork } from '../runner/cluster-work.ts';
import type { Cluster } from '../runner/cluster.ts';
import type { SessionStore } from '../runner/ports.ts';
import { sanitise } from '../ui/text.ts';

const CLUSTER_EVENTS: ReadonlySet<RunEvent['type']> = new Set<ClusterEvent['type']>([
  'freeze.begun', 'thaw.begun', 'cluster.remembered', 'cluster.seen', 'pause.answered', 'terminate.answered', 'operations.ended', 'safe.answered', 'resume.answered', 'restart.answered', 'restart.awaited', 'restart.checked', 'patch.intended', 'patch.sent', 'patch.failed', 'pause.checked', 'sync.awaited', 'sync.abandoned', 'sync.watched',
]);

/** What a record says of the cluster, whatever else it is a record of. */
export function clusterStateOf(lines: readonly JournalLine[]): ClusterState {
  return lines.reduce((state, { event }) => (CLUSTER_EVENTS.has(event.type) ? evolveCluster(state, event as ClusterEvent) : state), NO_CLUSTER);
}

/** The work of `freeze` and `thaw` alone, on a record that is open. */
export function clusterWork(cluster: Cluster, store: SessionStore, { fingerprint, patched = false, again = '' }: { readonly fingerprint: ClusterWork['fingerprint']; readonly patched?: boolean; readonly again?: string }): ClusterWork {
  let state = clusterStateOf(store.lines);
  return {
    cluster, store, fingerprint, hash: sha256, patched, again, accounted: null,
    state: () => state,
    dispatch: (event) => {
      store.append(event);
      state = evolveCluster(state, event);
    },
    progress: (text) => void process.stderr.write(`${sanitise(`  ${text}`)}\n`),
  };
}
