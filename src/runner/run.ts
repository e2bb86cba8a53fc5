import { RescueError, EXIT, type ExitCode } from '../realm/errors.ts';
import type { Connection, Effect, Question, RunEvent, RunState } from '../runbook/model.ts';
import { stoppedExit } from '../runbook/summary.ts';
import { groupOf } from '../runbook/restoring.ts';
import { replay, settle, transition } from '../runbook/transition.ts';
import type { Effects } from './effects.ts';
import { asFailure } from './failure.ts';
import type { Answer, RunHandle, RunSnapshot } from './handle.ts';
import type { Ports, Progress } from './ports.ts';

export interface RunOptions {
  readonly ports: Ports;
  /** Absolute paths of the files that `--evidence` names; the export brings them to live. */
  readonly evidenceFiles: () => Promise<readonly string[]>;
  /** See RecordPlace; empty when the session lies in the usual place. */
  readonly sessionFlag?: string;
  readonly againFlags?: string;
  /** The first event of this process: run.started or run.resumed. */
  readonly first: RunEvent;
  /** The connection of a run that goes on: roles may have been granted since. See reconnect.ts. */
  readonly reconnected?: Connection;
  /** Called when nothing more is asked of the server, before the records are written. */
  readonly onQuiet?: () => void;
  /** Called with every journalled event, in order. */
  readonly onLine?: (line: Ports['store']['lines'][number]) => void;
}

/**
 * Runs the runbook: performs what comes next through the ports, journals every event before it counts, and waits
 * for a person where the state asks one. The three front ends only ever hold the handle.
 */
export function startRun({ ports, evidenceFiles, first, reconnected, onQuiet, onLine, sessionFlag = '', againFlags = '' }: RunOptions): RunHandle {
  let state: RunState = replay(ports.store.lines.map((line) => line.event));
  let busy: Effect['type'] | null = null;
  let progress: Progress | null = null;
  let interrupted = false;
  let interruptedBy = '';
  let snapshot: RunSnapshot | null = null;
  let wake: (() => void) | null = null;
  const listeners = new Set<() => void>();
  const leave = Promise.withResolvers<ExitCode>();

  const changed = () => {
    snapshot = null;
    for (const listener of listeners) listener();
  };
  const dispatch = (event: RunEvent) => {
    const line = ports.store.append(event);
    state = transition(state, event).state;
    onLine?.(line);
    changed();
  };
  const showProgress = (now: Progress | null) => {
    progress = now;
    changed();
  };
  // What effects need (all kinds of object, the transcript) weighs as much as everything that the first frame shows.
  let effects: Effects | null = null;

  /** Until nothing is left to do without a person. Gives false when the run has ended. */
  const step = async (loaded: Effects): Promise<boolean> => {
    if (settle(state).effects.length === 0) {
      if (!state.question) return false;
      await new Promise<void>((resolve) => {
        wake = resolve;
        changed();
      });
      return true;
    }
    try {
      await perform(loaded);
    } finally {
      busy = null;
      progress = null;
      changed();
    }
    return true;
  };

  /** Performs what comes next, one effect or those that may go beside each other; as soon as one is done, what it makes possible begins. */
  const perform = async (loaded: Effects): Promise<void> => {
    const running = new Map<string | null, Promise<void>>();
    let broken: unknown = null;
    const begin = async (effect: Effect): Promise<void> => {
      const { step: begun } = state;
      try {
        await loaded.perform(effect).catch((error: unknown) => {
          if (error instanceof RescueError && error.code === 'disk') throw error;
          dispatch({ type: 'step.failed', step: effect.type === 'prove' ? 'prove' : begun, failure: asFailure(error) });
        });
      } catch (error) {
        broken = error;
      }
    };
    for (;;) {
      for (const effect of interrupted || broken ? [] : settle(state).effects) {
        const group = groupOf(effect);
        // What is being written looks like what a crash has left half-written.
        if (running.has(group)) continue;
        [busy, progress] = [effect.type, null];
        changed();
        running.set(group, begin(effect).finally(() => running.delete(group)));
      }
      if (running.size === 0) break;
      await Promise.race(running.values());
    }
    if (broken) throw broken;
  };

  const loop = async (): Promise<ExitCode> => {
    dispatch(first);
    // The front end mounts in this turn of the event loop; work that loads megabytes can wait for the next.
    await nextTurn();
    if (settle(state).effects.some((effect) => effect.type === 'connect')) await ports.keycloak.begin?.().then(nextTurn);
    const { openEffects } = await import('./effects.ts');
    const loaded = openEffects({ ports, state: () => state, dispatch, progress: showProgress, isInterrupted: () => interrupted }, evidenceFiles);
    effects = loaded;
    changed();
    const unwatch = ports.cluster ? loaded.watchPauses() : undefined;
    if (reconnected) dispatch({ type: 'connect.succeeded', connection: reconnected });
    for (;;) {
      if (interrupted && !state.finished && !state.stopped) dispatch({ type: 'run.stopped', reason: 'interrupted', note: `interrupted by ${interruptedBy}` });
      if (!(await step(loaded))) break;
    }
    unwatch?.();
    onQuiet?.();
    await nextTurn();
    loaded.writeTranscripts();
    return state.finished ? (state.finished.exit as ExitCode) : stoppedExit(state);
  };

  return {
    snapshot: () => {
      const lines = ports.store.lines;
      const record = { directory: ports.store.directory, flag: sessionFlag, again: againFlags, head: ports.store.head };
      snapshot ??= { state, busy, progress, lastSeq: lines.at(-1)?.seq ?? 0, lastLine: lines.at(-1) ?? null, interrupted, record };
      return snapshot;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    answer: (answer: Answer) => {
      if (!state.question || busy || !fits(state.question, answer)) return false;
      dispatch(answer);
      if (!state.question || answer.type !== 'choice.made') wakeUp();
      return true;
    },
    interrupt: (by = 'ctrl-c') => {
      // A run that has ended is not interrupted any more: what is left to write takes no waiting.
      if (interrupted && !state.finished && !state.stopped) leave.resolve(EXIT.interrupted);
      if (!interrupted) interruptedBy = by;
      interrupted = true;
      wakeUp();
      changed();
    },
    // A run that goes on may have something to describe in the very first frame, and draws again when it can.
    describe: (operation) => `${operation.request.method} ${effects?.describe(operation.request) ?? ''}`,
    done: Promise.race([loop(), leave.promise]),
  };

  function wakeUp(): void {
    const waiting = wake;
    wake = null;
    waiting?.();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const FITTING: Readonly<Record<Question['kind'], readonly Answer['type'][]>> = {
  'pause': ['pause.answered'],
  'terminate': ['terminate.answered'],
  'make-safe': ['safe.answered'],
  'resume': ['resume.answered'],
  'restart': ['restart.answered'],
  'freeze': ['freeze.stated'],
  'clear-caches': ['caches.confirmed', 'caches.left'],
  'evidence': ['evidence.chosen'],
  'choose': ['choice.made', 'order.moved', 'choices.settled', 'probe.chosen'],
  'confirm': ['group.confirmed', 'group.skipped', 'probe.chosen'],
  'not-proven': ['probe.chosen', 'proof.accepted'],
  'write-trouble': ['step.retried', 'write.kept'],
  'thaw': ['thaw.stated'],
  'failure': ['step.retried'],
};

function fits(question: Question, answer: Answer): boolean {
  return answer.type === 'run.stopped' || FITTING[question.kind].includes(answer.type);
}

