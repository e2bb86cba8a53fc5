/** What a run knows of the cluster, as data fit for the journal: names, never secrets. */
import type { Json, JsonObject } from '../realm/json.ts';

/** A kind of object as the API server addresses it. `version` is the one that this tool was written against; the server's own preference wins. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
}

export interface ObjectName {
  readonly resource: Resource;
  /** null for what lies in no namespace. */
  readonly namespace: string | null;
  readonly name: string;
}

/** Who wrote a field last, as the API server logged it. Anybody may write any name there: a lead, never proof. */
export interface LastWrite {
  readonly manager: string;
  /** ISO time. */
  readonly time: string;
  /** `data["realm.json"]`, or empty for the object as a whole. */
  readonly field: string;
}

/** An operation under way, which a pause does not stop. */
export interface RunningOperation {
  /** ISO time. */
  readonly since: string | null;
  /** `Running`, `Terminating`. */
  readonly phase: string;
  readonly message: string;
}

/** A controller that matters: it applies what carries the realm, or one that does, and may take back a pause of that. */
export interface SeenController {
  readonly object: ObjectName;
  /** `Argo CD application`: before a name. */
  readonly title: string;
  readonly role: 'applies' | 'owner';
  /** How it was found: `tracking id of ConfigMap iam/keycloak-realm`. */
  readonly because: string;
  /** `automated {prune, selfHeal}`. */
  readonly automation: string;
  readonly paused: boolean;
  /** Seconds after which it has looked at git and cluster by itself; null: it does not say. Not in older journals. */
  readonly interval?: number | null;
  readonly running: RunningOperation | null;
  /** The git revision that it last applied; null before the first. */
  readonly revision: string | null;
}

/** What a pause does to one object, and how that is told from what stood there. */
export interface Pause {
  /** `application:argocd/keycloak`; stable within a run. */
  readonly id: string;
  readonly object: ObjectName;
  readonly means: 'automation-off' | 'suspend' | 'deny-window';
  /** The application that a deny window is about, by the name that Argo CD compares; its namespace is in the id. */
  readonly application?: string;
  /** `automation off on Argo CD application argocd/keycloak, which was automated {prune, selfHeal}`. */
  readonly title: string;
}

/** What a pod restart or a hook does, whatever the controllers do: no pause of a controller stops it. */
export interface RestartRisk {
  readonly object: ObjectName;
  /** `initContainers[import]: kc.sh import without --override=false`. */
  readonly setting: string;
  readonly because: string;
  /** What the live patch that makes it safe does; null where a person has to do it. The patch itself may hold values of variables, and is made when it is sent. */
  readonly safe: { readonly title: string } | null;
}

/** A version of an object that the API server still remembered, now on disk. */
export interface Remembered {
  readonly object: ObjectName;
  /** Of that version, and of the one that followed it. */
  readonly resourceVersion: string;
  readonly replacedBy: string;
  /** Path below the session directory; the file may hold secrets and is private. */
  readonly file: string;
  readonly sha256: string;
  readonly lastWrite: LastWrite | null;
  /** `data["realm.json"]`, `spec`: what the next version changed. */
  readonly changed: readonly string[];
}

/** What was found before anything was touched. */
export interface ClusterSight {
  readonly context: string;
  readonly server: string;
  readonly user: string;
  /** As --from takes it: `configmap:iam/keycloak-realm`. */
  readonly source: string;
  readonly lastWrite: LastWrite | null;
  /** Of what carries the realm, when it was found; null where the controller itself was named. Not in older journals. */
  readonly carrier?: { readonly spec: string; readonly resourceVersion: string } | null;
  /** What carries the realm, and the workloads that read it. */
  readonly objects: readonly ObjectName[];
  /** Those that apply first, then what is above them. */
  readonly controllers: readonly SeenController[];
  /** In the order in which they are sent: owners first. Without those that are paused already, and those above that leave a pause alone. */
  readonly pauses: readonly Pause[];
  readonly risks: readonly RestartRisk[];
  readonly notes: readonly string[];
  /** False where a right to patch is known to be missing. */
  readonly mayPause: boolean;
  /** False where a right to end the operations that are running is known to be missing: a pause takes none of it. Not in older journals. */
  readonly mayTerminate?: boolean;
  /** A Role with what these credentials lack, as YAML; null where nothing is. */
  readonly role: string | null;
}

/** One patch of one object, as it is (or was) sent: intended on disk first. */
export interface ClusterPatch {
  /** `pause application:argocd/keycloak`. */
  readonly id: string;
  readonly purpose: 'pause' | 'terminate' | 'make-safe' | 'resume' | 'sync' | 'restart';
  readonly object: ObjectName;
  readonly title: string;
  /** A JSON merge patch. */
  readonly body: JsonObject;
  readonly field: readonly string[];
  /** What stood in the field before; null: nothing. Of what may hold secrets (a workload, an operation) a hash, and of an operation who asked for which revision. */
  readonly previous: Json;
  /** What stands there afterwards; null: nothing. */
  readonly value: Json;
  readonly means?: Pause['means'];
  readonly application?: string;
  /** ISO time at which it was made, by the clock of the API server and in whole seconds; only once it has answered. Not in older journals. */
  readonly written?: string;
}

/** Whether something still holds, looked at again. */
export interface PauseCheck {
  readonly id: string;
  readonly holds: boolean;
  /** Why not, or what else there is to know; empty where nothing is. */
  readonly because: string;
}

