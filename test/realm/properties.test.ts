import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyOperations } from '../../src/realm/apply.ts';
import { canonicalJson } from '../../src/realm/canonical.ts';
import { compareStates } from '../../src/realm/compare.ts';
import type { Choice, Difference, RealmState } from '../../src/realm/model.ts';
import { moveOwner, orderOwners } from '../../src/realm/order.ts';
import { makePlan, operationsOf, undoPlan } from '../../src/realm/plan.ts';
import { invert } from '../../src/realm/undo.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { realm } from './arbitrary.ts';
import { state } from './incident.ts';

const RUNS = { numRuns: 150 };
const everything = (differences: readonly Difference[], choice: Choice = 'restore'): Readonly<Record<string, Choice>> => Object.fromEntries(differences.map((difference) => [difference.id, choice]));

function planned(live: RealmState, evidence: readonly RealmState[], choices?: (difference: Difference, index: number) => Choice) {
  const differences = compareStates(live, evidence);
  const order = orderOwners({ differences, live, evidence });
  const answers = choices === undefined ? everything(differences) : Object.fromEntries(differences.map((difference, index) => [difference.id, choices(difference, index)]));
  return { differences, order, answers, plan: makePlan({ live, evidence, differences, choices: answers, order }) };
}

describe('comparing', () => {
  test('a realm never differs from itself', () => {
    fc.assert(fc.property(realm, (one) => {
      expect(compareStates(state(one), [state(structuredClone(one), 'snapshot:a')])).toEqual([]);
      expect(compareStates(state(one), [state(structuredClone(one), 'file:a', 'stated')])).toEqual([]);
    }), RUNS);
  });

  test('what is lost one way is live-only the other way, clients and settings apart', () => {
    fc.assert(fc.property(realm, realm, (a, b) => {
      const there = compareStates(state(a), [state(b)]).filter((difference) => difference.kind === 'client-scope' && difference.change === 'lost');
      const back = compareStates(state(b), [state(a)]).filter((difference) => difference.kind === 'client-scope' && difference.change === 'live-only');
      expect(there.map(({ id }) => id).toSorted()).toEqual(back.map(({ id }) => id).toSorted());
    }), RUNS);
  });
});

describe('ordering', () => {
  test('every reason points to an owner that comes earlier, each owner once, whatever the order of the input', () => {
    fc.assert(fc.property(realm, realm, (a, b) => {
      const live = state(a);
      const evidence = [state(b, 'snapshot:b')];
      const differences = compareStates(live, evidence);
      const order = orderOwners({ differences, live, evidence });
      const position = new Map(order.map((owner, index) => [owner.owner, index]));
      expect(order.map((owner) => owner.owner).toSorted()).toEqual([...new Set(differences.map((difference) => difference.owner))].toSorted());
      for (const [index, owner] of order.entries()) for (const before of owner.after) expect(position.get(before.owner)).toBeLessThan(index);
      expect(orderOwners({ differences: differences.toReversed(), live, evidence })).toEqual(order);
    }), RUNS);
  });

  test('moving an owner moves nothing else', () => {
    fc.assert(fc.property(realm, realm, fc.nat(9), fc.integer(), (a, b, which, to) => {
      const { order } = planned(state(a), [state(b)]);
      const owner = order[which % Math.max(1, order.length)]?.owner ?? 'nobody';
      const moved = moveOwner(order, owner, to);
      const others = (list: typeof order) => list.filter((item) => item.owner !== owner);
      expect(moved.toSorted((x, y) => (x.owner < y.owner ? -1 : 1))).toEqual(order.toSorted((x, y) => (x.owner < y.owner ? -1 : 1)));
      expect(others(moved)).toEqual(others(order));
    }), RUNS);
  });
});

