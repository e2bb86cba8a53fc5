import type { Json, JsonObject } from '../../../src/realm/json.ts';
import { must, type AdminCalls } from '../../../src/sandbox/incident/calls.ts';
import { list, object, text } from '../../../src/sandbox/incident/read.ts';
import { named } from '../plain.ts';
import { CLIENT_FIELDS } from './core.ts';
import type { Damage, Family } from './family.ts';
import { carried, childrenOf } from './rest.ts';

/** A clientId with slashes, as SAML entity ids and URLs have them. */
const GUARD = 'fam/guard';
const OWN = ['fam-app', 'fam-spa', 'fam-root', 'https://fam.example/saml', GUARD];
const ROLES = ['fam-auditor', 'fam-boss', 'fam/odd role'];


async function authorize(calls: AdminCalls): Promise<void> {
  const authz = `${await at(calls, GUARD)}/authz/resource-server`;
  const post = (path: string, body: Json): Promise<Json> => must(calls, 'POST', `${authz}/${path}`, body);
  const roleId = async (client: string | null, name: string): Promise<string> => text(await role(calls, client, name), 'id') ?? '';
  const night = (await childrenOf(calls, text(await found(calls, '/groups?search=fam-ops', 'name', 'fam-ops'), 'id') ?? ''))[0];
  await must(calls, 'PUT', authz, { allowRemoteResourceManagement: false, policyEnforcementMode: 'PERMISSIVE', decisionStrategy: 'AFFIRMATIVE' });
  for (const scope of [{ name: 'view', displayName: 'View', iconUri: 'https://icons.example/view' }, { name: 'edit' }, { name: 'urn:fam/lone scope' }]) await post('scope', scope);
  await post('resource', { name: 'report', displayName: 'Report', type: 'urn:report', uris: ['/reports/*', '/summary'], scopes: [{ name: 'view' }, { name: 'edit' }], attributes: { team: ['a', 'b'] }, ownerManagedAccess: true });
  await post('resource', { name: 'plain/resource', uris: ['/plain'] });
  const readers = { name: 'readers', description: 'who reads', roles: [{ id: await roleId('fam-app', 'reader'), required: true }, { id: await roleId(null, 'fam-auditor'), required: false }, { id: await roleId(GUARD, 'read/write') }, { id: await roleId(null, 'fam/odd role') }] };
  // A field that 22.0.5 does not know, and fails over.
  if ((await calls.call('POST', `${authz}/policy/role`, { ...readers, fetchRoles: true })).status >= 300) await post('policy/role', readers);
  await post('policy/user', { name: 'joe only', users: ['fam-joe'] });
  await post('policy/client', { name: 'from the app', clients: ['fam-app'] });
  await post('policy/group', { name: 'at night', groupsClaim: 'groups', groups: [{ id: text(night, 'id') ?? '', extendChildren: true }] });
  await post('policy/client-scope', { name: 'asked for', clientScopes: [{ id: text(await found(calls, '/client-scopes', 'name', 'fam-scope'), 'id') ?? '', required: true }] });
  await post('policy/time', { name: 'office hours', hour: '8', hourEnd: '18', notBefore: '2026-01-01 00:00:00' });
  await post('policy/regex', { name: 'by mail', targetClaim: 'email', pattern: '.*@example.com' });
  await post('policy/aggregate', { name: 'either', decisionStrategy: 'AFFIRMATIVE', logic: 'NEGATIVE', policies: ['readers', 'joe only'] });
  await post('permission/resource', { name: 'see report', resources: ['report'], policies: ['either', 'readers'], description: 'who sees it' });
  await post('permission/resource', { name: 'by type', resourceType: 'urn:report', policies: ['office hours'] });
  await post('permission/scope', { name: 'edit report', resources: ['report'], scopes: ['edit'], policies: ['from the app'] });
  await post('permission/scope', { name: 'lone', scopes: ['urn:fam/lone scope'], policies: ['at night', 'asked for'] });
}

