import type { Group, Operation } from '../realm/model.ts';
import type { Effect, Question, RunState, StepName } from './model.ts';
import { finishedExit, summarise } from './summary.ts';

/** What a run does now: one effect, or one question to a person, or nothing because it has ended. */
export type Next =
  | { readonly step: StepName; readonly effect: Effect }
  | { readonly step: StepName; readonly question: Question }
  | { readonly step: StepName; readonly ended: true };

const ask = (step: StepName, question: Question): Next => ({ step, question });
const run = (step: StepName, effect: Effect): Next => ({ step, effect });

/**
 * Decides from the state alone. A run that was killed and replayed from its journal therefore goes on exactly where
 * it was: there is no hidden program counter.
 */
export function next(state: RunState): Next {
  if (!state.run || state.finished || state.stopped) return { step: state.step, ended: true };
  if (state.failure) return ask(state.failure.step, { kind: 'failure', ...state.failure });
  return beforeCompare(state) ?? choosing(state) ?? restoring(state) ?? closing(state);
}

function beforeCompare(state: RunState): Next | null {
  if (!state.connection) return run('connect', { type: 'connect' });
  if (state.frozen === undefined) return ask('freeze', { kind: 'freeze' });
  const { 'live-stale': stale, 'live-before': before } = state.snapshots;
  if (!stale && !before) return run('capture', { type: 'capture', label: 'live-before' });
  if (!state.triage) return run('triage', { type: 'triage' });
  if (stale && !before) {
    if (state.caches === 'untouched') return ask('triage', { kind: 'clear-caches', word: state.run?.realm ?? '' });
    // Clearing twice does no harm, so a crash between intent and answer needs no look.
    if (state.caches !== 'cleared') return run('triage', { type: 'clear-caches' });
    return run('capture', { type: 'capture', label: 'live-before' });
  }
  return evidence(state);
}

function evidence(state: RunState): Next | null {
  const flags = state.run?.settings.evidence ?? [];
  const stale = state.snapshots['live-stale'] ? ['stale'] : [];
  if (state.evidence.length > 0) return null;
  if (state.evidenceSpecs) return run('evidence', { type: 'read-evidence', specs: state.evidenceSpecs });
  // What the node still had in its cache is the realm just before the overwrite: no file is nearer to the truth.
  if (flags.length > 0) return run('evidence', { type: 'read-evidence', specs: [...stale, ...flags] });
  if (!state.candidates) return run('evidence', { type: 'find-evidence' });
  return ask('evidence', { kind: 'evidence', candidates: state.candidates });
}

function choosing(state: RunState): Next | null {
  if (!state.compared) return run('compare', { type: 'compare' });
  if (state.differences.length === 0) return null;
  if (!state.settled) return ask('choose', { kind: 'choose' });
  if (!state.plan) return run('choose', { type: 'plan' });
  return null;
}

function restoring(state: RunState): Next | null {
  if (state.run?.readOnly || !state.plan) return null;
  const groups = state.plan.groups;
  for (const [index, group] of groups.entries()) {
    if (state.skipped.includes(group.owner)) continue;
    const step = restoreGroup(state, group, index, groups.length) ?? proveGroup(state, group);
    if (step) return step;
  }
  return null;
}

function restoreGroup(state: RunState, group: Group, index: number, total: number): Next | null {
  const open = group.operations.filter((operation) => !['verified', 'undone'].includes(state.writes[operation.id] ?? 'planned'));
  if (open.length === 0) return null;
  const begun = open.find((operation) => (state.writes[operation.id] ?? 'planned') !== 'planned');
  if (begun) return goOn(state, begun);
  if (!state.confirmed.includes(group.owner)) {
    return ask('restore', { kind: 'confirm', group, index, total, word: state.run?.realm ?? '' });
  }
  const [first] = open;
  return first ? run('restore', { type: 'write', operation: first, undo: false }) : null;
}

/** A write that was begun and is not verified: look at the server, or ask; never send it again unseen. */
function goOn(state: RunState, operation: Operation): Next {
  const status = state.writes[operation.id];
  if (status === 'failed' || status === 'diverged') {
    return ask('restore', { kind: 'write-trouble', operation, status, failure: state.trouble?.failure ?? null, images: state.trouble?.images ?? [] });
  }
  return run('restore', { type: 'look', operation, undo: false });
}

function proveGroup(state: RunState, group: Group): Next | null {
  const proofs = state.proofs[group.owner];
  if (!proofs) {
    return group.expectations.length === 0 ? null : run('prove', { type: 'prove', group, probeUser: state.probeUser ?? state.run?.settings.probeUser ?? null });
  }
  if (state.accepted[group.owner] !== undefined || !proofs.some((proof) => proof.outcome === 'not-proven')) return null;
  return ask('prove', { kind: 'not-proven', owner: group.owner, proofs });
}

function closing(state: RunState): Next {
  const end = run('transcript', { type: 'finish', exit: finishedExit(state), summary: summarise(state) });
  if (state.run?.readOnly) return end;
  if (!state.account) return run('account', { type: 'account' });
  if (!state.exported && state.exportSkipped === null) return run('export', { type: 'export' });
  if (state.thaw.statement === undefined) return ask('thaw', { kind: 'thaw' });
  if (state.thaw.statement !== null && state.thaw.equal === null) return run('thaw', { type: 'check-thaw' });
  return end;
}
