import { roleSteps, valueAt } from '../file-place.ts';
import { own } from '../json.ts';
import { escapePart, objectId, partOf, place } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { idOf, isRecord } from '../looks.ts';
import { isBuiltinClient } from '../normal/builtins.ts';
import { roleValue, storedAttributes } from '../normal/role.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import type { RoleRepresentation } from '../representation.ts';
import { restoreRole } from '../writes/roles.ts';
import { roleEffect } from './realm-role.ts';

export const clientRole: Kind = {
  name: 'client-role',
  title: 'client role',
  facts: { restored: 'POST, or PUT with description and attributes; before a DELETE its members and every mapping of it go one by one', idKept: false, undo: 'yes; a deleted one comes back with its members and mappings; who got a new one meanwhile loses it', lostForGood: 'its id, and which users had it' },
  extract: (representation, completeness) => {
    const byClient = representation.roles?.client;
    if (byClient === undefined) return { objects: [], listed: [] };
    const objects = Object.entries(byClient).flatMap(([owner, roles]) =>
      roles.flatMap((role) => {
        const name = role.name;
        if (name === undefined) return [];
        return [{
          id: objectId('client-role', owner, name), kind: 'client-role' as const, owner, name, value: roleValue(role),
          parent: objectId('client', owner), ...(role.id === undefined ? {} : { serverId: role.id }),
        }];
      }));
    // An export names a client without roles with an empty list, or not at all.
    const silent = omissionMeansEmpty(representation, completeness) ? (representation.clients ?? []).flatMap((raw) => raw.clientId ?? []) : [];
    return { objects, listed: [...Object.keys(byClient), ...silent].map((owner) => place('client-role', escapePart(owner))) };
  },
  references: () => [],
  effect: (change, object) => roleEffect(change, `role ${object.name} of ${object.owner}`),
  // A role shows in tokens through the mappings that give it to somebody.
  claims: () => [],
  builtin: (object) => isBuiltinClient(object.owner),
  raw: (state, id) => storedAttributes(own(state.representation.roles?.client ?? {}, partOf(id, 0))?.find((role) => role.name === partOf(id, 1))),
  restore: (difference, context) => restoreRole({ client: difference.owner, role: difference.name }, difference, context),
  look: (id) => ({
    request: { method: 'GET', path: ['clients', { $id: objectId('client', partOf(id, 0)) }, 'roles', partOf(id, 1)] },
    pick: (body) => (isRecord(body) ? { value: roleValue(body as RoleRepresentation), ...idOf(body) } : null),
  }),
  inFile: (id) => [valueAt(...roleSteps({ client: partOf(id, 0), role: partOf(id, 1) }))],
};
