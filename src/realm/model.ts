/**
 * The words of the heart. Everything here is data: it can be printed, journalled and compared.
 * Nothing in this folder reads a clock, a file or a socket.
 */
import type { Json } from './json.ts';
import type { KindName } from './kind-names.ts';
import type { RealmRepresentation } from './representation.ts';

export type { KindName };

/** `kind:natural/key`, stable between runs. Parts of the key are joined with `/`; see keys.ts for the escaping. */
export type ObjectId = `${KindName}:${string}`;

/**
 * One realm object (or one element of a set, or one entry of a map) in normal form.
 *
 * `value` holds only what is compared: effective values, no server ids, no defaults that the server may or may not
 * store, and secrets as a fingerprint (`sha256:` and 12 hex digits), never in clear.
 */
export interface RealmObject {
  readonly id: ObjectId;
  readonly kind: KindName;
  /** What the engineer looks under: a clientId; `scope NAME`, `group PATH` or `realm` for what belongs to no client. */
  readonly owner: string;
  /** The part of the key that names the object within its owner. */
  readonly name: string;
  readonly value: Json;
  /** The id on the server (or in the file) that it was read from, where there is one. */
  readonly serverId?: string;
  /** The object that contains this one; restoring the container brings this one along. */
  readonly parent?: ObjectId;
  /** Places besides those of its key where a source would have listed it (see placesOf in keys.ts). */
  readonly places?: readonly string[];
}

/** full: an export of everything. partial: an export without keys, users, secrets. stated: a file that a person wrote: it only says what it says. */
export type Completeness = 'full' | 'partial' | 'stated';

/** The normal form of a snapshot. */
export interface RealmState {
  readonly realm: string;
  /** As in the contract: `live`, `file:realm.json`, `git:PATH@REV`, `snapshot:PATH`. */
  readonly source: string;
  readonly completeness: Completeness;
  /** The release of the server that it was read from; null or missing where that is not known. */
  readonly serverVersion?: string | null;
  readonly objects: ReadonlyMap<ObjectId, RealmObject>;
  /**
   * What the source spoke about: `kind@*` for a whole kind, or `kind@` and the beginning of a key (a clientId, or
   * `clientId/redirectUris`). Only there is an absent object known to be absent; anywhere else the source is silent,
   * and silence is never read as "deleted".
   */
  readonly listed: ReadonlySet<string>;
  /** What it was made from; restoring takes bodies and secrets from here. */
  readonly representation: RealmRepresentation;
}

export type Change = 'lost' | 'changed' | 'live-only';
/** restore: live becomes evidence. keep: live wins and goes into git. leave: neither is touched. */
export type Choice = 'restore' | 'keep' | 'leave';

export interface FieldDifference {
  /** Dotted for people: `config.claim.name`. */
  readonly path: string;
  readonly live?: Json;
  readonly evidence?: Json;
}

/** One object on which live and evidence disagree. This is what `compare --json` prints. */
export interface Difference {
  readonly id: ObjectId;
  readonly kind: KindName;
  readonly owner: string;
  readonly name: string;
  readonly change: Change;
  readonly fields: readonly FieldDifference[];
  /** What it costs, in one sentence: "claim groups missing from access, id and userinfo of auth-service". */
  readonly effect: string;
  /** `ask` where the tool cannot say which side is right. */
  readonly suggest: Choice | 'ask';
  readonly because: string;
  /** The evidence that has it; null when none does (live-only). */
  readonly source: string | null;
  /** Set when this tool cannot restore it (yet): why. Such a difference can be kept or left. */
  readonly onlyCompared?: string;
  /** Roles of realm-management that restoring it takes and that the credentials lacked when it was compared. */
  readonly lacks?: readonly string[];
}

/** A place in a path or body that is filled in at the moment of sending, from the ids of the live realm. */
export type Reference =
  | { readonly $id: ObjectId }
  /** `{id, name}` of a role (realm-role or client-role), as role mappings want it. */
  | { readonly $role: ObjectId }
  /** The user behind a client's service account; the ObjectId is that client's. */
  | { readonly $serviceAccount: ObjectId }
  /**
   * A secret, taken from the snapshots on disk; never journalled. Falls away when none has it. `from: 'live'` takes it from
   * the realm as it was captured (for taking a write back), otherwise the evidence is asked first.
   */
  | { readonly $secret: ObjectId; readonly field: string; readonly from?: 'live' };

/** JSON in which References may stand. */
export type Template = Json | Reference | readonly Template[] | { readonly [key: string]: Template };

