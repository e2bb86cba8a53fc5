import { valueAt } from '../file-place.ts';
import { escapePart, objectId, partOf, place } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { idOf, itemNamed, lookInList } from '../looks.ts';
import type { RealmObject } from '../model.ts';
import { mapperValueOf, providerMappersOf, providersOf } from '../normal/identity-provider.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import { rawProviderMapper, restoreProviderMapper } from '../writes/identity-provider-writes.ts';

export const identityProviderMapper: Kind = {
  name: 'identity-provider-mapper',
  title: 'identity provider mapper',
  facts: { restored: 'POST, PUT or DELETE of the one mapper; servers before 26.0 give it an id of their own', idKept: true, undo: 'yes', lostForGood: 'nothing' },
  extract: (representation, completeness) => {
    const mappers = providerMappersOf(representation);
    const whole = omissionMeansEmpty(representation, completeness);
    if (mappers === undefined) return { objects: [], listed: whole && providersOf(representation) !== undefined ? ['identity-provider-mapper@*'] : [] };
    const objects = mappers.flatMap((raw): RealmObject[] => {
      const { identityProviderAlias: alias, name } = raw;
      if (typeof alias !== 'string' || typeof name !== 'string') return [];
      return [{
        id: objectId('identity-provider-mapper', alias, name), kind: 'identity-provider-mapper', owner: `identity provider ${alias}`, name, value: mapperValueOf(raw),
        parent: objectId('identity-provider', alias), ...idOf(raw),
      }];
    });
    // A file that a person wrote speaks about the providers that it has mappers for.
    const named = [...new Set(objects.map((object) => partOf(object.id, 0)))];
    return { objects, listed: whole ? ['identity-provider-mapper@*'] : named.map((alias) => place('identity-provider-mapper', escapePart(alias))) };
  },
  references: () => [],
  effect: (change, found) => {
    const what = `what ${found.owner.replace(/^identity provider /, '')} says about users`;
    if (change === 'lost') return `${what} no longer reaches Keycloak through ${found.name}`;
    return change === 'changed' ? `${what} is taken over differently by ${found.name}` : `${what} is also taken over by ${found.name}`;
  },
  // A mapper acts at a login through the provider; which claims come of it depends on the mappers of the clients.
  claims: () => [],
  restore: restoreProviderMapper,
  look: (id) => lookInList({ path: ['identity-provider', 'instances', partOf(id, 0), 'mappers'] }, (list) => itemNamed(list, partOf(id, 1), mapperValueOf)),
  raw: (state, id) => rawProviderMapper(state, partOf(id, 0), partOf(id, 1)),
  inFile: (id) => [valueAt('identityProviderMappers', { identityProviderAlias: partOf(id, 0), name: partOf(id, 1) })],
};
