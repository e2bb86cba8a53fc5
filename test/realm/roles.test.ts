/** Roles and client scopes that are there only live: what goes with them, and what brings it back. */
import { describe, expect, test } from 'vitest';
import { compareStates } from '../../src/realm/compare.ts';
import { pulledInLine } from '../../src/realm/hand-over.ts';
import type { Choice, Plan } from '../../src/realm/model.ts';
import { orderOwners } from '../../src/realm/order.ts';
import { makePlan, operationsOf, undoPlan } from '../../src/realm/plan.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { state } from './incident.ts';

const app = { clientId: 'app', id: 'app', serviceAccountsEnabled: true };

const good: RealmRepresentation = {
  realm: 'primary', clients: [app], clientScopes: [{ name: 'basic', protocol: 'openid-connect' }], scopeMappings: [], groups: [{ name: 'staff', path: '/staff', realmRoles: [] }],
  users: [{ serviceAccountClientId: 'app', realmRoles: [] }], roles: { realm: [{ name: 'offline_access' }, { name: 'outer', composites: { realm: [] } }], client: { app: [] } },
};

/** With a composite role of the realm and one of the client, each used wherever a role can be. */
const withRoles: RealmRepresentation = {
  ...good,
  scopeMappings: [{ clientScope: 'basic', roles: ['extra'] }, { client: 'app', roles: ['extra'] }], groups: [{ name: 'staff', path: '/staff', realmRoles: ['extra'], clientRoles: { app: ['reader'] } }],
  users: [{ serviceAccountClientId: 'app', realmRoles: ['extra'], clientRoles: { app: ['reader'] } }],
  roles: {
    realm: [{ name: 'offline_access' }, { name: 'outer', composites: { realm: ['extra'], client: { app: ['reader'] } } }, { name: 'extra', composites: { realm: ['offline_access'], client: { app: ['reader'] } } }],
    client: { app: [{ name: 'reader', composites: { realm: ['offline_access'] } }] },
  },
};

function plan(live: RealmRepresentation, evidence: RealmRepresentation, choices?: Readonly<Record<string, Choice>>): Plan {
  const input = { live: state(live), evidence: [state(evidence, 'snapshot:x')] };
  const differences = compareStates(input.live, input.evidence);
  return makePlan({ ...input, differences, order: orderOwners({ ...input, differences }), choices: choices ?? Object.fromEntries(differences.map(({ id }) => [id, 'restore' as const])) });
}

const OF_EXTRA = [
  'unmap composite:extra/app%2Freader', 'unmap composite:extra/offline_access', 'unmap composite:outer/extra', 'unmap group-role:%2Fstaff/extra',
  'unmap scope-mapping:app/extra', 'unmap scope-mapping:client-scope:basic/extra', 'unmap service-account-role:app/extra',
];
const OF_READER = [
  'unmap composite:app%2Freader/offline_access', 'unmap composite:extra/app%2Freader', 'unmap composite:outer/app%2Freader', 'unmap group-role:%2Fstaff/app/reader', 'unmap service-account-role:app/app/reader',
];

