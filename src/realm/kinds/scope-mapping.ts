import { memberAt, roleListSteps, type FilePlace } from '../file-place.ts';
import { claimsRestingOn, claimsSentence } from '../claims/words.ts';
import { objectId, parseScopeMapping, place, holderPart, scopeMappingId, type Holder, type RoleRef } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { lookForRole } from '../looks.ts';
import type { ObjectId, RealmObject } from '../model.ts';
import { isBuiltinClient, isBuiltinScope } from '../normal/builtins.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import type { ScopeMappingRepresentation } from '../representation.ts';
import { MAPPED } from '../writes/role-writes.ts';
import { holderId, restoreScopeMapping, scopeMappingPath } from '../writes/scope-mapping-writes.ts';

export const scopeMapping: Kind = {
  name: 'scope-mapping',
  title: 'scope mapping',
  facts: { restored: 'POST or DELETE of the one role', idKept: false, undo: 'yes', lostForGood: 'nothing' },
  extract: (representation, completeness) => {
    const { scopeMappings, clientScopeMappings } = representation;
    if (scopeMappings === undefined && clientScopeMappings === undefined) return { objects: [], listed: [] };
    const rows = [
      ...(scopeMappings ?? []).map((row) => ({ row, client: null })),
      ...Object.entries(clientScopeMappings ?? {}).flatMap(([client, list]) => list.map((row) => ({ row, client }))),
    ];
    const held = rows.flatMap(({ row, client }) => holderOf(row).map((holder) => ({ holder, roles: (row.roles ?? []).map((role) => ({ client, role })) })));
    return {
      objects: held.flatMap(({ holder, roles }) => roles.map((role) => object(holder, role))),
      listed: omissionMeansEmpty(representation, completeness) ? ['scope-mapping@*'] : held.map(({ holder }) => place('scope-mapping', holderPart(holder))),
    };
  },
  references: (found) => {
    const { role } = parseScopeMapping(found.id);
    return [role.client === null ? objectId('realm-role', role.role) : objectId('client-role', role.client, role.role)];
  },
  effect: (change, found, live, evidence) => {
    const { holder, role } = parseScopeMapping(found.id);
    const state = change === 'live-only' ? live : evidence;
    if ('clientScope' in holder) {
      return change === 'lost' ? `client scope ${holder.clientScope} no longer asks for role ${role.role}` : `client scope ${holder.clientScope} applies only to who has role ${role.role}`;
    }
    return claimsSentence(change, claimsRestingOn(found.id, [holder.client], state)) ?? `role ${role.role} is ${change === 'lost' ? 'not' : ''} in the scope of ${holder.client}`.replace('is  in', 'is in');
  },
  claims: (found, state) => {
    const { holder } = parseScopeMapping(found.id);
    return 'client' in holder ? claimsRestingOn(found.id, [holder.client], state) : [];
  },
  builtin: (found) => {
    const { holder } = parseScopeMapping(found.id);
    return 'client' in holder ? isBuiltinClient(holder.client) : isBuiltinScope(holder.clientScope);
  },
  hints: (found) => {
    const { holder, role } = parseScopeMapping(found.id);
    if (!('client' in holder) || role.client === null || role.client === holder.client) return [];
    return [{ before: role.client, after: holder.client, strength: 'role', reason: `has role ${role.role} of ${role.client} in its scope` }];
  },
  restore: restoreScopeMapping,
  look: (id) => {
    const { holder, role } = parseScopeMapping(id);
    return lookForRole(scopeMappingPath(holder, role), role.role);
  },
  inFile: (id) => filePlace(id),
};

function holderOf(row: ScopeMappingRepresentation): readonly Holder[] {
  if (row.client !== undefined) return [{ client: row.client }];
  return row.clientScope === undefined ? [] : [{ clientScope: row.clientScope }];
}

function object(holder: Holder, role: RoleRef): RealmObject {
  const owner = 'client' in holder ? holder.client : `scope ${holder.clientScope}`;
  const name = role.client === null ? role.role : `${role.client}/${role.role}`;
  return { id: scopeMappingId(holder, role), kind: 'scope-mapping', owner, name, value: MAPPED, parent: holderId(holder) };
}

function filePlace(id: ObjectId): readonly FilePlace[] {
  const { holder, role } = parseScopeMapping(id);
  return [memberAt(role.role, ...roleListSteps(role, 'scopeMappings', 'clientScopeMappings'), { ...holder }, 'roles')];
}
