/** The legacy operator (keycloak.org/v1alpha1), whose specs are representations. Pure. */
import { own, type Json } from '../../../realm/json.ts';
import { at, isObject, listAt, textAt, type KubeObject } from '../../controllers/object.ts';
import { left, rolesOf, united, unread, withClientRoles, type OperatorRealm } from './common.ts';

/** Would make it look like an export, which says all that there is; a custom resource states what it lists, and its type has neither. */
const OF_EXPORTS = ['keycloakVersion', 'components'] as const;

/**
 * The realm of the legacy operator; null where it has no spec.realm.
 * @param clients  KeycloakClients of its namespace; those that select another realm are left out
 */
export function legacyRealm(object: KubeObject, clients: readonly KubeObject[]): OperatorRealm | null {
  const stated = at(object, 'spec', 'realm');
  if (!isObject(stated)) return null;
  const mine = clients.filter((client) => selects(at(client, 'spec', 'realmSelector'), object.metadata.labels ?? {}) && textAt(client, 'spec', 'client', 'clientId') !== undefined);
  const roles = mine.flatMap((client) => rolesOf(textAt(client, 'spec', 'client', 'clientId') ?? '', listAt(client, 'spec', 'roles')));
  const realm = Object.fromEntries(Object.entries(stated).filter(([field]) => !OF_EXPORTS.some((left) => left === field)));
  return {
    realm: { ...realm, clients: united([...listAt(stated, 'clients'), ...mine.flatMap((client) => at(client, 'spec', 'client') ?? [])]), ...withClientRoles(at(stated, 'roles'), roles) },
    made: [object, ...mine],
    notes: [
      ...unread('KeycloakRealm', [...left(at(object, 'spec'), ['realm', 'instanceSelector']), ...OF_EXPORTS.filter((field) => at(stated, field) !== undefined).map((field) => `realm.${field}`)]),
      ...unread('KeycloakClients', mine.flatMap((client) => left(at(client, 'spec'), ['realmSelector', 'client', 'roles']))),
    ],
  };
}

/** A label selector as Kubernetes reads it: an empty one takes everything, a missing one nothing. */
function selects(selector: Json | undefined, labels: Readonly<Record<string, string>>): boolean {
  if (!isObject(selector)) return false;
  const wanted = at(selector, 'matchLabels');
  return Object.entries(isObject(wanted) ? wanted : {}).every(([label, value]) => own(labels, label) === value)
    && listAt(selector, 'matchExpressions').every((expression) => {
      const value = own(labels, textAt(expression, 'key') ?? '');
      const among = value !== undefined && listAt(expression, 'values').includes(value);
      const operator = textAt(expression, 'operator');
      return operator === 'In' ? among : operator === 'NotIn' ? !among : operator === 'Exists' ? value !== undefined : operator === 'DoesNotExist' && value === undefined;
    });
}
