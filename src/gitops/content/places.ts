import { parseId, parseScopeMapping, roleOfPart, roleOfParts } from '../../realm/keys.ts';
import type { KindName, ObjectId } from '../../realm/model.ts';
import type { RoleRef } from '../../realm/keys.ts';
import type { Step } from './steps.ts';

/**
 * Where an object of the normal form stands in a realm file.
 * value: an object, a list of its own or a scalar. member: a text in a list of texts.
 */
export type Place =
  | { readonly as: 'value'; readonly steps: readonly Step[] }
  | { readonly as: 'member'; readonly steps: readonly Step[]; readonly member: string };

const value = (...steps: readonly Step[]): Place => ({ as: 'value', steps });
const member = (text: string, ...steps: readonly Step[]): Place => ({ as: 'member', steps, member: text });

/** Where the list of a role's names lies below something that keeps realm roles and client roles apart. */
const roleList = (role: RoleRef, realm: string, client: string): readonly Step[] => (role.client === null ? [realm] : [client, role.client]);

const roleSteps = (role: RoleRef): readonly Step[] => ['roles', ...(role.client === null ? ['realm'] : ['client', role.client]), { name: role.role }];

/** How each kind is written in a realm file. A kind that is missing here is compared, but not yet written into git. */
const PLACES: Partial<Record<KindName, (id: ObjectId, parts: readonly string[]) => readonly Place[]>> = {
  'client': (_, [clientId = '']) => [value('clients', { clientId })],
  'client-mapper': (_, [clientId = '', ...rest]) => [value('clients', { clientId }, 'protocolMappers', mapperKey(rest))],
  'authorization': (_, [clientId = '']) => [value('clients', { clientId }, 'authorizationSettings')],
  'client-setting': (_, [clientId = '', ...path]) => settingPlaces(['clients', { clientId }], path),
  'client-scope': (_, [name = '']) => [value('clientScopes', { name })],
  'client-scope-mapper': (_, [name = '', ...rest]) => [value('clientScopes', { name }, 'protocolMappers', mapperKey(rest))],
  'client-scope-link': (_, [clientId = '', scope = '']) =>
    ['defaultClientScopes', 'optionalClientScopes'].map((list) => member(scope, 'clients', { clientId }, list)),
  'realm-default-scope': (_, parts) =>
    ['defaultDefaultClientScopes', 'defaultOptionalClientScopes'].map((list) => member(parts.at(-1) ?? '', list)),
  'realm-role': (_, [role = '']) => [value(...roleSteps({ client: null, role }))],
  'client-role': (_, [client = '', role = '']) => [value(...roleSteps({ client, role }))],
  'composite': (id) => {
    const [holder = '', held = ''] = parseId(id).parts;
    const role = roleOfPart(held);
    return [member(role.role, ...roleSteps(roleOfPart(holder)), 'composites', ...roleList(role, 'realm', 'client'))];
  },
  'scope-mapping': (id) => {
    const { holder, role } = parseScopeMapping(id);
    return [member(role.role, ...roleList(role, 'scopeMappings', 'clientScopeMappings'), { ...holder }, 'roles')];
  },
  'service-account-role': (_, [client = '', ...rest]) => {
    const role = roleOfParts(rest);
    return [member(role.role, 'users', { serviceAccountClientId: client }, ...roleList(role, 'realmRoles', 'clientRoles'))];
  },
  'group-role': (_, [path = '', ...rest]) => {
    const role = roleOfParts(rest);
    const [top = '', ...below] = path.split('/').slice(1);
    const steps = ['groups', { name: top }, ...below.flatMap((name) => ['subGroups', { name }])];
    return [member(role.role, ...steps, ...roleList(role, 'realmRoles', 'clientRoles'))];
  },
  'realm-setting': (_, path) => settingPlaces([], path),
};

/** A mapper's key is its name, or protocol and name. */
function mapperKey(rest: readonly string[]): Readonly<Record<string, string>> {
  const [first = '', second] = rest;
  return second === undefined ? { name: first } : { protocol: first, name: second };
}

/** Fields whose values are sets of texts: their elements are objects of their own. */
const SETS = new Set(['redirectUris', 'webOrigins', 'eventsListeners', 'enabledEventTypes', 'supportedLocales']);

function settingPlaces(owner: readonly Step[], path: readonly string[]): readonly Place[] {
  const [field = '', ...rest] = path;
  if (rest.length === 1 && SETS.has(field)) return [member(rest[0] ?? '', ...owner, field)];
  return [value(...owner, ...path)];
}

/** The places of an object; empty where this tool does not know how a realm file writes it. */
export function placesInFile(id: ObjectId): readonly Place[] {
  const { kind, parts } = parseId(id);
  return PLACES[kind]?.(id, parts) ?? [];
}
