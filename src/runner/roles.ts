/** Half a restore is worse than none: a role that is known to be missing is named before the first write, with the way on without it. */
import { isAnswered } from '../realm/choice.ts';
import { RescueError } from '../realm/errors.ts';
import type { ObjectId, Plan } from '../realm/model.ts';
import { lackedBy } from '../realm/needs.ts';
import { operationsOf, type PlanInput } from '../realm/plan.ts';
import { count } from '../runbook/lines.ts';
import type { Connection, RunInfo } from '../runbook/model.ts';
import { grantWords, missingRoles, namedRoles, roleOwner } from '../runbook/roles.ts';

/** @throws RescueError `missing-role` naming the roles and the differences whose restore takes them */
export function refuseMissingRoles(input: PlanInput, plan: Plan, connection: Connection, run: Pick<RunInfo, 'realm' | 'mode'>): void {
  const lacking = missingRoles(connection);
  const missing = [...new Set(operationsOf(plan).flatMap(({ needs }) => needs.filter((role) => lacking.has(role))))].sort();
  if (missing.length === 0) return;
  const left = lackedBy(input, lacking);
  throw new RescueError('missing-role', `This plan needs ${namedRoles(missing)} of ${roleOwner(connection)}, which these credentials lack; nothing was written.`, [
    `${grantWords(missing, connection, run.realm)}, then resume this run.`, ...goingOn(input, left, run.mode),
  ]);
}

/** What to leave so that the rest can be restored, as lines of an answers file: a person reads them, and a script can cut them out. */
function goingOn({ differences, choices }: PlanInput, left: ReadonlyMap<ObjectId, readonly string[]>, mode: RunInfo['mode']): readonly string[] {
  const restored = differences.filter((difference) => isAnswered(difference, 'restore', choices));
  if (restored.every(({ id }) => left.has(id))) return [`Nothing that was chosen can be restored without ${left.size === 1 ? 'it' : 'them'}; what there is to see is recorded.`];
  const rest = restored.length - restored.filter(({ id }) => left.has(id)).length;
  const how = mode === 'interactive' ? 'go back to the choices and leave these' : 'resume it with --answers FILE, in which these lines stand';
  return [
    `Or go on with less: ${how}; ${count(rest, 'other answer')} to restore ${rest === 1 ? 'stays' : 'stay'} possible.`,
    ...[...left].map(([id, roles]) => `${/^[\w-]+:[\w./-]+$/.test(id) ? id : JSON.stringify(id)}: leave  # ${namedRoles(roles)}`),
  ];
}
