/**
 * The runbook as data: the state of a run, the events that change it and the effects it asks for.
 * `transition.ts` is the only place that turns an event into a new state; events (events.ts) are what the journal holds.
 */
import type { JsonObject } from '../realm/json.ts';
import type { Choice, ClaimExpectation, Completeness, Difference, Group, Image, Operation, OrderedOwner, Plan } from '../realm/model.ts';
import type { Triage } from '../realm/snapshot.ts';
import type { ClusterSight, ObjectName, RestartRisk, SeenController } from './cluster.ts';
import type { ClusterState } from './cluster-state.ts';
import type { Exported } from './exported.ts';
import type { Failure } from './failure.ts';

export const STEPS = ['connect', 'freeze', 'capture', 'triage', 'evidence', 'compare', 'choose', 'restore', 'prove', 'account', 'export', 'thaw', 'transcript'] as const;
export type StepName = (typeof STEPS)[number];

export interface RunInfo {
  readonly id: string;
  readonly tool: string;
  /** ISO time. */
  readonly startedAt: string;
  readonly url: string;
  readonly realm: string;
  /** Shown as text beside the target: `PROD`. */
  readonly envTag: string | null;
  readonly mode: 'interactive' | 'headless';
  /** The directory that relative paths of the flags are meant from. */
  readonly cwd?: string;
  /** True for the sandbox: nothing outside this process is touched. */
  readonly demo: boolean;
  readonly readOnly: boolean;
  readonly settings: RunSettings;
}

/** What flags decided beforehand. `ask` leaves it to the person. */
export interface RunSettings {
  readonly lost: Choice | 'ask';
  readonly changed: Choice | 'ask';
  readonly liveOnly: Choice | 'ask';
  /** Empty: all clients. */
  readonly clients: readonly string[];
  readonly answers: Readonly<Record<string, Choice>>;
  /** The typed word of a headless run. */
  readonly confirm: string | null;
  readonly probeUser: string | null;
  readonly evidence: readonly string[];
  /** The words in which the engineer says what is paused; null when not said. */
  readonly frozen: string | null;
  readonly thawed: string | null;
  readonly repo: string | null;
  readonly out: string | null;
  /** Commit the export on this new branch; null: only the patch. */
  readonly branch: string | null;
  /** Where the writer is found in the cluster, as --from takes it; null: no cluster is asked. Not in older journals. */
  readonly from?: string | null;
  /** Workloads are made safe live, and restarted once after the thaw, without a question. */
  readonly makeSafe?: boolean;
  /** An operation that runs while its writer is paused is ended, without a question. */
  readonly terminate?: boolean;
  /** Reason with which unproven claims are accepted; null: they are not. */
  readonly acceptUnproven: string | null;
}

export type { Failure };

export interface Connection {
  readonly user: string;
  readonly clientId: string;
  readonly serverVersion: string | null;
  readonly realmId: string;
  readonly rights: readonly Right[];
  /** The client whose roles these are, and the realm that the account lives in. Not in older journals: realm-management of the realm itself. */
  readonly rolesOf?: { readonly client: string; readonly realm: string };
}

/** Whether a later step will be allowed, found out by reads only. */
export interface Right {
  /** `capture`, `restore clients, mappers and scopes`, `clear the caches` ... */
  readonly job: string;
  readonly step: StepName;
  readonly allowed: boolean | null;
  /** The roles to grant when it is not, joined by ` and `; all that it takes when it is. */
  readonly role: string;
}

/** One snapshot as the journal mentions it; the snapshot itself lies on disk. */
export interface Captured {
  readonly label: SnapshotLabel;
  /** Path below the session directory. */
  readonly file: string;
  readonly sha256: string;
  readonly fingerprint: string;
  readonly capturedAt: string;
  /** `{clients: 12, mappers: 31, ...}` in the order in which they are shown. */
  readonly counts: Readonly<Record<string, number>>;
  readonly milliseconds: number;
  readonly requests: number;
  readonly notes: readonly string[];
  readonly sessions: { readonly online: number; readonly offline: number } | null;
}
export type SnapshotLabel = 'live-stale' | 'live-before' | 'live-overwritten' | 'live-after';

