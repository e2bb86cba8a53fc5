import { heldPauses, openRisk, restartable, risksToPatch } from './cluster-state.ts';
import { endable, type ClusterSight, type ObjectName } from './cluster.ts';
import type { Effect, Question, RunState, StepName } from './model.ts';
import { restoring } from './restoring.ts';
import { finishedExit, summarise } from './summary.ts';

/** What a run does now: one effect or some beside each other, or one question to a person, or nothing because it has ended. */
export type Next =
  | { readonly step: StepName; readonly effects: readonly [Effect, ...Effect[]] }
  | { readonly step: StepName; readonly question: Question }
  | { readonly step: StepName; readonly ended: true };

const ask = (step: StepName, question: Question): Next => ({ step, question });
const run = (step: StepName, effect: Effect): Next => ({ step, effects: [effect] });

/**
 * Decides from the state alone. A run that was killed and replayed from its journal therefore goes on exactly where
 * it was: there is no hidden program counter.
 */
export function next(state: RunState): Next {
  if (!state.run) return { step: state.step, ended: true };
  if (state.finished) return { step: 'transcript', ended: true };
  // It stands where it would go on.
  if (state.stopped) return { step: next({ ...state, stopped: null }).step, ended: true };
  if (state.failure) return ask(state.failure.step, { kind: 'failure', ...state.failure });
  return beforeCompare(state) ?? choosing(state) ?? restoring(state) ?? closing(state);
}

function beforeCompare(state: RunState): Next | null {
  const { cluster } = state;
  if ((state.run?.settings.from ?? null) !== null) {
    // The memory of an API server lasts minutes: nothing stands before it, not even the login.
    if (cluster.remembered === null) return run('connect', { type: 'remember' });
    if (cluster.sight === null) return run('connect', { type: 'find-writer' });
  }
  if (!state.connection) return run('connect', { type: 'connect' });
  if (state.frozen === undefined) return freezing(state);
  const operations = ending(state);
  if (operations) return operations;
  const { 'live-stale': stale, 'live-before': before } = state.snapshots;
  if (!stale && !before) return run('capture', { type: 'capture', label: 'live-before' });
  if (!state.triage) return run('triage', { type: 'triage' });
  if (stale && !before) {
    if (state.caches === 'untouched') return ask('triage', { kind: 'clear-caches', word: state.run?.realm ?? '' });
    // Clearing twice does no harm, so a crash between intent and answer needs no look.
    if (state.caches !== 'cleared') return run('triage', { type: 'clear-caches' });
    return run('capture', { type: 'capture', label: 'live-before' });
  }
  return safety(state) ?? evidence(state);
}

/** A live patch of a workload restarts its pods, which empties their caches: everything has been captured by now. */
function safety(state: RunState): Next | null {
  if (state.evidence.length > 0 || state.run?.readOnly === true) return null;
  const risk = openRisk(state.cluster);
  if (risk) return ask('triage', { kind: 'make-safe', risk, word: typedName(risk.object) });
  return risksToPatch(state.cluster).length > 0 ? run('triage', { type: 'make-safe' }) : null;
}

function freezing(state: RunState): Next {
  const { sight, pause } = state.cluster;
  if (sight === null || sight.controllers.length === 0 || pause === false) return ask('freeze', { kind: 'freeze' });
  // A run that only reads looks at what others have paused, which sends nothing.
  if (state.run?.readOnly === true && !isAllPaused(sight)) return ask('freeze', { kind: 'freeze' });
  // What is paused already needs no word: it is only looked at again.
  if (pause === true || sight.pauses.length === 0) return run('freeze', { type: 'pause' });
  return ask('freeze', { kind: 'pause', sight, word: controllerWord(sight) });
}

const isAllPaused = ({ controllers, pauses }: ClusterSight): boolean => pauses.length === 0 && controllers.every(({ role, paused }) => role === 'owner' || paused);

/** A sync that runs goes on under the pause, and may start pods that import once more: it is asked about after each Freeze, before anything else. */
function ending({ run: started, cluster: { sight, pause, terminate, ended } }: RunState): Next | null {
  const running = endable(sight);
  if (running.length === 0 || sight === null || started?.readOnly === true || pause === false) return null;
  if (terminate === null) return ask('freeze', { kind: 'terminate', controllers: running, word: controllerWord({ ...sight, controllers: running }) });
  return terminate && ended === null ? run('freeze', { type: 'terminate' }) : null;
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

function closing(state: RunState): Next {
  const end = run('transcript', { type: 'finish', exit: finishedExit(state), summary: summarise(state) });
  if (state.run?.readOnly) return end;
  if (!state.account) return run('account', { type: 'account' });
  if (!state.exported && state.exportSkipped === null) return run('export', { type: 'export' });
  if (state.thaw.statement === undefined) return thawing(state);
  const { watched, restart, restarted } = state.cluster;
  const pods = watched?.ok === true ? restartable(state.cluster) : [];
  if (pods[0] && restart === null) return ask('thaw', { kind: 'restart', objects: pods, word: typedName(pods[0]) });
  if (restart === true && restarted === null) return run('thaw', { type: 'restart' });
  if (state.thaw.statement !== null && state.thaw.equal === null) return run('thaw', { type: 'check-thaw' });
  return end;
}

function thawing(state: RunState): Next {
  const { sight, resume } = state.cluster;
  // Also where it runs again by now: its sync has not been looked at.
  if (resume === true) return run('thaw', { type: 'resume' });
  if (sight === null || heldPauses(state.cluster).length === 0) return ask('thaw', { kind: 'thaw' });
  return ask('thaw', { kind: 'resume', word: controllerWord(sight) });
}

/** The word that starts a pause or ends it: the name of the controller that applies. */
export function controllerWord(sight: ClusterSight): string {
  const controller = sight.controllers.find(({ role }) => role === 'applies') ?? sight.controllers[0];
  return controller === undefined ? '' : typedName(controller.object);
}

/** A name that a person types to start something. One that is an answer of its own, or a number, is typed with its kind: `application/no`. */
export function typedName({ resource, name }: ObjectName): string {
  return /^(?:\d*|no|q|w)$/i.test(name) ? `${resource.kind.toLowerCase()}/${name}` : name;
}
