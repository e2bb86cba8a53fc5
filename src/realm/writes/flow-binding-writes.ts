/** The writes that bind flows: all chosen bindings of the realm, or of one client, go out in one PUT. */
import { compareText } from '../canonical.ts';
import { objectId, parseId } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import type { Json } from '../json.ts';
import type { Difference, ObjectId, RequestTemplate, Template } from '../model.ts';
import { rawClient } from '../normal/raw.ts';
import { isUnknown } from '../unknowns.ts';
import { isCreated } from './body.ts';
import { flagsCarried } from './client-flags.ts';
import { carriedByEveryPut, REALM_SETTINGS, unwritableRealm } from './realm-setting-writes.ts';

interface Bound {
  readonly id: ObjectId;
  readonly name: string;
  readonly live: Json;
  readonly wanted: Json;
}

export function restoreBinding(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const why = unbindable(difference, context);
  if (why !== null) return { refused: why };
  const [holder, owner = ''] = parseId(difference.id).parts;
  const never = holder === 'realm' ? unwritableRealm(context) : null;
  if (never !== null) return never;
  const together = [...context.chosen.values()].filter((other) => other.kind === 'flow-binding' && sameHolder(other.id, difference.id) && unbindable(other, context) === null).toSorted((a, b) => compareText(a.id, b.id));
  // The first of them writes them all.
  if (together[0]?.id !== difference.id) return [];
  const bound = together.map(({ id, name }): Bound => ({ id, name, live: context.live.objects.get(id)?.value ?? null, wanted: wantedOf(id, context) }));
  const ids = bound.map(({ id }) => id);
  const client = holder === 'realm' ? null : owner;
  const put = client === null ? realmPut(context) : clientPut(client, context);
  const flows = bound.flatMap(({ wanted }) => (typeof wanted === 'string' ? [objectId('flow', wanted)] : []));
  return [{
    id: `bind ${difference.id}`, covers: ids, title: client === null ? 'flow bindings of the realm' : `flow bindings of ${client}`,
    note: bound.map(({ name, wanted }) => `${name} → ${typeof wanted === 'string' ? wanted : 'none'}`).join(', '),
    request: put(bound.map(({ name, wanted }) => [name, wanted])),
    before: bound.map(({ id, live }) => ({ id, value: live })), after: bound.map(({ id, wanted }) => ({ id, value: wanted })),
    inverse: put(bound.map(({ name, live }) => [name, live])),
    needs: [client === null ? 'manage-realm' : 'manage-clients'], requires: [...(client === null ? [] : [objectId('client', client)]), ...flows],
    ...(client === null ? { afterOperations: [REALM_SETTINGS] } : {}),
  }];
}

function wantedOf(id: ObjectId, context: PlanContext): Json {
  const chosen = context.chosen.get(id);
  return (chosen === undefined ? undefined : context.wanted(chosen)) ?? null;
}

function unbindable({ id }: Difference, context: PlanContext): string | null {
  const wanted = wantedOf(id, context);
  if (isUnknown(wanted)) return 'the evidence names the flow by an id, and does not say which flow that is';
  return isUnknown(context.live.objects.get(id)?.value ?? null) ? 'the flow that is bound now cannot be read, so the change could not be taken back' : null;
}

function sameHolder(a: ObjectId, b: ObjectId): boolean {
  return a.slice(0, a.lastIndexOf('/')) === b.slice(0, b.lastIndexOf('/'));
}

type Put = (bindings: readonly (readonly [string, Json])[]) => RequestTemplate;

/** By alias; the server answers 500 to one that it does not know. Any PUT of the realm resets what it does not carry. */
function realmPut(context: PlanContext): Put {
  const carried = carriedByEveryPut(context);
  return (bindings) => ({ method: 'PUT', path: [], body: { ...carried, ...Object.fromEntries(bindings) } });
}

/**
 * By id. Bindings that the body leaves out stay, an empty text removes one (tried on 26.7.4). Without its flags the server deletes what
 * hangs on them: see client-flags.ts.
 */
function clientPut(client: string, context: PlanContext): Put {
  const id = objectId('client', client);
  const from = isCreated(id, context) ? context.evidenceOf(id) : context.live;
  const raw = rawClient(from, client);
  const flags = from === undefined || raw === undefined ? {} : flagsCarried(context.live, raw, { from });
  const named = (alias: Json): Template => (typeof alias === 'string' ? { $id: objectId('flow', alias) } : '');
  return (bindings) => ({
    method: 'PUT', path: ['clients', { $id: id }],
    body: { ...flags, authenticationFlowBindingOverrides: Object.fromEntries(bindings.map(([name, alias]) => [name, named(alias)])) },
  });
}
