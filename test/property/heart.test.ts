import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKeycloak } from '../../src/keycloak/keycloak.ts';
import { compareStates } from '../../src/realm/compare.ts';
import { orderOwners } from '../../src/realm/order.ts';
import { makePlan } from '../../src/realm/plan.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { readState } from '../../src/realm/state.ts';
import type { Keycloak } from '../../src/runner/ports.ts';
import { must, openAdminCalls } from '../../src/sandbox/incident/calls.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { sendPlan } from '../keycloak/recovery.ts';
import { administrator, quiet } from '../keycloak/real.ts';
import { realm } from '../realm/arbitrary.ts';

/** A failure is reported as it was found: making it smaller means many realms more. */
const RUNS = { numRuns: 12, endOnFailure: true };
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const capture = async (keycloak: Keycloak) => readState((await keycloak.capture(quiet)).snapshot);

test('the plan from one realm to another, sent, leads there: no chosen difference is left', () => fc.assert(fc.asyncProperty(realm, realm, async (a, b) => {
  const server = { url: sandbox.url, ...sandbox.admin };
  const calls = openAdminCalls({ ...server, realm: 'heart' });
  await must(calls, 'POST', '/admin/realms', { ...named(a), enabled: true });
  const keycloak = openKeycloak(administrator(server, 'heart'));
  try {
    const live = await capture(keycloak);
    const evidence = [readState({ realm: 'heart', source: 'snapshot:b', completeness: 'partial', representation: named(b) })];
    const differences = compareStates(live, evidence);
    const choices = Object.fromEntries(differences.map(({ id }) => [id, 'restore' as const]));
    const plan = makePlan({ live, evidence, differences, choices, order: orderOwners({ differences, live, evidence }) });
    const { unlike } = await sendPlan(keycloak, plan, live, evidence);
    expect(unlike).toEqual([]);
    const settled = new Set(plan.groups.flatMap(({ operations }) => operations.flatMap(({ covers }) => covers)));
    const left = compareStates(await capture(keycloak), evidence).filter(({ id }) => settled.has(id)).map(({ id, change }) => `${id} ${change}`);
    expect(left).toEqual([]);
  } finally {
    await keycloak.close();
    await wipeRealm(calls);
  }
}), RUNS), 120_000);

/** Service accounts with the names that the server gives them. */
function named(value: RealmRepresentation): RealmRepresentation {
  return { ...value, realm: 'heart', users: (value.users ?? []).map((user) => ({ ...user, username: `service-account-${user.serviceAccountClientId ?? ''}`.toLowerCase(), enabled: true })) };
}
