import { choiceOf, isAnswered } from '../realm/choice.ts';
import { EXIT, ERROR_CODES, type ExitCode } from '../realm/errors.ts';
import type { Failure, RunState, Summary } from './model.ts';

/** The numbers of the last line of `recover --json`. */
export function summarise(state: RunState): Summary {
  const operations = state.plan?.groups.flatMap((group) => group.operations) ?? [];
  const status = (id: string) => state.writes[id] ?? 'planned';
  const proofs = Object.values(state.proofs).flat();
  const restoredIds = restoredDifferences(state);
  const restorable = state.differences.filter((difference) => isAnswered(difference, 'restore', state.choices));
  return {
    restored: restoredIds.size,
    proven: proofs.filter((proof) => proof.outcome === 'proven').length,
    failed: operations.filter((operation) => ['failed', 'unknown', 'diverged'].includes(status(operation.id))).length
      + proofs.filter((proof) => proof.outcome === 'not-proven').length,
    left: leftAlone(state).length
      + restorable.filter((difference) => !restoredIds.has(difference.id)).length,
    sessionsBefore: sessionsBefore(state),
    sessionsAfter: state.account?.sessionsAfter ?? null,
    export: state.exported?.patch ?? state.exported?.directory ?? null,
    session: state.run?.id ?? '',
  };
}

/** Sessions of both sorts, online and offline, when the realm was captured first; null where they may not be seen. */
export function sessionsBefore({ account, snapshots }: Pick<RunState, 'account' | 'snapshots'>): number | null {
  const seen = snapshots['live-before']?.sessions ?? null;
  return account?.sessionsBefore ?? (seen === null ? null : seen.online + seen.offline);
}

/** Ids of what a write that was read back has settled, whatever the answer was. */
function restoredDifferences({ plan, writes }: RunState): ReadonlySet<string> {
  const operations = plan?.groups.flatMap((group) => group.operations) ?? [];
  return new Set(operations.filter(({ id }) => writes[id] === 'verified').flatMap(({ covers }) => covers));
}

/** What was answered with leave, or not at all, and did not go along with something that was removed. */
export function leftAlone(state: RunState): RunState['differences'] {
  const settled = restoredDifferences(state);
  return state.differences.filter((difference) => (choiceOf(difference, state.choices) ?? 'leave') === 'leave' && !settled.has(difference.id));
}

/** Claims that are not proven, by owner. One that was accepted with a reason lets the run go on; proven it is not. */
export function unproven(state: RunState): { owner: string; count: number }[] {
  return Object.entries(state.proofs)
    .map(([owner, proofs]) => ({ owner, count: proofs.filter((proof) => proof.outcome !== 'proven').length }))
    .filter((entry) => entry.count > 0);
}

/** The exit code of a run that came to its end. "Done" means proven. */
export function finishedExit(state: RunState): ExitCode {
  if (unproven(state).length > 0) return EXIT.notProven;
  if (state.account && !state.account.ok) return EXIT.notProven;
  if (state.thaw.equal === false) return EXIT.notProven;
  if (state.run?.readOnly && state.differences.length > 0) return EXIT.differences;
  // Answered with restore and not restored: the realm still differs, whatever else went well.
  const refused = new Set((state.plan?.refused ?? []).map(({ id }) => id));
  if (state.differences.some((difference) => refused.has(difference.id) && isAnswered(difference, 'restore', state.choices))) return EXIT.differences;
  if (state.skipped.length > 0 || Object.values(state.writes).includes('kept')) return EXIT.differences;
  if (state.unseen.length > 0) return EXIT.couldNotCheck;
  return EXIT.done;
}

/** What went wrong with a step, or with the first write in the order of the plan that did not go well. */
export function stoppedBy(state: RunState): Failure | undefined {
  const operations = state.plan?.groups.flatMap((group) => group.operations) ?? [];
  const troubled = operations.find(({ id }) => state.troubles[id] !== undefined);
  return state.failure?.failure ?? (troubled && state.troubles[troubled.id]?.failure) ?? undefined;
}

/** The exit code of a run that was stopped before its end; it can be resumed. */
export function stoppedExit(state: RunState): ExitCode {
  switch (state.stopped?.reason) {
    case 'undecided': return EXIT.needsDecision;
    case 'not-proven': return EXIT.notProven;
    case 'failed': return ERROR_CODES[stoppedBy(state)?.code ?? 'write-failed'];
    default: return EXIT.interrupted;
  }
}
