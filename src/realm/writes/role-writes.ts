/** The writes that add or remove a role somewhere: scope mappings, composites, service accounts, groups. */
import type { Json } from '../json.ts';
import { objectId, roleId, type RoleRef } from '../keys.ts';
import type { Draft } from '../kind.ts';
import type { Difference, ObjectId, Reference, RequestTemplate } from '../model.ts';

/** A mapping has no field that could change. */
export const MAPPED: Json = {};

export interface RolePlace {
  /** The path to which lists of roles are posted, and from which they are deleted. */
  readonly path: RequestTemplate['path'];
  readonly role: RoleRef;
  readonly title: string;
  readonly needs: readonly string[];
  readonly requires: readonly ObjectId[];
}

/** `realm` or `clients/{id}`: where roles of one owner are mapped. */
export function roleSegment(role: RoleRef): readonly (string | Reference)[] {
  return role.client === null ? ['realm'] : ['clients', { $id: objectId('client', role.client) }];
}

export function roleWords(ref: RoleRef): string {
  return ref.client === null ? `realm role ${ref.role}` : `role ${ref.role} of ${ref.client}`;
}

/**
 * One role added (lost) or removed (live-only). The server takes the list in POST as additions and repeating one does
 * no harm; it needs id *and* name of the role as they are live, hence the reference.
 */
export function mapRole(place: RolePlace, difference: Pick<Difference, 'id' | 'change'>): readonly Draft[] {
  const { id } = difference;
  const adding = difference.change === 'lost';
  const body = [{ $role: roleId(place.role) }] as const;
  return [{
    id: `${adding ? 'map' : 'unmap'} ${id}`, covers: [id], title: place.title, ...(adding ? {} : { note: 'removed' }),
    request: { method: adding ? 'POST' : 'DELETE', path: place.path, body },
    before: [{ id, value: adding ? null : MAPPED }], after: [{ id, value: adding ? MAPPED : null }],
    inverse: { method: adding ? 'DELETE' : 'POST', path: place.path, body },
    needs: place.needs, requires: [...place.requires, roleId(place.role)],
  }];
}
