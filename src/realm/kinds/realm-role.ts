import { roleSteps, valueAt } from '../file-place.ts';
import { objectId, partOf } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { idOf, isRecord } from '../looks.ts';
import { isBuiltinRealmRole } from '../normal/builtins.ts';
import { roleValue, storedAttributes } from '../normal/role.ts';
import type { RoleRepresentation } from '../representation.ts';
import { restoreRole } from '../writes/roles.ts';

export const realmRole: Kind = {
  name: 'realm-role',
  title: 'realm role',
  facts: { restored: 'POST, or PUT with description and attributes; before a DELETE its members and every mapping of it go one by one', idKept: false, undo: 'yes; a deleted one comes back with its members and mappings; who got a new one meanwhile loses it', lostForGood: 'its id, and which users had it' },
  extract: (representation) => {
    const roles = representation.roles?.realm;
    if (roles === undefined) return { objects: [], listed: [] };
    const objects = roles.flatMap((role) => {
      const name = role.name;
      if (name === undefined) return [];
      return [{ id: objectId('realm-role', name), kind: 'realm-role' as const, owner: 'realm', name, value: roleValue(role), ...(role.id === undefined ? {} : { serverId: role.id }) }];
    });
    return { objects, listed: ['realm-role@*'] };
  },
  references: () => [],
  effect: (change, object) => roleEffect(change, `realm role ${object.name}`),
  // A role shows in tokens through the mappings that give it to somebody.
  claims: () => [],
  builtin: (object, realm) => isBuiltinRealmRole(object.name, realm),
  raw: (state, id) => storedAttributes(state.representation.roles?.realm?.find((role) => role.name === partOf(id, 0))),
  restore: (difference, context) => restoreRole({ client: null, role: difference.name }, difference, context),
  look: (id) => ({
    request: { method: 'GET', path: ['roles', partOf(id, 0)] },
    pick: (body) => (isRecord(body) ? { value: roleValue(body as RoleRepresentation), ...idOf(body) } : null),
  }),
  inFile: (id) => [valueAt(...roleSteps({ client: null, role: partOf(id, 0) }))],
};

export function roleEffect(change: 'lost' | 'changed' | 'live-only', role: string): string {
  if (change === 'lost') return `${role} is gone: nobody can have it, and no token carries it`;
  return change === 'changed' ? `${role} is described differently; tokens do not change` : `${role} exists only in the live realm`;
}