/** One of the three levels at which a sync was nothing. */
export interface NoOpLevel {
  readonly level: 'controller' | 'cluster' | 'realm';
  /** null: it was not looked at, and `because` says why. */
  readonly noOp: boolean | null;
  readonly because: string;
}

/** A controller before it runs again. */
export interface ControllerBefore {
  readonly object: ObjectName;
  readonly mark: string;
  readonly revision: string | null;
  readonly synced: boolean | null;
  /** What git would change, one line each. */
  readonly differing: readonly string[];
  /** The revision that it was compared with, and that its next sync would bring; null: it does not say. Not in older journals. */
  readonly target?: string | null;
  readonly stuck: string | null;
  readonly running: boolean;
  /** Whoever paused it. Not in older journals. */
  readonly paused?: boolean;
  /** Number of the newest entry of its history; null: there is none. Not in older journals. */
  readonly history?: number | null;
  /** It applies one of the others, and not what carries the realm: what it brings lands first. Not in older journals. */
  readonly above?: boolean;
  /** What it is told to do, as hashes without what a pause changes. Not in older journals. */
  readonly settings?: string;
  /** The thaw lets it run: this record had paused it. Said by the thaw, and not in the journal. */
  readonly ours?: boolean;
}

/** What a sync is held against: taken before the automation is on again. */
export interface SyncBefore {
  readonly controllers: readonly ControllerBefore[];
  /** Objects that carry the realm or start it, by spec. */
  readonly objects: Readonly<Record<string, ObjectMark>>;
  /** uids of the Jobs of their namespaces. */
  readonly jobs: readonly string[];
  /** Namespaces whose Jobs could not be listed. Not in older journals. */
  readonly jobsUnseen?: readonly string[];
}

export interface ObjectMark {
  readonly resourceVersion: string;
  /** Of everything but metadata that moves by itself. */
  readonly content: string;
  /** Of the pod template; null where there is none. */
  readonly template: string | null;
}

/** What runs although it is paused, or is to be: a controller above that leaves a pause alone is under none. */
export function runningUnderPause({ controllers, pauses }: Pick<ClusterSight, 'controllers' | 'pauses'>): readonly SeenController[] {
  return controllers.filter(({ object, paused, running }) => running !== null && (paused || pauses.some(({ id }) => id === `${object.resource.kind.toLowerCase()}:${place(object)}`)));
}

/** Operations that a pause does not stop and that can be ended: those of Argo CD, where nobody does so already. */
export function endable(sight: Pick<ClusterSight, 'controllers'> | null): readonly SeenController[] {
  return (sight?.controllers ?? []).filter(({ object, running }) => object.resource.kind === 'Application' && running !== null && running.phase !== 'Terminating');
}

/** How a line of `differing` begins where somebody has changed a suspended controller since its pause. */
export const TOLD_SINCE = 'what it has been told since the pause';

/** Whether the controller says that its next sync changes an object: `Application argocd/keycloak`, as Argo CD lists it. */
export const differsIn = ({ differing }: Pick<ControllerBefore, 'differing'>, object: string): boolean => differing.some((line) => line === object || line.startsWith(`${object} (`));

/** As Argo CD lists an object: `Application argocd/keycloak`. */
export const listed = ({ resource: { kind }, ...name }: ObjectName): string => `${kind} ${place(name)}`;

/**
 * The other controllers that its next sync may change: those that Argo CD names, or all of them where Flux has a newer revision, which may change
 * anything. Argo CD names one also where our pause is all that differs.
 */
export function bringsBelow({ controllers }: SyncBefore, controller: ControllerBefore): readonly ObjectName[] {
  const others = controllers.flatMap(({ object }) => (listed(object) === listed(controller.object) ? [] : [object]));
  if (controller.object.resource.kind !== 'Application') return controller.synced === false ? others : [];
  return others.filter((other) => differsIn(controller, listed(other)));
}

/** `argocd/keycloak`. */
export function place({ namespace, name }: Pick<ObjectName, 'namespace' | 'name'>): string {
  return namespace === null ? name : `${namespace}/${name}`;
}

/** A git revision as people write it: a hash by its first seven digits. */
export function shortRevision(revision: string): string {
  return revision.replace(/[0-9a-f]{40}/, (hash) => hash.slice(0, 7));
}

const pausedByRecord = (object: ObjectName): string => `${object.resource.kind} ${place(object)} was paused by record `;

/** The commands that let run again what a record has paused. @param spec  as --from takes it */
export function wayBack(record: string, spec: string): string {
  return `realm-rescue thaw ${record} (or thaw --from ${spec}, from another machine)`;
}

/** Said of what a record has paused, to every other one. */
export function leftToRecord(object: ObjectName, record: string): string {
  return `${pausedByRecord(object)}${record}: it is left to that record, and ${wayBack(record, `${object.resource.kind.toLowerCase()}:${place(object)}`)} lets it run again`;
}

/** A sight of what this record holds itself: that is left to no other. */
export function withoutOwn(sight: ClusterSight, held: readonly ClusterPatch[]): ClusterSight {
  const own = held.map(({ object }) => pausedByRecord(object));
  return { ...sight, notes: sight.notes.filter((note) => !own.some((beginning) => note.startsWith(beginning))) };
}
