import { rawClient } from '../normal/raw.ts';
import { valueAt } from '../file-place.ts';
import type { Json } from '../json.ts';
import { objectId, partOf } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { isBuiltinClient } from '../normal/builtins.ts';
import { restoreClient } from '../writes/client-writes.ts';

/** The client itself: that it exists. Everything about it is an object of its own. */
export const EXISTS: Json = {};

export const client: Kind = {
  name: 'client',
  title: 'client',
  facts: {
    restored: 'one POST with its settings, chosen mappers and scope links',
    idKept: true,
    undo: 'only with --delete-clients: deleting a client ends its sessions for good',
    lostForGood: 'its secret where no evidence has it; registration access token',
  },
  extract: (representation) => {
    const clients = representation.clients;
    if (clients === undefined) return { objects: [], listed: [] };
    const objects = clients.flatMap((raw) => {
      const name = raw.clientId;
      if (name === undefined) return [];
      return [{ id: objectId('client', name), kind: 'client' as const, owner: name, name, value: EXISTS, ...(raw.id === undefined ? {} : { serverId: raw.id }) }];
    });
    return { objects, listed: ['client@*'] };
  },
  references: () => [],
  effect: (change, object) => {
    if (change === 'lost') return `nobody can log in through ${object.name}; its tokens and refreshes are refused`;
    return `client ${object.name} exists only in the live realm`;
  },
  // Expectations come from its mappers, links and roles.
  claims: () => [],
  builtin: (object) => isBuiltinClient(object.name),
  restore: restoreClient,
  look: (id) => {
    const name = partOf(id, 0);
    return {
      request: { method: 'GET', path: ['clients'], query: { clientId: name } },
      pick: (body) => {
        const raw = clientIn(body, name);
        return raw === null ? null : { value: EXISTS, ...(typeof raw['id'] === 'string' ? { serverId: raw['id'] } : {}) };
      },
    };
  },
  raw: (state, id) => rawClient(state, partOf(id, 0)),
  inFile: (id) => [valueAt('clients', { clientId: partOf(id, 0) })],
};

/** The client of that name in an answer of GET /clients?clientId=. */
export function clientIn(body: Json, clientId: string): { readonly [key: string]: Json } | null {
  if (!Array.isArray(body)) return null;
  const found = (body as readonly Json[]).find((item) => item !== null && typeof item === 'object' && !Array.isArray(item) && (item as { readonly [key: string]: Json })['clientId'] === clientId);
  return found === undefined ? null : (found as { readonly [key: string]: Json });
}
