import { describe, expect, test } from 'vitest';
import { compareStates } from '../../src/realm/compare.ts';
import type { Operation, Plan } from '../../src/realm/model.ts';
import { orderOwners } from '../../src/realm/order.ts';
import { makePlan, operationsOf } from '../../src/realm/plan.ts';
import type { ClientRepresentation, RealmRepresentation } from '../../src/realm/representation.ts';
import { state } from './incident.ts';

const APP = { id: 'app-id', clientId: 'app', protocol: 'openid-connect', publicClient: false, bearerOnly: false, secret: 'first-secret', serviceAccountsEnabled: true, enabled: true };
const realm = (client: Partial<ClientRepresentation>, more: Partial<RealmRepresentation> = {}): RealmRepresentation => ({ realm: 'primary', clients: [{ ...APP, ...client }], clientScopes: [{ name: 'service_account', protocol: 'openid-connect' }], ...more });

function planned(live: RealmRepresentation, evidence: RealmRepresentation, completeness: 'full' | 'stated' = 'full', only?: readonly string[], version: string | null = null): Plan {
  const input = { live: state(live, 'live', 'full', version), evidence: [state(evidence, 'file:x', completeness)] };
  const differences = compareStates(input.live, input.evidence);
  const choices = Object.fromEntries(differences.filter(({ id }) => only === undefined || only.includes(id)).map(({ id }) => [id, 'restore' as const]));
  return makePlan({ ...input, differences, choices, order: orderOwners({ ...input, differences }) });
}

const only = (plan: Plan): Operation => {
  const [first, ...more] = operationsOf(plan);
  if (first === undefined || more.length > 0) throw new Error(`${operationsOf(plan).map(({ id }) => id).join()} ${JSON.stringify(plan.refused)}`);
  return first;
};

