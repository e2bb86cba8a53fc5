import { describe, expect, test } from 'vitest';
import { compareStates } from '../../src/realm/compare.ts';
import type { Choice, Operation, Plan, RealmState } from '../../src/realm/model.ts';
import { orderOwners } from '../../src/realm/order.ts';
import { builtOn, makePlan, operationsOf, undoLeft, undoPlan } from '../../src/realm/plan.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { findSecret } from '../../src/realm/secrets.ts';
import { after, before, mapper, state, withClient } from './incident.ts';

function plan(live: RealmState, evidence: readonly RealmState[], choices?: Readonly<Record<string, Choice>>): Plan {
  const differences = compareStates(live, evidence);
  const order = orderOwners({ differences, live, evidence });
  return makePlan({ live, evidence, differences, order, choices: choices ?? Object.fromEntries(differences.map((difference) => [difference.id, 'restore' as const])) });
}
function operation(of: Plan, id: string): Operation {
  const found = operationsOf(of).find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`${id} is not in ${operationsOf(of).map((candidate) => candidate.id).join(', ')}`);
  return found;
}
const snapshot = (representation: RealmRepresentation) => state(representation, 'snapshot:x');
const ids = (of: Plan) => operationsOf(of).map((candidate) => candidate.id);

describe('the incident', () => {
  const whole = plan(state(after()), [snapshot(before())]);

  test('a lost client is one write with its mappers and links, its id, and its secret by reference', () => {
    const { request, covers, inverse, inverseNote, inverseEndsSessions, after: images } = operation(whole, 'create client:feed-service');
    const raw = before().clients?.find((client) => client.clientId === 'feed-service');
    expect(request).toMatchObject({ method: 'POST', path: ['clients'] });
    expect(request.body).toMatchObject({
      id: raw?.id, clientId: 'feed-service', serviceAccountsEnabled: true, secret: { $secret: 'client:feed-service', field: 'secret' },
      defaultClientScopes: raw?.defaultClientScopes?.toSorted(), optionalClientScopes: raw?.optionalClientScopes,
      protocolMappers: [{ name: 'aud-timeline', id: raw?.protocolMappers?.[0]?.id }],
    });
    expect(covers).toEqual(expect.arrayContaining(['client:feed-service', 'client-mapper:feed-service/aud-timeline', 'client-scope-link:feed-service/roles']));
    expect(ids(whole)).not.toContain('create client-mapper:feed-service/aud-timeline');
    expect(images.map((image) => image.id)).toContain('client-setting:feed-service/secret');
    expect(inverse).toEqual({ method: 'DELETE', path: ['clients', { $id: 'client:feed-service' }] });
    expect(inverseEndsSessions).toBe(true);
    expect(inverseNote).toContain('sessions');
    expect(findSecret([snapshot(before())], 'client:feed-service', 'secret')).toBe('s3cr3t-feed-service');
  });

  test('a lost client scope is one write with its mapper, before the link that needs it', () => {
    expect(operation(whole, 'create client-scope:moderation').covers).toEqual(['client-scope:moderation', 'client-scope-mapper:moderation/moderation-level']);
    expect(operation(whole, 'link client-scope-link:web-app/moderation').dependsOn).toEqual(['create client-scope:moderation']);
    expect(operation(whole, 'create client-scope:moderation').owner).toBe('web-app');
  });

  test('each operation names the roles that the server asks for', () => {
    expect(operation(whole, 'map scope-mapping:billing-service/internal-service').needs).toEqual(['manage-clients', 'manage-realm']);
    expect(operation(whole, 'map scope-mapping:billing-service/timeline-service/read').needs).toEqual(['manage-clients']);
    expect(operation(whole, 'map service-account-role:timeline-service/internal-service').needs).toEqual(['manage-users']);
    expect(operation(whole, 'create realm-role:moderator').needs).toEqual(['manage-realm']);
  });

  test('each claim is awaited in the group that completes it, and in no other', () => {
    const claims = whole.groups.flatMap((group) => group.expectations.map((expectation) => `${group.owner}: ${expectation.client} ${expectation.claim}`));
    expect(claims).toContain('auth-service: auth-service groups');
    expect(claims).toContain('web-app: web-app moderation_level');
    expect(new Set(claims).size).toBeLessThanOrEqual(claims.length);
    expect(whole.newSecrets).toEqual([]);
  });

  test('what a choice needs is pulled in, whatever was answered for it', () => {
    const small = plan(state(after()), [snapshot(before())], { 'client-scope-link:web-app/moderation': 'restore', 'client-scope:moderation': 'leave', 'group-role:%2Fsupport/moderator': 'restore' });
    expect(ids(small)).toEqual(['create realm-role:moderator', 'map group-role:%2Fsupport/moderator', 'create client-scope:moderation', 'link client-scope-link:web-app/moderation']);
    expect(small.pulledIn).toEqual(expect.arrayContaining([{ id: 'client-scope:moderation', by: 'client-scope-link:web-app/moderation' }, { id: 'realm-role:moderator', by: 'group-role:%2Fsupport/moderator' }]));
  });

  test('an operation that is needed earlier moves to the earlier group', () => {
    const live = state(after());
    const evidence = [snapshot(before())];
    const differences = compareStates(live, evidence);
    const order = orderOwners({ differences, live, evidence }).toReversed();
    const moved = makePlan({ live, evidence, differences, order, choices: { 'group-role:%2Fsupport/moderator': 'restore', 'realm-role:moderator': 'restore' } });
    expect(moved.groups.map((group) => [group.owner, group.operations.map((each) => each.id)])).toEqual([['group /support', ['create realm-role:moderator', 'map group-role:%2Fsupport/moderator']]]);
  });

  test('undo goes backwards and knows the ids that were made', () => {
    const undo = undoPlan(whole, ['create realm-role:moderator', 'map group-role:%2Fsupport/moderator', 'create client:feed-service'], { 'realm-role:moderator': 'made-id' });
    expect(undo.map((each) => [each.id, each.request.method])).toEqual([['map group-role:%2Fsupport/moderator', 'DELETE'], ['create realm-role:moderator', 'DELETE']]);
    expect(undo[0]?.request.body).toEqual([{ id: 'made-id', name: 'moderator' }]);
    const scope = undoPlan(whole, ['create client-scope:moderation'], { 'client-scope:moderation': 'scope-id' });
    expect(scope[0]?.request).toEqual({ method: 'DELETE', path: ['client-scopes', 'scope-id'] });
    expect(undo[1]?.dependsOn).toEqual(['map group-role:%2Fsupport/moderator']);
  });

  test('undo deletes a client that came back with its sessions only where that is asked for, and says so otherwise', () => {
    expect(undoPlan(whole, ['create client:feed-service'], {}).length).toBe(0);
    expect(undoLeft(whole, ['create client:feed-service'], false)).toEqual([{ operation: 'create client:feed-service', because: expect.stringMatching(/ends them for good.*--delete-clients/) }]);
    expect(undoPlan(whole, ['create client:feed-service'], { 'client:feed-service': 'made' }, true)).toMatchObject([{ request: { method: 'DELETE', path: ['clients', 'made'] } }]);
    expect(undoLeft(whole, ['create client:feed-service'], true)).toEqual([]);
  });

  test('one write cannot be taken back while another one stands on it', () => {
    const done = ['create realm-role:moderator', 'map group-role:%2Fsupport/moderator'];
    expect(builtOn(whole, done, ['create realm-role:moderator'])).toEqual({ operation: 'create realm-role:moderator', by: 'map group-role:%2Fsupport/moderator' });
    expect(builtOn(whole, done, done)).toBeNull();
    expect(builtOn(whole, ['create realm-role:moderator'], ['create realm-role:moderator'])).toBeNull();
  });

  test('a role that comes back says which users had it, or that nobody knows', () => {
    const people = ['anna', 'bert', 'carl', 'dora'].map((username) => ({ username, realmRoles: ['moderator'] }));
    const named = plan(state(after()), [snapshot({ ...before(), users: [...(before().users ?? []), ...people, { username: 'emil' }] })]);
    expect(operation(named, 'create realm-role:moderator').losses).toEqual(['realm role moderator: 4 users that had it, anna, bert, carl and 1 more']);
    expect(operation(whole, 'create realm-role:moderator').losses).toEqual([expect.stringContaining('no evidence lists users')]);
    expect(operation(whole, 'create client:feed-service').losses).toEqual([expect.stringContaining('service account of feed-service')]);
  });
});