/** One HTTP request below /admin/realms/{realm}, before its references are filled in. Path parts are not encoded yet. */
export interface RequestTemplate {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: readonly (string | Reference)[];
  /** Query parameters, not encoded yet. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Template;
}

/** The image of an object: its normal form, or null where it is absent. */
export interface Image {
  readonly id: ObjectId;
  readonly value: Json;
}

/** One write: request, what it makes true, what takes it back. */
export interface Operation {
  /** Stable within a plan: `create client-mapper:auth-service/groups`. */
  readonly id: string;
  /** The differences that this write settles; the first one is what it is about. */
  readonly covers: readonly ObjectId[];
  /** Which step of the client order it belongs to. */
  readonly owner: string;
  /** For people: `protocol mapper groups`. */
  readonly title: string;
  /** For people, after the path: `2 mappers, original id kept`. */
  readonly note?: string;
  readonly request: RequestTemplate;
  readonly before: readonly Image[];
  readonly after: readonly Image[];
  /** Null where it cannot be taken back; `inverseNote` says what undo costs or why there is none. */
  readonly inverse: RequestTemplate | null;
  readonly inverseNote?: string;
  /** True where taking it back ends sessions for good: undo does it only when that is asked for in so many words. */
  readonly inverseEndsSessions?: boolean;
  /** The operation whose taking back takes this one back too; this one has no inverse then. */
  readonly undoneWith?: string;
  /** What this write cannot bring back, one sentence each: who loses what. */
  readonly losses?: readonly string[];
  /** Ids of operations that have to be done before. */
  readonly dependsOn: readonly string[];
  /** Roles of realm-management that the server asks for. */
  readonly needs: readonly string[];
}

/** An object as an answer has it. */
export interface Picked {
  readonly value: Json;
  readonly serverId?: string;
  /** Whether another of the same name stands beside it, which the server makes only when two writers come at the same moment. */
  readonly twin?: boolean;
}

/** How to see one object on the server: a read and a pure function that finds the object in the answer. */
export interface Look {
  readonly request: RequestTemplate;
  /** `body` is null for 404, and so is each of `more`, the answers to what `follow` asked for. Gives null when the object is not there. */
  readonly pick: (body: Json, more: readonly Json[]) => Picked | null;
  /** All further reads that the answers so far ask for, in a fixed order; asked again with the new answers until nothing is added. */
  readonly follow?: (answers: readonly Json[]) => readonly RequestTemplate[];
  /** Where to look when nothing was picked: some objects stand in one of two lists. */
  readonly otherwise?: Look;
}

/** Which kind of token a claim is awaited in. */
export type TokenKind = 'access' | 'id' | 'userinfo';

/** A claim that a client's tokens should carry once the differences in `because` are restored. */
export interface ClaimExpectation {
  /** Whose tokens: a clientId. */
  readonly client: string;
  /** `groups`, `aud`, `scope`, `realm_access.roles`, `resource_access.auth-service.roles`: a path into the payload. */
  readonly claim: string;
  /** For claims that are sets (aud, scope, roles): the member that must be in it. */
  readonly member?: string;
  readonly tokens: readonly TokenKind[];
  /** The optional client scope that must be asked for. */
  readonly scope?: string;
  /** What somebody must have for the claim to show: nothing, a group, a user attribute, a role, the service account itself. */
  readonly needs: 'nothing' | 'group' | 'attribute' | 'role' | 'service-account' | 'real-login';
  /** Attribute or role name belonging to `needs`. */
  readonly needed?: string;
  /** Roles (`role` or `client/role`) of which somebody must hold one besides: the client scope that makes the claim acts for nobody else. */
  readonly gate?: readonly string[];
  /** The mapper or mapping that makes it, for the attachment check. */
  readonly mapper?: string;
  /** False where the client uses lightweight access tokens and the mapper is not marked for them. */
  readonly inLightweight: boolean;
  readonly because: readonly ObjectId[];
}

/** One step of the client order. */
export interface OrderedOwner {
  readonly owner: string;
  readonly after: readonly { readonly owner: string; readonly reason: string }[];
  /** How many clients take this one's tokens, or another reason to be early; empty when none. */
  readonly reason: string;
  /** True when a cycle was broken here. */
  readonly cycle?: boolean;
}

export interface Group {
  readonly owner: string;
  readonly operations: readonly Operation[];
  readonly expectations: readonly ClaimExpectation[];
}

/** Operations in dependency order, grouped by what the engineer confirms at once. */
export interface Plan {
  readonly groups: readonly Group[];
  /** Differences that were chosen for restoring and cannot be: why. */
  readonly refused: readonly { readonly id: ObjectId; readonly because: string }[];
  /** Differences that were pulled in because a chosen one depends on them, or because they go with one that is removed. */
  readonly pulledIn: readonly { readonly id: ObjectId; readonly by: ObjectId }[];
  /** Confidential clients whose secret no evidence has: they come back with a new one. */
  readonly newSecrets: readonly string[];
  /** Where the clients of `newSecrets` run, by clientId: hosts of their own URLs. */
  readonly deployments?: Readonly<Record<string, readonly string[]>>;
}
