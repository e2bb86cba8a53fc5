/** What the runner needs from a cluster; `kubernetes` implements it. */
import type { EvidenceCandidate } from '../runbook/model.ts';
import type { Json, JsonObject } from '../realm/json.ts';
import type { ClusterPatch, ClusterSight, NoOpLevel, ObjectName, Pause, PauseCheck, Remembered, RestartRisk, SyncBefore } from '../runbook/cluster.ts';

export type { ControllerBefore, ObjectMark, SyncBefore } from '../runbook/cluster.ts';

/** A remembered version with its text, which goes to disk and never into the journal. */
export interface RememberedText extends Omit<Remembered, 'file' | 'sha256'> {
  /** `remembered-configmap-iam-keycloak-realm-1234`: fit for a file name. */
  readonly name: string;
  /** The whole object as JSON. */
  readonly text: string;
}

export interface SyncAfter {
  /** Controller and cluster; the realm is looked at by whoever asks Keycloak. */
  readonly levels: readonly NoOpLevel[];
  /** What moved, one line each. */
  readonly changes: readonly string[];
  /** Of these, what nobody could know before: git and cluster agreed on it, or it is a hook or a Job. */
  readonly unannounced: readonly string[];
  /** Workloads whose pods the sync has started anew. */
  readonly restarted: readonly ObjectName[];
  /** `4f1d2c7 → b77e90a`. */
  readonly revisions: string;
}

/** What is still to be sent, or why nothing is. */
export type Prepared =
  | {
    /** As the journal has it. */
    readonly patch: ClusterPatch;
    /** What is really sent, where the journal must not have it: a workload holds values of variables, passwords among them. */
    readonly secret?: JsonObject;
  }
  | {
    readonly already: string;
    /** The record that has paused it since, and to which it is left. */
    readonly heldBy?: string;
    /** There is no such object any more. */
    readonly gone?: true;
  };

export interface Cluster {
  /** `prod-eu at https://…`: for messages. */
  readonly place: string;
  /**
   * First of all: the versions of the objects that the API server still remembers (verified-kube.md 3.1). Reads only; what it may not list it leaves out.
   * @param from  a spec as --from takes it
   */
  remember(from: string, onProgress?: (text: string) => void): Promise<{ readonly versions: readonly RememberedText[]; readonly notes: readonly string[] }>;
  /** Finds the writer and who would undo a pause. Reads only. Throws RescueError. @param onProgress  on a large cluster that takes a while */
  look(from: string, onProgress?: (text: string) => void): Promise<ClusterSight>;
  /** What in the namespace of the realm's carrier holds the realm as well: ConfigMaps, Secrets, Helm releases, custom resources. Reads only. */
  candidates(from: string, realm: string): Promise<readonly EvidenceCandidate[]>;
  /** Reads the object anew and makes the patch that pauses it, in the way that its schema understands; nothing is written. */
  preparePause(pause: Pause, session: string): Promise<Prepared>;
  /** The patch that puts back what stood there before the pause, and leaves what others changed since. */
  prepareResume(sent: ClusterPatch): Promise<Prepared>;
  prepareTerminate(object: ObjectName): Promise<Prepared>;
  /** Waits until an operation has ended; false where it goes on for longer than a controller takes to end one. */
  ended(object: ObjectName): Promise<boolean>;
  /** One sync of what the controller follows, asked for by us: Argo CD does not repeat one that failed. */
  prepareSync(object: ObjectName): Promise<Prepared>;
  prepareSafe(risk: RestartRisk): Promise<Prepared>;
  /** One deliberate restart of the workload, as `kubectl rollout restart` does it. */
  prepareRestart(object: ObjectName): Promise<Prepared>;
  /** Waits until the pods of a workload are those of its template; a ConfigMap has none. Throws RescueError `not-proven` where they are not in time. */
  rolledOut(object: ObjectName, onProgress: (text: string) => void): Promise<void>;
  /** Sends one patch once and gives the version that it made, and when by the clock of the API server; null: it does not say. Throws RescueError `changed-meanwhile`, `no-answer`, `missing-role`, `write-failed`. */
  send(patch: ClusterPatch, secret?: JsonObject): Promise<{ readonly resourceVersion: string; readonly written: string | null; readonly warnings: readonly string[] }>;
  /** Whether a patch that may or may not have been sent has happened. */
  happened(patch: ClusterPatch): Promise<boolean>;
  /** Waits until an owner that takes pauses back would have done so. */
  settle(): Promise<void>;
  /** Looks whether pauses still hold. */
  check(pauses: readonly ClusterPatch[]): Promise<readonly PauseCheck[]>;
  /** Asks the controllers to compare while they are paused, and waits for it: with git equal to live there is nothing left to do before they run again. @param isOurs whether a controller is to run again: the others are read, and not asked */
  before(sight: ClusterSight, isOurs: (controller: ObjectName) => boolean): Promise<SyncBefore>;
  /** The same without asking: nothing is written. */
  glance(sight: ClusterSight, isOurs: (controller: ObjectName) => boolean): Promise<SyncBefore>;
  /** Waits for the sync after a resume and says what it did. */
  watch(sight: ClusterSight, before: SyncBefore, onProgress: (text: string) => void): Promise<SyncAfter>;
  /** Other pauses of this tool that the cluster still carries: what was there before each, from the object itself. */
  frozen(object: ObjectName): Promise<{ readonly patch: ClusterPatch; readonly session: string; readonly at: string; readonly previous: Json } | null>;
  close(): Promise<void>;
}
