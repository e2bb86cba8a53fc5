import { valueAt } from '../file-place.ts';
import { clientsLinking } from '../claims/client-claims.ts';
import { claimsRestingOn, claimsSentence } from '../claims/words.ts';
import { escapePart, objectId, partOf, place } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { itemNamed, lookInList } from '../looks.ts';
import { mapperValue } from '../normal/mapper.ts';
import { rawMapper, rawScope } from '../normal/raw.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import type { ProtocolMapperRepresentation } from '../representation.ts';
import { isCreated } from '../writes/body.ts';
import { restoreMapper } from '../writes/mapper-writes.ts';

export const clientScopeMapper: Kind = {
  name: 'client-scope-mapper',
  title: 'protocol mapper of a client scope',
  facts: { restored: 'POST, PUT or DELETE of the one mapper, never a PUT of the scope (it ignores mappers)', idKept: true, undo: 'yes', lostForGood: 'nothing' },
  extract: (representation, completeness) => {
    const whole = omissionMeansEmpty(representation, completeness);
    const scopes = (representation.clientScopes ?? []).flatMap((raw) => (raw.name === undefined ? [] : [{ name: raw.name, mappers: raw.protocolMappers }]));
    return {
      objects: scopes.flatMap(({ name, mappers }) => (mappers ?? []).flatMap((mapper) => object(name, mapper))),
      listed: scopes.filter(({ mappers }) => whole || mappers !== undefined).map(({ name }) => place('client-scope-mapper', escapePart(name))),
    };
  },
  references: () => [],
  effect: (change, found, live, evidence) => {
    const state = change === 'live-only' ? live : evidence;
    const scope = partOf(found.id, 0);
    return claimsSentence(change, claimsRestingOn(found.id, clientsLinking(scope, state), state)) ?? `mapper ${found.name} of scope ${scope} reaches no token`;
  },
  claims: (found, state) => claimsRestingOn(found.id, clientsLinking(partOf(found.id, 0), state), state),
  restore: (difference, context) => {
    const scope = partOf(difference.id, 0);
    const owner = objectId('client-scope', scope);
    if (isCreated(owner, context)) return [];
    return restoreMapper({
      path: ['client-scopes', { $id: owner }], id: owner,
      live: rawMapper(rawScope(context.live, scope), difference.name),
      evidence: rawMapper(rawScope(context.evidenceOf(difference.id), scope), difference.name),
    }, difference, context);
  },
  look: (id) => lookInList({ path: ['client-scopes'] }, (list) => {
    const raw = list.find((item) => item['name'] === partOf(id, 0));
    return itemNamed(raw?.['protocolMappers'], partOf(id, 1), (mapper) => mapperValue(mapper as ProtocolMapperRepresentation));
  }),
  raw: (state, id) => rawMapper(rawScope(state, partOf(id, 0)), partOf(id, 1)),
  inFile: (id) => [valueAt('clientScopes', { name: partOf(id, 0) }, 'protocolMappers', { name: partOf(id, 1) })],
};

function object(scope: string, mapper: ProtocolMapperRepresentation) {
  if (mapper.name === undefined) return [];
  return [{
    id: objectId('client-scope-mapper', scope, mapper.name), kind: 'client-scope-mapper' as const, owner: `scope ${scope}`, name: mapper.name,
    value: mapperValue(mapper), parent: objectId('client-scope', scope), ...(mapper.id === undefined ? {} : { serverId: mapper.id }),
  }];
}
