/** The only effects that change the realm. One write: intent on disk, sent once, answer on disk, read back. */
import { canonicalJson } from '../realm/canonical.ts';
import type { Json } from '../realm/json.ts';
import { kindOf } from '../realm/kinds/index.ts';
import { parseId } from '../realm/keys.ts';
import { isUnknown } from '../realm/unknowns.ts';
import type { Image, Look, ObjectId, Operation, RequestTemplate } from '../realm/model.ts';
import type { Failure, Proof } from '../runbook/model.ts';
import { references, type EffectContext } from './context.ts';
import { asFailure } from './failure.ts';
import { probeUserOf, proveRequests } from './prove.ts';

interface Seen {
  readonly images: readonly Image[];
  readonly ids: Record<ObjectId, string>;
}

/** Looks at every object that a write covers; one read for all that stand in the same answer. */
export async function seeObjects(context: EffectContext, ids: readonly ObjectId[]): Promise<Seen> {
  const filled = references(context);
  const bodies = new Map<string, ReturnType<EffectContext['ports']['keycloak']['look']>>();
  const images: Image[] = [];
  const made: Record<ObjectId, string> = {};
  const bodyOf = async (request: RequestTemplate): Promise<Json> => {
    // An object below something that has no id yet cannot exist yet.
    if (!resolvable(request, filled.id)) return null;
    const key = JSON.stringify(request);
    const body = bodies.get(key) ?? context.ports.keycloak.look({ request, pick: (value) => (value === null ? null : { value }) }, filled);
    bodies.set(key, body);
    return (await body)?.value ?? null;
  };
  const pickWith = async (look: Look): Promise<ReturnType<Look['pick']>> => {
    const body = await bodyOf(look.request);
    const more: Json[] = [];
    for (;;) {
      const wanted = look.follow?.([body, ...more]) ?? [];
      if (wanted.length <= more.length) return look.pick(body, more);
      for (const request of wanted.slice(more.length)) more.push(await bodyOf(request));
    }
  };
  for (const id of ids) {
    const look = lookAt(id);
    const picked = (await pickWith(look)) ?? (look.otherwise ? await pickWith(look.otherwise) : null);
    images.push({ id, value: picked?.value ?? null });
    if (picked?.serverId) made[id] = picked.serverId;
  }
  return { images, ids: made };
}

function lookAt(id: ObjectId): Look {
  const kind = kindOf(parseId(id).kind);
  if (!kind) throw new Error(`${id} is of no kind that this tool restores`);
  return kind.look(id);
}

function resolvable(request: RequestTemplate, id: (object: ObjectId) => string | undefined): boolean {
  return request.path.every((part) => typeof part === 'string' || ('$id' in part ? id(part.$id) : '$serviceAccount' in part ? id(part.$serviceAccount) : true) !== undefined);
}

/** Everything whose image a write names: what it covers and what comes along, such as the settings of a new client. */
function touchedBy(operation: Operation): readonly ObjectId[] {
  return [...new Set([...operation.before, ...operation.after].map((image) => image.id))];
}

/** Whether all objects are as wanted. A value that no source knows, such as a new secret, only has to be there. */
export function sameImages(seen: readonly Image[], wanted: readonly Image[]): boolean {
  return differing(seen, wanted).length === 0;
}

function differing(seen: readonly Image[], wanted: readonly Image[]): readonly ObjectId[] {
  const found = new Map(seen.map((image) => [image.id, image.value]));
  return wanted.filter(({ id, value }) => (isUnknown(value) ? (found.get(id) ?? null) === null : canonicalJson(found.get(id) ?? null) !== canonicalJson(value))).map(({ id }) => id);
}

/**
 * Sends one operation. Before: the object is looked at, so that nobody's edit is overwritten unseen and nothing is
 * made twice. After: it is read back; 204 alone proves nothing (verified-keycloak.md: links that answer 204 and do nothing).
 */
