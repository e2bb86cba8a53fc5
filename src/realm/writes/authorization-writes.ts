/**
 * The writes for authorization services, one object at a time. The import of whole settings is never used: it resets the settings that
 * it does not carry, silently drops roles and groups that it cannot find, cannot read the names of groups and clients with slashes, keeps
 * the resources and scopes of a permission that it was to lose, and could not be taken back by one request (tried on 26.7.4).
 */
import { objectId, parseId, partOf } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import type { Json } from '../json.ts';
import { isRecord } from '../looks.ts';
import type { Difference, Image, ObjectId, RealmObject, RequestTemplate } from '../model.ts';
import { AUTHORIZATION_DEFAULTS, POLICY_LISTS } from '../normal/authorization.ts';
import { authorizationOf, groupNamed, namedByPolicy, namesIn, partId, partsNamed, roleNamed } from '../normal/authorization-names.ts';
import { writtenPath } from '../normal/groups.ts';
import { policyBody, resourceBody, scopeBody, type Names } from './authorization-body.ts';
import { firstPlaceholder, keepableId, refusePlaceholder } from './body.ts';

export function restoreAuthorization(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const [client = '', section = '', name = '', user] = parseId(difference.id).parts;
  if (section === 'settings') return restoreSettings(client, difference, context);
  if (user !== undefined) return { refused: `it belongs to user ${user}, who shares it in the account console` };
  const value = context.wanted(difference) ?? null;
  const live = context.live.objects.get(difference.id)?.value ?? null;
  const type = typeOf(value) ?? typeOf(live);
  if (section !== 'scope' && section !== 'resource') {
    if (type === 'uma') return { refused: 'it belongs to a user, who shares it in the account console' };
    if (type === undefined || POLICY_LISTS[type] === undefined) return { refused: `a policy of type ${type ?? 'unknown'} comes with its provider: deploy that, and change the policy in the admin console` };
    if (live !== null && value !== null && typeOf(live) !== type) return { refused: 'the type of a policy cannot be changed; delete it and restore it again' };
  }
  const unresolved = namesIn(value, 'groups').find((path) => groupId(path, context) === undefined);
  if (unresolved !== undefined) return { refused: `it names group ${unresolved}, which is not in the live realm` };
  const blocked = value === null ? stillUsed(difference, context) : cutOff(difference, value, context);
  if (blocked !== undefined) return { refused: blocked };
  return draft(difference, context, { client, section, name, type: type ?? '', value, live });
}

interface Part {
  readonly client: string;
  readonly section: string;
  readonly name: string;
  readonly type: string;
  /** What it shall be, and what it is; null where it is not there. */
  readonly value: Json;
  readonly live: Json;
}

function draft(difference: Difference, context: PlanContext, part: Part): readonly Draft[] | Refusal {
  const { id } = difference;
  const { client, section, name, value, live } = part;
  const list = section === 'permission' || section === 'policy' ? ['policy', part.type] : [section];
  const collection: RequestTemplate['path'] = [...base(client), ...list];
  const item: RequestTemplate['path'] = [...collection, { $id: id }];
  const body = (of: Json, before: Json) => (section === 'scope' ? scopeBody(name, of) : section === 'resource' ? resourceBody(id, name, of, live) : policyBody(name, of, before, names(context)));
  const post = (of: Json, original: string | undefined): RequestTemplate => ({ method: 'POST', path: collection, body: { ...(original === undefined ? {} : { [section === 'resource' ? '_id' : 'id']: original }), ...body(of, null) } });
  const put = (of: Json): RequestTemplate => ({ method: 'PUT', path: item, body: { [section === 'resource' ? '_id' : 'id']: { $id: id }, ...body(of, of === value ? live : value) } });
  const cut: RequestTemplate = { method: 'DELETE', path: item };
  const kept = keepableId(context.evidenceOf(id)?.objects.get(id)?.serverId, context.usedIds);
  const common = {
    covers: [id], title: `${section} ${name} of ${client}`, before: [{ id, value: live }], after: [{ id, value }], needs: ['manage-authorization'],
    requires: [objectId('client', client), objectId('client-setting', client, 'authorizationServicesEnabled'), ...needed(difference, value, live, context)],
  };
  const placeholder = firstPlaceholder(value);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  if (value === null) return [{ ...common, id: `delete ${id}`, note: 'removed', request: cut, inverse: post(live, context.live.objects.get(id)?.serverId) }];
  if (live === null) return [{ ...common, id: `create ${id}`, ...(kept === undefined ? {} : { note: 'original id kept' }), request: post(value, kept), inverse: cut }];
  // A scope that is taken off a resource falls out of its permissions, so these go first.
  const permissions = section === 'resource' ? dependants(difference, context).map((other) => `update ${other.id}`) : [];
  return [{ ...common, id: `update ${id}`, note: 'only what differs', request: put(value), inverse: put(live), afterOperations: permissions }];
}

