import { valueAt } from '../file-place.ts';
import { audienceOf } from '../claims/mapper-claims.ts';
import { claimsRestingOn, claimsSentence } from '../claims/words.ts';
import { escapePart, objectId, partOf, place } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { isBuiltinClient } from '../normal/builtins.ts';
import { asMapperValue, mapperValue } from '../normal/mapper.ts';
import { rawClient, rawMapper } from '../normal/raw.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import { passedOver } from '../places.ts';
import { lookInList, itemNamed } from '../looks.ts';
import type { ClientRepresentation, ProtocolMapperRepresentation } from '../representation.ts';
import { isCreated } from '../writes/body.ts';
import { restoreMapper } from '../writes/mapper-writes.ts';

export const clientMapper: Kind = {
  name: 'client-mapper',
  title: 'protocol mapper',
  facts: { restored: 'POST, PUT or DELETE of the one mapper', idKept: true, undo: 'yes', lostForGood: 'nothing; a secret in its configuration must come from the evidence' },
  extract: (representation, completeness) => {
    const whole = omissionMeansEmpty(representation, completeness);
    const clients = (representation.clients ?? []).filter(named);
    return {
      objects: clients.values().flatMap((raw) => (raw.protocolMappers ?? []).flatMap((mapper) => object(raw.clientId, mapper))),
      listed: clients.map((raw) => {
        const here = place('client-mapper', escapePart(raw.clientId));
        return whole || raw.protocolMappers !== undefined ? here : passedOver(here);
      }),
    };
  },
  references: () => [],
  effect: (change, found, live, evidence) => {
    const state = change === 'live-only' ? live : evidence;
    return claimsSentence(change, claimsRestingOn(found.id, [found.owner], state)) ?? `mapper ${found.name} of ${found.owner} feeds no token`;
  },
  claims: (found, state) => claimsRestingOn(found.id, [found.owner], state),
  builtin: (found) => isBuiltinClient(found.owner),
  hints: (found) => {
    const value = asMapperValue(found.value);
    const audience = value === null ? '' : audienceOf(value);
    return audience === '' || audience === found.owner ? [] : [{ before: found.owner, after: audience, strength: 'tokens', reason: `takes tokens of ${found.owner} (audience mapper ${found.name})` }];
  },
  restore: (difference, context) => {
    const owner = objectId('client', difference.owner);
    if (isCreated(owner, context)) return [];
    return restoreMapper({
      path: ['clients', { $id: owner }], id: owner,
      live: rawMapper(rawClient(context.live, difference.owner), difference.name),
      evidence: rawMapper(rawClient(context.evidenceOf(difference.id), difference.owner), difference.name),
    }, difference, context);
  },
  look: (id) => lookInList({ path: ['clients'], query: { clientId: partOf(id, 0) } }, (list) => {
    const raw = list.find((item) => item['clientId'] === partOf(id, 0));
    return itemNamed(raw?.['protocolMappers'], partOf(id, 1), (mapper) => mapperValue(mapper as ProtocolMapperRepresentation));
  }),
  raw: (state, id) => rawMapper(rawClient(state, partOf(id, 0)), partOf(id, 1)),
  inFile: (id) => [valueAt('clients', { clientId: partOf(id, 0) }, 'protocolMappers', { name: partOf(id, 1) })],
};

function named(raw: ClientRepresentation): raw is ClientRepresentation & { clientId: string } {
  return raw.clientId !== undefined;
}

function object(client: string, mapper: ProtocolMapperRepresentation) {
  if (mapper.name === undefined) return [];
  return [{
    id: objectId('client-mapper', client, mapper.name), kind: 'client-mapper' as const, owner: client, name: mapper.name,
    value: mapperValue(mapper), parent: objectId('client', client), ...(mapper.id === undefined ? {} : { serverId: mapper.id }),
  }];
}
