import { derive } from './derived.ts';
import { KINDS } from './kinds/index.ts';
import type { ObjectId, RealmObject, RealmState } from './model.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * The normal form of a snapshot. Each kind finds its own objects; where two objects share a key (Keycloak allows
 * duplicate mapper names by a race), the first one stands for both.
 */
export function readState(snapshot: Pick<Snapshot, 'realm' | 'source' | 'completeness' | 'representation'>): RealmState {
  const objects: RealmObject[] = [];
  const listed = new Set<string>();
  for (const kind of KINDS) {
    const found = kind.extract(snapshot.representation, snapshot.completeness);
    objects.push(...found.objects);
    for (const place of found.listed) listed.add(place);
  }
  return makeState({ realm: snapshot.realm, source: snapshot.source, completeness: snapshot.completeness, listed, representation: snapshot.representation }, objects);
}

/** A state from its parts, with its objects keyed and indexed. */
export function makeState(head: Omit<RealmState, 'objects' | 'derived'>, objects: Iterable<RealmObject>): RealmState {
  const byId = new Map<ObjectId, RealmObject>();
  for (const object of objects) if (!byId.has(object.id)) byId.set(object.id, object);
  return { ...head, objects: byId, derived: derive(byId) };
}
