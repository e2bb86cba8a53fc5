/** Somebody else writes to the realm while it is being restored: what that means for a run. */
import type { Image, Operation } from '../realm/model.ts';
import type { Failure, RunState, WriteStatus } from './model.ts';

/** What an object is neither: as it was captured, nor as the write makes it. Whoever did that has to be heard before anything is sent. */
export function changedMeanwhile(state: RunState, operation: string): Failure {
  const { title = operation, owner = '' } = operationOf(state, operation) ?? {};
  return {
    code: 'changed-meanwhile',
    title: `The ${title}${owner === '' ? '' : ` of ${owner}`} is neither as it was captured nor as it is to be restored: somebody or something has changed it meanwhile. Nothing was sent.`,
    next: ['Find out who is at work in this realm. What they made can be kept; the write is left out then.'],
  };
}

/** As this run knew the objects of a write before somebody else changed them: as it restored them, or else as it captured them. */
export function expectedOf(state: RunState, operation: Operation): readonly Image[] {
  return state.troubles[operation.id]?.failure?.code === 'overwritten' ? operation.after : operation.before;
}

/**
 * Statuses of writes when a restore goes on after a stop or a question. What failed or stayed unknown may have happened after all: it is
 * looked at first. After an overwrite nothing that was restored can be believed: all of it is.
 */
export function lookedAtAnew({ writes, troubles }: RunState): RunState['writes'] {
  const doubtful: readonly WriteStatus[] = ['failed', 'unknown', 'diverged', ...(isOverwritten(troubles) ? (['verified'] as const) : [])];
  return Object.fromEntries(Object.entries(writes).map(([id, status]) => [id, doubtful.includes(status) ? 'intended' : status]));
}

/** Proofs that still count then: none after an overwrite, but what was accepted stays so. */
export function proofsAnew({ proofs, troubles, accepted }: RunState): RunState['proofs'] {
  return isOverwritten(troubles) ? Object.fromEntries(Object.entries(proofs).filter(([owner]) => accepted[owner] !== undefined)) : proofs;
}

function isOverwritten(troubles: RunState['troubles']): boolean {
  return Object.values(troubles).some(({ failure }) => failure?.code === 'overwritten');
}

function operationOf({ plan }: RunState, id: string): Operation | undefined {
  return plan?.groups.flatMap((group) => group.operations).find((operation) => operation.id === id);
}
