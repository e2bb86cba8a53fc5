/** What of a restore takes a role that is not there. */
import { answerWhole, isAnswered } from './choice.ts';
import type { ObjectId, Operation, Plan } from './model.ts';
import { makePlan, operationsOf, type PlanInput } from './plan.ts';

/**
 * The differences that have to be left so that a plan needs none of the lacking roles, each with the roles that it takes: those whose
 * own write takes one, and those that would pull such a write in. Empty where the plan needs none. What remains is a plan that can be carried out.
 */
export function lackedBy(input: PlanInput, lacking: ReadonlySet<string>): ReadonlyMap<ObjectId, readonly string[]> {
  const found = new Map<ObjectId, readonly string[]>();
  for (;;) {
    const left = Object.fromEntries([...found.keys()].map((id) => [id, 'leave'] as const));
    const plan = makePlan({ ...input, choices: answerWhole(input.differences, left, input.choices) });
    const asked = askers(plan, chosenIn(input, found));
    const before = found.size;
    for (const operation of operationsOf(plan)) {
      const roles = operation.needs.filter((role) => lacking.has(role));
      if (roles.length === 0) continue;
      for (const id of asked(operation)) found.set(id, [...new Set([...(found.get(id) ?? []), ...roles])].sort());
    }
    if (found.size === before) return found;
  }
}

function chosenIn({ differences, choices }: PlanInput, left: ReadonlyMap<ObjectId, unknown>): ReadonlySet<ObjectId> {
  return new Set(differences.filter((difference) => !left.has(difference.id) && isAnswered(difference, 'restore', choices)).map(({ id }) => id));
}

/** Gives the chosen differences for whose sake an operation is there: its own, those that pulled it in, or those of the operations that come after it. */
function askers(plan: Plan, chosen: ReadonlySet<ObjectId>): (operation: Operation) => readonly ObjectId[] {
  const operations = operationsOf(plan);
  const by = new Map(plan.pulledIn.map((pulled) => [pulled.id, pulled.by]));
  const above = (id: ObjectId): ObjectId => {
    const asker = by.get(id);
    return asker === undefined ? id : above(asker);
  };
  const ask = (operation: Operation): readonly ObjectId[] => {
    const own = operation.covers.map(above).filter((id) => chosen.has(id));
    // Who removes an organization removes its links first, whatever was answered for them.
    return own.length > 0 ? own : operations.filter(({ dependsOn }) => dependsOn.includes(operation.id)).flatMap(ask);
  };
  return ask;
}
