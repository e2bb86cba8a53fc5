import type { Operation } from '../realm/model.ts';
import type { ExitCode } from '../realm/errors.ts';
import type { JournalLine, RunEvent, RunState, Effect } from '../runbook/model.ts';
import type { Progress } from './ports.ts';

/** Answers a person can give; the runner journals them as events and goes on. */
export type Answer = Extract<
  RunEvent,
  {
    type:
      | 'pause.answered' | 'terminate.answered' | 'safe.answered' | 'resume.answered' | 'restart.answered' | 'freeze.stated' | 'caches.confirmed' | 'caches.left' | 'evidence.chosen' | 'choice.made' | 'order.moved' | 'choices.settled'
      | 'probe.chosen' | 'group.confirmed' | 'group.skipped' | 'proof.accepted' | 'thaw.stated' | 'step.retried' | 'write.kept' | 'run.stopped';
  }
>;

/**
 * What a front end holds: the Ink screen, the plain one, and the headless answerer are three users of the same handle.
 * `snapshot()` gives the same object until something changed, so React's useSyncExternalStore can sit on it.
 */
export interface RunHandle {
  snapshot(): RunSnapshot;
  subscribe(listener: () => void): () => void;
  /** Refused (false) when the run is not waiting for such an answer. */
  answer(answer: Answer): boolean;
  /**
   * First call: stop after the request in flight. Second call: leave now; the journal is intact either way.
   *
   * @param by  what the record says it was: `ctrl-c` where left out, `SIGTERM`
   */
  interrupt(by?: string): void;
  /** The request line as it will be sent, references filled in where known: `POST /admin/realms/primary/...`. */
  describe(operation: Operation): string;
  /** Resolves when the run has ended, with its exit code. Rejects only when the journal cannot be written (RescueError `disk`) or for a bug. */
  readonly done: Promise<ExitCode>;
}

export interface RunSnapshot {
  readonly state: RunState;
  /** What is running now; null while a person is asked. */
  readonly busy: Effect['type'] | null;
  readonly progress: Progress | null;
  readonly lastSeq: number;
  readonly lastLine: JournalLine | null;
  readonly interrupted: boolean;
  /** Where the record lies; absent where nothing is recorded on disk. */
  readonly record?: RecordPlace;
}

/** What a person needs to find the record again. */
export interface RecordPlace {
  /** The directory of the session. */
  readonly directory: string;
  /** What `transcript` needs besides the id: ` --session-dir DIR`, or empty for the usual place. */
  readonly flag: string;
  /** What `resume`, `undo` and `thaw` need: the flags of the cluster as well. */
  readonly again: string;
  /** `sha256:` of the last journal line. */
  readonly head: string;
}
