import { parseId } from './keys.ts';
import type { ObjectId, Operation, Plan, RequestTemplate, Template } from './model.ts';

/**
 * The writes that take back what was done, last one first. What has no inverse is left out; its `inverseNote` says why.
 *
 * @param verified  ids of the operations that were read back
 * @param madeIds   ids that the server gave to what was made in this run; they are written into the requests, because
 *                  the snapshot from before knows nothing of them
 */
export function undoPlan(plan: Plan, verified: Iterable<string>, madeIds: Readonly<Record<string, string>>): Operation[] {
  const wanted = new Set(verified);
  const done = plan.groups.flatMap((group) => group.operations).filter((operation) => wanted.has(operation.id) && operation.inverse !== null);
  return done.toReversed().flatMap((operation) => {
    const undone = invert(operation);
    if (undone === null) return [];
    // Whatever was built on it has to be taken down before.
    const dependsOn = done.filter((other) => other.dependsOn.includes(operation.id)).map((other) => other.id);
    return [{ ...undone, request: fillIn(undone.request, madeIds), dependsOn }];
  });
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
