import { rawScope } from '../normal/raw.ts';
import { valueAt } from '../file-place.ts';
import { clientsLinking } from '../claims/client-claims.ts';
import { claimsRestingOn, claimsSentence } from '../claims/words.ts';
import type { JsonObject } from '../json.ts';
import { objectId, partOf } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { itemNamed, lookInList } from '../looks.ts';
import { isBuiltinScope } from '../normal/builtins.ts';
import { attributeMap } from '../normal/role.ts';
import type { ClientScopeRepresentation } from '../representation.ts';
import { restoreScope } from '../writes/scope-writes.ts';

export const clientScope: Kind = {
  name: 'client-scope',
  title: 'client scope',
  facts: { restored: 'one POST with its chosen mappers; links follow one by one, and go before a DELETE as its scope mappings do', idKept: true, undo: 'yes; deleting it again takes its links along', lostForGood: 'nothing' },
  extract: (representation) => {
    const scopes = representation.clientScopes;
    if (scopes === undefined) return { objects: [], listed: [] };
    const objects = scopes.flatMap((raw) => {
      const name = raw.name;
      if (name === undefined) return [];
      return [{ id: objectId('client-scope', name), kind: 'client-scope' as const, owner: `scope ${name}`, name, value: scopeValue(raw), ...(raw.id === undefined ? {} : { serverId: raw.id }) }];
    });
    return { objects, listed: ['client-scope@*'] };
  },
  references: () => [],
  effect: (change, object, live, evidence) => {
    const state = change === 'live-only' ? live : evidence;
    const sentence = claimsSentence(change, claimsRestingOn(object.id, clientsLinking(object.name, state), state));
    return sentence ?? `client scope ${object.name} is linked to no client; no token is concerned`;
  },
  claims: (object, state) => claimsRestingOn(object.id, clientsLinking(object.name, state), state),
  builtin: (object) => isBuiltinScope(object.name),
  joinsReferrer: true,
  restore: restoreScope,
  look: (id) => lookInList({ path: ['client-scopes'] }, (list) => itemNamed(list, partOf(id, 0), (raw) => scopeValue(raw as ClientScopeRepresentation))),
  raw: (state, id) => rawScope(state, partOf(id, 0)),
  inFile: (id) => [valueAt('clientScopes', { name: partOf(id, 0) })],
};

export function scopeValue(raw: ClientScopeRepresentation): JsonObject {
  const description = raw['description'];
  const attributes = attributeMap(raw.attributes ?? {});
  return {
    protocol: raw.protocol ?? 'openid-connect',
    ...(typeof description === 'string' && description !== '' ? { description } : {}),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}
