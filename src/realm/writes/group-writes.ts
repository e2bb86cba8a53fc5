/** The writes for groups. The server ignores children and roles in the body of a group, so each is a write of its own (tried on 26.7.4). */
import { canonicalJson } from '../canonical.ts';
import { objectsAt } from '../derived.ts';
import type { Json, JsonObject } from '../json.ts';
import { escapePart, objectId, parseId, partOf, roleOfParts, type RoleRef } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import { isRecord } from '../looks.ts';
import type { Difference, ObjectId, RealmState, RequestTemplate } from '../model.ts';
import { groupNames, groupsIn, parentPath, pathOfId, subtreeOf, writtenPath } from '../normal/groups.ts';
import { groupLosses } from './membership.ts';
import { restoreRepresentation, type RepresentationHome } from './representation-writes.ts';
import { MAPPED, mapRole, roleSegment, roleWords } from './role-writes.ts';

const NEEDS = ['manage-users'];

export function restoreGroup(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const path = partOf(difference.id, 0);
  const renamed = renamedTo(difference, context);
  if (renamed !== undefined) return { refused: renamed };
  if (difference.change !== 'live-only') {
    const losses = difference.change === 'lost' ? groupLosses(path, context.evidenceOf(difference.id)) : [];
    return restoreRepresentation({ ...groupHome(difference, context), losses, inverseNote: 'Who was put into it meanwhile is in no group any more.' }, difference, context);
  }
  return subtreeOf(context.live, path).flatMap((placed) => removeOne(difference, placed.path, context));
}

/**
 * A group that has its old id under another path was renamed or moved, with everybody in it. Making the old path anew and deleting
 * the other would empty it for good.
 */
function renamedTo(difference: Pick<Difference, 'id' | 'change'>, context: PlanContext): string | undefined {
  const [mine, theirs] = [groupId(difference.id, context.evidenceOf(difference.id)), groupId(difference.id, context.live)];
  if (difference.change === 'lost' && mine !== undefined) {
    const now = pathOfId(context.live, mine);
    if (now !== undefined && context.chosen.has(objectId('group', now))) return `it was renamed or moved to ${writtenPath(now)}, with its members; name it back in the admin console, which keeps them`;
  }
  if (difference.change !== 'live-only' || theirs === undefined) return undefined;
  const before = [...context.chosen.values()].find((other) => other.kind === 'group' && other.change === 'lost' && groupId(other.id, context.evidenceOf(other.id)) === theirs);
  return before === undefined ? undefined : `it is what ${writtenPath(partOf(before.id, 0))} was renamed or moved to, with its members; name it back in the admin console, which keeps them`;
}

function groupId(id: ObjectId, state: RealmState | undefined): string | undefined {
  return state?.objects.get(id)?.serverId;
}

function groupHome({ id }: Pick<Difference, 'id'>, context: PlanContext): RepresentationHome {
  const path = partOf(id, 0);
  const above = parentPath(path);
  const parent = above === null ? null : objectId('group', above);
  const live = rawGroup(context.live, path);
  const wanted = context.chosen.get(id);
  return {
    title: `group ${writtenPath(path)}`, needs: NEEDS, requires: parent === null ? [] : [parent],
    collection: parent === null ? ['groups'] : ['groups', { $id: parent }, 'children'],
    item: ['groups', { $id: id }],
    live, evidence: rawGroup(context.evidenceOf(id), path),
    posted: (raw) => groupBody(path, raw, true),
    // A description that is left out is cleared, attributes that are left out stay (tried on 26.7.4).
    put: (raw) => groupBody(path, raw, wanted !== undefined && attributesDiffer(wanted, context)),
  };
}

/** Never the id: in a POST it means "move that group here", and an unknown one is 404 (tried on 26.7.4). */
function groupBody(path: string, raw: JsonObject, withAttributes: boolean): JsonObject {
  const { description } = raw;
  return {
    name: groupNames(path).at(-1) ?? '', ...(typeof description === 'string' && description !== '' ? { description } : {}),
    ...(withAttributes ? { attributes: raw['attributes'] ?? {} } : {}),
  };
}

function attributesDiffer(difference: Difference, context: PlanContext): boolean {
  const attributes = (value: Json | undefined): Json => (isRecord(value) ? value['attributes'] ?? {} : {});
  return canonicalJson(attributes(context.live.objects.get(difference.id)?.value)) !== canonicalJson(attributes(context.wanted(difference)));
}

/** One group of a subtree that goes. Each needs its parent, so the lowest goes first; each write can be taken back by itself, so that all of it can. */
function removeOne(top: Difference, path: string, context: PlanContext): readonly Draft[] {
  const difference: Difference = { ...top, id: objectId('group', path), fields: [] };
  const losses = [`Whoever is a member of ${writtenPath(path)} now is not one any more.`];
  const home = { ...groupHome(difference, context), losses, inverseNote: 'The group comes back with a new id and without its members.' };
  const removed = restoreRepresentation(home, difference, context);
  const inside = (kind: 'group-role' | 'default-group'): readonly Difference[] =>
    (kind === 'group-role' ? objectsAt(context.live, `group-role@${escapePart(path)}`) : [context.live.objects.get(objectId('default-group', path))])
      .flatMap((object) => (object === undefined || context.chosen.has(object.id) ? [] : [{ ...top, id: object.id, kind, name: object.name, fields: [] }]));
  return [...inside('default-group').flatMap((entry) => defaultDrafts(path, entry)), ...inside('group-role').flatMap((entry) => restoreGroupRole(entry)), ...('refused' in removed ? [] : removed)];
}

export function restoreGroupRole(difference: Pick<Difference, 'id' | 'change'>): readonly Draft[] {
  const group = objectId('group', partOf(difference.id, 0));
  const role = groupRoleOf(difference.id);
  const title = `${roleWords(role)} of group ${writtenPath(partOf(difference.id, 0))}`;
  return mapRole({ path: ['groups', { $id: group }, 'role-mappings', ...roleSegment(role)], role, title, needs: NEEDS, requires: [group] }, difference);
}

export function groupRoleOf(id: ObjectId): RoleRef {
  return roleOfParts(parseId(id).parts.slice(1));
}

export function restoreDefaultGroup({ id, change }: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const path = partOf(id, 0);
  const group = objectId('group', path);
  const renamed = renamedTo({ id: group, change }, context);
  if (renamed !== undefined) return { refused: renamed };
  return defaultDrafts(path, { id, change });
}

/** PUT and DELETE answer 204 whether or not anything changed (tried on 26.7.4); the look before and after tells. */
function defaultDrafts(path: string, { id, change }: Pick<Difference, 'id' | 'change'>): readonly Draft[] {
  const group = objectId('group', path);
  const adding = change === 'lost';
  const send = (method: 'PUT' | 'DELETE'): RequestTemplate => ({ method, path: ['default-groups', { $id: group }] });
  return [{
    id: `${adding ? 'add' : 'remove'} ${id}`, covers: [id], title: `default group ${writtenPath(path)}`, ...(adding ? {} : { note: 'removed' }),
    request: send(adding ? 'PUT' : 'DELETE'), before: [{ id, value: adding ? null : MAPPED }], after: [{ id, value: adding ? MAPPED : null }],
    inverse: send(adding ? 'DELETE' : 'PUT'), inverseNote: 'Users that were made meanwhile keep the groups that they got.',
    needs: ['manage-realm'], requires: [group],
  }];
}

export function rawGroup(state: RealmState | undefined, path: string): JsonObject | undefined {
  return state === undefined ? undefined : groupsIn(state).get(path)?.group as JsonObject | undefined;
}