const edit = (name: string, client: string, change: JsonObject): Damage => ({
  name,
  apply: async (calls) => {
    const path = await at(calls, client, false);
    if (path !== null) await calls.call('PUT', path, { clientId: client, ...await carried(calls, path), ...change });
  },
});
const drop = (name: string, path: (calls: AdminCalls) => Promise<string | null>): Damage => ({
  name,
  apply: async (calls) => {
    const target = await path(calls);
    if (target !== null) await calls.call('DELETE', target);
  },
});
/** One object of the authorization services of the guarded client, by name; null where it is gone. */
async function part(calls: AdminCalls, listName: 'scope' | 'resource' | 'policy', name: string): Promise<{ readonly path: string; readonly raw: JsonObject } | null> {
  const client = await at(calls, GUARD, false);
  if (client === null) return null;
  const answer = await calls.call('GET', `${client}/authz/resource-server/${listName}?max=1000`);
  const raw = list(answer.status === 200 ? answer.body : []).find((item) => text(item, 'name') === name);
  const id = text(raw, '_id') ?? text(raw, 'id');
  return raw === undefined || id === undefined ? null : { path: `${client}/authz/resource-server/${listName}/${listName === 'policy' ? `${text(raw, 'type')}/` : ''}${id}`, raw: object(raw) ?? {} };
}
/** Where a role goes that a policy names, 22.0.5 fails with 500 over the settings of the authorization services until somebody edits the policy. */
const shown = (damage: Damage): Damage => ({ ...damage, since: '24.0' });
const cut = (listName: 'scope' | 'resource' | 'policy', name: string): Damage => drop(`${listName} ${name} deleted`, async (calls) => (await part(calls, listName, name))?.path ?? null);
const rewrite = (listName: 'scope' | 'resource' | 'policy', name: string, what: string, body: (calls: AdminCalls) => Promise<JsonObject>): Damage => ({
  name: `${listName} ${name}: ${what}`,
  apply: async (calls) => {
    const target = await part(calls, listName, name);
    if (target !== null) await calls.call('PUT', target.path, { name, ...await body(calls) });
  },
});
const add = (name: string, path: string, body: JsonObject): Damage => ({
  name,
  apply: async (calls) => {
    const client = await at(calls, GUARD, false);
    if (client !== null) await calls.call('POST', `${client}/authz/resource-server/${path}`, body);
  },
});

/** By what they touch: settings, authorization, roles, whole clients. Those of one part leave the others alone. */
export const DAMAGES: Readonly<Record<'settings' | 'authorization' | 'roles' | 'clients', readonly Damage[]>> = {
  settings: [
    edit('fam-app: a redirect URI lost, one added', 'fam-app', { redirectUris: ['https://app.example/*', 'https://evil.example/*'] }),
    edit('fam-app: a web origin added', 'fam-app', { webOrigins: ['https://app.example', '*'] }),
    edit('fam-app: attributes lost, changed and added', 'fam-app', { attributes: { 'pkce.code.challenge.method': null, 'access.token.lifespan': '86400', 'client_credentials.use_refresh_token': 'true' } }),
    edit('fam-app: URLs and texts changed', 'fam-app', { rootUrl: 'https://other.example', description: '', name: 'Other' }),
    edit('fam-app disabled', 'fam-app', { enabled: false }),
    edit('fam-app: its secret changed', 'fam-app', { secret: 'fam-another-secret' }),
    edit('fam-app: service accounts off', 'fam-app', { serviceAccountsEnabled: false }),
    edit('fam-app: full scope off, implicit flow on', 'fam-app', { fullScopeAllowed: false, implicitFlowEnabled: true, directAccessGrantsEnabled: false }),
    edit('fam-spa made confidential', 'fam-spa', { publicClient: false }),
    edit('fam-spa: redirect URIs emptied', 'fam-spa', { redirectUris: [] }),
    edit('saml: attributes changed', 'https://fam.example/saml', { attributes: { 'saml.encrypt': 'true', 'saml.client.signature': 'false', 'saml_idp_initiated_sso_url_name': 'x' } }),
    edit('fam-app made public', 'fam-app', { publicClient: true }),
  ],
  authorization: [
    cut('policy', 'readers'), cut('policy', 'at night'), cut('policy', 'lone'), cut('policy', 'by type'), cut('scope', 'urn:fam/lone scope'), cut('resource', 'plain/resource'),
    rewrite('scope', 'view', 'its names lost', async () => ({})),
    rewrite('resource', 'report', 'a scope, a URI and an attribute lost', async () => ({ type: 'urn:report', uris: ['/reports/*'], scopes: [{ name: 'view' }], attributes: {}, ownerManagedAccess: true, displayName: 'Report' })),
    rewrite('policy', 'office hours', 'longer', async () => ({ hour: '6', hourEnd: '22' })),
    rewrite('policy', 'joe only', 'empty', async () => ({ users: [] })),
    rewrite('policy', 'from the app', 'another client', async (calls) => ({ clients: [text(await found(calls, '/clients?clientId=account', 'clientId', 'account'), 'id') ?? ''] })),
    add('scope added', 'scope', { name: 'added scope' }),
    add('resource added', 'resource', { name: 'added', uris: ['/added'], scopes: [{ name: 'added scope' }] }),
    add('policy added', 'policy/regex', { name: 'added policy', targetClaim: 'x', pattern: 'y' }),
    add('permission added', 'permission/scope', { name: 'added permission', resources: ['added'], scopes: ['added scope'], policies: ['added policy'] }),
    add('aggregate added', 'policy/aggregate', { name: 'added aggregate', policies: ['added policy', 'by mail'] }),
    {
      name: 'authorization settings changed',
      apply: async (calls) => {
        const client = await at(calls, GUARD, false);
        if (client !== null) await calls.call('PUT', `${client}/authz/resource-server`, { allowRemoteResourceManagement: true, policyEnforcementMode: 'DISABLED', decisionStrategy: 'UNANIMOUS' });
      },
    },
  ],
  roles: [
    shown(drop('realm role fam-auditor deleted', async () => '/roles/fam-auditor')),
    shown(drop('realm role with a slash deleted', async (calls) => (text(await found(calls, '/roles', 'name', 'fam/odd role'), 'id') ?? '') === '' ? null : `/roles-by-id/${text(await found(calls, '/roles', 'name', 'fam/odd role'), 'id')}`)),
    shown(drop('client role reader deleted', async (calls) => (await at(calls, 'fam-app', false) === null ? null : `${await at(calls, 'fam-app')}/roles/reader`))),
    {
      name: 'client role writer described differently', apply: async (calls) => {
        const client = await at(calls, 'fam-app', false);
        if (client !== null) await calls.call('PUT', `${client}/roles/writer`, { name: 'writer', description: 'other', attributes: { c: ['d'] } });
      },
    },
    { name: 'realm role added', apply: async (calls) => void (await calls.call('POST', '/roles', { name: 'fam-added' })) },
    { name: 'client role added', apply: async (calls) => void (await at(calls, 'fam-app', false) !== null && await calls.call('POST', `${await at(calls, 'fam-app')}/roles`, { name: 'added' })) },
  ],
  clients: [
    drop('fam-spa deleted', (calls) => at(calls, 'fam-spa', false)),
    shown(drop('fam-app deleted', (calls) => at(calls, 'fam-app', false))),
    // 22.0.5 makes a policy of its own when they are switched on again, written in JavaScript: nobody else can make one.
    { ...edit('authorization services switched off', GUARD, { authorizationServicesEnabled: false }), since: '24.0' },
    drop('client without redirect URIs deleted', (calls) => at(calls, 'fam-root', false)),
    drop('saml client deleted', (calls) => at(calls, 'https://fam.example/saml', false)),
  ],
};