describe('planning', () => {
  test('the after-images make live what the evidence says, for everything chosen', () => {
    fc.assert(fc.property(realm, realm, fc.array(fc.constantFrom<Choice>('restore', 'restore', 'keep', 'leave'), { minLength: 1, maxLength: 7 }), (a, b, pattern) => {
      const live = state(a);
      const evidence = [state(b, 'snapshot:b')];
      const { answers, differences, plan } = planned(live, evidence, (_, index) => pattern[index % pattern.length] ?? 'keep');
      const remaining = new Set(compareStates(applyOperations(live, evidence, operationsOf(plan)), evidence).map(({ id }) => id));
      const refused = new Set(plan.refused.map(({ id }) => id));
      for (const difference of differences) {
        const wanted = (answers[difference.id] === 'restore' && !refused.has(difference.id)) || plan.pulledIn.some(({ id }) => id === difference.id);
        if (wanted) expect(remaining.has(difference.id), difference.id).toBe(false);
      }
    }), RUNS);
  });

  test('every operation comes after those it waits for, in a given and in a moved order, and the plan is the same each time', () => {
    fc.assert(fc.property(realm, realm, fc.nat(9), fc.nat(9), (a, b, which, to) => {
      const live = state(a);
      const evidence = [state(b, 'snapshot:b')];
      const { differences, answers, order } = planned(live, evidence);
      const moved = moveOwner(order, order[which % Math.max(1, order.length)]?.owner ?? '', to);
      const plan = makePlan({ live, evidence, differences, choices: answers, order: moved });
      const done = new Set<string>();
      for (const operation of operationsOf(plan)) {
        for (const id of operation.dependsOn) expect(done.has(id), `${operation.id} waits for ${id}`).toBe(true);
        expect(done.has(operation.id)).toBe(false);
        done.add(operation.id);
      }
      expect(canonicalJson(makePlan({ live, evidence, differences, choices: answers, order: moved }))).toBe(canonicalJson(plan));
    }), RUNS);
  });

  test('no id is given out twice, and none that live uses', () => {
    const uuid = '00000000-0000-1000-8000-000000000000';
    const sameIds = (value: RealmRepresentation): RealmRepresentation => JSON.parse(JSON.stringify(value), (key, item) => (key === 'id' && item !== 'g-1' ? uuid : item)) as RealmRepresentation;
    fc.assert(fc.property(realm, realm, fc.boolean(), (a, b, copied) => {
      const { plan } = planned(state(a), [state(copied ? sameIds(b) : b, 'snapshot:b')]);
      const ids = [...JSON.stringify(operationsOf(plan).filter(({ request }) => request.method === 'POST').map(({ request }) => request.body)).matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const object of state(a).objects.values()) if (object.serverId !== undefined && !plan.groups.some((group) => group.operations.some(({ request }) => request.method === 'DELETE'))) expect(ids).not.toContain(object.serverId);
    }), RUNS);
  });

  test('no secret, no mask, no whole-client PUT, no DELETE of a client in any request', () => {
    fc.assert(fc.property(realm, realm, (a, b) => {
      const { plan } = planned(state(a), [state(b, 'snapshot:b')]);
      expect(JSON.stringify(plan)).not.toMatch(/\*{10}|top-secret/);
      for (const { request } of operationsOf(plan)) {
        const client = request.path.length === 2 && request.path[0] === 'clients';
        expect(client && request.method === 'DELETE').toBe(false);
        if (client && request.method === 'PUT') for (const field of ['id', 'protocolMappers', 'defaultClientScopes', 'optionalClientScopes', 'authorizationSettings']) expect(request.body).not.toHaveProperty(field);
      }
    }), RUNS);
  });
});

describe('undoing', () => {
  test('inverting twice gives the operation again', () => {
    fc.assert(fc.property(realm, realm, (a, b) => {
      for (const operation of operationsOf(planned(state(a), [state(b)]).plan)) {
        const inverse = invert(operation);
        if (inverse !== null) expect(invert(inverse)).toEqual(operation);
      }
    }), RUNS);
  });

  test('everything that can be undone leads back to what was live', () => {
    fc.assert(fc.property(realm, realm, (a, b) => {
      const live = state(a);
      const evidence = [state(b, 'snapshot:b')];
      const { plan } = planned(live, evidence);
      const done = operationsOf(plan).filter((operation) => operation.inverse !== null);
      const undo = undoPlan(plan, done.map(({ id }) => id), {}, true);
      const back = applyOperations(applyOperations(live, evidence, done), [live, ...evidence], undo);
      for (const id of done.flatMap((operation) => operation.before.map((image) => image.id))) expect(back.objects.get(id)?.value ?? null, id).toEqual(live.objects.get(id)?.value ?? null);
      const position = new Map(undo.map((operation, index) => [operation.id, index]));
      for (const [index, operation] of undo.entries()) for (const id of operation.dependsOn) expect(position.get(id)).toBeLessThan(index);
    }), RUNS);
  });
});