/** The resource server's own three settings. A PUT without all of them answers 409 or resets the others (tried on 26.7.4). */
function restoreSettings(client: string, difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const chosen = [...context.chosen.values()].filter((other) => other.kind === 'authorization' && other.owner === client && parseId(other.id).parts[1] === 'settings');
  if (chosen[0]?.id !== difference.id) return [];
  const ids = Object.entries(AUTHORIZATION_DEFAULTS).map(([field, byItself]) => ({ field, id: partId(client, 'settings', field), byItself }));
  const live: readonly Image[] = ids.map(({ id, byItself }) => ({ id, value: context.live.objects.get(id)?.value ?? byItself }));
  const wanted: readonly Image[] = live.map((image) => {
    const answer = chosen.find((other) => other.id === image.id);
    const value = answer === undefined ? image.value : context.wanted(answer);
    return { id: image.id, value: value ?? AUTHORIZATION_DEFAULTS[parseId(image.id).parts[2] ?? ''] ?? null };
  });
  const put = (images: readonly Image[]): RequestTemplate => ({ method: 'PUT', path: base(client), body: Object.fromEntries(images.map(({ id, value }) => [parseId(id).parts[2], value])) });
  return [{
    id: `update ${partId(client, 'settings')}`, covers: chosen.map((other) => other.id), title: `authorization settings of ${client}`, note: 'only what differs',
    request: put(wanted), before: live, after: wanted, inverse: put(live), needs: ['manage-authorization'],
    requires: [objectId('client', client), objectId('client-setting', client, 'authorizationServicesEnabled')],
  }];
}

function base(client: string): RequestTemplate['path'] {
  return ['clients', { $id: objectId('client', client) }, 'authz', 'resource-server'];
}

/** What must be made before, or may go only afterwards, of all that it names now and will name. */
function needed(difference: Difference, value: Json, live: Json, context: PlanContext): readonly ObjectId[] {
  const evidence = context.evidenceOf(difference.id) ?? context.live;
  const named = [value, live].flatMap((side) => [...partsNamed(difference.owner, side), ...namedByPolicy(side, evidence), ...namedByPolicy(side, context.live)]);
  return [...new Set(named)].filter((id) => ['lost', 'live-only'].includes(context.chosen.get(id)?.change ?? ''));
}

/** Live parts of the same client that name a part, and still do once everything chosen is done. */
function dependants(difference: Difference, context: PlanContext): readonly RealmObject[] {
  return authorizationOf(context.live, difference.owner).filter((other) => partsNamed(difference.owner, other.value).includes(difference.id));
}

function afterwards(object: RealmObject, context: PlanContext): Json {
  const answer = context.chosen.get(object.id);
  return answer === undefined ? object.value : context.wanted(answer) ?? null;
}

/** With its last policy, resource or scope a policy goes too, without a word; and a scope that a resource has cannot go (tried on 26.7.4). */
function stillUsed(difference: Difference, context: PlanContext): string | undefined {
  const user = dependants(difference, context).find((other) => partsNamed(difference.owner, afterwards(other, context)).includes(difference.id));
  return user === undefined ? undefined : `${user.name} names it; answer ${user.id} with restore too`;
}

/** A scope that a resource loses falls out of the permissions for that resource (tried on 26.7.4). */
function cutOff(difference: Difference, value: Json, context: PlanContext): string | undefined {
  const gone = namesIn(context.live.objects.get(difference.id)?.value, 'scopes').filter((scope) => !namesIn(value, 'scopes').includes(scope));
  if (gone.length === 0 || parseId(difference.id).parts[1] !== 'resource') return undefined;
  const user = dependants(difference, context).find((other) => {
    const later = afterwards(other, context);
    return partsNamed(difference.owner, later).includes(difference.id) && gone.some((scope) => namesIn(later, 'scopes').includes(scope));
  });
  return user === undefined ? undefined : `${user.name} would lose a scope with it; answer ${user.id} with restore too`;
}

function names(context: PlanContext): Names {
  return {
    role: (name) => {
      const live = roleNamed(name, context.live);
      const lost = [...context.chosen.values()].find((other) => other.change === 'lost' && (other.kind === 'realm-role' || other.kind === 'client-role') && parseId(other.id).parts.join('/') === name);
      return lost?.id ?? live;
    },
    group: (path) => groupId(path, context) ?? path,
  };
}

/** A reference to a group that is live or comes back. */
function groupId(path: string, context: PlanContext): { readonly $id: ObjectId } | undefined {
  const lost = [...context.chosen.values()].find((other) => other.kind === 'group' && other.change === 'lost' && writtenPath(partOf(other.id, 0)) === path);
  const known = groupNamed(path, context.live) ?? lost?.id;
  return known === undefined ? undefined : { $id: known };
}

function typeOf(value: Json): string | undefined {
  return isRecord(value) && typeof value['type'] === 'string' ? value['type'] : undefined;
}