/** A source that could be read. */
export interface EvidenceCandidate {
  /** As `--evidence` takes it. */
  readonly spec: string;
  readonly title: string;
  /** ISO time or null. */
  readonly date: string | null;
  readonly detail: string;
  readonly recommended: boolean;
}

export interface EvidenceRead {
  readonly spec: string;
  readonly source: string;
  readonly completeness: Completeness;
  readonly file: string;
  readonly sha256: string;
  readonly capturedAt: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
}

export type WriteStatus = 'planned' | 'intended' | 'sent' | 'verified' | 'failed' | 'unknown' | 'diverged' | 'undone' | 'kept';

export interface Trouble {
  readonly failure: Failure | null;
  /** What the server shows instead of what the plan wants. */
  readonly images: readonly Image[];
}

export interface Proof {
  readonly expectation: ClaimExpectation;
  readonly way: 'preview' | 'client-credentials' | 'refresh' | 'userinfo' | 'attachment' | 'granted-roles' | 'none';
  /** The probe user's name, where a user was needed. */
  readonly user: string | null;
  readonly outcome: 'proven' | 'not-proven' | 'not-showable';
  readonly because: string;
  readonly signature: { readonly alg: string; readonly kid: string; readonly valid: boolean; readonly sameKeyAsBefore: boolean | null } | null;
  /** The payload after (and, where it was read, before) the restore: claims only, never a token. */
  readonly payload: JsonObject | null;
  readonly before: JsonObject | null;
}

export interface Account {
  readonly sessionsBefore: number | null;
  readonly sessionsAfter: number | null;
  readonly sessionsLost: readonly { readonly id: string; readonly username: string; readonly explained: string | null }[];
  readonly sessionsNew: number;
  readonly keysUnchanged: boolean;
  readonly clientIdsUnchanged: boolean;
  /** Differences between the realm now and snapshot + plan. Must be empty. */
  readonly moved: readonly Difference[];
  /** What the cache of the node still says although the database does not: somebody imported meanwhile. Not in older journals. */
  readonly overwritten?: readonly string[];
  /** Sentences for what is not equal. */
  readonly notes: readonly string[];
  readonly ok: boolean;
}

export interface Summary {
  readonly restored: number;
  readonly proven: number;
  readonly failed: number;
  readonly left: number;
  readonly sessionsBefore: number | null;
  readonly sessionsAfter: number | null;
  readonly export: string | null;
  readonly session: string;
}

/** What the runner is asked to do. Effects carry no results; results come back as events. */
export type Effect =
  | { readonly type: 'remember' }
  | { readonly type: 'find-writer' }
  | { readonly type: 'pause' }
  | { readonly type: 'terminate' }
  | { readonly type: 'make-safe' }
  | { readonly type: 'resume' }
  | { readonly type: 'restart' }
  | { readonly type: 'connect' }
  | { readonly type: 'capture'; readonly label: SnapshotLabel }
  | { readonly type: 'triage' }
  | { readonly type: 'clear-caches' }
  | { readonly type: 'find-evidence' }
  | { readonly type: 'read-evidence'; readonly specs: readonly string[] }
  | { readonly type: 'compare' }
  | { readonly type: 'plan' }
  | { readonly type: 'write'; readonly operation: Operation; readonly undo: boolean }
  | { readonly type: 'look'; readonly operation: Operation; readonly undo: boolean }
  | { readonly type: 'prove'; readonly group: Group; readonly probeUser: string | null }
  | { readonly type: 'account' }
  | { readonly type: 'export' }
  | { readonly type: 'check-thaw' }
  | { readonly type: 'finish'; readonly exit: number; readonly summary: Summary };

