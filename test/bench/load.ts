/** Puts a generated realm on a server: many small requests, because one large one costs the square of its size there. */
import type { Json, JsonObject } from '../../src/realm/json.ts';
import type { GroupRepresentation } from '../../src/realm/representation.ts';
import { must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import type { BenchRealm } from './realm.ts';
import { atOnce } from './at-once.ts';

/** Writes in flight; more buys nothing (baselines.md 5). */
const WRITES = 6;
/** Clients whose roles go into one partial import. */
const ROLE_BATCH = 40;

/**
 * One POST of a realm with 2,000 clients runs into the transaction limit of 300 s. This takes about a minute and a half on two free cores.
 * @param say what is done, for whoever waits
 */
export async function load(calls: AdminCalls, realm: BenchRealm, say: (what: string) => void): Promise<void> {
  const { clients, clientScopes, roles, groups, users, scopeMappings: _own, clientScopeMappings: _clients, ...settings } = realm;
  await must(calls, 'POST', '/admin/realms', { ...settings, roles: { realm: roles.realm.map(({ composite: _is, composites: _of, ...role }) => role) }, users: users.filter((user) => user.serviceAccountClientId === undefined) });
  say('realm, roles, users');
  const post = (path: string, body: unknown): Promise<Json> => must(calls, 'POST', path, body);
  await atOnce(WRITES, clientScopes, (scope) => post('/client-scopes', scope));
  say(`${clientScopes.length} client scopes`);
  await atOnce(WRITES, clients, (client) => post('/clients', client));
  say(`${clients.length} clients`);
  await loadRoles(calls, realm);
  say('client roles, composites');
  const known = await roleIds(calls, realm);
  await loadScopeMappings(calls, realm, known);
  say('scope mappings');
  await loadServiceAccounts(calls, realm, known);
  say('service accounts');
  await atOnce(WRITES, groups, (group) => loadGroup(calls, group, null, known));
  await joinGroups(calls);
  say('groups');
}

async function loadRoles(calls: AdminCalls, { clients, roles }: BenchRealm): Promise<void> {
  const entries = Object.entries(roles.client);
  const batches = Array.from({ length: Math.ceil(entries.length / ROLE_BATCH) }, (_, index) => entries.slice(index * ROLE_BATCH, (index + 1) * ROLE_BATCH));
  await atOnce(2, batches, (batch) => must(calls, 'POST', '/partialImport', { ifResourceExists: 'FAIL', roles: { client: Object.fromEntries(batch) } }));
  const known = await roleIds(calls, { clients, roles: { realm: roles.realm, client: roles.client } });
  await atOnce(WRITES, roles.realm.filter((role) => role.composite === true), (role) =>
    must(calls, 'POST', `/roles-by-id/${known.realm(role.name ?? '').id}/composites`, [
      ...(role.composites?.realm ?? []).map(known.realm),
      ...Object.entries(role.composites?.client ?? {}).flatMap(([owner, names]) => names.map((name) => known.client(owner, name))),
    ]));
}

interface RoleIds {
  realm(name: string): { readonly id: string; readonly name: string };
  client(owner: string, name: string): { readonly id: string; readonly name: string };
  clientId(owner: string): string;
}

async function roleIds(calls: AdminCalls, { clients, roles }: Pick<BenchRealm, 'clients' | 'roles'>): Promise<RoleIds> {
  const byName = new Map<string, string>();
  const ids = new Map(clients.map((client) => [client.clientId, client.id]));
  const note = (owner: string, list: Json): void => {
    for (const role of list as readonly JsonObject[]) byName.set(JSON.stringify([owner, role['name']]), String(role['id']));
  };
  note('', await must(calls, 'GET', '/roles'));
  await atOnce(WRITES, Object.keys(roles.client), async (owner) => note(owner, await must(calls, 'GET', `/clients/${ids.get(owner)}/roles`)));
  const found = (owner: string, name: string): { readonly id: string; readonly name: string } => ({ id: byName.get(JSON.stringify([owner, name])) ?? '', name });
  return { realm: (name) => found('', name), client: found, clientId: (owner) => ids.get(owner) ?? '' };
}

async function loadScopeMappings(calls: AdminCalls, realm: BenchRealm, known: RoleIds): Promise<void> {
  const scopes = new Map(realm.clientScopes.map((scope) => [scope.name, scope.id]));
  await atOnce(WRITES, realm.scopeMappings, ({ client, clientScope = '', roles = [] }) =>
    must(calls, 'POST', `${client === undefined ? `/client-scopes/${scopes.get(clientScope)}` : `/clients/${known.clientId(client)}`}/scope-mappings/realm`, roles.map(known.realm)));
  const ofClients = Object.entries(realm.clientScopeMappings).flatMap(([owner, list]) => list.map((mapping) => ({ owner, mapping })));
  await atOnce(WRITES, ofClients, ({ owner, mapping }) =>
    must(calls, 'POST', `/clients/${known.clientId(mapping.client ?? '')}/scope-mappings/clients/${known.clientId(owner)}`, (mapping.roles ?? []).map((name) => known.client(owner, name))));
}

async function loadServiceAccounts(calls: AdminCalls, realm: BenchRealm, known: RoleIds): Promise<void> {
  const accounts = realm.users.filter((user) => user.serviceAccountClientId !== undefined && ((user.realmRoles?.length ?? 0) > 0 || Object.keys(user.clientRoles ?? {}).length > 0));
  await atOnce(WRITES, accounts, async ({ serviceAccountClientId = '', realmRoles = [], clientRoles = {} }) => {
    const user = await must(calls, 'GET', `/clients/${known.clientId(serviceAccountClientId)}/service-account-user`);
    await mapRoles(calls, `/users/${String((user as JsonObject)['id'])}`, { realmRoles, clientRoles }, known);
  });
}

async function loadGroup(calls: AdminCalls, group: GroupRepresentation, parent: string | null, known: RoleIds): Promise<void> {
  const { name, attributes, realmRoles = [], clientRoles = {}, subGroups = [] } = group;
  const made = await calls.call('POST', parent === null ? '/groups' : `/groups/${parent}/children`, { name, attributes });
  const id = made.location?.split('/').at(-1) ?? '';
  await mapRoles(calls, `/groups/${id}`, { realmRoles, clientRoles }, known);
  for (const child of subGroups) await loadGroup(calls, child, id, known);
}

/** People are in a group each, by turns. */
async function joinGroups(calls: AdminCalls): Promise<void> {
  const groups = await must(calls, 'GET', '/groups?max=1000') as readonly JsonObject[];
  const people = await must(calls, 'GET', '/users?username=user&max=1000') as readonly JsonObject[];
  await atOnce(WRITES, people, (person) => must(calls, 'PUT', `/users/${String(person['id'])}/groups/${String(groups[people.indexOf(person) % groups.length]?.['id'])}`));
}

async function mapRoles(calls: AdminCalls, holder: string, roles: { readonly realmRoles: readonly string[]; readonly clientRoles: Readonly<Record<string, readonly string[]>> }, known: RoleIds): Promise<void> {
  if (roles.realmRoles.length > 0) await must(calls, 'POST', `${holder}/role-mappings/realm`, roles.realmRoles.map(known.realm));
  for (const [owner, names] of Object.entries(roles.clientRoles)) await must(calls, 'POST', `${holder}/role-mappings/clients/${known.clientId(owner)}`, names.map((name) => known.client(owner, name)));
}
