/** What the realms of several operators have in common: custom resources as a realm representation. Pure. */
import type { Json, JsonObject } from '../../../realm/json.ts';
import { at, isObject, listAt, textAt, type KubeObject } from '../../controllers/object.ts';

export interface OperatorRealm {
  readonly realm: JsonObject;
  /** The objects that it is made of, that of the realm first. */
  readonly made: readonly KubeObject[];
  /** What the objects state and the realm here does not have. */
  readonly notes: readonly string[];
}

const MAPPER_FIELDS = { name: 'name', protocol: 'protocol', protocolMapper: 'protocolMapper', config: 'config' };

export function mappersOf(spec: Json | undefined): JsonObject {
  return isEmpty(at(spec, 'protocolMappers')) ? {} : { protocolMappers: listAt(spec, 'protocolMappers').map((mapper) => renamed(mapper, MAPPER_FIELDS)) };
}

/** Only what is stated: an empty list of these operators means that nobody filled it in. */
export function renamed(spec: Json | undefined, fields: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).flatMap(([field, name]) => {
    const value = at(spec, field);
    return value === undefined || isEmpty(value) ? [] : [[name, value]];
  }));
}

/** One client per clientId: a KeycloakClient is applied after the realm's own list. */
export function united(clients: readonly Json[]): readonly Json[] {
  return [...new Map(clients.map((client, index) => [textAt(client, 'clientId') ?? index, client])).values()];
}

export type ClientRoles = readonly [clientId: string, roles: readonly Json[]];

export function rolesOf(clientId: string, roles: readonly Json[]): readonly ClientRoles[] {
  return roles.length === 0 ? [] : [[clientId, roles]];
}

export function withClientRoles(stated: Json | undefined, more: readonly ClientRoles[]): JsonObject {
  const roles = isObject(stated) ? stated : {};
  const client = new Map(Object.entries(isObject(roles['client']) ? roles['client'] : {}));
  for (const [clientId, added] of more) {
    const names = new Set(added.map((role) => textAt(role, 'name')));
    client.set(clientId, [...listAt(stated, 'client', clientId).filter((role) => !names.has(textAt(role, 'name'))), ...added]);
  }
  if (client.size === 0) return stated === undefined ? {} : { roles: stated };
  return { roles: { ...roles, client: Object.fromEntries(client) } };
}

/** Fields that say something and are not among those that are read. */
export function left(spec: Json | undefined, read: readonly string[]): readonly string[] {
  return isObject(spec) ? Object.entries(spec).flatMap(([field, value]) => (isEmpty(value) || read.includes(field) ? [] : [field])) : [];
}

export function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

export function unread(of: string, fields: readonly string[]): readonly string[] {
  return fields.length === 0 ? [] : [`not read of ${of}: ${[...new Set(fields)].sort().join(', ')}`];
}
