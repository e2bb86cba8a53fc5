import { valueAt } from '../file-place.ts';
import { own } from '../json.ts';
import { objectId, partOf } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { isRecord } from '../looks.ts';
import type { ObjectId, RealmObject } from '../model.ts';
import { isBuiltinFlow } from '../normal/builtins.ts';
import { providersOf, providerValue, withEnabledUnknown } from '../normal/identity-provider.ts';
import { disabledWithOrganization } from '../normal/organization.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import { rawProvider, restoreProvider } from '../writes/identity-provider-writes.ts';

export const identityProvider: Kind = {
  name: 'identity-provider',
  title: 'identity provider',
  facts: {
    restored: 'POST; PUT of the whole provider with only the chosen fields changed, where its secret is known',
    idKept: true,
    undo: 'yes; a deleted one with a secret does not come back',
    lostForGood: 'its client secret where no evidence has it; the links of users to it, if it was deleted by request',
  },
  extract: (representation, completeness) => {
    const providers = providersOf(representation);
    if (providers === undefined) return { objects: [], listed: [] };
    const whole = omissionMeansEmpty(representation, completeness);
    const disabled = disabledWithOrganization(representation);
    const objects = providers.flatMap((raw): RealmObject[] => {
      const { alias, internalId } = raw;
      if (typeof alias !== 'string' || alias === '') return [];
      const value = providerValue(raw, whole);
      return [{
        id: objectId('identity-provider', alias), kind: 'identity-provider', owner: `identity provider ${alias}`, name: alias,
        value: raw['enabled'] === false && disabled.has(alias) ? withEnabledUnknown(value) : value,
        ...(typeof internalId === 'string' ? { serverId: internalId } : {}),
      }];
    });
    return { objects, listed: ['identity-provider@*'] };
  },
  references: flowsOf,
  effect: (change, found) => {
    if (change === 'lost') return `nobody can log in through ${found.name}`;
    return change === 'changed' ? `logins through ${found.name} go another way` : `users may log in through ${found.name} only in the live realm`;
  },
  // What a login through it puts into a token is decided by its mappers, at that login.
  claims: () => [],
  restore: restoreProvider,
  look: (id) => ({
    request: { method: 'GET', path: ['identity-provider', 'instances', partOf(id, 0)] },
    pick: (body) => {
      const raw = isRecord(body) ? providersOf({ identityProviders: [body] })?.[0] : undefined;
      return raw === undefined ? null : { value: providerValue(raw, true), ...(typeof raw['internalId'] === 'string' ? { serverId: raw['internalId'] } : {}) };
    },
  }),
  raw: (state, id) => rawProvider(state, partOf(id, 0)),
  inFile: (id) => [valueAt('identityProviders', { alias: partOf(id, 0) })],
};

/** The flows that it names and that not every realm has. A provider that names one that is not there is answered 500 (tried on 26.7.4). */
function flowsOf(found: RealmObject): readonly ObjectId[] {
  if (!isRecord(found.value)) return [];
  const { value } = found;
  return ['firstBrokerLoginFlowAlias', 'postBrokerLoginFlowAlias'].flatMap((field) => {
    const alias = own(value, field);
    return typeof alias === 'string' && !isBuiltinFlow(alias) ? [objectId('flow', alias)] : [];
  });
}
