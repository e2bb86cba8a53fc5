/** Every event of a run, and the journal line that carries it. */
import type { Choice, Difference, Image, OrderedOwner, Plan } from '../realm/model.ts';
import type { Triage } from '../realm/snapshot.ts';
import type { By, ClusterEvent } from './cluster-events.ts';
import type { Account, Captured, Connection, EvidenceCandidate, EvidenceRead, Exported, Failure, Proof, RunInfo, RunSettings, StepName, Summary } from './model.ts';

export type { By };

/** The dead run whose lock was in the way. */
export interface LockHolder {
  readonly session: string;
  readonly host: string;
  readonly pid: number;
  readonly since: string;
}

/** Every event of a run. The journal's envelope (seq, time, prev) is added by the journal. */
export type RunEvent =
  | ClusterEvent
  | { readonly type: 'run.started'; readonly run: RunInfo; readonly lockTakenFrom?: LockHolder }
  | { readonly type: 'run.resumed'; readonly pid: number; readonly tool: string; readonly mode: RunInfo['mode']; readonly settings: RunSettings; readonly lockTakenFrom?: LockHolder }
  | { readonly type: 'connect.succeeded'; readonly connection: Connection }
  | { readonly type: 'freeze.stated'; readonly statement: string | null; readonly by: By }
  | { readonly type: 'capture.succeeded'; readonly captured: Captured }
  | { readonly type: 'triage.found'; readonly triage: Triage }
  | { readonly type: 'caches.confirmed'; readonly by: By }
  | { readonly type: 'caches.left' ; readonly by: By }
  | { readonly type: 'caches.intended' }
  | { readonly type: 'caches.cleared' }
  | { readonly type: 'evidence.found'; readonly candidates: readonly EvidenceCandidate[] }
  | { readonly type: 'evidence.chosen'; readonly specs: readonly string[]; readonly by: By }
  | { readonly type: 'evidence.read'; readonly evidence: readonly EvidenceRead[] }
  | { readonly type: 'compare.done'; readonly differences: readonly Difference[]; readonly order: readonly OrderedOwner[]; readonly unseen?: readonly string[] }
  | { readonly type: 'choice.made'; readonly choices: Readonly<Record<string, Choice>>; readonly by: By }
  | { readonly type: 'order.moved'; readonly owners: readonly string[] }
  | { readonly type: 'choices.settled'; readonly by: By }
  | { readonly type: 'plan.made'; readonly plan: Plan }
  | { readonly type: 'probe.chosen'; readonly user: string | null; readonly by: By }
  /** A typed word; `all` covers this group and those after it. */
  | { readonly type: 'group.confirmed'; readonly owner: string; readonly all: boolean; readonly by: By }
  | { readonly type: 'group.skipped'; readonly owner: string; readonly by: By }
  | { readonly type: 'write.intended'; readonly operation: string; readonly undo: boolean; readonly method: string; readonly path: string; readonly before: readonly Image[] }
  | { readonly type: 'write.sent'; readonly operation: string; readonly undo: boolean; readonly status: number; readonly milliseconds: number }
  | { readonly type: 'write.verified'; readonly operation: string; readonly undo: boolean; readonly found: 'read-back' | 'look'; readonly ids: Readonly<Record<string, string>> }
  /** The server said no, or the read-back shows something else. */
  | { readonly type: 'write.failed'; readonly operation: string; readonly undo: boolean; readonly failure: Failure }
  /** No answer: it may or may not have happened. The next thing is a look, never a retry. */
  | { readonly type: 'write.unknown'; readonly operation: string; readonly undo: boolean; readonly failure: Failure }
  | { readonly type: 'write.looked'; readonly operation: string; readonly undo: boolean; readonly found: 'done' | 'not-done' | 'something-else'; readonly images: readonly Image[] }
  /** What this run had made true is not so any more: somebody overwrites the realm again. `captured`: what is there now, where it could be read. */
  | { readonly type: 'write.overwritten'; readonly operation: string; readonly undo: false; readonly failure: Failure; readonly images: readonly Image[]; readonly captured: Captured | null }
  /** What is there instead stays; the write is left out. */
  | { readonly type: 'write.kept'; readonly operation: string; readonly undo: false; readonly by: By }
  | { readonly type: 'prove.done'; readonly owner: string; readonly proofs: readonly Proof[] }
  | { readonly type: 'proof.accepted'; readonly owner: string; readonly reason: string; readonly by: By }
  | { readonly type: 'account.done'; readonly account: Account }
  | { readonly type: 'export.done'; readonly exported: Exported }
  | { readonly type: 'export.skipped'; readonly because: string }
  | { readonly type: 'thaw.stated'; readonly statement: string | null; readonly by: By }
  | { readonly type: 'thaw.checked'; readonly fingerprintBefore: string; readonly fingerprintAfter: string; readonly equal: boolean }
  | { readonly type: 'step.failed'; readonly step: StepName; readonly failure: Failure }
  | { readonly type: 'step.retried'; readonly step: StepName; readonly by: By }
  | { readonly type: 'run.stopped'; readonly reason: 'quit' | 'interrupted' | 'not-proven' | 'failed' | 'undecided'; readonly note: string }
  | { readonly type: 'run.finished'; readonly exit: number; readonly summary: Summary }
  | { readonly type: 'undo.started'; readonly owners: readonly string[]; readonly operations?: readonly string[]; readonly deleteClients?: boolean; readonly by: By }
  | { readonly type: 'undo.finished'; readonly undone: number; readonly left: readonly { readonly operation: string; readonly because: string }[] }
  | { readonly type: 'journal.recovered'; readonly droppedBytes: number };

/** A line of the journal as read back: the event with its envelope. */
export interface JournalLine {
  readonly v: 1;
  readonly seq: number;
  /** ISO 8601 with milliseconds, UTC. */
  readonly at: string;
  /** `sha256:` of the bytes of the line before, without its newline; of the empty string for the first. */
  readonly prev: string;
  readonly event: RunEvent;
}
