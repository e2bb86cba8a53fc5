/**
 * What the runner needs from the world. Adapters implement these; tests may pass small fakes where the thing itself
 * is not what is tested.
 */
import type { Choices } from '../realm/choice.ts';
import type { Json, JsonObject } from '../realm/json.ts';
import type { ClaimExpectation, Difference, Look, ObjectId, Picked, RealmState, RequestTemplate, TokenKind } from '../realm/model.ts';
import type { ClientRepresentation, RealmRepresentation } from '../realm/representation.ts';
import type { LiveFacts, Snapshot, SessionFact } from '../realm/snapshot.ts';
import type { Cluster } from './cluster.ts';
import type { Connection, EvidenceCandidate, Exported, JournalLine, Proof, RunEvent, RunSettings } from '../runbook/model.ts';

/** What capture says while it runs; transient, never journalled. */
export interface Progress {
  /** `clients`, `client scopes`, `roles`, `service accounts` ... */
  readonly part: string;
  /** null where nothing is counted. */
  readonly done: number | null;
  /** null while it is not known. */
  readonly total: number | null;
  /** What differs as far as it is read: `so far 9 lost, 1 changed, 2 only live: auth-service, api-gateway`. */
  readonly found?: string;
}

export interface CaptureRequest {
  /** clientIds known from elsewhere (evidence files): asked for by name, so that a stale cache shows. */
  readonly knownClients: readonly string[];
  /** UUIDs of those clients where evidence has them: a stale cache answers by id where it does not by name. */
  readonly knownClientIds?: readonly string[];
  readonly onProgress: (progress: Progress) => void;
  /** Given what the bulk calls brought (clients with mappers and links, client scopes), while the calls for single objects still run. */
  readonly onBulk?: (representation: RealmRepresentation) => void;
}

/** Answers to one request that was sent once. Never retried by the adapter when it writes. */
export interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly milliseconds: number;
}

/** Fills the references of a template with live ids and secrets. */
export interface References {
  id(object: ObjectId): string | undefined;
  role(object: ObjectId): { readonly id: string; readonly name: string } | undefined;
  /** @param from `live`: only from the realm as it was captured; otherwise the evidence is asked first */
  secret(object: ObjectId, field: string, from?: 'live'): string | undefined;
}

export interface Keycloak {
  readonly realm: string;
  /** Sends the login ahead of `connect`, which tells what came of it. Resolves when it is on its way; never rejects. */
  begin?(): Promise<void>;
  /** Logs in, finds version and rights by harmless reads. Throws RescueError. */
  connect(): Promise<Connection>;
  /** Reads the realm whole. Never writes, not even by a read that can. Requests are bounded and paged. */
  capture(request: CaptureRequest): Promise<{ readonly snapshot: Snapshot; readonly requests: number }>;
  /** Only what account needs again: keys, sessions, ids. */
  facts(): Promise<LiveFacts>;
  /** POST clear-realm-cache and clear-user-cache. */
  clearCaches(): Promise<void>;
  /** Sends one write once. Throws RescueError `no-answer` when it cannot know whether it happened. */
  send(request: RequestTemplate, references: References): Promise<Answer>;
  /** Reads, with retries. 404 gives null. */
  look(look: Look, references: References): Promise<Picked | null>;
  /** The path as it will be (or was) sent, for the screen and the journal: `/admin/realms/primary/clients/7d0e…`. */
  describe(request: RequestTemplate, references: References): string;
  /** Proves the claims of one client, each by a way that can show it. */
  prove(request: ProveRequest): Promise<readonly Proof[]>;
  /** What the same proofs find now; asked before the restore, for the side-by-side picture. Empty where it cannot be shown. */
  before?(request: ProveRequest): Promise<readonly Earlier[]>;
  /** Logs out. Called again it gives the same promise. */
  close(): Promise<void>;
}

/** What one way showed of a claim before the restore, by kind of token. */
export interface Earlier extends Pick<Proof, 'expectation' | 'way' | 'user'> {
  readonly payloads: Partial<Record<TokenKind, JsonObject>>;
}

export interface ProveRequest {
  readonly client: string;
  /** Where the client was last seen; it may be elsewhere by now. */
  readonly id?: string | undefined;
  /** The client as it was captured before the restore: `before` need not ask for it. */
  readonly captured?: ClientRepresentation | undefined;
  readonly expectations: readonly ClaimExpectation[];
  /** Name of the user whose token is looked at; null: find one who can show the claim. */
  readonly probeUser: string | null;
  /** The client's secret for client_credentials, where a snapshot has it. */
  readonly secret: string | undefined;
  /** A refresh token that the engineer has, with the client it belongs to; never journalled. */
  readonly refresh: { readonly client: string; readonly token: string; readonly secret: string | undefined } | undefined;
  /** kids before the restore. */
  readonly keysBefore: readonly string[];
  /** What `before` found, for the side-by-side picture. */
  readonly before?: readonly Earlier[] | undefined;
  /** Who had sessions: good probe users. */
  readonly sessions: readonly SessionFact[];
}

export interface EvidenceReader {
  /** Reads one `--evidence` spec. Throws RescueError `evidence-*` or `usage`. */
  read(spec: string, realm: string): Promise<Snapshot>;
  /** Candidates in a git working tree, newest first, the most promising marked. */
  find(request: { readonly repo: string | null; readonly realm: string }): Promise<readonly EvidenceCandidate[]>;
}

export interface ExportRequest {
  readonly realm: string;
  readonly serverVersion: string | null;
  /** The working tree; null: only evidence files are brought to live. */
  readonly repo: string | null;
  /** Files that were read as evidence, absolute. */
  readonly evidenceFiles: readonly string[];
  /** The realm as it is now. */
  readonly live: RealmState;
  /** Differences that were kept or restored, for the commit message. */
  readonly differences: readonly Difference[];
  readonly choices: Choices;
  /** Clients that came back with a new secret, and where they run: files that name them are pointed out. */
  readonly newSecrets?: readonly { readonly client: string; readonly hosts: readonly string[] }[];
  /** Where to write: patched files, changes.patch, COMMIT_MESSAGE, PULL_REQUEST.md, secrets-to-create.txt. */
  readonly directory: string;
  readonly branch: string | null;
  readonly session: string;
  readonly headHash: string;
}

export interface Exporter {
  export(request: ExportRequest): Promise<Exported>;
}

/** One session directory: journal, snapshots, export. */
export interface SessionStore {
  readonly id: string;
  readonly directory: string;
  /** Writes one line, fsyncs file and directory, gives the line back. Throws RescueError `disk`. */
  append(event: RunEvent): JournalLine;
  readonly lines: readonly JournalLine[];
  /** `sha256:` of the last line's bytes. */
  readonly head: string;
  /** mode 0600, fsynced, written beside and renamed. Gives path below the directory and the file's SHA-256. */
  writeSnapshot(name: string, snapshot: Snapshot): { readonly file: string; readonly sha256: string };
  readSnapshot(file: string): Snapshot;
  /** Like a snapshot. A long text may come in pieces, of which only one is in memory then. */
  writeText(file: string, text: string | Generator<string>): void;
  close(): void;
}

export interface Ports {
  readonly keycloak: Keycloak;
  /** Absent where the run was started without one. */
  readonly cluster?: Cluster;
  readonly evidence: EvidenceReader;
  readonly exporter: Exporter;
  readonly store: SessionStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly settings: RunSettings;
  /** A refresh token from before the incident, where the engineer has one; never journalled. */
  readonly refresh: ProveRequest['refresh'];
}
