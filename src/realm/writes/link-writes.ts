/** The writes for links between clients (or the realm's defaults) and client scopes. */
import { objectId, partOf } from '../keys.ts';
import type { Draft, PlanContext } from '../kind.ts';
import type { Difference, Image, ObjectId, Reference, RequestTemplate } from '../model.ts';

export type LinkType = 'default' | 'optional';

interface LinkHome {
  readonly title: string;
  readonly scope: ObjectId;
  readonly needs: readonly string[];
  readonly requires: readonly ObjectId[];
  readonly path: (type: LinkType) => readonly (string | Reference)[];
}

export function restoreLink(difference: Difference, context: PlanContext): readonly Draft[] {
  const client = objectId('client', difference.owner);
  const scope = objectId('client-scope', partOf(difference.id, 1));
  return linkDrafts({
    title: `scope link ${difference.name}`, scope, needs: ['manage-clients'], requires: [client, scope],
    path: (type) => ['clients', { $id: client }, `${type}-client-scopes`, { $id: scope }],
  }, difference, context);
}

export function restoreRealmDefault(difference: Pick<Difference, 'id' | 'change'>, context: PlanContext): readonly Draft[] {
  const name = partOf(difference.id, 0);
  const scope = objectId('client-scope', name);
  return linkDrafts({
    title: `realm default scope ${name}`, scope, needs: ['manage-clients'], requires: [scope],
    path: (type) => [`default-${type}-client-scopes`, { $id: scope }],
  }, difference, context);
}

/**
 * PUT while the scope is linked in the other role answers 204 and changes nothing, so a change of type is a DELETE and
 * then a PUT (tried on 26.7.4).
 */
function linkDrafts(home: LinkHome, difference: Pick<Difference, 'id' | 'change'>, context: PlanContext): readonly Draft[] {
  const { id } = difference;
  const live = typeOf(context.live.objects.get(id)?.value);
  const wanted = difference.change === 'live-only' ? null : typeOf(context.evidenceOf(id)?.objects.get(id)?.value);
  const put = (type: LinkType): RequestTemplate => ({ method: 'PUT', path: home.path(type) });
  const cut = (type: LinkType): RequestTemplate => ({ method: 'DELETE', path: home.path(type) });
  const image = (type: LinkType | null): readonly Image[] => [{ id, value: type === null ? null : { type } }];
  const common = { covers: [id], title: home.title, needs: home.needs, requires: home.requires };
  const unlink = `unlink ${id}`;
  return [
    ...(live === null ? [] : [{ ...common, id: unlink, note: `${live} link removed`, request: cut(live), before: image(live), after: image(null), inverse: put(live) }]),
    ...(wanted === null ? [] : [{
      ...common, id: `link ${id}`, note: wanted, request: put(wanted), before: image(null), after: image(wanted), inverse: cut(wanted),
      ...(live === null ? {} : { afterOperations: [unlink] }),
    }]),
  ];
}

export function typeOf(value: unknown): LinkType | null {
  if (value === null || typeof value !== 'object' || !('type' in value)) return null;
  return value.type === 'default' || value.type === 'optional' ? value.type : null;
}
