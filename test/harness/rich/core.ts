import { must, type AdminCalls } from '../../../src/sandbox/incident/calls.ts';
import { list, object, text } from '../../../src/sandbox/incident/read.ts';
import { readRealm } from '../independent.ts';
import type { Damage, Family, Needs } from './family.ts';
import { attempt, idOfClient, idOfScope, roleNamed } from './rest.ts';

/** Where clients and what they share stand in a realm file. */
export const CLIENT_FIELDS = ['clients', 'clientScopes', 'defaultDefaultClientScopes', 'defaultOptionalClientScopes', 'roles', 'scopeMappings', 'clientScopeMappings', 'users'] as const;

/** Clients, client scopes, mappers, links, roles, composites and mappings, on top of the realm of the story. */
export const core: Family = {
  name: 'core',
  fields: CLIENT_FIELDS,
  async build(calls) {
    await must(calls, 'POST', '/client-scopes', {
      name: 'orders:read', protocol: 'openid-connect', description: 'Reading orders', attributes: { 'include.in.token.scope': 'true', 'display.on.consent.screen': 'true', 'consent.screen.text': 'Your orders' },
      protocolMappers: [hardcoded('order zone', 'order_zone', 'eu'), hardcoded('order/slash', 'order_slash', '1')],
    });
    await link(calls, 'search-service', 'optional', 'orders:read');
    await must(calls, 'POST', '/roles', { name: 'order-admin', description: 'Runs orders', attributes: { team: ['orders', 'billing'], level: ['3'] } });
    await composite(calls, null, 'order-admin', 'POST', [['profile-service', 'write'], [null, 'auditor']]);
    await must(calls, 'PUT', `/default-optional-client-scopes/${await idOfScope(calls, 'reports-read')}`);
  },
  damages: [
    ...['groups', 'aud-gateway'].map((mapper) => damage(`mapper ${mapper} of auth-service deleted`, (calls) => onMapper(calls, 'auth-service', mapper, 'DELETE'))),
    damage('mapper aud-profile of api-gateway changed', (calls) => onMapper(calls, 'api-gateway', 'aud-profile', 'PUT', { 'included.client.audience': 'media-service' })),
    damage('mapper added to web-app', async (calls) => attempt(calls, 'POST', `/clients/${await idOfClient(calls, 'web-app')}/protocol-mappers/models`, hardcoded('stray', 'stray', 'x'))),
    ...['profile-extended', 'timeline-read', 'orders:read'].map((scope) => damage(`client scope ${scope} deleted`, async (calls) => attempt(calls, 'DELETE', `/client-scopes/${await idOfScope(calls, scope)}`))),
    damage('client scope added', (calls) => attempt(calls, 'POST', '/client-scopes', { name: 'stray-scope', protocol: 'openid-connect', protocolMappers: [hardcoded('stray', 'stray', 'y')] })),
    damage('client scope reports-read described otherwise', async (calls) => attempt(calls, 'PUT', `/client-scopes/${await idOfScope(calls, 'reports-read')}`, { name: 'reports-read', description: 'Overwritten', attributes: { 'include.in.token.scope': 'false' } })),
    damage('mapper media quota of scope media-upload changed', (calls) => onScopeMapper(calls, 'media-upload', 'media quota', 'PUT', { 'claim.value': '1' })),
    damage('mapper gateway zone of scope gateway-context deleted', (calls) => onScopeMapper(calls, 'gateway-context', 'gateway zone', 'DELETE')),
    damage('scope link gateway-context of search-service removed', (calls) => unlink(calls, 'search-service', 'default', 'gateway-context')),
    damage('scope link reports-read of reporting-service made a default', async (calls) => {
      await unlink(calls, 'reporting-service', 'optional', 'reports-read');
      await link(calls, 'reporting-service', 'default', 'reports-read');
    }),
    damage('scope link internal-audience added to web-app', (calls) => link(calls, 'web-app', 'default', 'internal-audience')),
    damage('realm default scope reports-read removed', async (calls) => attempt(calls, 'DELETE', `/default-optional-client-scopes/${await idOfScope(calls, 'reports-read')}`)),
    damage('realm default scope gateway-context added', async (calls) => attempt(calls, 'PUT', `/default-default-client-scopes/${await idOfScope(calls, 'gateway-context')}`)),
    ...['batch-worker', 'reporting-service', 'timeline-service'].map((client) => damage(`client ${client} deleted`, async (calls) => attempt(calls, 'DELETE', `/clients/${await idOfClient(calls, client)}`), 'whole')),
    damage('realm role order-admin deleted', (calls) => attempt(calls, 'DELETE', '/roles/order-admin')),
    damage('realm role internal-service deleted', (calls) => attempt(calls, 'DELETE', '/roles/internal-service')),
    damage('realm role auditor described otherwise', (calls) => attempt(calls, 'PUT', '/roles/auditor', { name: 'auditor', description: 'Overwritten', attributes: { 'review-by': ['nobody'] } })),
    damage('realm role added', (calls) => attempt(calls, 'POST', '/roles', { name: 'stray-role' })),
    damage('role read of timeline-service deleted', async (calls) => attempt(calls, 'DELETE', `/clients/${await idOfClient(calls, 'timeline-service')}/roles/read`)),
    damage('role upload of media-service deleted', async (calls) => attempt(calls, 'DELETE', `/clients/${await idOfClient(calls, 'media-service')}/roles/upload`)),
    damage('composite of platform-engineer shortened', (calls) => composite(calls, null, 'platform-engineer', 'DELETE', [['timeline-service', 'admin']])),
    damage('composite of order-admin extended', (calls) => composite(calls, null, 'order-admin', 'POST', [[null, 'staff']])),
    damage('scope mapping auditor of billing-service removed', (calls) => scopeMapping(calls, 'DELETE', null, 'auditor')),
    damage('scope mapping staff of billing-service added', (calls) => scopeMapping(calls, 'POST', null, 'staff')),
    damage('roles of the service account of billing-service removed', (calls) => accountRoles(calls, 'billing-service', 'DELETE', [null, 'internal-service'])),
    damage('role added to the service account of auth-service', (calls) => accountRoles(calls, 'auth-service', 'POST', ['media-service', 'upload'])),
  ],
  read: async (calls) => (await readRealm(calls)).plain as never,
};

