import type { FilePlace } from './file-place.ts';
import type { Json } from './json.ts';
import type { Choice, ClaimExpectation, Difference, Look, ObjectId, Operation, RealmObject, RealmState, KindName, Completeness } from './model.ts';
import type { RealmRepresentation } from './representation.ts';

/** What a kind finds in a representation. */
export interface Extracted {
  /** To be walked once: kinds of which a large realm has tens of thousands make one at a time. */
  readonly objects: Iterable<RealmObject>;
  /** `kind@owner` or `kind@*`: where the source listed everything there is. */
  readonly listed: readonly string[];
}

/** Everything a kind may look at while it makes operations. */
export interface PlanContext {
  readonly live: RealmState;
  /** The evidence that has an object, first one wins. */
  evidenceOf(id: ObjectId): RealmState | undefined;
  /** The differences that will be restored, by id. */
  readonly chosen: ReadonlyMap<ObjectId, Difference>;
  /**
   * What the object shall be: the evidence's value where it was lost, live with only the chosen fields changed where it differs,
   * null where it shall go. Bodies of updates are made from the fields on which this and live differ, so a field that was not
   * chosen is never sent otherwise than it is.
   */
  wanted(difference: Difference): Json | undefined;
  /** Whether a `$secret` reference to this field would be filled in: some evidence has the secret itself, not a mask. */
  knowsSecret(id: ObjectId, field: string): boolean;
  /** Ids that live objects have: none of them can be given to a new one. */
  readonly usedIds: ReadonlySet<string>;
  /** Those, and all that the evidence gives to lost objects: none of them may be made up for another one. */
  readonly takenIds: ReadonlySet<string>;
}

/** Why a difference cannot be restored, as one clause: `the evidence states ${HOST}, which only a deployment fills in`. */
export interface Refusal {
  readonly refused: string;
}

/** What an object says about the order of owners, beyond what must exist for it. */
export interface OrderHint {
  readonly before: string;
  readonly after: string;
  /** `role`: a service account holds a role of another client. `tokens`: who takes whose tokens. */
  readonly strength: 'role' | 'tokens';
  readonly reason: string;
}

/** An operation before the plan has worked out its dependencies between operations. */
export type Draft = Omit<Operation, 'dependsOn' | 'owner'> & {
  /** Objects that must exist before; the plan turns them into operation ids. */
  readonly requires: readonly ObjectId[];
  /** Operations of the same kind that must come first (a link must be removed before it is re-added). */
  readonly afterOperations?: readonly string[];
};

/** One kind of realm object: all that the tool knows about it. A new kind is a new file and one line in the registry. */
export interface Kind {
  readonly name: KindName;
  /** For people: `protocol mapper`. */
  readonly title: string;
  /** Table in the docs: how it is restored, whether its id is kept, whether undo exists, what is lost for good. */
  readonly facts: { readonly restored: string; readonly idKept: boolean; readonly undo: string; readonly lostForGood: string };
  /** Set when objects of this kind are only compared: why. */
  readonly onlyCompared?: string;
  /** Why a single object of this kind is only compared; undefined for one that can be written. */
  neverWritten?(object: RealmObject): string | undefined;
  extract(representation: RealmRepresentation, completeness: Completeness): Extracted;
  /** What must exist for this object to exist, besides its parent. `state` is the one that has the object. */
  references(object: RealmObject, state: RealmState): readonly ObjectId[];
  /** What its loss, change or presence costs, in one sentence. */
  effect(change: Difference['change'], object: RealmObject, live: RealmState, evidence: RealmState): string;
  /** The claims that this object feeds, by client, judged in the state that has it. */
  claims(object: RealmObject, state: RealmState): readonly ClaimExpectation[];
  /** The suggested answer where it is not the usual one (lost: restore, changed: ask, live-only: keep). */
  suggest?(change: Difference['change'], object: RealmObject, completeness: Completeness): { readonly suggest: Choice | 'ask'; readonly because: string } | undefined;
  /** The writes that settle a difference answered with `restore`; empty when a parent's write covers it. */
  restore(difference: Difference, context: PlanContext): readonly Draft[] | Refusal;
  /** How to see the object on the server: for reading back and for looking after a crash. */
  look(id: ObjectId): Look;
  /** True for what a fresh realm has by itself: never shown as live-only beside evidence that merely states. */
  builtin?(object: RealmObject, realm: string): boolean;
  /** True for a value that the server sets by itself: never shown as live-only, whatever the evidence. */
  serverDefault?(object: RealmObject): boolean;
  /** Weaker wishes for the order of owners. */
  hints?(object: RealmObject): readonly OrderHint[];
  /** True when its differences say nothing more than those of its lost container. */
  readonly insideParent?: boolean;
  /** True for what every client has by itself: its claims are not awaited one by one when a whole client comes back. */
  routine?(object: RealmObject): boolean;
  /** True when a lost one is answered and restored with the first client that refers to it, not on its own. */
  readonly joinsReferrer?: boolean;
  /**
   * The representation behind an object in a state: bodies of writes are made from it, and secrets are found in it. Only for kinds
   * whose objects have one of their own.
   */
  raw?(state: RealmState, id: ObjectId): { readonly [field: string]: unknown } | undefined;
  /** Where an object of this kind stands in a realm file; two places where it may stand in either. Empty: it cannot be written there. */
  inFile(id: ObjectId): readonly FilePlace[];
  /** What a field of a difference is called in a realm file, where that is not its path in the normal form. */
  filedField?(id: ObjectId, path: string): string;
  /** True for what is left out when its new container is written into a realm file, and brought there afterwards. */
  readonly filedApart?: boolean;
}
