import { placesOf } from './keys.ts';
import type { ObjectId, RealmObject, RealmState } from './model.ts';

/** Whether a source listed the place where an object would stand. */
export function lists(state: Pick<RealmState, 'listed'>, object: Pick<RealmObject, 'id' | 'places'>): boolean {
  return placesOf(object.id).some((place) => state.listed.has(place)) || (object.places ?? []).some((place) => state.listed.has(place));
}

/**
 * Whether an object that a source does not have is known to be absent there. Silence is never absence: the source must
 * have listed the place, or be known to lack the container.
 */
export function knowsAbsence(state: Pick<RealmState, 'listed' | 'objects'>, object: Pick<RealmObject, 'id' | 'parent' | 'places'>): boolean {
  if (state.objects.has(object.id)) return false;
  return lists(state, object) || (object.parent !== undefined && !state.objects.has(object.parent) && lacks(state, object.parent));
}

/** Clients and client scopes have no container; a client role is gone with its client, whose kind is always listed whole. */
function lacks(state: Pick<RealmState, 'listed' | 'objects'>, id: ObjectId): boolean {
  return lists(state, { id }) || (id.startsWith('client-role:') && state.listed.has('client@*'));
}

/**
 * A place that a source passed over in silence inside an object that it does state: a hand-written client without
 * `protocolMappers`. An import of that file would leave the place empty, so what is live there has to reach git; but
 * silence is no reason to remove anything.
 */
export function passedOver(listedPlace: string): string {
  return `~${listedPlace}`;
}

/** Whether a source passed over the place where an object stands. */
export function passesOver(state: Pick<RealmState, 'listed'>, object: Pick<RealmObject, 'id' | 'places'>): boolean {
  return [...placesOf(object.id), ...(object.places ?? [])].some((place) => state.listed.has(passedOver(place)));
}
