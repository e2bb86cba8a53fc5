import { parseId } from './keys.ts';
import type { ObjectId, Operation, Plan, RequestTemplate, Template } from './model.ts';

/**
 * The writes that take back what was done, last one first. What has no inverse is left out, and so is what would end sessions unless
 * that is asked for; `undoLeft` says why.
 *
 * @param verified     ids of the operations that were read back
 * @param madeIds      ids that the server gave to what was made in this run; they are written into the requests, because
 *                     the snapshot from before knows nothing of them
 * @param endSessions  true where clients that the run brought back with their sessions are deleted too
 */
export function undoPlan(plan: Plan, verified: Iterable<string>, madeIds: Readonly<Record<string, string>>, endSessions = false): Operation[] {
  const wanted = new Set(verified);
  const done = plan.groups.flatMap((group) => group.operations).filter((operation) => wanted.has(operation.id) && whyLeft(operation, endSessions) === null);
  return done.toReversed().flatMap((operation) => {
    const undone = invert(operation);
    if (undone === null) return [];
    // Whatever was built on it has to be taken down before.
    const dependsOn = done.filter((other) => other.dependsOn.includes(operation.id)).map((other) => other.id);
    return [{ ...undone, request: fillIn(undone.request, madeIds), dependsOn }];
  });
}

/** What of the done operations is not taken back, and why, in the order in which they were done. */
export function undoLeft(plan: Plan, verified: Iterable<string>, endSessions: boolean): readonly { readonly operation: string; readonly because: string }[] {
  const wanted = new Set(verified);
  const operations = plan.groups.flatMap((group) => group.operations);
  const taken = new Set(operations.filter((operation) => wanted.has(operation.id) && whyLeft(operation, endSessions) === null).map(({ id }) => id));
  return operations.flatMap((operation) => {
    if (operation.undoneWith !== undefined && taken.has(operation.undoneWith)) return [];
    const because = wanted.has(operation.id) ? whyLeft(operation, endSessions) : null;
    return because === null ? [] : [{ operation: operation.id, because }];
  });
}

function whyLeft(operation: Operation, endSessions: boolean): string | null {
  if (operation.inverse === null) return operation.inverseNote ?? 'no request takes it back';
  return operation.inverseEndsSessions === true && !endSessions ? `${operation.inverseNote ?? 'taking it back ends sessions for good.'} --delete-clients does that.` : null;
}

/**
 * Which done operation stands in the way of taking back only some of them: one that was built on them.
 * @param done      ids of everything that was done and not taken back
 * @param selected  ids of what shall be taken back
 */
export function builtOn(plan: Plan, done: Iterable<string>, selected: readonly string[]): { readonly operation: string; readonly by: string } | null {
  const chosen = new Set(selected);
  const standing = new Set(done);
  for (const other of plan.groups.flatMap((group) => group.operations)) {
    const operation = other.dependsOn.find((id) => chosen.has(id));
    if (operation !== undefined && standing.has(other.id) && !chosen.has(other.id)) return { operation, by: other.id };
  }
  return null;
}

/** The operation that does the opposite; null where there is none. Inverting twice gives the operation again. */
export function invert(operation: Operation): Operation | null {
  if (operation.inverse === null) return null;
  return { ...operation, request: operation.inverse, inverse: operation.request, before: operation.after, after: operation.before };
}

function fillIn(request: RequestTemplate, madeIds: Readonly<Record<string, string>>): RequestTemplate {
  const path = request.path.map((part) => {
    const made = typeof part === 'string' || !('$id' in part) ? undefined : madeIds[part.$id];
    return made ?? part;
  });
  return { ...request, path, ...(request.body === undefined ? {} : { body: fillBody(request.body, madeIds) }) };
}

function fillBody(value: Template, madeIds: Readonly<Record<string, string>>): Template {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly Template[]).map((item) => fillBody(item, madeIds));
  if ('$id' in value) return madeIds[value.$id as ObjectId] ?? value;
  if ('$role' in value) {
    const id = value.$role as ObjectId;
    const made = madeIds[id];
    return made === undefined ? value : { id: made, name: parseId(id).parts.at(-1) ?? '' };
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillBody(item as Template, madeIds)]));
}
