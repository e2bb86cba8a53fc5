import { describe, expect, test } from 'vitest';
import { compareStates } from '../../src/realm/compare.ts';
import type { Choice } from '../../src/realm/model.ts';
import { lackedBy } from '../../src/realm/needs.ts';
import { orderOwners } from '../../src/realm/order.ts';
import { makePlan, operationsOf, type PlanInput } from '../../src/realm/plan.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { unseenParts } from '../../src/realm/unseen.ts';
import { after, before, state } from './incident.ts';

function inputOf(live: RealmRepresentation, evidence: RealmRepresentation, choice: Choice = 'restore'): PlanInput {
  const [now, then] = [state(live), state(evidence, 'snapshot:x')];
  const differences = compareStates(now, [then]);
  return { live: now, evidence: [then], differences, choices: Object.fromEntries(differences.map(({ id }) => [id, choice])), order: orderOwners({ differences, live: now, evidence: [then] }) };
}

describe('what takes a missing role', () => {
  const input = inputOf(after(), before());

  test('is nothing where no role is missing, or nothing is chosen', () => {
    expect(lackedBy(input, new Set()).size).toBe(0);
    expect(lackedBy({ ...input, choices: {} }, new Set(['manage-clients', 'manage-realm', 'manage-users'])).size).toBe(0);
  });

  test.each([[['manage-realm']], [['manage-users']], [['manage-clients']], [['manage-realm', 'manage-users']]])('left alone, the others make a plan without %j', (roles) => {
    const lacked = lackedBy(input, new Set(roles));
    expect(lacked.size).toBeGreaterThan(0);
    expect([...lacked.values()].flat().filter((role) => !roles.includes(role))).toEqual([]);
    const plan = makePlan({ ...input, choices: { ...input.choices, ...Object.fromEntries([...lacked.keys()].map((id) => [id, 'leave' as const])) } });
    expect(operationsOf(plan).filter(({ needs }) => needs.some((role) => roles.includes(role)))).toEqual([]);
    // And no more is left than has to be: each alone would bring the role back.
    for (const id of lacked.keys()) {
      const alone = makePlan({ ...input, choices: { [id]: 'restore' } });
      expect(operationsOf(alone).some(({ needs }) => needs.some((role) => roles.includes(role))), id).toBe(true);
    }
  });

  test('counts what it would pull in: a mapping of a role that is lost too', () => {
    const lacked = lackedBy(input, new Set(['manage-realm']));
    expect(lacked.get('realm-role:moderator')).toEqual(['manage-realm']);
    expect(lacked.get('group-role:%2Fsupport/moderator')).toEqual(['manage-realm']);
  });

  test('counts the links that an organization takes along when it is removed', () => {
    const acme = { alias: 'acme', name: 'acme', domains: [{ name: 'acme.com' }], identityProviders: [{ alias: 'corp' }] };
    const realm = (organizations: readonly unknown[]) => ({ realm: 'primary', organizationsEnabled: true, identityProviders: [{ alias: 'corp', providerId: 'oidc', config: {} }], organizations }) as RealmRepresentation;
    const removing = inputOf(realm([acme]), realm([]), 'leave');
    const chosen = { ...removing, choices: { ...removing.choices, 'organization:acme': 'restore' as const } };
    expect([...lackedBy(chosen, new Set(['manage-identity-providers']))]).toEqual([['organization:acme', ['manage-identity-providers']]]);
  });
});

describe('what could not be seen', () => {
  const snapshot = (representation: RealmRepresentation) => ({ representation });
  const full = { realm: 'primary', identityProviders: [{ alias: 'corp' }], organizationsEnabled: true, organizations: [{ alias: 'acme' }], clients: [{ clientId: 'app', authorizationServicesEnabled: true, authorizationSettings: { resources: [] } }] } as RealmRepresentation;

  test('is named with its role where the evidence has it', () => {
    const dark = { realm: 'primary', organizationsEnabled: true, clients: [{ clientId: 'app', authorizationServicesEnabled: true }] } as RealmRepresentation;
    expect(unseenParts(snapshot(dark), [snapshot(full)])).toEqual([
      'identity providers (1 in the evidence): seeing them takes view-identity-providers',
      'organizations (1 in the evidence): seeing them takes view-organizations and view-identity-providers',
      'authorization settings (of 1 client in the evidence): seeing them takes manage-authorization',
    ]);
  });

  test('is nothing where live was seen, or the evidence is silent', () => {
    expect(unseenParts(snapshot(full), [snapshot(full)])).toEqual([]);
    expect(unseenParts(snapshot({ realm: 'primary', clients: [] }), [snapshot({ realm: 'primary', clients: [{ clientId: 'app' }] })])).toEqual([]);
    expect(unseenParts(snapshot({ ...full, organizations: [], identityProviders: [] }), [snapshot(full)])).toEqual([]);
  });
});
