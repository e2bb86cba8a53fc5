import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApi } from '../../src/keycloak/api.ts';
import type { Target } from '../../src/keycloak/target.ts';
import { readWriteAccess } from '../../src/keycloak/access/write-access.ts';
import type { WriteAccess } from '../../src/realm/write-access.ts';
import { idIn, must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { administrator, counting } from './real.ts';
import { failure } from '../harness/failure.ts';

const REALM = 'wa-writers';
const calls = sharedCalls(REALM);
const master = sharedCalls('master');
const KEEPER = 'wa-keeper';
const CLERK = 'wa-clerk';
const MANAGE = { 'realm-management': ['manage-clients'] };
const enabled = { enabled: true };

const REALM_FILE = {
  realm: REALM, ...enabled, adminEventsEnabled: true,
  roles: {
    realm: [
      { name: 'team', composite: true, composites: { client: { 'realm-management': ['manage-clients', 'manage-realm'] } } },
      { name: 'night-shift', composite: true, composites: { client: { app: ['lead'] } } },
      { name: 'plain', composite: true, composites: { client: { account: ['manage-account'], 'realm-management': ['view-clients'] } } },
    ],
    client: { app: [{ name: 'lead', composite: true, composites: { realm: ['team'] } }] },
  },
  clients: [
    { clientId: 'app', ...enabled },
    { clientId: 'Robot', secret: 'lab', serviceAccountsEnabled: true, ...enabled },
    { clientId: 'broken-robot', secret: 'lab', serviceAccountsEnabled: true, enabled: false },
    { clientId: 'looker', secret: 'lab', serviceAccountsEnabled: true, ...enabled },
    { clientId: 'asker', secret: 'lab', serviceAccountsEnabled: true, ...enabled },
    { clientId: 'half', secret: 'lab', serviceAccountsEnabled: true, ...enabled },
  ],
  groups: [
    { name: 'admins', clientRoles: { 'realm-management': ['realm-admin'] }, subGroups: [{ name: 'day' }, { name: 'night', realmRoles: ['team'], subGroups: [{ name: 'late' }] }] },
    { name: 'guests' },
  ],
  users: [
    { username: 'direct', ...enabled, clientRoles: { 'realm-management': ['manage-clients', 'create-client', 'view-users'] } },
    { username: 'of-team', ...enabled, realmRoles: ['team'] },
    { username: 'nested', ...enabled, realmRoles: ['night-shift'] },
    { username: 'by-app', ...enabled, clientRoles: { app: ['lead'] } },
    { username: 'below', ...enabled, groups: ['/admins/night/late'] },
    { username: 'twice', ...enabled, groups: ['/admins'], clientRoles: MANAGE },
    { username: 'off', enabled: false, clientRoles: MANAGE },
    { username: 'off-in-group', enabled: false, groups: ['/admins'] },
    { username: 'nobody', ...enabled, realmRoles: ['plain'], groups: ['/guests'], clientRoles: { account: ['manage-account'] } },
    { username: 'service-account-person', ...enabled, clientRoles: MANAGE },
    { username: 'service-account-robot', serviceAccountClientId: 'Robot', ...enabled, clientRoles: MANAGE, groups: ['/admins/day'] },
    { username: 'service-account-broken-robot', serviceAccountClientId: 'broken-robot', ...enabled, clientRoles: MANAGE },
    { username: 'service-account-looker', serviceAccountClientId: 'looker', ...enabled, clientRoles: { 'realm-management': ['view-realm', 'view-clients', 'view-users'] } },
    { username: 'service-account-asker', serviceAccountClientId: 'asker', ...enabled, clientRoles: { 'realm-management': ['view-realm', 'query-clients', 'query-users', 'query-groups'] } },
    { username: 'service-account-half', serviceAccountClientId: 'half', ...enabled, clientRoles: { 'realm-management': ['view-clients', 'view-users'] } },
  ],
};

const TEAM = 'realm-management manage-clients, realm-management manage-realm';
const DIRECT = ['realm-management manage-clients'];
const person = (name: string, through: readonly string[], realm = REALM) => ({ name, realm, kind: 'person', through });
const BY_CLIENT_ROLE = [person('by-app', [`app lead (${TEAM})`])];
const ROBOT = { name: 'service-account-robot', realm: REALM, kind: 'service-account', through: ['group /admins/day in /admins: realm-management realm-admin', ...DIRECT] };
const OF_REALM = [
  person('below', ['group /admins/night/late in /admins/night: role team (' + TEAM + ')', 'group /admins/night/late in /admins: realm-management realm-admin']),
  ...BY_CLIENT_ROLE,
  person('direct', ['realm-management create-client', ...DIRECT]),
  person('nested', [`role night-shift (${TEAM})`]),
  person('of-team', [`role team (${TEAM})`]),
  person('service-account-person', DIRECT),
  ROBOT,
  person('twice', ['group /admins: realm-management realm-admin', ...DIRECT]),
];
const ADMINISTRATOR = person(sharedKeycloak().username, ['master role admin'], 'master');
const MASTER_HIDDEN = `An account of realm ${REALM} does not see realm master: who there may change realm ${REALM}, by the role admin or a role of ${REALM}-realm, takes a login of master (--auth-realm master).`;

async function readAs(target: Target): Promise<WriteAccess> {
  const api = openApi(target);
  try {
    return await readWriteAccess(api);
  } finally {
    await api.tokens.end();
    await api.http.close();
  }
}

const asAdministrator = (realm = REALM, over: Partial<Target> = {}) => readAs(administrator(sharedKeycloak(), realm, over));

function asClient(clientId: string): Promise<WriteAccess> {
  const { username: _, password: __, ...target } = administrator(sharedKeycloak(), REALM, { authRealm: REALM, clientId, clientSecret: 'lab' });
  return readAs(target);
}

/** An account of master with roles on the realm; every account of master goes with its test. */
async function accountInMaster(username: string, roles: readonly string[]): Promise<void> {
  const { location } = await master.call('POST', '/users', { username, ...enabled, credentials: [{ type: 'password', value: 'lab', temporary: false }] });
  const client = idIn(await must(master, 'GET', `/clients?clientId=${REALM}-realm`), 'clientId', `${REALM}-realm`);
  const wanted = await Promise.all(roles.map((role) => must(master, 'GET', `/clients/${client}/roles/${role}`)));
  await must(master, 'POST', `/users/${location?.split('/').pop()}/role-mappings/clients/${client}`, wanted);
}

async function withoutAccount(username: string): Promise<void> {
  for (const user of (await must(master, 'GET', `/users?username=${username}&exact=true`)) as { id: string }[]) await master.call('DELETE', `/users/${user.id}`);
}

async function manageClients(of: AdminCalls): Promise<unknown> {
  const client = idIn(await must(of, 'GET', '/clients?clientId=realm-management'), 'clientId', 'realm-management');
  return must(of, 'GET', `/clients/${client}/roles/manage-clients`);
}

beforeAll(async () => {
  await must(calls, 'POST', '/admin/realms', REALM_FILE);
  await accountInMaster(KEEPER, ['manage-clients']);
  await accountInMaster(CLERK, ['view-realm', 'view-clients', 'view-users']);
});
afterAll(async () => {
  await withoutAccount(KEEPER);
  await withoutAccount(CLERK);
  await wipeRealm(calls);
});

it('is whoever holds a role that writes, in the realm and in master, by whatever way', async () => {
  expect(await asAdministrator()).toEqual({
    realm: REALM,
    writers: [ADMINISTRATOR, person(KEEPER, [`${REALM}-realm manage-clients`], 'master'), ...OF_REALM],
    unknown: [],
  });
});

it('is read without a write, each list once', async () => {
  const network = counting();
  const before = await must(calls, 'GET', '/admin-events?max=500');
  await asAdministrator(REALM, { dispatcher: network.dispatcher });
  await network.close();
  const read = network.requests.filter((request) => request.startsWith('GET '));
  expect(network.requests.filter((request) => !request.startsWith('GET ') && !request.includes('/protocol/openid-connect/'))).toEqual([]);
  expect(new Set(read).size).toBe(read.length);
  expect(await must(calls, 'GET', '/admin-events?max=500')).toEqual(before);
});

it('is in master whoever holds a role of master-realm, read once', async () => {
  expect(await asAdministrator('master')).toEqual({ realm: 'master', writers: [ADMINISTRATOR], unknown: [] });
});

describe('is not all known', () => {
  it('to an account of the realm itself, which does not see master', async () => {
    expect(await asClient('looker')).toEqual({ realm: REALM, writers: OF_REALM, unknown: [MASTER_HIDDEN] });
  });

  it('with roles that are answered by empty lists', async () => {
    expect(await asClient('asker')).toEqual({
      realm: REALM,
      writers: [],
      unknown: [`Which accounts of realm ${REALM} may change realm ${REALM} is not known: grant view-clients, view-users of realm-management.`, MASTER_HIDDEN],
    });
  });

  it('without view-realm, where composites leave out what may not be seen', async () => {
    const direct = person('below', ['group /admins/night/late in /admins: realm-management realm-admin']);
    expect(await asClient('half')).toEqual({
      realm: REALM,
      writers: [direct, ...OF_REALM.filter(({ name }) => ['direct', 'service-account-person', 'service-account-robot', 'twice'].includes(name))],
      unknown: [
        `Who of realm ${REALM} may change realm ${REALM} by a realm role, the default role among them, is not known, nor whether fine-grained admin permissions are on: grant view-realm of realm-management.`,
        MASTER_HIDDEN,
      ],
    });
  });

  it('to an account of master that sees the realm only', async () => {
    expect(await asAdministrator(REALM, { username: CLERK, password: 'lab' })).toEqual({
      realm: REALM,
      writers: OF_REALM,
      unknown: [`Which accounts of realm master may change realm ${REALM} is not known: grant view-clients, view-realm, view-users of master-realm in realm master.`],
    });
  });

  it('where the realm does not exist', async () => {
    expect((await failure(asAdministrator('wa-no-such-realm'))).code).toBe('realm-not-found');
  });
});

describe('in another realm', () => {
  const open = sharedCalls('wa-open');
  beforeAll(() => must(open, 'POST', '/admin/realms', { realm: open.realm, ...enabled, users: [{ username: 'direct', ...enabled, clientRoles: MANAGE }, { username: 'plain', ...enabled }] }));
  afterAll(() => wipeRealm(open));

  it('is everybody where the default role brings it', async () => {
    await must(open, 'POST', `/roles/default-roles-${open.realm}/composites`, [await manageClients(open)]);
    const { writers, unknown } = await asAdministrator(open.realm);
    expect({ writers, unknown }).toEqual({
      writers: [ADMINISTRATOR, person('(every user of the realm)', [`role default-roles-${open.realm} (realm-management manage-clients)`], open.realm), person('direct', DIRECT, open.realm)],
      unknown: [],
    });
    await must(open, 'DELETE', `/roles/default-roles-${open.realm}/composites`, [await manageClients(open)]);
  });

  it('is not all known where a role has a name that no address can carry', async () => {
    await must(open, 'POST', '/roles', { name: '..' });
    const [role] = ((await must(open, 'GET', '/roles')) as { id: string; name: string }[]).filter(({ name }) => name === '..');
    await must(open, 'POST', `/roles-by-id/${role?.id}/composites`, [await manageClients(open)]);
    expect((await asAdministrator(open.realm)).unknown).toEqual([`Writers of realm ${open.realm} may be missing. The name ".." cannot stand in an address of the Admin API.`]);
    await must(open, 'DELETE', `/roles-by-id/${role?.id}`);
  });

  it('is not all known while fine-grained admin permissions are on', async () => {
    await must(open, 'PUT', '', { realm: open.realm, adminPermissionsEnabled: true });
    expect(await asAdministrator(open.realm)).toEqual({
      realm: open.realm,
      writers: [ADMINISTRATOR, person('direct', DIRECT, open.realm)],
      unknown: [`Fine-grained admin permissions are on in realm ${open.realm}: they may let accounts change it that hold no role for that; see Permissions in the admin console.`],
    });
    await must(open, 'PUT', '', { realm: open.realm, adminPermissionsEnabled: false });
  });

  it('is not all known where a directory gives its accounts a role or a group', async () => {
    const directory = await open.call('POST', '/components', {
      name: 'people', providerId: 'ldap', providerType: 'org.keycloak.storage.UserStorageProvider',
      config: { enabled: ['false'], editMode: ['READ_ONLY'], vendor: ['other'], connectionUrl: ['ldap://127.0.0.1:1'], authType: ['none'], usersDn: ['ou=people'], usernameLDAPAttribute: ['uid'], rdnLDAPAttribute: ['uid'], uuidLDAPAttribute: ['entryUUID'], userObjectClasses: ['person'] },
    });
    const { location } = await open.call('POST', '/groups', { name: 'admins' });
    const client = idIn(await must(open, 'GET', '/clients?clientId=realm-management'), 'clientId', 'realm-management');
    await must(open, 'POST', `/groups/${location?.split('/').pop()}/role-mappings/clients/${client}`, [await manageClients(open)]);
    const mapper = { providerType: 'org.keycloak.storage.ldap.mappers.LDAPStorageMapper', parentId: directory.location?.split('/').pop() };
    await must(open, 'POST', '/components', { ...mapper, name: 'all-manage', providerId: 'hardcoded-ldap-role-mapper', config: { role: ['realm-management.manage-clients'] } });
    await must(open, 'POST', '/components', { ...mapper, name: 'all-view', providerId: 'hardcoded-ldap-role-mapper', config: { role: ['realm-management.view-clients'] } });
    await must(open, 'POST', '/components', { ...mapper, name: 'all-admins', providerId: 'hardcoded-ldap-group-mapper', config: { group: ['/admins'] } });
    const sentence = (name: string, what: string) => `Mapper ${name} of a user federation of realm ${open.realm} gives every account of the directory ${what}; who they are is not listed.`;
    const { writers, unknown } = await asAdministrator(open.realm);
    expect({ writers, unknown: unknown.toSorted() }).toEqual({
      writers: [ADMINISTRATOR, person('direct', DIRECT, open.realm)],
      unknown: [sentence('all-admins', 'group /admins: realm-management manage-clients'), sentence('all-manage', 'realm-management manage-clients')],
    });
  });
});
