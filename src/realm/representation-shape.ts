/**
 * The types of what this tool reads in a realm, so that a file in which something else stands is refused with its place instead of
 * failing somewhere later. Keycloak refuses the same on import (Jackson, RealmRepresentation 26.7), except that it takes numbers for
 * names. Fields that are not listed are carried as they are. A table and not a schema library: see snapshot-shape.ts.
 */
import type { RealmRepresentation } from './representation.ts';

/** Gives where below a value something is not as expected, and what is expected there: `[3].name is no text`; null when it fits. */
type Shape = (value: unknown) => string | null;

const is = (words: string, fits: (value: unknown) => boolean): Shape => (value) => (fits(value) ? null : ` is no ${words}`);
const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => value !== null && typeof value === 'object' && !Array.isArray(value);

const text = is('text', (value) => typeof value === 'string');
const flag = is('true or false', (value) => typeof value === 'boolean');
const count = is('number', (value) => typeof value === 'number');
/** Keycloak stores texts and takes what can be written as one. */
const scalar = is('single value', (value) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean');

function listOf(entry: Shape): Shape {
  return (value) => {
    if (!Array.isArray(value)) return ' is no list';
    for (let index = 0; index < value.length; index += 1) {
      const fault = entry(value[index]);
      if (fault !== null) return `[${index}]${fault}`;
    }
    return null;
  };
}

function mapOf(entry: Shape): Shape {
  return (value) => {
    if (!isMap(value)) return ' is no object';
    for (const key of Object.keys(value)) {
      const fault = entry(value[key]);
      if (fault !== null) return `${below(key)}${fault}`;
    }
    return null;
  };
}

function object(fields: Readonly<Record<string, Shape>>): Shape {
  const shapes = Object.entries(fields);
  return (value) => {
    if (!isMap(value)) return ' is no object';
    for (const [field, shape] of shapes) {
      const member = value[field];
      const fault = member === undefined ? null : shape(member);
      if (fault !== null) return `${below(field)}${fault}`;
    }
    return null;
  };
}

function below(key: string): string {
  return /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

const texts = listOf(text);
const settings = mapOf(scalar);
const byClient = mapOf(texts);
const attributes = mapOf(listOf(scalar));
const mappers = listOf(object({ id: text, name: text, protocol: text, protocolMapper: text, config: settings }));
const role = object({ id: text, name: text, description: text, composite: flag, composites: object({ realm: texts, client: byClient }), clientRole: flag, containerId: text, attributes });
const scopeMapping = object({ client: text, clientScope: text, roles: texts });
const group: Shape = object({ id: text, name: text, path: text, attributes, realmRoles: texts, clientRoles: byClient, subGroups: (value) => listOf(group)(value) });

const realm = object({
  id: text, realm: text, keycloakVersion: text,
  clients: listOf(object({
    id: text, clientId: text, secret: text, protocol: text, serviceAccountsEnabled: flag, authorizationServicesEnabled: flag,
    protocolMappers: mappers, defaultClientScopes: texts, optionalClientScopes: texts, attributes: settings,
  })),
  clientScopes: listOf(object({ id: text, name: text, protocol: text, protocolMappers: mappers, attributes: settings })),
  defaultDefaultClientScopes: texts,
  defaultOptionalClientScopes: texts,
  roles: object({ realm: listOf(role), client: mapOf(listOf(role)) }),
  scopeMappings: listOf(scopeMapping),
  clientScopeMappings: mapOf(listOf(scopeMapping)),
  users: listOf(object({ id: text, username: text, createdTimestamp: count, serviceAccountClientId: text, realmRoles: texts, clientRoles: byClient })),
  groups: listOf(group),
  components: mapOf(listOf(object({ id: text, name: text, providerId: text, config: attributes }))),
  authenticationFlows: listOf(object({
    id: text, alias: text, description: text, providerId: text, topLevel: flag, builtIn: flag,
    authenticationExecutions: listOf(object({ authenticator: text, authenticatorConfig: text, flowAlias: text, requirement: text, priority: count })),
  })),
  authenticatorConfig: listOf(object({ id: text, alias: text, config: settings })),
});

/**
 * A realm of the types that Keycloak has, without what is null in it: to Keycloak that is absent.
 * @returns the realm (the same one where nothing is null), or where it is none: `clients[3].protocolMappers is no list`
 */
export function asRepresentation(value: unknown): RealmRepresentation | string {
  const present = holdsNull(value) ? withoutNulls(value) : value;
  const fault = realm(present);
  return fault === null ? (present as RealmRepresentation) : `it${fault}`.replace(/^it\./, '');
}

/** Nothing in what a server answers is null as a rule; then nothing is copied. */
function holdsNull(value: unknown): boolean {
  if (typeof value !== 'object') return false;
  if (value === null) return true;
  if (Array.isArray(value)) return value.some(holdsNull);
  for (const key in value) if (holdsNull((value as Readonly<Record<string, unknown>>)[key])) return true;
  return false;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, member]) => (member === null ? [] : [[key, withoutNulls(member)] as const])));
}