/** What a person (or a flag) has to answer now. */
export type Question =
  | { readonly kind: 'pause'; readonly sight: ClusterSight; readonly word: string }
  | { readonly kind: 'terminate'; readonly controllers: readonly SeenController[]; readonly word: string }
  | { readonly kind: 'make-safe'; readonly risk: RestartRisk; readonly word: string }
  | { readonly kind: 'resume'; readonly word: string }
  | { readonly kind: 'restart'; readonly objects: readonly ObjectName[]; readonly word: string }
  | { readonly kind: 'freeze' }
  | { readonly kind: 'clear-caches'; readonly word: string }
  | { readonly kind: 'evidence'; readonly candidates: readonly EvidenceCandidate[] }
  | { readonly kind: 'choose' }
  | { readonly kind: 'confirm'; readonly group: Group; readonly index: number; readonly total: number; readonly word: string }
  | { readonly kind: 'not-proven'; readonly owner: string; readonly proofs: readonly Proof[] }
  | { readonly kind: 'write-trouble'; readonly operation: Operation; readonly status: 'failed' | 'unknown' | 'diverged'; readonly failure: Failure | null; readonly images: readonly Image[]; readonly expected: readonly Image[] }
  | { readonly kind: 'thaw' }
  | { readonly kind: 'failure'; readonly step: StepName; readonly failure: Failure };

export interface StepState {
  readonly status: 'pending' | 'active' | 'done' | 'warned' | 'failed' | 'skipped';
  /** What scrolls up when the step is finished: one line, plain text. */
  readonly line: string | null;
}

/** The state of a run: always `events.reduce(evolve)`. */
export interface RunState {
  readonly run: RunInfo | null;
  readonly step: StepName;
  readonly steps: Readonly<Record<StepName, StepState>>;
  readonly connection: Connection | null;
  readonly cluster: ClusterState;
  /** undefined: not asked yet; null: nothing was stated. */
  readonly frozen: string | null | undefined;
  readonly snapshots: Partial<Record<SnapshotLabel, Captured>>;
  readonly triage: Triage | null;
  /** What became of a stale cache: nothing yet, agreed to, about to be cleared, cleared. */
  readonly caches: 'untouched' | 'confirmed' | 'intended' | 'cleared';
  /** null: not looked for yet. */
  readonly candidates: readonly EvidenceCandidate[] | null;
  /** null: not chosen yet. */
  readonly evidenceSpecs: readonly string[] | null;
  readonly evidence: readonly EvidenceRead[];
  readonly compared: boolean;
  readonly differences: readonly Difference[];
  /** Parts that the evidence has and these credentials could not see in live, one clause each. */
  readonly unseen: readonly string[];
  readonly order: readonly OrderedOwner[];
  readonly choices: Readonly<Record<string, Choice>>;
  /** The engineer said that the choices stand. */
  readonly settled: boolean;
  readonly plan: Plan | null;
  readonly confirmed: readonly string[];
  readonly skipped: readonly string[];
  readonly writes: Readonly<Record<string, WriteStatus>>;
  /** Ids that the server gave to what was made in this run. */
  readonly madeIds: Readonly<Record<string, string>>;
  /** What keeps a write from being verified, by operation. */
  readonly troubles: Readonly<Record<string, Trouble>>;
  readonly probeUser: string | null;
  readonly proofs: Readonly<Record<string, readonly Proof[]>>;
  readonly accepted: Readonly<Record<string, string>>;
  readonly account: Account | null;
  readonly exported: Exported | null;
  /** Why there was nothing to export; null when there was or it was not reached. */
  readonly exportSkipped: string | null;
  /** statement undefined: not asked yet. */
  readonly thaw: { readonly statement: string | null | undefined; readonly equal: boolean | null };
  readonly failure: { readonly step: StepName; readonly failure: Failure } | null;
  readonly question: Question | null;
  readonly stopped: { readonly reason: string; readonly note: string } | null;
  readonly finished: { readonly exit: number; readonly summary: Summary } | null;
}

export interface Step {
  readonly state: RunState;
  readonly effects: readonly Effect[];
}

export type * from './events.ts';
export type * from './cluster.ts';
export type * from './exported.ts';
