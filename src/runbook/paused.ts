/** Whether the writer is paused, as far as this run knows, and what to type to let it run again. */
import { heldPauses } from './cluster-state.ts';
import { place } from './cluster.ts';
import { foundPauses } from './found-pauses.ts';
import type { RunState } from './model.ts';

/** `run`: this run has paused it. `before`: it was found paused. `stated`: somebody says so. null: nobody has paused it, as far as anybody said. */
export type PausedBy = 'run' | 'before' | 'stated' | null;

/** Who has paused the writer that is not known to run again. */
export function pausedBy({ cluster, frozen }: Pick<RunState, 'cluster' | 'frozen'>): PausedBy {
  const { sight, pause } = cluster;
  if (heldPauses(cluster).length > 0) return 'run';
  if (foundPaused({ cluster }).length > 0) return 'before';
  return typeof frozen === 'string' && (sight === null || sight.controllers.length === 0 || pause === false) ? 'stated' : null;
}

/** Commands that let run again what was paused before this run; from the object they find the record that has paused it. */
export function foundPaused({ cluster }: Pick<RunState, 'cluster'>): readonly string[] {
  const applying = new Set((cluster.sight?.controllers ?? []).flatMap(({ object, role }) => (role === 'applies' ? [`pause ${object.resource.kind.toLowerCase()}:${place(object)}`] : [])));
  return foundPauses(cluster).filter(({ id }) => applying.has(id)).map(({ id }) => `realm-rescue thaw --from ${id.replace(/^pause /, '')}`);
}

/** What Thaw leaves behind where nothing was let run, in one line. */
export function stillPausedLine(state: RunState): string {
  switch (pausedBy(state)) {
    case 'run': return `not yet: the writer stays paused; when git is merged: realm-rescue thaw ${state.run?.id ?? ''}`;
    case 'before': return `not yet: the writer was paused before this run and stays so; when git is merged: ${foundPaused(state).join('; ')}`;
    case 'stated': return 'not yet: the writer stays paused until you resume it';
    case null: return `nothing to resume: ${state.frozen === null ? 'nobody said that the writer is paused' : 'nothing was paused'}`;
  }
}
