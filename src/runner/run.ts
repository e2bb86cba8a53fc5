import { RescueError, EXIT, type ExitCode } from '../realm/errors.ts';
import type { Connection, Effect, Question, RunEvent, RunState } from '../runbook/model.ts';
import { stoppedExit } from '../runbook/summary.ts';
import { replay, settle, transition } from '../runbook/transition.ts';
import { account, checkThaw, exportToGit, finish, writeTranscripts } from './close.ts';
import { openMemory, references, type EffectContext } from './context.ts';
import { asFailure } from './failure.ts';
import type { Answer, RunHandle, RunSnapshot } from './handle.ts';
import type { Ports, Progress } from './ports.ts';
import { prove } from './prove.ts';
import { capture, clearCaches, compare, connect, findEvidence, findOutTriage, plan, readEvidence } from './read.ts';
import { look, write } from './write.ts';

export interface RunOptions {
  readonly ports: Ports;
  /** Absolute paths of the files that `--evidence` names; the export brings them to live. */
  readonly evidenceFiles: () => Promise<readonly string[]>;
  /** See RecordPlace; empty when the session lies in the usual place. */
  readonly sessionFlag?: string;
  /** The first event of this process: run.started or run.resumed. */
  readonly first: RunEvent;
  /** The connection of a run that goes on: roles may have been granted since. See reconnect.ts. */
  readonly reconnected?: Connection;
  /** Called with every journalled event, in order. */
  readonly onLine?: (line: Ports['store']['lines'][number]) => void;
}

/**
 * Runs the runbook: performs one effect at a time through the ports, journals every event before it counts, and waits
 * for a person where the state asks one. The three front ends only ever hold the handle.
 */
export function startRun({ ports, evidenceFiles, first, reconnected, onLine, sessionFlag = '' }: RunOptions): RunHandle {
  let state: RunState = replay(ports.store.lines.map((line) => line.event));
  let busy: Effect['type'] | null = null;
  let progress: Progress | null = null;
  let interrupted = false;
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
  const context: EffectContext = {
    ports,
    state: () => state,
    dispatch,
    progress: (now) => {
      progress = now;
      changed();
    },
    memory: openMemory(ports, () => state),
  };

  const step = async (): Promise<boolean> => {
    const { effects } = settle(state);
    const [effect] = effects;
    if (!effect) {
      if (!state.question) return false;
      await new Promise<void>((resolve) => {
        wake = resolve;
        changed();
      });
      return true;
    }
    busy = effect.type;
    changed();
    try {
      await perform(context, effect, evidenceFiles);
    } catch (error) {
      if (error instanceof RescueError && error.code === 'disk') throw error;
      dispatch({ type: 'step.failed', step: state.step, failure: asFailure(error) });
    } finally {
      busy = null;
      progress = null;
      changed();
    }
    return true;
  };

  const loop = async (): Promise<ExitCode> => {
    dispatch(first);
    // The front end mounts in this turn of the event loop; work that loads megabytes can wait for the next.
    await new Promise((resolve) => setImmediate(resolve));
    if (reconnected) dispatch({ type: 'connect.succeeded', connection: reconnected });
    for (;;) {
      if (interrupted && !state.finished && !state.stopped) dispatch({ type: 'run.stopped', reason: 'interrupted', note: 'interrupted by ctrl-c' });
      if (!(await step())) break;
    }
    context.memory.forget();
    writeTranscripts(ports.store);
    return state.finished ? (state.finished.exit as ExitCode) : stoppedExit(state);
  };

  return {
    snapshot: () => {
      const lines = ports.store.lines;
      const record = { directory: ports.store.directory, flag: sessionFlag, head: ports.store.head };
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
    interrupt: () => {
      if (interrupted) leave.resolve(EXIT.interrupted);
      interrupted = true;
      wakeUp();
      changed();
    },
    describe: (operation) => `${operation.request.method} ${ports.keycloak.describe(operation.request, references(context))}`,
    done: Promise.race([loop(), leave.promise]),
  };

  function wakeUp(): void {
    const waiting = wake;
    wake = null;
    waiting?.();
  }
}

async function perform(context: EffectContext, effect: Effect, evidenceFiles: RunOptions['evidenceFiles']): Promise<void> {
  switch (effect.type) {
    case 'connect': return connect(context);
    case 'capture': return capture(context, effect.label);
    case 'triage': return findOutTriage(context);
    case 'clear-caches': return clearCaches(context);
    case 'find-evidence': return findEvidence(context);
    case 'read-evidence': return readEvidence(context, effect.specs);
    case 'compare': return compare(context);
    case 'plan': return plan(context);
    case 'write': return write(context, effect.operation, effect.undo);
    case 'look': return look(context, effect.operation, effect.undo);
    case 'prove': return prove(context, effect.group, effect.probeUser);
    case 'account': return account(context);
    case 'export': return exportToGit(context, await evidenceFiles());
    case 'check-thaw': return checkThaw(context);
    case 'finish': return finish(context, effect);
  }
}

const FITTING: Readonly<Record<Question['kind'], readonly Answer['type'][]>> = {
  'freeze': ['freeze.stated'],
  'clear-caches': ['caches.confirmed', 'caches.left'],
  'evidence': ['evidence.chosen'],
  'choose': ['choice.made', 'order.moved', 'choices.settled', 'probe.chosen'],
  'confirm': ['group.confirmed', 'group.skipped', 'probe.chosen'],
  'not-proven': ['probe.chosen', 'proof.accepted'],
  'write-trouble': ['step.retried'],
  'thaw': ['thaw.stated'],
  'failure': ['step.retried'],
};

function fits(question: Question, answer: Answer): boolean {
  return answer.type === 'run.stopped' || FITTING[question.kind].includes(answer.type);
}

