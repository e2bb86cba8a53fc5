/** Records that still hold something paused. */
import { readJournal } from '../journal/read.ts';
import { sessionIds } from '../journal/sessions.ts';
import { RescueError } from '../realm/errors.ts';
import { heldPauses, type ClusterState } from '../runbook/cluster-state.ts';
import type { ClusterSight, ObjectName } from '../runbook/cluster.ts';
import { patchesCarrier } from '../runbook/exported.ts';
import type { RunInfo } from '../runbook/model.ts';
import type { FreezeInfo } from '../runbook/cluster-events.ts';
import { clusterStateOf } from './cluster-work.ts';

export interface FrozenRecord {
  readonly id: string;
  readonly state: ClusterState;
  /** A recovery, or a freeze alone. */
  readonly run: RunInfo | null;
  readonly freeze: FreezeInfo | null;
  /** The fingerprint of the realm as the recovery left it, and whether it changed in git what carries the realm. */
  readonly accounted: string | null;
  readonly patched: boolean;
  /** ISO time of its last event; empty where it has none. */
  readonly lastAt: string;
}

/** One record with what it says of the cluster. Throws RescueError for a record that cannot be read. */
export function frozenRecord(directory: string, id: string): FrozenRecord {
  const { lines } = readJournal(`${directory}/${id}`, id);
  let [run, freeze, accounted, patched]: [RunInfo | null, FreezeInfo | null, string | null, boolean] = [null, null, null, false];
  for (const { event } of lines) {
    if (event.type === 'run.started') ({ run } = event);
    if (event.type === 'freeze.begun') ({ freeze } = event);
    if (event.type === 'capture.succeeded' && event.captured.label === 'live-after') accounted = event.captured.fingerprint;
    if (event.type === 'export.done') patched = patchesCarrier(event.exported);
  }
  return { id, state: clusterStateOf(lines), run, freeze, accounted, patched, lastAt: lines.at(-1)?.at ?? '' };
}

/**
 * The records in which something of a sight is still paused, as far as they know, the newest last. Another cluster may have objects of the same names, and a
 * project windows for many applications. Records that cannot be read are passed over.
 */
export function recordsOf(directory: string, { server, controllers, pauses }: ClusterSight): readonly FrozenRecord[] {
  const wanted = new Set([...controllers.map(({ object }) => key(object)), ...pauses.map(({ object, application }) => key(object, application))]);
  return sessionIds(directory).flatMap((id) => {
    try {
      const record = frozenRecord(directory, id);
      return record.state.sight?.server === server && heldPauses(record.state).some(({ object, application }) => wanted.has(key(object, application))) ? [record] : [];
    } catch (error) {
      if (error instanceof RescueError) return [];
      throw error;
    }
  }).sort((a, b) => (a.lastAt < b.lastAt ? -1 : 1));
}

const key = ({ resource, namespace, name }: ObjectName, application = ''): string => `${resource.kind} ${namespace ?? ''}/${name} ${application}`;
