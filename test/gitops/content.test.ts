import { spellingIn } from '../../src/gitops/content/spelling.ts';
import { describe, expect, test } from 'vitest';
import { bringToLive } from '../../src/gitops/content/bring.ts';
import { secretsOf } from '../../src/gitops/content/secrets.ts';
import { objectId, scopeMappingId } from '../../src/realm/keys.ts';
import { stateOf } from './story.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import type { Choice, Difference, FieldDifference, ObjectId } from '../../src/realm/model.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';

const GIT = {
  realm: 'primary', defaultDefaultClientScopes: ['profile'], clientScopes: [{ name: 'profile' }, { name: 'orders' }],
  clients: [{ clientId: 'a', rootUrl: '${A_URL}', attributes: { x: '1', lifespan: '300' }, secret: 'old-secret' }, { clientId: 'b' }],
  roles: { realm: [{ name: 'staff', description: 'old' }] },
} satisfies JsonObject;

function difference(id: ObjectId, fields: readonly FieldDifference[] = []): Difference {
  const [kind = '', key = ''] = [id.slice(0, id.indexOf(':')), id.slice(id.indexOf(':') + 1)];
  const [owner = '', ...name] = key.split('/');
  return { id, kind: kind as Difference['kind'], owner, name: name.join('/') || owner, change: 'changed', fields, effect: '', suggest: 'keep', because: '', source: null };
}

function brought(live: RealmRepresentation, ids: readonly (ObjectId | Difference)[], file: JsonObject = GIT, answer: Choice = 'keep') {
  const differences = ids.map((id) => (typeof id === 'string' ? difference(id) : id));
  return bringToLive({ file, live: stateOf(live), differences, choices: Object.fromEntries(differences.map(({ id }) => [id, answer])), origins: new WeakMap(), spelling: spellingIn({}) });
}
const clientA = (value: JsonObject) => (value['clients'] as readonly JsonObject[])[0];
const copy = () => structuredClone(GIT) as unknown as RealmRepresentation;