function damage(name: string, apply: Damage['apply'], needs?: Needs): Damage {
  return { name, apply, ...(needs === undefined ? {} : { needs }) };
}

function hardcoded(name: string, claim: string, value: string) {
  return { name, protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper', config: { 'claim.name': claim, 'claim.value': value, 'access.token.claim': 'true', 'id.token.claim': 'false' } };
}

async function link(calls: AdminCalls, client: string, type: 'default' | 'optional', scope: string): Promise<void> {
  await attempt(calls, 'PUT', `/clients/${await idOfClient(calls, client)}/${type}-client-scopes/${await idOfScope(calls, scope)}`);
}

async function unlink(calls: AdminCalls, client: string, type: 'default' | 'optional', scope: string): Promise<void> {
  await attempt(calls, 'DELETE', `/clients/${await idOfClient(calls, client)}/${type}-client-scopes/${await idOfScope(calls, scope)}`);
}

async function onMapper(calls: AdminCalls, client: string, name: string, method: 'PUT' | 'DELETE', config: Record<string, string> = {}): Promise<void> {
  await changeMapper(calls, `/clients/${await idOfClient(calls, client)}`, name, method, config);
}

async function onScopeMapper(calls: AdminCalls, scope: string, name: string, method: 'PUT' | 'DELETE', config: Record<string, string> = {}): Promise<void> {
  await changeMapper(calls, `/client-scopes/${await idOfScope(calls, scope)}`, name, method, config);
}

async function changeMapper(calls: AdminCalls, at: string, name: string, method: 'PUT' | 'DELETE', config: Record<string, string>): Promise<void> {
  // Inline, a mapper stands as it is stored; the list of models fills in more, which a PUT would then store.
  const mapper = list(object((await calls.call('GET', at)).body)?.['protocolMappers']).find((entry) => text(entry, 'name') === name);
  if (mapper === undefined) return;
  await attempt(calls, method, `${at}/protocol-mappers/models/${text(mapper, 'id')}`, method === 'PUT' ? { ...object(mapper), config: { ...object(object(mapper)?.['config']), ...config } } : undefined);
}

async function composite(calls: AdminCalls, client: string | null, role: string, method: 'POST' | 'DELETE', members: readonly (readonly [string | null, string])[]): Promise<void> {
  const owner = await roleNamed(calls, client, role);
  const found = await Promise.all(members.map(([of, name]) => roleNamed(calls, of, name)));
  const there = found.filter((member) => member !== undefined);
  if (owner !== undefined && there.length > 0) await attempt(calls, method, `/roles-by-id/${text(owner, 'id')}/composites`, there);
}

async function scopeMapping(calls: AdminCalls, method: 'POST' | 'DELETE', of: string | null, role: string): Promise<void> {
  const found = await roleNamed(calls, of, role);
  if (found !== undefined) await attempt(calls, method, `/clients/${await idOfClient(calls, 'billing-service')}/scope-mappings/realm`, [found]);
}

async function accountRoles(calls: AdminCalls, client: string, method: 'POST' | 'DELETE', [of, role]: readonly [string | null, string]): Promise<void> {
  const [user] = list(await must(calls, 'GET', `/users?username=service-account-${client}&exact=true`));
  const found = await roleNamed(calls, of, role);
  if (user === undefined || found === undefined) return;
  const at = of === null ? 'realm' : `clients/${await idOfClient(calls, of)}`;
  await attempt(calls, method, `/users/${text(user, 'id')}/role-mappings/${at}`, [found]);
}