describe('single kinds', () => {
  test('from optional to default is a DELETE and then a PUT', () => {
    const scopes = { clientScopes: [{ id: 's', name: 'orders', protocol: 'openid-connect' }] };
    const made = plan(state(withClient({ optionalClientScopes: ['orders'] }, scopes)), [snapshot(withClient({ defaultClientScopes: ['orders'] }, scopes))]);
    expect(operationsOf(made).map(({ request }) => [request.method, request.path[2]])).toEqual([['DELETE', 'optional-client-scopes'], ['PUT', 'default-client-scopes']]);
    expect(operationsOf(made)[1]?.dependsOn).toEqual([operationsOf(made)[0]?.id]);
  });

  test('a changed mapper is a PUT with its id and live\'s whole config, only the differing keys changed', () => {
    const live = withClient({ protocolMappers: [{ id: 'live-id', ...mapper('m', 'oidc-group-membership-mapper', { 'claim.name': 'groups', 'id.token.claim': 'true', 'full.path': 'true', multivalued: 'true' }) }] });
    const evidence = withClient({ protocolMappers: [{ id: 'other-id', ...mapper('m', 'oidc-group-membership-mapper', { 'claim.name': 'g', 'id.token.claim': 'false', 'full.path': 'true' }) }] });
    const [update] = operationsOf(plan(state(live), [snapshot(evidence)]));
    expect(update?.request).toEqual({
      method: 'PUT', path: ['clients', { $id: 'client:app' }, 'protocol-mappers', 'models', { $id: 'client-mapper:app/m' }],
      body: { id: { $id: 'client-mapper:app/m' }, name: 'm', protocol: 'openid-connect', protocolMapper: 'oidc-group-membership-mapper', config: { 'claim.name': 'g', 'id.token.claim': 'false', 'userinfo.token.claim': 'false', 'full.path': 'true' } },
    });
    expect(update?.inverse?.body).toMatchObject({ config: { 'claim.name': 'groups', 'id.token.claim': 'true', 'full.path': 'true' } });
  });

  test('a secret in a configuration is a reference, also when it comes back', () => {
    const evidence = snapshot(withClient({ protocolMappers: [mapper('m', 'custom', { 'api.secret': 'hush', url: 'https://x' })] }));
    const made = plan(state(withClient({})), [evidence]);
    expect(operationsOf(made)[0]?.request.body).toMatchObject({ config: { 'api.secret': { $secret: 'client-mapper:app/m', field: 'config.api.secret' }, url: 'https://x' } });
    expect(JSON.stringify(made)).not.toContain('hush');
    expect(findSecret([evidence], 'client-mapper:app/m', 'config.api.secret')).toBe('hush');
    expect(operationsOf(plan(evidence, [snapshot(withClient({}))]))[0]?.inverse).toBeNull();
  });

  test('a changed client scope is a PUT with its name and what differs', () => {
    const scope = (attributes: Record<string, string>, description: string) => withClient({}, { clientScopes: [{ id: 's', name: 'orders', protocol: 'openid-connect', description, attributes, protocolMappers: [] }] });
    const [update] = operationsOf(plan(state(scope({ same: '1', gone: '2' }, 'd')), [snapshot(scope({ same: '1', back: '3' }, 'd'))]));
    expect(update?.request).toEqual({ method: 'PUT', path: ['client-scopes', { $id: 'client-scope:orders' }], body: { name: 'orders', attributes: { back: '3', gone: null } } });
  });

  test('a live-only mapper that is not wanted is deleted, and undo puts it back with its id', () => {
    const [remove] = operationsOf(plan(state(withClient({ protocolMappers: [{ id: 'm-id', ...mapper('m', 'x', { a: '1' }) }] })), [snapshot(withClient({}))]));
    expect(remove?.request.method).toBe('DELETE');
    expect(remove?.inverse?.body).toEqual({ id: 'm-id', name: 'm', protocol: 'openid-connect', protocolMapper: 'x', config: { a: '1' } });
  });

  test('a live-only role goes after the mappings that refer to it', () => {
    const live = withClient({ serviceAccountsEnabled: true }, { roles: { realm: [{ name: 'extra' }] }, users: [{ serviceAccountClientId: 'app', realmRoles: ['extra'] }] });
    const evidence = withClient({ serviceAccountsEnabled: true }, { roles: { realm: [] }, users: [{ serviceAccountClientId: 'app', realmRoles: [] }] });
    expect(ids(plan(state(live), [snapshot(evidence)]))).toEqual(['unmap service-account-role:app/extra', 'delete realm-role:extra']);
  });

  test('the id is not kept where live uses it for something else', () => {
    const live = withClient({ id: 'taken' });
    const evidence = withClient({ id: 'taken', protocolMappers: [{ id: 'taken', ...mapper('m', 'x', {}) }] });
    const made = (): unknown => operationsOf(plan(state(live), [snapshot(evidence)]))[0]?.request.body;
    expect(made()).toMatchObject({ name: 'm', id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    // Every run makes up the same one: of two that come at the same moment the server takes one.
    expect(made()).toEqual(made());
  });

  test('no id is made up that the evidence gives to another lost object', () => {
    const live = state(withClient({ protocolMappers: [] }));
    const bodies = (...mappers: readonly object[]) => operationsOf(plan(live, [snapshot(withClient({ protocolMappers: mappers as never }))])).map(({ request }) => request.body as { readonly name: string; readonly id: string });
    const [alone] = bodies(mapper('m', 'x', {}));
    const both = bodies(mapper('m', 'x', {}), { id: alone?.id, ...mapper('renamed', 'x', {}) });
    expect(both.find(({ name }) => name === 'renamed')?.id).toBe(alone?.id);
    expect(both.find(({ name }) => name === 'm')?.id).not.toBe(alone?.id);
  });
});

describe('refusals', () => {
  test('a live-only client is never deleted', () => {
    const made = plan(state(withClient({})), [snapshot({ realm: 'primary', clients: [] })]);
    expect(made.groups).toEqual([]);
    expect(made.refused).toEqual([{ id: 'client:app', because: expect.stringContaining('ends its sessions') }]);
  });

  test('a placeholder is never written', () => {
    const made = plan(state(withClient({ protocolMappers: [] })), [state(withClient({ protocolMappers: [mapper('m', 'oidc-hardcoded-claim-mapper', { 'claim.value': '${TENANT}' })] }), 'file:x', 'stated')]);
    expect(made.groups).toEqual([]);
    expect(made.refused[0]?.because).toContain('${TENANT}');
  });

  test('what needs something refused is refused with it', () => {
    const evidence = { realm: 'primary', clients: [{ clientId: 'app', rootUrl: 'https://${HOST}', protocolMappers: [mapper('m', 'x', {})] }] };
    const made = plan(state({ realm: 'primary', clients: [] }), [snapshot(evidence)]);
    expect(made.groups).toEqual([]);
    expect(made.refused.map(({ id }) => id)).toEqual(['client-mapper:app/m', 'client:app']);
    expect(made.refused[0]?.because).toContain('${HOST}');
  });

  test('a link to a scope that nobody has is refused', () => {
    const made = plan(state(withClient({ defaultClientScopes: [] }, { clientScopes: [] })), [snapshot(withClient({ defaultClientScopes: ['ghost'] }, { clientScopes: [] }))]);
    expect(made.refused).toEqual([{ id: 'client-scope-link:app/ghost', because: expect.stringContaining('client-scope:ghost') }]);
  });
});

test.each([['**********'], ['${SECRET}'], [undefined]])('a client whose secret no evidence knows (%s) comes back with a new one', (secret) => {
  const made = plan(state({ realm: 'primary', clients: [] }), [snapshot({ realm: 'primary', clients: [{ clientId: 'app', ...(secret === undefined ? {} : { secret }) }] })]);
  expect(made.newSecrets).toEqual(['app']);
  expect(operationsOf(made)[0]?.request.body).not.toHaveProperty('secret');
  expect(operationsOf(made)[0]?.after.map((image) => image.id)).not.toContain('client-setting:app/secret');
  expect(JSON.stringify(made)).not.toContain('*****');
});
