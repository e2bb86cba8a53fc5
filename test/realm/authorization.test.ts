import { describe, expect, test } from 'vitest';
import { compareStates } from '../../src/realm/compare.ts';
import type { Operation, Plan } from '../../src/realm/model.ts';
import { orderOwners } from '../../src/realm/order.ts';
import { makePlan, operationsOf } from '../../src/realm/plan.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { EMPTY, GUARDED, SETTINGS } from './authorization.ts';
import { state } from './incident.ts';

const AT = 'authorization:guarded/';

function realm(client: Readonly<Record<string, unknown>> | null, roles: readonly string[] = ['read'], clientId = 'guarded'): RealmRepresentation {
  const clients = client === null ? [] : [{ ...GUARDED, clientId, ...client }];
  return { realm: 'primary', clients, roles: { realm: [{ name: 'auditor' }], client: client === null ? {} : { [clientId]: roles.map((name) => ({ name })) } } };
}

const good = () => state(realm({ authorizationSettings: SETTINGS }), 'snapshot:x');

function planned(live: RealmRepresentation, evidence = good(), only?: readonly string[]): Plan {
  const input = { live: state(live), evidence: [evidence] };
  const differences = compareStates(input.live, input.evidence);
  const choices = Object.fromEntries(differences.filter(({ id }) => only === undefined || only.includes(id)).map(({ id }) => [id, 'restore' as const]));
  return makePlan({ ...input, differences, order: orderOwners({ ...input, differences }), choices });
}

const ids = (plan: Plan): readonly string[] => operationsOf(plan).map(({ id }) => id);
const operation = (plan: Plan, id: string): Operation | undefined => operationsOf(plan).find((candidate) => candidate.id === id);
const [READERS, PERMISSION] = SETTINGS.policies;

