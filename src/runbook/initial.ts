import { NO_CLUSTER } from './cluster-state.ts';
import { STEPS, type RunState, type StepName, type StepState } from './model.ts';

/** The state before the first event. */
export function initialState(): RunState {
  const pending: StepState = { status: 'pending', line: null };
  return {
    run: null,
    step: 'connect',
    steps: Object.fromEntries(STEPS.map((step) => [step, pending])) as Record<StepName, StepState>,
    connection: null,
    cluster: NO_CLUSTER,
    frozen: undefined,
    snapshots: {},
    triage: null,
    caches: 'untouched',
    candidates: null,
    evidenceSpecs: null,
    evidence: [],
    compared: false,
    differences: [],
    unseen: [],
    order: [],
    choices: {},
    settled: false,
    plan: null,
    confirmed: [],
    skipped: [],
    writes: {},
    madeIds: {},
    troubles: {},
    probeUser: null,
    proofs: {},
    accepted: {},
    account: null,
    exported: null,
    exportSkipped: null,
    thaw: { statement: undefined, equal: null },
    failure: null,
    question: null,
    stopped: null,
    finished: null,
  };
}
