import { describe, expect, test } from 'vitest';
import { compareStates } from '../../src/realm/compare.ts';
import type { Plan } from '../../src/realm/model.ts';
import { orderOwners } from '../../src/realm/order.ts';
import { makePlan, operationsOf } from '../../src/realm/plan.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { EMPTY, GUARDED, SETTINGS } from './authorization.ts';
import { state } from './incident.ts';

const ID = 'authorization:guarded/settings';

function realm(client: Readonly<Record<string, unknown>> | null, roles: readonly string[] = ['read'], clientId = 'guarded'): RealmRepresentation {
  const clients = client === null ? [] : [{ ...GUARDED, clientId, ...client }];
  return { realm: 'primary', clients, roles: { realm: [{ name: 'auditor' }], client: client === null ? {} : { [clientId]: roles.map((name) => ({ name })) } } };
}

const good = () => state(realm({ authorizationSettings: SETTINGS }), 'snapshot:x');

function planned(live: RealmRepresentation, evidence = good()): Plan {
  const input = { live: state(live), evidence: [evidence] };
  const differences = compareStates(input.live, input.evidence);
  return makePlan({ ...input, differences, order: orderOwners({ ...input, differences }), choices: Object.fromEntries(differences.map(({ id }) => [id, 'restore' as const])) });
}

describe('authorization settings', () => {
  test('of a lost client come after its roles, never with the client: a role that is not there falls out of its policy', () => {
    const operations = operationsOf(planned(realm(null)));
    const at = (id: string) => operations.findIndex((operation) => operation.id === id);
    expect(operations[at('create client:guarded')]?.request.body).not.toHaveProperty('authorizationSettings');
    expect(at(`import ${ID}`)).toBeGreaterThan(at('create client-role:guarded/read'));
    expect(operations[at(`import ${ID}`)]?.dependsOn).toEqual(expect.arrayContaining(['create client:guarded', 'create client-role:guarded/read']));
  });

  test('a client with them says that it is not public: the server answers 500 otherwise', () => {
    const [create] = operationsOf(planned(realm(null))).filter(({ id }) => id === 'create client:guarded');
    expect(create?.request.body).toMatchObject({ publicClient: false, authorizationServicesEnabled: true });
  });

  test('an empty resource server is the same as none, and is filled by one import', () => {
    expect(compareStates(state(realm({ authorizationSettings: EMPTY })), [good()])).toMatchObject([{ id: ID, change: 'lost', suggest: 'restore' }]);
    expect(operationsOf(planned(realm({ authorizationSettings: EMPTY })))).toMatchObject([{ id: `import ${ID}`, request: { method: 'POST', body: SETTINGS } }]);
  });

  test('order, ids and defaults make no difference, and what could not be read is not missed', () => {
    const shuffled = { policies: SETTINGS.policies.toReversed().map((item) => ({ ...item, id: 'other' })), resources: SETTINGS.resources, scopes: SETTINGS.scopes };
    expect(compareStates(state(realm({ authorizationSettings: shuffled })), [good()])).toEqual([]);
    expect(compareStates(state(realm({})), [good()])).toEqual([]);
  });

  test('that differ in part are compared, and not written', () => {
    const plan = planned(realm({ authorizationSettings: { ...SETTINGS, resources: [] } }));
    expect(operationsOf(plan)).toEqual([]);
    expect(plan.refused).toMatchObject([{ id: ID }]);
  });

  test('are refused where a policy names a role that nobody can give, as one of a client with a slash is for the server', () => {
    const policies = [{ ...SETTINGS.policies[0], config: { roles: '[{"id":"a/b/read","required":false}]' } }];
    const evidence = state(realm({ authorizationSettings: { ...SETTINGS, policies } }, ['read'], 'a/b'), 'snapshot:x');
    expect(planned(realm(null), evidence).refused).toEqual([{ id: 'authorization:a%2Fb/settings', because: expect.stringContaining('client-role:a/b%2Fread') }]);
  });
});
