/** The only effects that change the realm. One write: intent on disk, sent once, answer on disk, read back. */
import { RescueError, type ErrorCode } from '../realm/errors.ts';
import { parseId } from '../realm/keys.ts';
import { differingImages, sameImages, touchedBy } from '../realm/images.ts';
import type { Group, ObjectId, Operation } from '../realm/model.ts';
import type { Failure } from '../runbook/model.ts';
import { settle } from '../runbook/transition.ts';
import type { Earlier } from './ports.ts';
import { references, type EffectContext } from './context.ts';
import { asFailure } from './failure.ts';
import { isOverwritten, tellIfOverwritten } from './guard.ts';
import { probeUserOf, proveRequests } from './prove.ts';
import { seeObjects, type Seen } from './see.ts';

/**
 * Sends one operation. Before: the object is looked at, so that nobody's edit is overwritten unseen and nothing is
 * made twice. After: it is read back; 204 alone proves nothing (verified-keycloak.md: links that answer 204 and do nothing).
 */
export async function write(context: EffectContext, operation: Operation, undo: boolean): Promise<void> {
  await writeOnce(context, operation, undo);
  // A write that did not go as planned may be the first to feel that the realm is not the one that was captured any more.
  await afterOdd(context, operation, undo);
}

async function afterOdd(context: EffectContext, operation: Operation, undo: boolean): Promise<void> {
  const { troubles, writes } = context.state();
  const code = troubles[operation.id]?.failure?.code;
  // What is to be looked at again is judged then.
  if (!undo && writes[operation.id] !== 'unknown' && code !== undefined && ODD.has(code)) await tellIfOverwritten(context, operation);
}

/** What a server says that was there to say it; one that is gone would only be waited for again. */
const ODD: ReadonlySet<string> = new Set<ErrorCode>(['write-failed', 'server-error', 'changed-meanwhile']);

async function writeOnce(context: EffectContext, operation: Operation, undo: boolean): Promise<void> {
  const base = { operation: operation.id, undo } as const;
  const fail = (failure: Failure) => context.dispatch({ type: 'write.failed', ...base, failure });
  let seen: Seen['ids'] = {};
  try {
    const [before, overwritten] = await Promise.all([
      seeObjects(context.ports.keycloak, references(context), touchedBy(operation)),
      !undo && isOverwritten(context, operation.owner),
      undo ? undefined : previewOnce(context, operation.owner),
    ]);
    if (overwritten) return;
    if (sameImages(before.images, operation.after)) return settleAs('look', context, operation, undo, before);
    if (!sameImages(before.images, operation.before)) {
      context.dispatch({ type: 'write.looked', ...base, found: 'something-else', images: before.images });
      return;
    }
    seen = before.ids;
    // While this was looked at, a write beside it may have failed, or somebody may have wanted to leave.
    if (context.isInterrupted() || (!undo && !isWanted(context, operation))) return;
  } catch (error) {
    fail(asFailure(error));
    return;
  }
  await sendOnce(context, operation, undo, seen, fail);
}

/** Whether the server has looked at the write and does not want it; one that answers 500 may be in trouble, which is for a person to see. */
function isRefusal(error: unknown): boolean {
  const status = error instanceof RescueError && error.code === 'write-failed' ? error.details['status'] : undefined;
  return typeof status === 'number' && status < 500;
}

function carriesSecret(body: unknown): boolean {
  return typeof body === 'object' && body !== null && ('$secret' in body || Object.values(body).some(carriesSecret));
}

/** Whether the runbook, which asked for a write some time ago, still does. */
function isWanted(context: EffectContext, { id }: Operation): boolean {
  return settle(context.state()).effects.some((effect) => effect.type === 'write' && effect.operation.id === id);
}

