/** A run without a runner: the real transition, with effects that answer from a script. */
import { EXIT, type ExitCode } from '../../src/realm/errors.ts';
import type { Effect, RunEvent, RunState } from '../../src/runbook/model.ts';
import { settle, replay, transition } from '../../src/runbook/transition.ts';
import type { Answer, RunHandle, RunSnapshot } from '../../src/runner/handle.ts';
import type { Progress } from '../../src/runner/ports.ts';
import { CANDIDATES, captured, describeOperation, DIFFERENCES, EXPORTED, ORDER, PLAN, PROVEN, TRIAGE } from './fixtures.ts';

export interface ScriptedHandle extends RunHandle {
  readonly answers: readonly Answer[];
  readonly interrupts: () => number;
  state(): RunState;
  /** As an adapter would while it captures. */
  progress(progress: Progress): void;
}

/** What an effect leads to; null: it never comes back (it is in flight). */
export type Script = (effect: Effect) => readonly RunEvent[] | null;

/** Everything goes well. */
export const happy: Script = (effect) => {
  switch (effect.type) {
    // No cluster is named in these runs.
    case 'remember': case 'find-writer': case 'pause': case 'terminate': case 'make-safe': case 'resume': case 'restart': return null;
    case 'connect': return [{ type: 'connect.succeeded', connection: { user: 'on-call', clientId: 'admin-cli', serverVersion: '26.7.4', realmId: 'r', rights: [] } }];
    case 'capture': return [{ type: 'capture.succeeded', captured: captured(effect.label) }];
    case 'triage': return [{ type: 'triage.found', triage: TRIAGE }];
    case 'clear-caches': return [{ type: 'caches.intended' }, { type: 'caches.cleared' }];
    case 'find-evidence': return [{ type: 'evidence.found', candidates: CANDIDATES }];
    case 'read-evidence':
      return [{ type: 'evidence.read', evidence: effect.specs.map((spec) => ({ spec, source: spec, completeness: 'stated' as const, file: 'snapshots/evidence-1.json', sha256: '', capturedAt: '', counts: { clients: 11 }, notes: [] })) }];
    case 'compare': return [{ type: 'compare.done', differences: DIFFERENCES, order: ORDER }];
    case 'plan': return [{ type: 'plan.made', plan: PLAN }];
    case 'write': return [
      { type: 'write.intended', operation: effect.operation.id, undo: false, method: 'POST', path: '', before: [] },
      { type: 'write.sent', operation: effect.operation.id, undo: false, status: 201, milliseconds: 4 },
      { type: 'write.verified', operation: effect.operation.id, undo: false, found: 'read-back', ids: {} },
    ];
    case 'look': return [{ type: 'write.looked', operation: effect.operation.id, undo: false, found: 'done', images: [] }];
    case 'prove': return [{ type: 'prove.done', owner: effect.group.owner, proofs: effect.group.expectations.map((expectation) => ({ ...PROVEN, expectation, payload: { ...PROVEN.payload, groups: ['/staff'] } })) }];
    case 'account': return [{ type: 'account.done', account: { sessionsBefore: 8012, sessionsAfter: 8019, sessionsLost: [], sessionsNew: 7, keysUnchanged: true, clientIdsUnchanged: true, moved: [], notes: [], ok: true } }];
    case 'export': return [{ type: 'export.done', exported: EXPORTED }];
    case 'check-thaw': return [{ type: 'thaw.checked', fingerprintBefore: 'a', fingerprintAfter: 'a', equal: true }];
    case 'finish': return [{ type: 'run.finished', exit: effect.exit, summary: effect.summary }];
  }
};

export function scriptedHandle(events: readonly RunEvent[], script: Script = happy): ScriptedHandle {
  let state = replay(events);
  let seq = events.length;
  let busy: Effect['type'] | null = null;
  let progress: Progress | null = null;
  let interrupts = 0;
  let interruptedBy = '';
  let shown: RunSnapshot | null = null;
  const answers: Answer[] = [];
  const listeners = new Set<() => void>();
  const done = Promise.withResolvers<ExitCode>();

  const changed = () => {
    shown = null;
    for (const listener of listeners) listener();
  };
  const dispatch = (event: RunEvent) => {
    state = transition(state, event).state;
    seq += 1;
    changed();
  };
  const goOn = () => {
    if (busy !== null) return;
    if (interrupts > 0 && state.stopped === null && state.finished === null) dispatch({ type: 'run.stopped', reason: 'interrupted', note: `interrupted by ${interruptedBy}` });
    if (state.stopped !== null || state.finished !== null) return done.resolve(state.finished ? EXIT.done : EXIT.interrupted);
    const [effect] = settle(state).effects;
    if (effect === undefined) return;
    busy = effect.type;
    changed();
    const results = script(effect);
    if (results === null) return;
    queueMicrotask(() => {
      for (const event of results) dispatch(event);
      busy = null;
      changed();
      goOn();
    });
  };
  queueMicrotask(goOn);

  return {
    snapshot: () => (shown ??= { state, busy, progress, lastSeq: seq, lastLine: null, interrupted: interrupts > 0 }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    answer: (answer) => {
      if (state.question === null || busy !== null) return false;
      answers.push(answer);
      dispatch(answer);
      goOn();
      return true;
    },
    interrupt: (by = 'ctrl-c') => {
      interrupts += 1;
      if (interrupts === 1) interruptedBy = by;
      changed();
      if (interrupts > 1) done.resolve(EXIT.interrupted);
      else goOn();
    },
    describe: describeOperation,
    done: done.promise,
    answers,
    interrupts: () => interrupts,
    state: () => state,
    progress: (now) => {
      progress = now;
      changed();
    },
  };
}
