import { memberAt } from '../file-place.ts';
import { objectId, partOf, place } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { lookInList } from '../looks.ts';
import type { Look, RealmObject } from '../model.ts';
import { isBuiltinScope } from '../normal/builtins.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import { restoreRealmDefault, typeOf, type LinkType } from '../writes/link-writes.ts';

export const realmDefaultScope: Kind = {
  name: 'realm-default-scope',
  title: 'realm default scope',
  facts: { restored: 'PUT or DELETE of the one link', idKept: false, undo: 'yes', lostForGood: 'nothing; clients made meanwhile have the scopes of that time' },
  extract: (representation, completeness) => {
    const { defaultDefaultClientScopes: byDefault, defaultOptionalClientScopes: optional } = representation;
    const whole = omissionMeansEmpty(representation, completeness) && (byDefault !== undefined || optional !== undefined);
    return {
      objects: [...(byDefault ?? []).map((scope) => object(scope, 'default')), ...(optional ?? []).map((scope) => object(scope, 'optional'))],
      listed: [
        ...(whole || byDefault !== undefined ? [place('realm-default-scope', '#default')] : []),
        ...(whole || optional !== undefined ? [place('realm-default-scope', '#optional')] : []),
      ],
    };
  },
  references: (found) => [objectId('client-scope', partOf(found.id, 0))],
  effect: (change, found) => {
    const type = typeOf(found.value) ?? 'default';
    if (change === 'lost') return `clients made from now on do not get scope ${found.name}`;
    return change === 'changed' ? `scope ${found.name} is given to new clients in another role than ${type}` : `clients made from now on get scope ${found.name} (${type})`;
  },
  // Only clients that are made later are concerned.
  claims: () => [],
  builtin: (found) => isBuiltinScope(found.name),
  restore: restoreRealmDefault,
  // Two lists on the server; a scope is never in both.
  look: (id) => ({ ...lookFor(partOf(id, 0), 'default'), otherwise: lookFor(partOf(id, 0), 'optional') }),
  inFile: (id) => ['defaultDefaultClientScopes', 'defaultOptionalClientScopes'].map((list) => memberAt(partOf(id, 0), list)),
};

function lookFor(scope: string, type: LinkType): Look {
  return lookInList({ path: [`default-${type}-client-scopes`] }, (list) => (list.some((item) => item['name'] === scope) ? { value: { type } } : null));
}

function object(scope: string, type: LinkType): RealmObject {
  return { id: objectId('realm-default-scope', scope), kind: 'realm-default-scope', owner: 'realm', name: scope, value: { type }, places: [place('realm-default-scope', `#${type}`)] };
}
