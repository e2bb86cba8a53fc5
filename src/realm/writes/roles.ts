/** The writes that create, change and delete roles. */
import type { Json } from '../json.ts';
import { objectId, type RoleRef } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import { isRecord } from '../looks.ts';
import type { Difference, RequestTemplate, Template } from '../model.ts';
import { firstPlaceholder, refusePlaceholder, valueBody } from './body.ts';
import { roleLosses } from './role-losses.ts';
import { unmapEverywhere } from './role-uses.ts';
import { roleWords } from './role-writes.ts';

/** Keycloak ignores the id and applies description and attributes; composites are mapped one by one afterwards. */
export function restoreRole(ref: RoleRef, difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const { id, change } = difference;
  const live = context.live.objects.get(id)?.value ?? null;
  const client = ref.client === null ? null : objectId('client', ref.client);
  const roles = client === null ? ['roles'] : ['clients', { $id: client }, 'roles'];
  const common = {
    covers: [id], title: roleWords(ref),
    needs: [client === null ? 'manage-realm' : 'manage-clients'], requires: client === null ? [] : [client],
  };
  const fields = (value: Json): { readonly [key: string]: Template } => (isRecord(value) ? { ...value, ...(value['attributes'] === undefined ? {} : { attributes: valueBody(id, 'attributes', value['attributes'], isRecord(live) ? live['attributes'] : undefined) }) } : {});
  const post = (value: Json): RequestTemplate => ({ method: 'POST', path: roles, body: { name: ref.role, ...fields(value) } });
  // Attributes are replaced and a description that is left out is cleared, so PUT always carries both.
  const put = (value: Json): RequestTemplate => ({ method: 'PUT', path: [...roles, ref.role], body: { name: ref.role, description: '', attributes: {}, ...fields(value) } });
  const cut: RequestTemplate = { method: 'DELETE', path: [...roles, ref.role] };
  if (change === 'live-only') {
    const uses = unmapEverywhere(ref, context);
    if ('refused' in uses) return uses;
    return [...uses, {
      ...common, id: `delete ${id}`, note: uses.length === 0 ? 'removed' : `removed, after ${uses.length === 1 ? 'the mapping' : `the ${uses.length} mappings`} of it`, request: cut, before: [{ id, value: live }], after: [{ id, value: null }],
      inverse: post(live), inverseNote: 'The role comes back with a new id and without the users that had it.',
      losses: roleLosses(ref, context.live),
    }];
  }
  const value = context.wanted(difference) ?? null;
  if (value === null) return { refused: 'no evidence has it' };
  const placeholder = firstPlaceholder(value);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  if (change === 'lost') {
    const losses = roleLosses(ref, context.evidenceOf(id));
    return [{ ...common, id: `create ${id}`, request: post(value), before: [{ id, value: null }], after: [{ id, value }], inverse: cut, inverseNote: 'Who got the role meanwhile loses it.', ...(losses.length === 0 ? {} : { losses }) }];
  }
  return [{ ...common, id: `update ${id}`, request: put(value), before: [{ id, value: live }], after: [{ id, value }], inverse: put(live) }];
}
