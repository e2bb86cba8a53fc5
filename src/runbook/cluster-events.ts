/** What happens to a cluster, as the journal has it. */
import type { ClusterPatch, ClusterSight, NoOpLevel, ObjectName, PauseCheck, Remembered, SyncBefore } from './cluster.ts';
import type { Failure } from './failure.ts';

/** What a person did to a question: flags, keys, an answers file, or a dependency. */
export type By = 'flag' | 'person' | 'answers-file' | 'dependency' | 'suggestion';

/** A record of `freeze` or `thaw` alone, which is no run of the runbook. */
export interface FreezeInfo {
  readonly id: string;
  readonly tool: string;
  /** The context of the kubeconfig, and the address of the API server: `prod-eu (https://…)`. */
  readonly place: string;
  /** As --from takes it. */
  readonly from: string;
}

export type ClusterEvent =
  | { readonly type: 'freeze.begun'; readonly freeze: FreezeInfo }
  | { readonly type: 'thaw.begun'; readonly tool: string; readonly by: By }
  | { readonly type: 'cluster.remembered'; readonly versions: readonly Remembered[]; readonly notes: readonly string[] }
  | { readonly type: 'cluster.seen'; readonly sight: ClusterSight }
  /** A typed word (or `--confirm`) starts the pauses; false: they are left, and somebody states in words what is paused. */
  | { readonly type: 'pause.answered'; readonly pause: boolean; readonly by: By }
  /** Whether an operation that a pause does not stop shall be ended. */
  | { readonly type: 'terminate.answered'; readonly terminate: boolean; readonly by: By }
  /** What became of operations that were to be ended, looked at again. */
  | { readonly type: 'operations.ended'; readonly ended: readonly ObjectName[]; /** Those that go on all the same. */ readonly running: readonly ObjectName[] }
  /** Whether the live workload shall be made safe, by its name; its pods restart for it. */
  | { readonly type: 'safe.answered'; readonly object: ObjectName; readonly safe: boolean; readonly by: By }
  | { readonly type: 'resume.answered'; readonly resume: boolean; readonly by: By }
  /** On disk before the first byte is sent; holds what stood there. */
  | { readonly type: 'patch.intended'; readonly patch: ClusterPatch }
  | { readonly type: 'patch.sent'; readonly id: string; readonly resourceVersion: string; readonly found: 'answer' | 'look'; /** When, by the clock of the API server. Not in older journals. */ readonly written?: string }
  | { readonly type: 'patch.failed'; readonly id: string; readonly failure: Failure }
  | { readonly type: 'pause.checked'; readonly checks: readonly PauseCheck[]; /** Seconds since they were made or looked at last, where the interval of a controller has passed: it would have taken them back by now. */ readonly after?: number }
  /** What the sync after the resume will be held against; on record before the writer runs, so that a thaw that was killed is not judged by what it let happen. */
  | { readonly type: 'sync.awaited'; readonly before: SyncBefore; readonly fingerprint: string | null }
  /** Nobody can say what the sync did, and the writer is paused again. */
  | { readonly type: 'sync.abandoned'; readonly because: string }
  | { readonly type: 'sync.watched'; readonly levels: readonly NoOpLevel[]; readonly changes: readonly string[]; readonly revisions: string; readonly ok: boolean; /** Workloads whose pods the sync has started anew. */ readonly restarted?: readonly ObjectName[]; /** What is odd about it all the same. */ readonly note?: string }
  /** Whether the pods shall be restarted once on purpose, to see that a start imports nothing. */
  | { readonly type: 'restart.answered'; readonly restart: boolean; readonly by: By }
  /** The fingerprint that the realm is held against, on record before the first pod goes. */
  | { readonly type: 'restart.awaited'; readonly fingerprint: string | null }
  | { readonly type: 'restart.checked'; readonly objects: readonly ObjectName[]; readonly realm: NoOpLevel };
