/** The writes for roles in the scope of clients and client scopes. */
import { objectId, parseScopeMapping, roleParts, type Holder, type RoleRef } from '../keys.ts';
import type { Draft } from '../kind.ts';
import type { Difference, ObjectId, RequestTemplate } from '../model.ts';
import { mapRole, roleSegment } from './role-writes.ts';

export function restoreScopeMapping(difference: Pick<Difference, 'id' | 'change'>): readonly Draft[] {
  const { holder, role } = parseScopeMapping(difference.id);
  // A realm role asks for both (verified on 26.7.4); either alone is refused.
  const needs = role.client === null ? ['manage-clients', 'manage-realm'] : ['manage-clients'];
  return mapRole({ path: scopeMappingPath(holder, role), role, title: `scope mapping ${roleParts(role).join('/')}`, needs, requires: [holderId(holder)] }, difference);
}

/** The client or client scope that has the role in its scope. */
export function holderId(holder: Holder): ObjectId {
  return 'client' in holder ? objectId('client', holder.client) : objectId('client-scope', holder.clientScope);
}

export function scopeMappingPath(holder: Holder, role: RoleRef): RequestTemplate['path'] {
  return ['client' in holder ? 'clients' : 'client-scopes', { $id: holderId(holder) }, 'scope-mappings', ...roleSegment(role)];
}
