import { seenBy, type SettingDescriptions } from './descriptions.ts';
import { KINDS } from './kinds/index.ts';
import type { Completeness, ObjectId, RealmObject, RealmState } from './model.ts';
import type { RealmRepresentation } from './representation.ts';
import type { Snapshot } from './snapshot.ts';

/** What stands in a representation; `from` says how silence in it is to be read. */
interface Found {
  /** The representation as some server sees its settings. */
  readonly seen: RealmRepresentation;
  readonly from: Completeness;
  readonly objects: ReadonlyMap<ObjectId, RealmObject>;
  readonly listed: ReadonlySet<string>;
}

/**
 * A run looks at the same representation many times (fingerprint, triage, comparison, account), and 2,000 clients are 100,000 objects:
 * what was found in it is kept as long as it is. Nobody changes a representation once it was read.
 */
const known = new WeakMap<RealmRepresentation, Found>();

/**
 * The objects that were found last. The states of a run (live, evidence, live again) are equal but for a few objects, so equal ones are
 * one and the same: a second state of 2,000 clients costs 6 MB instead of 40, and is compared by identity.
 */
let latest: WeakRef<ReadonlyMap<ObjectId, RealmObject>> | undefined;

/** What of a snapshot its normal form is made of. */
export type Readable = Pick<Snapshot, 'realm' | 'source' | 'completeness' | 'representation'> & Partial<Pick<Snapshot, 'serverVersion'>>;

/**
 * The normal form of a snapshot. Each kind finds its own objects; where two objects share a key (Keycloak allows
 * duplicate mapper names by a race), the first one stands for both.
 *
 * @param eyes  evidence beside a live realm: which settings of providers that server holds for secrets. It masks them, and so they are
 *   secrets in every source; what it never shows is not compared.
 */
export function readState(snapshot: Readable, eyes?: SettingDescriptions): RealmState {
  const steps = readingState(snapshot, eyes);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same in steps of one kind each, for those who wait for a server meanwhile and have to look after it. */
export function* readingState(snapshot: Readable, eyes?: SettingDescriptions): Generator<undefined, RealmState, void> {
  const { realm, source, completeness, serverVersion = null } = snapshot;
  const representation = seenBy(snapshot.representation, eyes);
  const kept = known.get(snapshot.representation);
  const found = kept?.from === completeness && kept.seen === representation ? kept : yield* find(representation, completeness);
  known.set(snapshot.representation, found);
  const { objects, listed } = found;
  return { realm, source, completeness, serverVersion, listed, representation, objects };
}

function* find(representation: RealmRepresentation, from: Completeness): Generator<undefined, Found, void> {
  const objects = new Map<ObjectId, RealmObject>();
  const listed = new Set<string>();
  const others = latest?.deref();
  for (const kind of KINDS) {
    const found = kind.extract(representation, from);
    for (const object of found.objects) {
      if (objects.has(object.id)) continue;
      const other = others?.get(object.id);
      objects.set(object.id, other !== undefined && isSame(other, object) ? other : object);
    }
    for (const place of found.listed) listed.add(place);
    yield;
  }
  latest = new WeakRef(objects);
  return { seen: representation, from, objects, listed };
}

/** Deep equality of plain JSON, in which `undefined` is as good as missing. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object' || Array.isArray(a) !== Array.isArray(b)) return false;
  const [one, other] = [a, b] as Readonly<Record<string, unknown>>[];
  if (one === undefined || other === undefined) return false;
  let left = 0;
  // Own keys only: an attribute may be called `constructor`, which every object inherits.
  for (const key in other) if (Object.hasOwn(other, key) && other[key] !== undefined) left += 1;
  for (const key in one) {
    if (!Object.hasOwn(one, key) || one[key] === undefined) continue;
    if (!Object.hasOwn(other, key) || !isSame(one[key], other[key])) return false;
    left -= 1;
  }
  return left === 0;
}

/** A state from its parts, with its objects keyed. */
export function makeState(head: Omit<RealmState, 'objects'>, objects: Iterable<RealmObject>): RealmState {
  const byId = new Map<ObjectId, RealmObject>();
  for (const object of objects) if (!byId.has(object.id)) byId.set(object.id, object);
  return { ...head, objects: byId };
}