describe('authorization services', () => {
  test('of a lost client come after its roles, never with the client and never by the import', () => {
    const plan = planned(realm(null));
    expect(operation(plan, 'create client:guarded')?.request.body).not.toHaveProperty('authorizationSettings');
    expect(ids(plan).indexOf(`create ${AT}policy/readers`)).toBeGreaterThan(ids(plan).indexOf('create client-role:guarded/read'));
    expect(operation(plan, `create ${AT}policy/readers`)?.dependsOn).toEqual(['create client-role:guarded/read', 'create client:guarded']);
    expect(operation(plan, `create ${AT}permission/view reports`)?.dependsOn).toEqual([`create ${AT}policy/readers`, `create ${AT}resource/report`, 'create client:guarded']);
    expect(JSON.stringify(plan)).not.toContain('"import"');
  });

  test('a client with them says that it is not public: the server answers 500 otherwise', () => {
    expect(operation(planned(realm(null)), 'create client:guarded')?.request.body).toMatchObject({ publicClient: false, authorizationServicesEnabled: true });
  });

  test('of a client that lost the flag come back in one plan, the flag first', () => {
    const plan = planned(realm({ authorizationServicesEnabled: false }));
    expect(ids(plan)[0]).toBe('update client:guarded');
    expect(operationsOf(plan)[0]?.request.body).toEqual({ clientId: 'guarded', serviceAccountsEnabled: true, authorizationServicesEnabled: true });
    expect(operation(plan, `create ${AT}scope/view`)?.dependsOn).toEqual(['update client:guarded']);
    const pulled = planned(realm({ authorizationServicesEnabled: false }), good(), [`${AT}scope/view`]);
    expect(pulled.pulledIn).toEqual([{ id: 'client-setting:guarded/authorizationServicesEnabled', by: `${AT}scope/view` }]);
  });

  test('need a service account: the server answers 500 otherwise', () => {
    const plan = planned(realm({ authorizationServicesEnabled: false, serviceAccountsEnabled: false }), good(), ['client-setting:guarded/authorizationServicesEnabled']);
    expect(plan.refused).toEqual([{ id: 'client-setting:guarded/authorizationServicesEnabled', because: expect.stringContaining('client-setting:guarded/serviceAccountsEnabled') }]);
  });

  test('name roles, clients and client scopes by id: the server drops a role that it cannot find by name', () => {
    expect(operation(planned(realm({ authorizationSettings: EMPTY })), `create ${AT}policy/readers`)?.request).toEqual({
      method: 'POST', path: ['clients', { $id: 'client:guarded' }, 'authz', 'resource-server', 'policy', 'role'],
      body: {
        name: 'readers', type: 'role', logic: 'POSITIVE', decisionStrategy: 'UNANIMOUS',
        roles: [{ id: { $id: 'realm-role:auditor' }, required: false }, { id: { $id: 'client-role:guarded/read' }, required: false }],
      },
    });
  });

  test('order, ids and defaults make no difference, and what could not be read is not missed', () => {
    const shuffled = { policies: SETTINGS.policies.toReversed().map((item) => ({ ...item, id: 'other' })), resources: SETTINGS.resources, scopes: SETTINGS.scopes };
    expect(compareStates(state(realm({ authorizationSettings: shuffled })), [good()])).toEqual([]);
    expect(compareStates(state(realm({})), [good()])).toEqual([]);
  });

  test('an edited policy differs element by element, and its PUT says what the server would keep', () => {
    const live = { ...SETTINGS, policies: [{ ...READERS, config: { roles: '[{"id":"auditor","required":true}]', fetchRoles: 'true' } }, PERMISSION] };
    const [difference] = compareStates(state(realm({ authorizationSettings: live })), [good()]);
    expect(difference?.fields.map(({ path }) => path)).toEqual(['config.fetchRoles', 'roles.auditor', 'roles.guarded/read']);
    expect(operation(planned(realm({ authorizationSettings: live })), `update ${AT}policy/readers`)?.request).toMatchObject({ method: 'PUT', body: { fetchRoles: false } });
  });

  test('a permission goes before the resource that loses a scope with it, and is asked for where it was not chosen', () => {
    const wide = { ...SETTINGS, scopes: [{ name: 'view' }, { name: 'edit' }], resources: [{ ...SETTINGS.resources[0], scopes: [{ name: 'view' }, { name: 'edit' }] }], policies: [READERS, PERMISSION, { name: 'edits', type: 'scope', config: { resources: '["report"]', scopes: '["edit"]', applyPolicies: '["readers"]' } }] };
    const plan = planned(realm({ authorizationSettings: wide }));
    expect(ids(plan)).toEqual([`delete ${AT}permission/edits`, `update ${AT}resource/report`, `delete ${AT}scope/edit`]);
    expect(planned(realm({ authorizationSettings: wide }), good(), [`${AT}resource/report`]).refused).toEqual([{ id: `${AT}resource/report`, because: expect.stringContaining(`${AT}permission/edits`) }]);
    expect(planned(realm({ authorizationSettings: wide }), good(), [`${AT}scope/edit`]).refused[0]?.because).toContain(`${AT}`);
  });

  test('a live-only policy stays while something that was not chosen names it: with its last policy a permission goes too', () => {
    const live = { ...SETTINGS, policies: [READERS, { ...PERMISSION, config: { resources: '["report"]', applyPolicies: '["extra"]' } }, { name: 'extra', type: 'regex', config: { pattern: 'x' } }] };
    expect(planned(realm({ authorizationSettings: live }), good(), [`${AT}policy/extra`]).refused).toEqual([{ id: `${AT}policy/extra`, because: expect.stringContaining(`${AT}permission/view reports`) }]);
    expect(ids(planned(realm({ authorizationSettings: live })))).toEqual([`update ${AT}permission/view reports`, `delete ${AT}policy/extra`]);
  });

  test('the three settings go out together: alone the server resets the others, or answers 409', () => {
    const plan = planned(realm({ authorizationSettings: { ...SETTINGS, policyEnforcementMode: 'DISABLED' } }));
    expect(operationsOf(plan)).toMatchObject([{ id: `update ${AT}settings`, request: { method: 'PUT', body: { allowRemoteResourceManagement: true, policyEnforcementMode: 'ENFORCING', decisionStrategy: 'UNANIMOUS' } } }]);
  });

  test('a file that a person wrote is silent about what it leaves out', () => {
    const file = state(realm({ authorizationSettings: { scopes: [{ name: 'view' }], resources: [{ name: 'report' }] } }), 'file:x', 'stated');
    expect(compareStates(state(realm({ authorizationSettings: SETTINGS })), [file])).toEqual([]);
  });

  test('roles of a client with slashes are found by the roles that there are', () => {
    const policies = [{ ...READERS, config: { roles: '[{"id":"a/b/read","required":false}]' } }];
    const evidence = state(realm({ authorizationSettings: { ...SETTINGS, policies } }, ['read'], 'a/b'), 'snapshot:x');
    expect(operation(planned(realm(null), evidence), 'create authorization:a%2Fb/policy/readers')?.request.body).toMatchObject({ roles: [{ id: { $id: 'client-role:a%2Fb/read' } }] });
  });

  test.each([
    ['of a user', { resources: [{ name: 'report', owner: { name: 'joe' } }] }, 'authorization:guarded/resource/report/joe', 'joe'],
    ['script policies', { policies: [{ name: 'script', type: 'js', config: { code: 'x' } }] }, `${AT}policy/script`, 'type js'],
    ['policies on a group that is gone', { policies: [{ name: 'g', type: 'group', config: { groups: '[{"path":"/gone"}]' } }] }, `${AT}policy/g`, '/gone'],
  ])('%s cannot be restored, and say why', (_, settings, id, because) => {
    const plan = planned(realm({ authorizationSettings: EMPTY }), state(realm({ authorizationSettings: { ...EMPTY, ...settings } }), 'snapshot:x'), [id]);
    expect(plan.refused).toEqual([{ id, because: expect.stringContaining(because) }]);
  });
});
