/** The writes for members of composite roles. */
import { objectId, partOf, roleId, roleOfPart, type RoleRef } from '../keys.ts';
import type { Draft } from '../kind.ts';
import type { Difference, ObjectId, RequestTemplate } from '../model.ts';
import { mapRole, roleWords } from './role-writes.ts';

export function restoreComposite(difference: Pick<Difference, 'id' | 'change'>): readonly Draft[] {
  const owner = compositeOwner(difference.id);
  const member = compositeMember(difference.id);
  const needs = [owner, member].map((ref) => (ref.client === null ? 'manage-realm' : 'manage-clients'));
  return mapRole({ path: [...rolePath(owner), 'composites'], role: member, title: `${roleWords(member)} in composite role ${owner.role}`, needs: [...new Set(needs)], requires: [roleId(owner)] }, difference);
}

/** The role that has the member. */
export function compositeOwner(id: ObjectId): RoleRef {
  return roleOfPart(partOf(id, 0));
}

export function compositeMember(id: ObjectId): RoleRef {
  return roleOfPart(partOf(id, 1));
}

export function rolePath(ref: RoleRef): RequestTemplate['path'] {
  return ref.client === null ? ['roles', ref.role] : ['clients', { $id: objectId('client', ref.client) }, 'roles', ref.role];
}
