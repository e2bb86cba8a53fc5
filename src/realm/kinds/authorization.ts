import { valueAt } from '../file-place.ts';
import { escapePart, objectId, partOf, place } from '../keys.ts';
import type { Kind } from '../kind.ts';
import type { RealmObject } from '../model.ts';
import { authorizationValue, namedByPolicies } from '../normal/authorization.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import type { ClientRepresentation } from '../representation.ts';
import { restoreAuthorization } from '../writes/authorization-writes.ts';

export const authorization: Kind = {
  name: 'authorization',
  title: 'authorization settings',
  noun: 'authorization setting',
  filedApart: true,
  facts: {
    restored: 'one import of the whole settings where none are left, after the roles, clients and scopes that its policies name',
    idKept: false,
    undo: 'none: delete the resources and policies in the admin console',
    lostForGood: 'permission tickets; script policies; policies on groups or users that are gone; what differs only in part is compared, not restored',
  },
  extract: (representation, completeness) => {
    const whole = omissionMeansEmpty(representation, completeness);
    const clients = (representation.clients ?? []).flatMap((raw) => (raw.clientId === undefined ? [] : [{ name: raw.clientId, raw }]));
    return {
      objects: clients.flatMap(({ name, raw }) => object(name, raw)),
      // A client that has the flag and no settings beside it was read by somebody who may not see them.
      listed: clients.filter(({ raw }) => raw['authorizationSettings'] !== undefined || (whole && raw.authorizationServicesEnabled !== true))
        .map(({ name }) => place('authorization', escapePart(name))),
    };
  },
  references: (found) => namedByPolicies(found.value),
  effect: (change, found) => {
    if (change === 'lost') return `${found.owner} has no resources and policies any more: permissions that it asks for are refused`;
    return change === 'changed' ? `permissions of ${found.owner} are decided otherwise` : `${found.owner} has resources and policies only in the live realm`;
  },
  // Permissions are asked for one by one; no token shows them by itself.
  claims: () => [],
  suggest: (change) => (change === 'changed' ? { suggest: 'ask', because: 'this version brings authorization settings back only where none are left' } : undefined),
  restore: restoreAuthorization,
  look: (id) => ({
    request: { method: 'GET', path: ['clients', { $id: objectId('client', partOf(id, 0)) }, 'authz', 'resource-server', 'settings'] },
    pick: (body) => {
      const value = authorizationValue(body);
      return value === null ? null : { value };
    },
  }),
  inFile: (id) => [valueAt('clients', { clientId: partOf(id, 0) }, 'authorizationSettings')],
};

function object(client: string, raw: ClientRepresentation): readonly RealmObject[] {
  const value = raw.authorizationServicesEnabled === true ? authorizationValue(raw['authorizationSettings']) : null;
  if (value === null) return [];
  return [{ id: objectId('authorization', client, 'settings'), kind: 'authorization', owner: client, name: 'settings', value, parent: objectId('client', client) }];
}
