import type { Completeness } from './model.ts';
import type { RealmRepresentation } from './representation.ts';

/** What was read from somewhere at a moment. This is the file format of `snapshots/*.json` and of `realm-rescue snapshot`. */
export interface Snapshot {
  readonly schema: 'realm-rescue/snapshot/v1';
  /** `live`, `file:PATH`, `git:PATH@REV`, `snapshot:PATH`, `realm:NAME`. */
  readonly source: string;
  /** ISO 8601, UTC; for a git revision the commit's date, for a file its modification time. */
  readonly capturedAt: string;
  readonly completeness: Completeness;
  readonly realm: string;
  /** As the server says it, e.g. `26.7.4`; null when these credentials may not see it or a file does not say. */
  readonly serverVersion: string | null;
  /** `sha256:` of the canonical normal form; equal for equal realms, whatever ids they have. */
  readonly fingerprint: string;
  readonly representation: RealmRepresentation;
  /** Absent for files. */
  readonly facts?: LiveFacts;
  /** What the reader wants people to know: masked secrets, parts that were refused, unresolved placeholders. */
  readonly notes: readonly string[];
}

/** What is not configuration but shows whether identity, keys and sessions survived. */
export interface LiveFacts {
  readonly realmId: string;
  readonly notBefore: number;
  readonly keys: readonly RealmKey[];
  /** null when these credentials may not see them. */
  readonly sessions: readonly SessionFact[] | null;
  readonly offlineSessions: readonly SessionFact[] | null;
  readonly usersCount: number | null;
  /** The rows of client-session-stats: they count dead rows, so they are kept for contrast only. */
  readonly sessionStats: readonly { readonly clientId: string; readonly active: number; readonly offline: number }[];
  /** `client.secret.creation.time` (epoch seconds) of the built-in clients: a natively made realm has none. */
  readonly builtinSecretTimes: readonly { readonly clientId: string; readonly epochSeconds: number }[];
  /** Ids of the key components (they survive a partial export while the keys do not). */
  readonly keyComponents: readonly { readonly id: string; readonly providerId: string }[];
  readonly adminEvents: { readonly enabled: boolean; readonly details: boolean } | null;
  /** Epoch milliseconds of events around the suspected import; empty when none or not allowed. */
  readonly recentAdminEvents: readonly AdminEventFact[];
  /** Findings of the stale-cache test; empty when the two views agree. */
  readonly stale: readonly StaleFinding[];
}

export interface RealmKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly use: string;
  readonly status: string;
  readonly providerId: string;
  /** Epoch milliseconds at which the key was made, from the certificate's end minus ten years; null for symmetric keys. */
  readonly madeAt: number | null;
}

export interface SessionFact {
  readonly id: string;
  readonly userId: string;
  readonly username: string;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly lastAccess: number;
  /** clientIds. */
  readonly clients: readonly string[];
}

export interface AdminEventFact {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly operationType: string;
  readonly resourceType: string;
  readonly resourcePath: string;
  /** clientId by which the writer had logged in; its UUID where these credentials may not see it. */
  readonly client: string;
}

export interface StaleFinding {
  readonly test: 'client-only-by-name' | 'partial-export-500' | 'users-gone-from-list' | 'other';
  /** `feed-service answers by name but is not in the list`. */
  readonly text: string;
}

/** What kind of overwrite this was, and so what can be promised. Pure: see triage.ts. */
export interface Triage {
  readonly class: 'none-seen' | 'import-all-kept' | 'import-sessions-gone' | 'import-new-identity' | 'piecewise' | 'unknown';
  /** One line: `a whole-realm import, about 22:43:07 UTC`. */
  readonly title: string;
  /** ISO time of the import where it is known. */
  readonly at: string | null;
  readonly because: readonly string[];
  readonly kept: readonly string[];
  readonly gone: readonly string[];
  /** true: nobody has to log in again. false: sessions are already dead. null: cannot know. */
  readonly sessionsAlive: boolean | null;
  /** The one sentence of what can be promised. */
  readonly promise: string;
  readonly staleCache: readonly StaleFinding[];
}