/** @param seen  ids as the server has just shown them: what it made by itself with a container is in no snapshot */
async function sendOnce(context: EffectContext, operation: Operation, undo: boolean, seen: Seen['ids'], fail: (failure: Failure) => void): Promise<void> {
  const base = { operation: operation.id, undo } as const;
  const { keycloak } = context.ports;
  const known = references(context);
  const filled = { ...known, id: (object: ObjectId) => seen[object] ?? known.id(object) };
  context.dispatch({ type: 'write.intended', ...base, method: operation.request.method, path: keycloak.describe(operation.request, filled), before: operation.before });
  try {
    const answer = await keycloak.send(operation.request, filled);
    context.dispatch({ type: 'write.sent', ...base, status: answer.status, milliseconds: Math.round(answer.milliseconds) });
  } catch (error) {
    const failure = asFailure(error);
    // What is refused may be there already: another run has just made it. So it is looked at before anybody is told; a secret that the server
    // masks cannot be looked at, and may be another's.
    if (failure.code === 'no-answer' || (isRefusal(error) && !carriesSecret(operation.request.body))) context.dispatch({ type: 'write.unknown', ...base, failure });
    else fail(failure);
    return;
  }
  try {
    const after = await seeObjects(context.ports.keycloak, references(context), touchedBy(operation));
    if (sameImages(after.images, operation.after)) settleAs('read-back', context, operation, undo, after);
    else fail({ code: 'write-failed', title: `The server accepted the write, but ${differingImages(after.images, operation.after).join(', ')} does not read back as sent.`, next: ['Look at the object in the admin console, then resume this run: it looks first and never sends again unseen.'] });
  } catch (error) {
    // The write was answered, so it happened; only the reading back is missing.
    context.dispatch({ type: 'write.unknown', ...base, failure: asFailure(error) });
  }
}

/** What is as wanted is settled, unless somebody else has made another one beside it. */
function settleAs(found: 'look' | 'read-back', context: EffectContext, operation: Operation, undo: boolean, seen: Seen): void {
  const base = { operation: operation.id, undo } as const;
  const made = new Set(operation.before.flatMap(({ id, value }) => (value === null ? [id] : [])));
  const twins = seen.twins.filter((id) => made.has(id));
  if (twins.length === 0) context.dispatch({ type: 'write.verified', ...base, found, ids: seen.ids });
  else context.dispatch({ type: 'write.failed', ...base, failure: {
    code: 'write-failed', title: `${twins.join(', ')} is there more than once: another writer has made it at the same moment, and Keycloak did not notice.`,
    next: ['Delete all but one of them in the admin console, then resume this run.', ...(twins.some((id) => parseId(id).kind === 'client-mapper') ? ['Until then the server answers 500 to whoever saves the client in the console.'] : [])],
  } });
}

/** After a crash or a lost answer: what does the server show? Decides nothing but what is there. */
export async function look(context: EffectContext, operation: Operation, undo: boolean): Promise<void> {
  const base = { operation: operation.id, undo } as const;
  try {
    const seen = await seeObjects(context.ports.keycloak, references(context), touchedBy(operation));
    const found = sameImages(seen.images, operation.after) ? 'done' : sameImages(seen.images, operation.before) ? 'not-done' : 'something-else';
    if (found === 'done') settleAs('look', context, operation, undo, seen);
    else context.dispatch({ type: 'write.looked', ...base, found, images: seen.images });
  } catch (error) {
    context.dispatch({ type: 'write.failed', ...base, failure: asFailure(error) });
  }
  await afterOdd(context, operation, undo);
}

/** Groups of which the tokens are looked at while groups before them are restored: as many as can be asked while the first one goes alone. */
const AHEAD = 16;

/**
 * What the tokens of a client show before its first write, so that before and after can stand side by side. For the next groups that
 * are confirmed already it is begun here, and awaited when their turn comes.
 */
async function previewOnce(context: EffectContext, owner: string): Promise<void> {
  const { plan, confirmed } = context.state();
  const { before } = context.memory;
  const groups = plan?.groups ?? [];
  const here = Math.max(0, groups.findIndex((group) => group.owner === owner));
  for (const group of groups.slice(here, here + AHEAD)) {
    if (before.has(group.owner) || (group.owner !== owner && !confirmed.includes(group.owner))) continue;
    const begun = picture(context, group);
    before.set(group.owner, begun);
    // Whoever awaits it hears of a failure; a run that stops first does not.
    begun.catch(() => undefined);
  }
  await before.get(owner);
}

async function picture(context: EffectContext, group: Group): Promise<readonly Earlier[]> {
  const found: Earlier[] = [];
  for (const request of proveRequests(context, group, probeUserOf(context.state()))) found.push(...(await context.ports.keycloak.before?.(request) ?? []));
  return found;
}
