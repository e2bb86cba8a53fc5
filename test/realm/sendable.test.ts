import { describe, expect, it } from 'vitest';
import { compareStates } from '../../src/realm/compare.ts';
import { orderOwners } from '../../src/realm/order.ts';
import { makePlan, operationsOf } from '../../src/realm/plan.ts';
import { readState } from '../../src/realm/state.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';

/** The plan that brings back everything that only the file has. */
function planFor(file: RealmRepresentation) {
  const state = (representation: RealmRepresentation) => readState({ realm: 'r', source: 'file:r.json', completeness: 'full', representation });
  const live = state({ realm: 'r', roles: { realm: [], client: {} }, groups: [], clients: [] });
  const evidence = [state({ realm: 'r', ...file })];
  const differences = compareStates(live, evidence);
  const choices = Object.fromEntries(differences.map(({ id }) => [id, 'restore'] as const));
  return makePlan({ live, evidence, differences, choices, order: orderOwners({ differences, live, evidence }) });
}

describe('what cannot be said to the server', () => {
  it.each([
    ['.', 'no address of the Admin API can carry the name "."'],
    ['..', 'no address of the Admin API can carry the name ".."'],
    ['', 'no address of the Admin API can carry the name ""'],
    ['a\ud83db', 'it holds half a character (a lone surrogate), which the server stores as a question mark'],
    ['a\0b', 'it holds the character U+0000, which the server cannot store'],
  ])('a role called %j is refused, and what needs it; the rest is planned', (name, because) => {
    const plan = planFor({ roles: { realm: [{ name }, { name: 'good' }, { name: 'all', composite: true, composites: { realm: [name, 'good'] } }] } });
    expect(plan.refused).toContainEqual({ id: `realm-role:${name}`, because });
    expect(plan.refused.map(({ id }) => id)).toContain(`composite:all/${name}`);
    expect(operationsOf(plan).map(({ id }) => id).sort()).toEqual(['create realm-role:all', 'create realm-role:good', 'map composite:all/good']);
  });

  it('names with an id in the address may be anything', () => {
    const plan = planFor({ groups: [{ name: '..' }], clients: [{ clientId: '..' }, { clientId: '.' }] });
    expect(plan.refused).toEqual([]);
  });

  it('half a character anywhere in a body', () => {
    expect(planFor({ groups: [{ name: 'g', attributes: { ['k\udc00']: ['v'] } }] }).refused).toMatchObject([{ because: expect.stringContaining('half a character') }]);
    expect(planFor({ groups: [{ name: 'g', attributes: { k: ['👩‍👧 \\u0000 \u001b'] } }] }).refused).toEqual([]);
  });
});