export async function write(context: EffectContext, operation: Operation, undo: boolean): Promise<void> {
  const base = { operation: operation.id, undo } as const;
  const fail = (failure: Failure) => context.dispatch({ type: 'write.failed', ...base, failure });
  try {
    const before = await seeObjects(context, touchedBy(operation));
    if (sameImages(before.images, operation.after)) {
      context.dispatch({ type: 'write.verified', ...base, found: 'look', ids: before.ids });
      return;
    }
    if (!sameImages(before.images, operation.before)) {
      context.dispatch({ type: 'write.looked', ...base, found: 'something-else', images: before.images });
      return;
    }
    if (!undo) await previewOnce(context, operation.owner);
  } catch (error) {
    fail(asFailure(error));
    return;
  }
  await sendOnce(context, operation, undo, fail);
}

async function sendOnce(context: EffectContext, operation: Operation, undo: boolean, fail: (failure: Failure) => void): Promise<void> {
  const base = { operation: operation.id, undo } as const;
  const { keycloak } = context.ports;
  const filled = references(context);
  context.dispatch({ type: 'write.intended', ...base, method: operation.request.method, path: keycloak.describe(operation.request, filled), before: operation.before });
  try {
    const answer = await keycloak.send(operation.request, filled);
    context.dispatch({ type: 'write.sent', ...base, status: answer.status, milliseconds: Math.round(answer.milliseconds) });
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code === 'no-answer') context.dispatch({ type: 'write.unknown', ...base, failure });
    else fail(failure);
    return;
  }
  try {
    const after = await seeObjects(context, touchedBy(operation));
    if (sameImages(after.images, operation.after)) context.dispatch({ type: 'write.verified', ...base, found: 'read-back', ids: after.ids });
    else fail({ code: 'write-failed', title: `The server accepted the write, but ${differing(after.images, operation.after).join(', ')} does not read back as sent.`, next: ['Look at the object in the admin console, then resume this run: it looks first and never sends again unseen.'] });
  } catch (error) {
    // The write was answered, so it happened; only the reading back is missing.
    context.dispatch({ type: 'write.unknown', ...base, failure: asFailure(error) });
  }
}

/** After a crash or a lost answer: what does the server show? Decides nothing but what is there. */
export async function look(context: EffectContext, operation: Operation, undo: boolean): Promise<void> {
  const base = { operation: operation.id, undo } as const;
  try {
    const seen = await seeObjects(context, touchedBy(operation));
    const found = sameImages(seen.images, operation.after) ? 'done' : sameImages(seen.images, operation.before) ? 'not-done' : 'something-else';
    if (found === 'done') context.dispatch({ type: 'write.verified', ...base, found: 'look', ids: seen.ids });
    else context.dispatch({ type: 'write.looked', ...base, found, images: seen.images });
  } catch (error) {
    context.dispatch({ type: 'write.failed', ...base, failure: asFailure(error) });
  }
}

/** Groups whose tokens are looked at together: one after the other, most of the time is spent waiting. */
const AHEAD = 4;

/**
 * What the tokens of a client show before its first write, so that before and after can stand side by side. Those of the next groups
 * that are confirmed already are looked at with it.
 */
async function previewOnce(context: EffectContext, owner: string): Promise<void> {
  const { plan, confirmed } = context.state();
  const { before } = context.memory;
  const preview = context.ports.keycloak.before;
  if (!preview || before.has(owner)) return;
  const groups = plan?.groups ?? [];
  const next = groups.slice(Math.max(0, groups.findIndex((group) => group.owner === owner))).filter((group) => !before.has(group.owner) && (group.owner === owner || confirmed.includes(group.owner)));
  await Promise.all(next.slice(0, AHEAD).map(async (group) => {
    const proofs: Proof[] = [];
    for (const request of proveRequests(context, group, probeUserOf(context.state()))) proofs.push(...(await preview(request)));
    before.set(group.owner, proofs);
  }));
}