describe('settings of a client', () => {
  test('go out in one PUT that has nothing but the clientId and what was chosen', () => {
    const { request, inverse, covers } = only(planned(
      realm({ redirectUris: ['https://a', 'https://x'], attributes: { one: '1', extra: 'x' }, rootUrl: 'https://other', description: 'same' }),
      realm({ redirectUris: ['https://a', 'https://b'], attributes: { one: '2', two: '2' }, description: 'same' }),
    ));
    expect(request).toEqual({ method: 'PUT', path: ['clients', { $id: 'client:app' }], body: { clientId: 'app', rootUrl: '', redirectUris: ['https://a', 'https://b'], attributes: { extra: null, one: '2', two: '2' } } });
    expect(inverse?.body).toEqual({ clientId: 'app', rootUrl: 'https://other', redirectUris: ['https://a', 'https://x'], attributes: { extra: 'x', one: '1', two: null } });
    expect(covers.length).toBe(6);
  });

  test('say that there are no web origins where there are none: the server would make some of the redirect URIs', () => {
    const put = (live: Partial<ClientRepresentation>, evidence: Partial<ClientRepresentation>) => only(planned(realm(live), realm(evidence)));
    const about = put({ webOrigins: [], redirectUris: ['https://a/*'], description: 'x' }, { webOrigins: [], redirectUris: ['https://a/*'], description: 'y' });
    expect([about.request.body, about.inverse?.body]).toEqual([{ clientId: 'app', description: 'y', webOrigins: [] }, { clientId: 'app', description: 'x', webOrigins: [] }]);
    expect(put({ webOrigins: [], description: 'x' }, { webOrigins: ['https://a'], description: 'y' }).request.body).toEqual({ clientId: 'app', description: 'y', webOrigins: ['https://a'] });
    expect(put({ webOrigins: ['+'], description: 'x' }, { webOrigins: ['+'], description: 'y' }).request.body).toEqual({ clientId: 'app', description: 'y' });
  });

  test('take of a set only the chosen elements, and stop where somebody else moved the list meanwhile', () => {
    const { request, before, after } = only(planned(realm({ redirectUris: ['https://a', 'https://x'] }), realm({ redirectUris: ['https://a', 'https://b'] }), 'full', ['client-setting:app/redirectUris/https:%2F%2Fb']));
    expect(request.body).toEqual({ clientId: 'app', redirectUris: ['https://a', 'https://x', 'https://b'] });
    expect(before).toContainEqual({ id: 'client-setting:app/redirectUris', value: ['https://a', 'https://x'] });
    expect(after).toContainEqual({ id: 'client-setting:app/redirectUris', value: ['https://a', 'https://b', 'https://x'] });
  });

  test('carry the flag without which the server deletes the authorization services', () => {
    const authz = { authorizationServicesEnabled: true, authorizationSettings: { resources: [], policies: [], scopes: [] } };
    const { request, inverse } = only(planned(realm({ ...authz, enabled: false }), realm({ ...authz, enabled: true })));
    expect(request.body).toEqual({ clientId: 'app', authorizationServicesEnabled: true, enabled: true });
    expect(inverse?.body).toEqual({ clientId: 'app', authorizationServicesEnabled: true, enabled: false });
  });

  test.each([
    ['26.0.8', { publicClient: true, frontchannelLogout: false }, false], ['26.0.8', { publicClient: false, frontchannelLogout: false }, undefined],
    ['26.0.8', { publicClient: true, frontchannelLogout: true }, undefined], ['26.7.4', { publicClient: true, frontchannelLogout: false }, undefined],
  ] as const)('carry on %s, for %j, the front-channel logout that 26.0 would switch on: %s', (version, client, carried) => {
    const { request, inverse } = only(planned(realm({ ...client, enabled: false }), realm(client), 'full', ['client-setting:app/enabled'], version));
    const said = (each: typeof inverse): unknown => Object.entries(each?.body ?? {}).find(([field]) => field === 'frontchannelLogout')?.[1];
    expect([said(request), said(inverse)]).toEqual([carried, carried]);
  });

  test('carry it in both directions where a client becomes public or stops being so', () => {
    const made = planned(realm({ publicClient: false, frontchannelLogout: false }), realm({ publicClient: true, frontchannelLogout: false }), 'full', ['client-setting:app/publicClient'], '26.0.8');
    const update = operationsOf(made).find(({ id }) => id === 'update client:app');
    expect(update).toMatchObject({ request: { body: { publicClient: true, frontchannelLogout: false } }, inverse: { body: { publicClient: false, frontchannelLogout: false } } });
  });

  describe('carry the flag without which servers before 26.1 delete the user behind a service account', () => {
    const users = [{ username: 'service-account-app', serviceAccountClientId: 'app' }];
    const linked = { defaultClientScopes: ['service_account'] };
    const body = (client: Partial<ClientRepresentation>, more: Partial<RealmRepresentation>, version: string | null): unknown =>
      only(planned(realm({ ...client, enabled: false }, more), realm(client, more), 'full', ['client-setting:app/enabled'], version));
    const KEPT = { clientId: 'app', serviceAccountsEnabled: true, enabled: true };

    test.each(['26.7.4', '26.0.8', '22.0.5', null])('on %s, where its client scope is linked', (version) => {
      expect(body(linked, { users }, version)).toMatchObject({ request: { body: KEPT }, inverse: { body: { ...KEPT, enabled: false } } });
    });

    test('there also where the scope is not linked, and nowhere else: newer ones would link it again', () => {
      expect(body({ defaultClientScopes: [] }, { users }, '26.0.8')).toMatchObject({ request: { body: KEPT } });
      for (const version of ['26.7.4', null]) expect(body({ defaultClientScopes: [] }, { users }, version)).toMatchObject({ request: { body: { clientId: 'app', enabled: true } } });
      expect(Object.keys((body({ defaultClientScopes: [] }, { users }, '26.7.4') as Operation).request.body ?? {})).toEqual(['clientId', 'enabled']);
      expect(body({}, { users, clientScopes: [] }, null)).toMatchObject({ request: { body: KEPT } });
    });

    test('not where there is no such user, whom it would make, nor beside the choice to switch service accounts off', () => {
      expect(Object.keys((body(linked, { users: [] }, '26.0.8') as Operation).request.body ?? {})).toEqual(['clientId', 'enabled']);
      const off = planned(realm({ ...linked, enabled: false }, { users }), realm({ ...linked, serviceAccountsEnabled: false }, { users: [] }), 'full', ['client-setting:app/enabled', 'client-setting:app/serviceAccountsEnabled'], '26.0.8');
      expect(operationsOf(off)[0]?.request.body).toMatchObject({ serviceAccountsEnabled: false });
    });

    test('and expect no client scope to be linked there', () => {
      const links = (version: string): readonly string[] => operationsOf(planned(realm({ serviceAccountsEnabled: false, defaultClientScopes: [] }, { users: [] }), realm({ defaultClientScopes: [] }, { users }), 'full', ['client-setting:app/serviceAccountsEnabled'], version))[0]?.after.map(({ id }) => id) ?? [];
      expect(links('26.0.8')).not.toContain('client-scope-link:app/service_account');
      expect(links('26.7.4')).toContain('client-scope-link:app/service_account');
    });
  });

  test('never carry mappers or scope links, which PUT replaces or ignores', () => {
    const mapper = { name: 'm', protocol: 'openid-connect', protocolMapper: 'x', config: {} };
    const plan = planned(realm({ enabled: false, protocolMappers: [], defaultClientScopes: [] }), realm({ protocolMappers: [mapper], defaultClientScopes: ['service_account'] }), 'full', ['client-setting:app/enabled']);
    expect(Object.keys(only(plan).request.body ?? {})).toEqual(['clientId', 'enabled']);
  });

  test('a secret comes by reference, is asked about, and is never a mask', () => {
    const live = realm({ secret: 'rotated-secret' });
    const { request, inverse } = only(planned(live, realm({})));
    expect(request.body).toEqual({ clientId: 'app', secret: { $secret: 'client:app', field: 'secret' } });
    expect(inverse?.body).toEqual({ clientId: 'app', secret: { $secret: 'client:app', field: 'secret', from: 'live' } });
    expect(compareStates(state(live), [state(realm({}), 'snapshot:x')])).toMatchObject([{ suggest: 'ask', because: expect.stringContaining('rotated') }]);
    expect(compareStates(state(live), [state(realm({ secret: '**********' }), 'file:x', 'partial')])).toEqual([]);
  });

  test('a secret in an attribute comes by reference too, and a masked one is refused', () => {
    const plan = planned(realm({ attributes: {} }), realm({ attributes: { 'saml.signing.private.key': 'top-secret' } }));
    expect(only(plan).request.body).toEqual({ clientId: 'app', attributes: { 'saml.signing.private.key': { $secret: 'client:app', field: 'attributes.saml.signing.private.key' } } });
    expect(planned(realm({ attributes: {} }), realm({ attributes: { 'saml.signing.private.key': '**********' } })).refused[0]?.because).toContain('masked');
  });

  test('a placeholder is never written', () => {
    expect(planned(realm({}), realm({ redirectUris: ['https://${HOST}/*'] })).refused[0]?.because).toContain('${HOST}');
  });

  test('a client that stops being public takes its old secret along: the server would make a new one', () => {
    const { secret: _, ...open } = realm({}).clients?.[0] ?? {};
    const plan = planned(realm({}, { clients: [{ ...open, publicClient: true }] }), realm({}), 'full', ['client-setting:app/publicClient']);
    expect(only(plan).request.body).toEqual({ clientId: 'app', publicClient: false, secret: { $secret: 'client:app', field: 'secret' } });
    expect(only(plan).losses).toBeUndefined();
    const unknown = planned(realm({}, { clients: [{ ...open, publicClient: true }] }), realm({ secret: '**********' }), 'full', ['client-setting:app/publicClient']);
    expect(only(unknown).losses).toEqual([expect.stringContaining('makes a new one')]);
  });

  test('switching service accounts off is asked about, takes the roles off first, and says what is lost', () => {
    const live = realm({}, { users: [{ username: 'service-account-app', serviceAccountClientId: 'app', realmRoles: ['auditor'] }], roles: { realm: [{ name: 'auditor' }] } });
    const evidence = realm({ serviceAccountsEnabled: false }, { roles: { realm: [{ name: 'auditor' }] } });
    expect(compareStates(state(live), [state(evidence, 'snapshot:x')])).toContainEqual(expect.objectContaining({ id: 'client-setting:app/serviceAccountsEnabled', suggest: 'ask' }));
    const [unmap, update] = operationsOf(planned(live, evidence));
    expect(unmap?.id).toBe('unmap service-account-role:app/auditor');
    expect(update).toMatchObject({ request: { body: { clientId: 'app', serviceAccountsEnabled: false } }, dependsOn: ['unmap service-account-role:app/auditor'], losses: [expect.stringContaining('service account of app')] });
    expect(update?.inverseNote).toContain('new user id');
  });

  test('switching service accounts on brings the link that the server makes by itself, and their roles come after', () => {
    const evidence = realm({}, { users: [{ username: 'service-account-app', serviceAccountClientId: 'app', realmRoles: ['auditor'] }], roles: { realm: [{ name: 'auditor' }] } });
    const live = realm({ serviceAccountsEnabled: false }, { users: [], roles: { realm: [{ name: 'auditor' }] } });
    const [update, map] = operationsOf(planned(live, evidence));
    expect(update?.after).toContainEqual({ id: 'client-scope-link:app/service_account', value: { type: 'default' } });
    expect(update?.inverseNote).toContain('switched off again');
    expect(map).toMatchObject({ id: 'map service-account-role:app/auditor', dependsOn: ['update client:app'] });
    expect(planned(live, evidence, 'full', ['service-account-role:app/auditor']).refused[0]?.because).toContain('client-setting:app/serviceAccountsEnabled');
  });

  test('a client with authorization services is made public only with all of them answered', () => {
    const settings = { resources: [{ name: 'r' }], policies: [], scopes: [] };
    const live = realm({ authorizationServicesEnabled: true, authorizationSettings: settings });
    const { secret: _, ...open } = realm({}).clients?.[0] ?? {};
    const evidence = realm({}, { clients: [{ ...open, publicClient: true }] });
    expect(planned(live, evidence, 'full', ['client-setting:app/publicClient']).refused[0]?.because).toContain('authorization:app/resource/r');
    const operations = operationsOf(planned(live, evidence));
    expect(operations.map(({ id }) => id)).toEqual(['delete authorization:app/resource/r', 'update client:app']);
  });

  test('what the server adds by itself is no difference beside a file, SAML keys included', () => {
    const saml = { protocol: 'saml', attributes: { 'saml.encrypt': 'true' } };
    const live = realm({ ...saml, attributes: { ...saml.attributes, 'saml.signing.private.key': 'k', 'saml.signing.certificate': 'c', 'saml.server.signature': 'true', 'saml.artifact.binding.identifier': 'x' } });
    expect(compareStates(state(live), [state({ realm: 'primary', clients: [{ clientId: 'app', ...saml }] }, 'file:x', 'stated')])).toEqual([]);
  });

  test('a hand-written file touches only what it states', () => {
    const plan = planned(realm({ redirectUris: ['https://a'], description: 'live', attributes: { one: '1' } }), { realm: 'primary', clients: [{ clientId: 'app', redirectUris: ['https://a', 'https://b'] }] }, 'stated');
    expect(only(plan).request.body).toEqual({ clientId: 'app', redirectUris: ['https://a', 'https://b'] });
  });

  test('a lost client with a root URL and no redirect URI comes back without its protocol named: the server would add a redirect URI', () => {
    const empty: RealmRepresentation = { realm: 'primary', clients: [], clientScopes: [] };
    const bodyOf = (client: Partial<ClientRepresentation>) => operationsOf(planned(empty, realm(client))).find(({ id }) => id === 'create client:app')?.request.body;
    expect(bodyOf({ rootUrl: 'https://root', redirectUris: [] })).not.toHaveProperty('protocol');
    expect(bodyOf({ rootUrl: 'https://root', redirectUris: ['https://root/cb'] })).toMatchObject({ protocol: 'openid-connect' });
  });

  test('a lost client is neither public nor open to passwords where the file does not say so: a POST that names the protocol would make it both', () => {
    const lost = (client: Partial<ClientRepresentation>) => only(planned({ ...realm({}), clients: [] }, { realm: 'primary', clients: [{ clientId: 'app', ...client }] }, 'stated', ['client:app'])).request.body;
    expect(lost({ protocol: 'openid-connect', secret: 's' })).toMatchObject({ publicClient: false, directAccessGrantsEnabled: false });
    expect(lost({ protocol: 'openid-connect', publicClient: true, directAccessGrantsEnabled: true })).toMatchObject({ publicClient: true, directAccessGrantsEnabled: true });
    expect(lost({ protocol: 'saml' })).not.toHaveProperty('publicClient');
  });

  test('with its protocol a client shows its links again, so they are answered together', () => {
    const scopes = { clientScopes: [{ name: 'service_account', protocol: 'openid-connect' }, { name: 'orders', protocol: 'openid-connect' }, { name: 'role_list', protocol: 'saml' }] };
    const live = realm({ protocol: 'saml', defaultClientScopes: ['role_list'] }, scopes);
    const evidence = realm({ defaultClientScopes: ['orders'] }, scopes);
    expect(planned(live, evidence, 'full', ['client-setting:app/protocol']).refused[0]?.because).toContain('client-scope-link:app/orders');
    expect(operationsOf(planned(live, evidence)).find(({ id }) => id === 'update client:app')?.request.body).toMatchObject({ protocol: 'openid-connect' });
  });
});