/** What takes a client's secret along: a partial export masks it. */
const SECRET = /secret|public|fam-app deleted|saml client deleted/;

/** Clients with every kind of setting, their roles, and a client with authorization services that names all of them. */
export const clients: Family = {
  name: 'clients',
  fields: CLIENT_FIELDS,
  build: async (calls) => {
    for (const name of ROLES) await must(calls, 'POST', '/roles', { name, description: `role ${name}`, attributes: { level: ['1', '2'] } });
    await must(calls, 'POST', '/groups', { name: 'fam-ops' });
    const ops = list(await must(calls, 'GET', '/groups?search=fam-ops')).find((group) => text(group, 'name') === 'fam-ops');
    await must(calls, 'POST', `/groups/${text(ops, 'id')}/children`, { name: 'day/night' });
    await must(calls, 'POST', '/users', { username: 'fam-joe', enabled: true });
    await must(calls, 'POST', '/client-scopes', { name: 'fam-scope', protocol: 'openid-connect' });
    await must(calls, 'POST', '/clients', {
      clientId: 'fam-app', protocol: 'openid-connect', publicClient: false, secret: 'fam-app-lab-secret', serviceAccountsEnabled: true, name: 'App', description: 'the app',
      rootUrl: 'https://app.example', baseUrl: '/home', redirectUris: ['https://app.example/*', 'https://old.example/cb'], webOrigins: ['https://app.example'],
      attributes: { 'access.token.lifespan': '300', 'pkce.code.challenge.method': 'S256', 'login_theme': 'keycloak' },
    });
    await must(calls, 'POST', '/clients', { clientId: 'fam-spa', protocol: 'openid-connect', publicClient: true, redirectUris: ['https://spa.example/*'], webOrigins: ['+'], standardFlowEnabled: true });
    await must(calls, 'POST', '/clients', { clientId: 'fam-root', rootUrl: 'https://root.example', publicClient: true, redirectUris: [] });
    await must(calls, 'POST', '/clients', { clientId: 'https://fam.example/saml', protocol: 'saml', redirectUris: ['https://fam.example/acs'], attributes: { 'saml.encrypt': 'false', 'saml_name_id_format': 'email' } });
    await must(calls, 'POST', '/clients', { clientId: GUARD, protocol: 'openid-connect', publicClient: false, secret: 'fam-guard-lab-secret', serviceAccountsEnabled: true, authorizationServicesEnabled: true });
    for (const [client, role] of [['fam-app', 'reader'], ['fam-app', 'writer'], [GUARD, 'read/write']] as const) {
      await must(calls, 'POST', `${await at(calls, client)}/roles`, { name: role, description: `${role} of it`, attributes: { a: ['b'] } });
    }
    await must(calls, 'POST', '/roles/fam-boss/composites', [await role(calls, 'fam-app', 'reader')]);
    await give(calls, 'fam-app', 'realm', [await role(calls, null, 'fam-boss')]);
    await authorize(calls);
  },
  damages: Object.values(DAMAGES).flat().map((damage): Damage => (SECRET.test(damage.name) ? { ...damage, needs: 'whole' } : damage)),
  read: async (calls) => named({ clients: await readClients(calls), roles: await readRoles(calls) }),
};