describe('bringing a realm file to live', () => {
  test('what is left is not touched', () => {
    const live = copy();
    Object.assign(live.clients?.[0] ?? {}, { rootUrl: 'https://x' });
    expect(brought(live, [objectId('client-setting', 'a', 'rootUrl')], GIT, 'leave').after).toBe(GIT);
  });

  test('a placeholder stays and is told, a changed secret becomes a placeholder, a mask is never taken', () => {
    const live = copy();
    Object.assign(live.clients?.[0] ?? {}, { rootUrl: 'https://x', secret: 'new-secret' });
    const { after, notes, secrets } = brought(live, [objectId('client-setting', 'a', 'rootUrl'), objectId('client-setting', 'a', 'secret')]);
    expect(clientA(after)).toMatchObject({ rootUrl: '${A_URL}', secret: '${PRIMARY_A_SECRET}' });
    expect(secrets).toEqual([{ name: 'PRIMARY_A_SECRET', what: 'the secret of a in realm primary' }]);
    expect(notes).toEqual([]);
    Object.assign(live.clients?.[0] ?? {}, { secret: '**********' });
    expect(brought(live, [objectId('client-setting', 'a', 'secret')]).after).toBe(GIT);
  });

  test('of a list, and of settings inside lists, neither a mask nor a secret is taken; what the server notes beside a secret stays', () => {
    const file = {
      realm: 'primary', clients: [{ clientId: 'a', attributes: { x: '1', 'client.secret.rotated': 'one-before', 'client.secret.creation.time': '7' } }],
      components: { ldap: [{ name: 'staff', config: { bindCredential: ['in-clear'], bindDn: ['old'] }, subComponents: { mapper: [{ name: 'm', config: { 'api.password': ['sub-secret'] } }] } }] },
      roles: { realm: [{ name: 'staff', attributes: { api_key: ['old-key'], ref: ['x'] } }] },
    };
    const live = structuredClone(file) as unknown as RealmRepresentation;
    Object.assign(live.clients?.[0] ?? {}, { attributes: { x: '2' } });
    Object.assign(live, { components: { ldap: [{ name: 'staff', providerId: 'ldap', config: { bindCredential: ['**********'], bindDn: ['new'], unheardOf: ['**********'] }, subComponents: { mapper: [{ name: 'm', config: { 'api.password': ['live-sub-secret'], other: ['**********'] } }] } }] } });
    Object.assign(live.roles?.realm?.[0] ?? {}, { attributes: { api_key: ['new-key', 'newer-key'], ref: ['x'], dbPassword: ['added'] } });
    const { after, notes, secrets } = brought(live, [objectId('component', 'ldap', 'staff'), objectId('realm-role', 'staff'), objectId('client', 'a')], file);
    expect(JSON.stringify(after)).not.toMatch(/\*{10}|live-sub-secret|new-key|newer-key|added/);
    expect(after).toMatchObject({ components: { ldap: [{ config: { bindCredential: ['in-clear'], bindDn: ['new'] } }] } });
    expect(after['clients']).toEqual([{ clientId: 'a', attributes: { x: '2', 'client.secret.rotated': 'one-before', 'client.secret.creation.time': '7' } }]);
    expect(notes.join()).toContain('config.bindCredential stays as git has it: the server shows it masked only');
    expect(secrets.length).toBeGreaterThan(1);
  });

  test('an attribute changes alone; one that live has not goes', () => {
    const live = copy();
    Object.assign(live.clients?.[0] ?? {}, { attributes: { x: '2' } });
    expect(clientA(brought(live, [objectId('client-setting', 'a', 'attributes', 'x'), objectId('client-setting', 'a', 'attributes', 'lifespan')]).after)).toMatchObject({ attributes: { x: '2' } });
    expect(clientA(brought(live, [objectId('client-setting', 'a', 'attributes', 'x')]).after)).toMatchObject({ attributes: { x: '2', lifespan: '300' } });
  });

  test('a link on a client that states no scope list writes both lists whole: a lone list would empty the other', () => {
    const live = copy();
    Object.assign(live.clients?.[1] ?? {}, { defaultClientScopes: ['profile', 'orders'], optionalClientScopes: ['phone'] });
    expect((brought(live, [objectId('client-scope-link', 'b', 'orders')]).after['clients'] as readonly JsonObject[])[1]).toEqual({ clientId: 'b', optionalClientScopes: ['phone'], defaultClientScopes: ['profile', 'orders'] });
  });

  test('from optional to default: out of the one list, into the other', () => {
    const file = { ...GIT, clients: [{ clientId: 'a', defaultClientScopes: [], optionalClientScopes: ['orders'] }] };
    const live = { ...copy(), clients: [{ clientId: 'a', defaultClientScopes: ['orders'], optionalClientScopes: [] }] };
    const { after, changes } = brought(live, [objectId('client-scope-link', 'a', 'orders')], file);
    expect(clientA(after)).toEqual(live.clients[0]);
    expect(changes).toEqual(['client scope link orders of a: brought to live']);
  });

  test('scope mappings, service account roles and composites find or make their rows', () => {
    const live = { ...copy(), scopeMappings: [{ client: 'a', roles: ['staff'] }], users: [{ username: 'service-account-a', serviceAccountClientId: 'a', realmRoles: ['default-roles-primary', 'staff'] }],
      roles: { realm: [{ name: 'staff', composites: { client: { b: ['read'] } } }], client: { b: [{ name: 'read' }] } } };
    const { after } = brought(live, [scopeMappingId({ client: 'a' }, { client: null, role: 'staff' }), objectId('service-account-role', 'a', 'staff'), objectId('client-role', 'b', 'read'), 'composite:staff/b%2Fread' as ObjectId]);
    expect(after['scopeMappings']).toEqual([{ client: 'a', roles: ['staff'] }]);
    expect(after['users']).toEqual([{ username: 'service-account-a', enabled: true, serviceAccountClientId: 'a', realmRoles: ['default-roles-primary', 'staff'] }]);
    expect(after['roles']).toMatchObject({ client: { b: [{ name: 'read' }] }, realm: [{ name: 'staff', composites: { client: { b: ['read'] } } }] });
  });

  test('a new client keeps what is no default, and loses what only the server says', () => {
    const live = copy();
    live.clients?.push({
      id: 'x', clientId: 'c', enabled: false, standardFlowEnabled: false, fullScopeAllowed: false, publicClient: false, defaultClientScopes: [], optionalClientScopes: [],
      secret: 'a-new-secret', access: { view: true }, surrogateAuthRequired: false, attributes: { 'client.secret.creation.time': '1', real: 'yes' },
    });
    const { after } = brought(live, [objectId('client', 'c')]);
    expect((after['clients'] as readonly JsonObject[])[2]).toEqual({
      clientId: 'c', enabled: false, standardFlowEnabled: false, fullScopeAllowed: false, defaultClientScopes: [], optionalClientScopes: [], secret: '${PRIMARY_C_SECRET}', attributes: { real: 'yes' },
    });
  });

  test('a role changes in the fields that were named', () => {
    const live = { ...copy(), roles: { realm: [{ name: 'staff', description: 'new', attributes: { k: ['v'] } }] } };
    const { after } = brought(live, [difference(objectId('realm-role', 'staff'), [{ path: 'description', live: 'new', evidence: 'old' }])]);
    expect(after['roles']).toEqual({ realm: [{ name: 'staff', description: 'new' }] });
  });

  test('mappers that differ only in stored defaults are equal', () => {
    const git = { name: 'm', protocol: 'openid-connect', protocolMapper: 'oidc-audience-mapper', config: { 'access.token.claim': 'true', 'lightweight.claim': 'false' } };
    const file = { ...GIT, clients: [{ clientId: 'a', protocolMappers: [git] }] };
    const live = { ...copy(), clients: [{ clientId: 'a', protocolMappers: [{ ...git, id: 'x', config: { 'access.token.claim': 'true', 'introspection.token.claim': 'true' } }] }] };
    expect(brought(live, [objectId('client-mapper', 'a', 'm')], file).after).toBe(file);
    live.clients[0]?.protocolMappers.splice(0, 1, { ...git, id: 'x', config: { 'access.token.claim': 'false', 'introspection.token.claim': 'false' } });
    expect(clientA(brought(live, [objectId('client-mapper', 'a', 'm')], file).after)).toEqual({ clientId: 'a', protocolMappers: [{ ...git, config: { 'access.token.claim': 'false', 'lightweight.claim': 'false', 'introspection.token.claim': 'false' } }] });
  });
});

test('secrets are found wherever they are, masks and placeholders are none', () => {
  expect([...secretsOf({ clients: [{ secret: 'one-secret' }, { secret: '${X}' }, { secret: '**********' }], smtpServer: { password: 'mail-pw' }, identityProviders: [{ config: { clientSecret: 'idp-secret' } }], components: { k: [{ config: { privateKey: ['pem-text'] } }] } })])
    .toEqual(['one-secret', 'mail-pw', 'idp-secret', 'pem-text']);
});
