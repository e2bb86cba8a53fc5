/** Records that still hold something paused. */
import { readJournal } from '../journal/read.ts';
import { sessionIds } from '../journal/sessions.ts';
import { RescueError } from '../realm/errors.ts';
import { heldPauses, type ClusterState } from '../runbook/cluster-state.ts';
import type { ObjectName } from '../runbook/cluster.ts';
import type { RunInfo } from '../runbook/model.ts';
import type { FreezeInfo } from '../runbook/cluster-events.ts';
import { clusterStateOf } from './cluster-work.ts';

export interface FrozenRecord {
  readonly id: string;
  readonly state: ClusterState;
  /** A recovery, or a freeze alone. */
  readonly run: RunInfo | null;
  readonly freeze: FreezeInfo | null;
}

/** One record with what it says of the cluster. Throws RescueError for a record that cannot be read. */
export function frozenRecord(directory: string, id: string): FrozenRecord {
  const { lines } = readJournal(`${directory}/${id}`, id);
  let [run, freeze]: [RunInfo | null, FreezeInfo | null] = [null, null];
  for (const { event } of lines) {
    if (event.type === 'run.started') ({ run } = event);
    if (event.type === 'freeze.begun') ({ freeze } = event);
  }
  return { id, state: clusterStateOf(lines), run, freeze };
}

/** The records in which one of these objects is still paused, as far as they know; those that cannot be read are passed over. */
export function recordsOf(directory: string, objects: readonly ObjectName[]): readonly FrozenRecord[] {
  const wanted = new Set(objects.map(key));
  return sessionIds(directory).flatMap((id) => {
    try {
      const record = frozenRecord(directory, id);
      return heldPauses(record.state).some(({ object }) => wanted.has(key(object))) ? [record] : [];
    } catch (error) {
      if (error instanceof RescueError) return [];
      throw error;
    }
  });
}

const key = ({ resource, namespace, name }: ObjectName): string => `${resource.kind} ${namespace ?? ''}/${name}`;