async function found(calls: AdminCalls, path: string, field: string, value: string): Promise<Json | undefined> {
  return list(await must(calls, 'GET', path)).find((item) => text(item, field) === value);
}

async function at(calls: AdminCalls, client: string): Promise<string>;
async function at(calls: AdminCalls, client: string, needed: false): Promise<string | null>;
async function at(calls: AdminCalls, client: string, needed = true): Promise<string | null> {
  const row = await found(calls, `/clients?clientId=${encodeURIComponent(client)}`, 'clientId', client);
  if (row === undefined && needed) throw new Error(`no client ${client}`);
  return row === undefined ? null : `/clients/${text(row, 'id')}`;
}

async function role(calls: AdminCalls, client: string | null, name: string): Promise<Json> {
  return await found(calls, client === null ? '/roles' : `${await at(calls, client)}/roles`, 'name', name) ?? null;
}

async function give(calls: AdminCalls, client: string, of: string, roles: readonly Json[]): Promise<void> {
  const user = await must(calls, 'GET', `${await at(calls, client)}/service-account-user`);
  await must(calls, 'POST', `/users/${text(user, 'id')}/role-mappings/${of}`, roles);
}

async function readClients(calls: AdminCalls): Promise<JsonObject> {
  const read: Record<string, Json> = {};
  for (const client of OWN) {
    const path = await at(calls, client, false);
    if (path === null) continue;
    const raw = object(await must(calls, 'GET', path)) ?? {};
    const users = list(await must(calls, 'GET', `/users?exact=true&username=${encodeURIComponent(`service-account-${client}`.toLowerCase())}`));
    const account = users[0] === undefined ? null : mapped(await must(calls, 'GET', `/users/${text(users[0], 'id')}/role-mappings`));
    const { nodeReRegistrationTimeout: _, ...settings } = raw;
    const made = raw['protocol'] === 'saml' ? { secret: '-' } : client === 'fam-spa' && raw['publicClient'] === false ? { secret: '-' } : {};
    read[client] = { ...blankless(settings), ...made, account, authorization: raw['authorizationServicesEnabled'] === true ? await readAuthorization(calls, path) : null, roles: await rolesAt(calls, `${path}/roles`) };
  }
  return read;
}

/** The three settings as they are, and the lists by name, with the lists inside them in order. */
async function readAuthorization(calls: AdminCalls, path: string): Promise<Json> {
  const settings = object(await must(calls, 'GET', `${path}/authz/resource-server/settings`)) ?? {};
  const policies = list(settings['policies']).map((policy) => {
    const config = Object.entries(object(object(policy)?.['config']) ?? {}).map(([key, value]): [string, Json] => [key, typeof value === 'string' && value.startsWith('[') ? (JSON.parse(value) as Json) : value]);
    const told = config.filter(([key, value]) => value !== '' && !(key === 'fetchRoles' && value === 'false'));
    return { ...object(policy), config: Object.fromEntries(told) };
  });
  return { ...settings, policies };
}

async function readRoles(calls: AdminCalls): Promise<Json> {
  const own = Object.entries(await rolesAt(calls, '/roles')).filter(([name]) => name.startsWith('fam'));
  return Object.fromEntries(own);
}

async function rolesAt(calls: AdminCalls, path: string): Promise<JsonObject> {
  const roles: Record<string, Json> = {};
  for (const item of list(await must(calls, 'GET', `${path}?briefRepresentation=false`))) {
    const members = object(item)?.['composite'] === true ? list(await must(calls, 'GET', `/roles-by-id/${text(item, 'id')}/composites`)).map((member) => text(member, 'name') ?? '') : [];
    roles[text(item, 'name') ?? ''] = { description: text(item, 'description') ?? '', attributes: object(item)?.['attributes'] ?? {}, members: [...members].sort() };
  }
  return roles;
}

function mapped(body: Json): Json {
  const clients = Object.entries(object(object(body)?.['clientMappings']) ?? {});
  return [...list(object(body)?.['realmMappings']).map((item) => text(item, 'name') ?? ''), ...clients.flatMap(([client, value]) => list(object(value)?.['mappings']).map((item) => `${client}: ${text(item, 'name')}`))].sort();
}

/** A field that was emptied is the same as one that never was. */
function blankless(raw: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== ''));
}