describe.each([['realm-role:extra', OF_EXTRA], ['client-role:app/reader', OF_READER]])('a live-only %s', (role, uses) => {
  const alone = plan(withRoles, good, { [role]: 'restore', 'scope-mapping:client-scope:basic/extra': 'leave' });
  const operations = operationsOf(alone);

  test('goes after its members and every mapping of it, whatever was answered for them, each with its way back', () => {
    expect(operations.slice(0, -1).map(({ id }) => id).toSorted()).toEqual(uses);
    expect(operations.at(-1)).toMatchObject({ id: `delete ${role}`, note: `removed, after the ${uses.length} mappings of it` });
    for (const { inverse, request, note } of operations.slice(0, -1)) {
      expect(inverse).toEqual({ ...request, method: 'POST' });
      expect(note).toMatch(/^removed: it goes with /);
    }
  });

  test('comes back first when it is undone, and then all of it', () => {
    const back = undoPlan(alone, operations.map(({ id }) => id), {});
    expect(back[0]?.id).toBe(`delete ${role}`);
    expect(back.slice(1).map(({ id }) => id).toSorted()).toEqual(uses);
  });

  test('is reported with every difference that goes with it', () => {
    const lines = alone.pulledIn.map((pulled) => pulledInLine(alone, pulled));
    // What stands inside the role is no difference of its own.
    const outside = uses.map((id) => id.replace('unmap ', '')).filter((id) => !/^composite:(extra|app%2Freader)\//.test(id));
    expect(lines.toSorted()).toEqual(outside.map((id) => `${id} is removed too, because it goes with ${role}`).toSorted());
  });

  test('stays where the evidence wants a mapping of it', () => {
    const mapped = role === 'realm-role:extra' ? { realmRoles: ['extra'] } : { clientRoles: { app: ['reader'] } };
    const made = plan(withRoles, { ...good, groups: [{ name: 'staff', path: '/staff', ...mapped }] }, { [role]: 'restore' });
    expect(operationsOf(made)).toEqual([]);
    expect(made.refused).toEqual([{ id: role, because: expect.stringMatching(/^group-role:%2Fstaff\/\S+ is in the evidence and would go with it$/) }]);
  });
});

test('two live-only roles that go together share the mapping between them', () => {
  const all = operationsOf(plan(withRoles, good)).map(({ id }) => id);
  expect(all.toSorted()).toEqual([...new Set([...OF_EXTRA, ...OF_READER, 'delete realm-role:extra', 'delete client-role:app/reader'])].toSorted());
  expect(all.indexOf('unmap composite:extra/app%2Freader')).toBeLessThan(Math.min(all.indexOf('delete realm-role:extra'), all.indexOf('delete client-role:app/reader')));
});

test('a live-only role that a policy names stays, unless the policy goes too', () => {
  const policies = (list: readonly object[]) => ({ clients: [{ ...app, authorizationServicesEnabled: true, authorizationSettings: { resources: [], scopes: [], policies: list } }] }) as unknown as RealmRepresentation;
  const names = { name: 'only', type: 'role', logic: 'POSITIVE', decisionStrategy: 'UNANIMOUS', config: { roles: '[{"id":"extra","required":false}]' } };
  const [live, evidence] = [{ ...withRoles, ...policies([names]) }, { ...good, ...policies([]) }];
  expect(plan(live, evidence, { 'realm-role:extra': 'restore' }).refused).toEqual([{ id: 'realm-role:extra', because: expect.stringContaining('answer authorization:app/policy/only with restore too') }]);
  const both = operationsOf(plan(live, evidence)).map(({ id }) => id);
  expect(both.indexOf('delete authorization:app/policy/only')).toBeGreaterThanOrEqual(0);
  expect(both.indexOf('delete authorization:app/policy/only')).toBeLessThan(both.indexOf('delete realm-role:extra'));
});

test('a live-only client scope goes after the roles in its scope and its place among the defaults', () => {
  const live: RealmRepresentation = { ...good, clientScopes: [...good.clientScopes ?? [], { id: 's', name: 'by-hand', protocol: 'openid-connect' }], scopeMappings: [{ clientScope: 'by-hand', roles: ['outer'] }], defaultOptionalClientScopes: ['by-hand'] };
  const made = plan(live, { ...good, defaultOptionalClientScopes: [] }, { 'client-scope:by-hand': 'restore' });
  expect(operationsOf(made).map(({ id }) => id)).toEqual(['unlink realm-default-scope:by-hand', 'unmap scope-mapping:client-scope:by-hand/outer', 'delete client-scope:by-hand']);
  expect(made.pulledIn).toContainEqual({ id: 'realm-default-scope:by-hand', by: 'client-scope:by-hand' });
  expect(operationsOf(made)[0]?.note).toBe('removed: it goes with client scope by-hand');
});
