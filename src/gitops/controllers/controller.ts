/** What is common to the controllers that apply git to a cluster: how one is paused, asked to look again, and seen to have done nothing. */
import type { Json, JsonObject } from '../../realm/json.ts';
import { equal, mergePatch, nested } from './merge-patch.ts';
import { at, isObject, type KubeObject, type ResourceWord } from './object.ts';
import type { RunningOperation } from '../../runbook/cluster.ts';

/** Who we are in managedFields; anybody may write any name there, ours says the truth. */
export const FIELD_MANAGER = 'realm-rescue';

/** The annotation that keeps what was there before the pause, on the object itself: it outlives the machine that froze it. */
export const FROZEN_ANNOTATION = 'realm-rescue/frozen';

/** One object of a sync, as the controller tells of it. */
export interface SyncedObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The controller's own word: `configured`, `unchanged`, `OutOfSync`. */
  readonly message: string;
}

/** Where a controller stands: what is compared before and after. */
export interface SyncView {
  /** The git revision that it last applied or compared with; null before the first. */
  readonly revision: string | null;
  /** Whether git and cluster agree, in the controller's eyes; null where it does not say. */
  readonly synced: boolean | null;
  /** It differs from git and will not do anything about it: it neither heals nor prunes what is left. */
  readonly idle: boolean;
  /** Objects that differ from git. */
  readonly differing: readonly SyncedObject[];
  /** Moves with every sync: the start of the last operation, a count of reconciliations. */
  readonly mark: string;
  /** What the last operation did; empty where it changed nothing. */
  readonly changed: readonly SyncedObject[];
  readonly hooks: readonly SyncedObject[];
  /** The last operation is about everything, not about single objects, and has not failed: when it has succeeded, it leaves an entry in the history. */
  readonly whole: boolean;
  /** Number of the newest entry of the history; null where there is none. */
  readonly history: number | null;
  /** The entries of the history, with the start of the operation that left each, which is then its mark; null where it is not told. */
  readonly entries: readonly { readonly number: number; readonly began: string | null }[];
  /** Running now. */
  readonly running: boolean;
  /** What keeps it from syncing, in its own words: a failed operation, a condition. */
  readonly trouble: string | null;
}

export interface ControllerKind {
  readonly word: Extract<ResourceWord, 'application' | 'kustomization' | 'helmrelease'>;
  /** `Argo CD application`: before a name. */
  readonly title: string;
  /** What a pause changes and a thaw restores. */
  readonly field: readonly string[];
  /** `automated {prune, selfHeal}`, `every 10m0s`, `off`: fit for a line on a screen. */
  automation(object: KubeObject): string;
  paused(object: KubeObject): boolean;
  /** Seconds after which it has looked at git and cluster by itself, whatever happens; null where the object does not say. */
  interval(object: KubeObject): number | null;
  /** Values of `field` that pause it, the gentlest first: an older schema may not know it. */
  pauses(object: KubeObject): readonly Json[];
  running(object: KubeObject): RunningOperation | null;
  view(object: KubeObject): SyncView;
  /** The patch that asks it to look at git and cluster now. */
  refresh(token: string): JsonObject;
  /** Whether it has done so. */
  refreshed(object: KubeObject, before: KubeObject, token: string): boolean;
}

/** A patch with the version that was read: a change by somebody else in between is then refused, and nothing is written over. */
export function versioned({ metadata: { resourceVersion } }: KubeObject, patch: JsonObject): JsonObject {
  return resourceVersion === undefined ? patch : { metadata: { resourceVersion }, ...patch };
}

/** A merge patch that puts a value into a field and, where asked, the record beside it; with the version that was read, so that nobody is written over. */
export function fieldPatch(object: KubeObject, field: readonly string[], wanted: Json | undefined, record: JsonObject | null): JsonObject {
  const change = mergePatch(at(object, ...field), wanted);
  const { resourceVersion } = object.metadata;
  return {
    metadata: { ...(resourceVersion === undefined ? {} : { resourceVersion }), annotations: { [FROZEN_ANNOTATION]: record === null ? null : JSON.stringify(record) } },
    ...(change === undefined ? {} : nested(field, change)),
  };
}

/**
 * The value that a thaw puts back: what was there before, and on top of it what somebody else has changed since.
 *
 * @param frozen   what the pause had left there
 * @param current  what is there now
 */
export function thawedValue(previous: Json | undefined, frozen: Json | undefined, current: Json | undefined): { readonly value: Json | undefined; readonly changedMeanwhile: boolean } {
  // Controllers and servers leave out what is empty.
  const now = current === undefined && isObject(frozen) ? {} : current;
  if (equal(now, frozen)) return { value: previous, changedMeanwhile: false };
  const meanwhile = mergePatch(frozen, now);
  return { value: meanwhile === undefined ? previous : merged(previous, meanwhile), changedMeanwhile: true };
}

function merged(value: Json | undefined, patch: Json): Json | undefined {
  if (patch === null) return undefined;
  if (typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const base = new Map<string, Json>(isObject(value) ? Object.entries(value) : []);
  for (const [key, member] of Object.entries(patch as JsonObject)) {
    const made = merged(base.get(key), member);
    if (made === undefined) base.delete(key);
    else base.set(key, made);
  }
  return Object.fromEntries(base);
}
