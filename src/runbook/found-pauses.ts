/** Pauses that a run found and did not make: by hand, or by another record. */
import { place, type ClusterPatch, type Pause } from './cluster.ts';
import { heldPauses, type ClusterState } from './cluster-state.ts';

/** A pause as the patch that would have made it: enough to look whether it is there. */
export function asPatch({ id, object, means, application, title }: Pause): ClusterPatch {
  return { id: `pause ${id}`, purpose: 'pause', object, title, body: {}, field: means === 'deny-window' ? ['spec', 'syncWindows'] : [], previous: null, value: null, means, ...(application === undefined ? {} : { application }) };
}

/**
 * What was paused before: controllers that were seen so, and deny windows that stood already when one was to be made. Of those nothing tells
 * beforehand that they stand; after the pauses were made, what is not held by this record was there.
 */
export function foundPauses({ sight, pause, ...state }: Pick<ClusterState, 'sight' | 'pause' | 'patches' | 'made'>): readonly ClusterPatch[] {
  if (sight === null || pause === false) return [];
  const held = new Set(heldPauses(state).map(({ id }) => id));
  const seen = sight.controllers.filter(({ paused }) => paused).map(({ object, title }) => asPatch({ id: `${object.resource.kind.toLowerCase()}:${place(object)}`, object, means: object.resource.kind === 'Application' ? 'automation-off' : 'suspend', title }));
  const windows = pause === true ? sight.pauses.filter(({ means }) => means === 'deny-window').map(asPatch) : [];
  return [...seen, ...windows].filter(({ id }) => !held.has(id));
}