test('a missing service account is made before its roles, once, by the GET that makes nothing else', () => {
  const roles = { roles: { realm: [{ name: 'auditor' }, { name: 'clerk' }] } };
  const client = { ...APP, publicClient: false };
  const live = state({ realm: 'primary', clients: [client], users: [], ...roles });
  const evidence = state({ realm: 'primary', clients: [client], users: [{ username: 'service-account-app', serviceAccountClientId: 'app', realmRoles: ['auditor', 'clerk'] }], ...roles }, 'snapshot:x');
  const differences = compareStates(live, [evidence]);
  const made = makePlan({ live, evidence: [evidence], differences, order: orderOwners({ differences, live, evidence: [evidence] }), choices: Object.fromEntries(differences.map(({ id }) => [id, 'restore' as const])) });
  const operations = operationsOf(made);
  expect(operations.map(({ id }) => id)).toEqual(['make service-account-role:app', 'map service-account-role:app/auditor', 'map service-account-role:app/clerk']);
  expect(operations[0]).toMatchObject({ request: { method: 'GET', path: ['clients', { $id: 'client:app' }, 'service-account-user'] }, before: [{ id: 'service-account-role:app', value: null }], after: [{ id: 'service-account-role:app', value: {} }], inverse: { method: 'DELETE' } });
  expect(operations.slice(1).map(({ dependsOn }) => dependsOn)).toEqual([['make service-account-role:app'], ['make service-account-role:app']]);
});
