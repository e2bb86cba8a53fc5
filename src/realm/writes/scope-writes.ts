/** The writes for client scopes. */
import { fieldDifferences } from '../fields.ts';
import { clientsLinking } from '../claims/client-claims.ts';
import { escapePart, holderPart, objectId, parseId } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import { isRecord } from '../looks.ts';
import type { Difference, FieldDifference, Image, ObjectId, RealmObject, RequestTemplate, Template } from '../model.ts';
import { rawMapper, rawScope } from '../normal/raw.ts';
import { objectsAt } from '../derived.ts';
import type { ClientScopeRepresentation } from '../representation.ts';
import { firstPlaceholder, keepableId, mapBody, refusePlaceholder, valueBody } from './body.ts';
import { restoreRealmDefault } from './link-writes.ts';
import { mapperBody } from './mapper-writes.ts';
import { restoreScopeMapping } from './scope-mapping-writes.ts';

export function restoreScope(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  if (difference.change === 'lost') return create(difference, context);
  return difference.change === 'changed' ? change(difference, context) : remove(difference, context);
}

function create(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const { id, name } = difference;
  const source = context.evidenceOf(id);
  const raw = rawScope(source, name);
  const value = source?.objects.get(id)?.value;
  if (raw === undefined || value === undefined) return { refused: 'no evidence has its configuration' };
  const mappers = [...context.chosen.values()].filter((other) => other.kind === 'client-scope-mapper' && other.change === 'lost' && parseId(other.id).parts[0] === name);
  const kept = keepableId(raw.id, context.usedIds);
  const bodies = mappers.flatMap((mapper) => {
    const found = rawMapper(rawScope(context.evidenceOf(mapper.id), name), mapper.name);
    return found === undefined ? [] : [mapperBody(mapper.id, found, context.usedIds)];
  });
  const body = scopeBody(difference, raw, kept, bodies);
  const placeholder = firstPlaceholder(body);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  const images: readonly Image[] = mappers.map((mapper) => ({ id: mapper.id, value: context.evidenceOf(mapper.id)?.objects.get(mapper.id)?.value ?? null }));
  return [{
    id: `create ${id}`, covers: [id, ...mappers.map((mapper) => mapper.id)], title: `client scope ${name}`,
    note: [`${mappers.length} ${mappers.length === 1 ? 'mapper' : 'mappers'}`, ...(kept === undefined ? [] : ['original id kept'])].join(', '),
    request: { method: 'POST', path: ['client-scopes'], body },
    before: [{ id, value: null }, ...images.map((image) => ({ id: image.id, value: null }))], after: [{ id, value }, ...images],
    inverse: { method: 'DELETE', path: ['client-scopes', { $id: id }] },
    needs: ['manage-clients'], requires: [],
  }];
}

function scopeBody(difference: Difference, raw: ClientScopeRepresentation, kept: string | undefined, mappers: readonly Template[]): { readonly [key: string]: Template } {
  const description = raw['description'];
  return {
    ...(kept === undefined ? {} : { id: kept }), name: difference.name, protocol: raw.protocol ?? 'openid-connect',
    ...(typeof description === 'string' ? { description } : {}),
    attributes: mapBody(difference.id, 'attributes', raw.attributes ?? {}), protocolMappers: mappers,
  };
}

/**
 * PUT with nothing but the name and what differs: attributes are merged, null removes one, mappers are ignored. Without
 * the name the server answers 500 (tried on 26.7.4).
 */
function change(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const { id, name } = difference;
  const live = context.live.objects.get(id)?.value;
  if (live === undefined || !isRecord(live)) return { refused: 'it is not on both sides' };
  const value = context.wanted(difference) ?? null;
  if (!isRecord(value) || value['protocol'] !== live['protocol']) return { refused: 'the protocol of a client scope cannot be changed while clients are linked to it' };
  const fields = fieldDifferences(live, value, true);
  const put = (side: 'live' | 'evidence'): RequestTemplate => {
    const attributes = fields.filter((field) => field.path.startsWith('attributes.')).map((field) => [field.path.slice('attributes.'.length), attributeBody(id, field, side)] as const);
    const described = fields.find((field) => field.path === 'description');
    return {
      method: 'PUT', path: ['client-scopes', { $id: id }],
      body: { name, ...(described === undefined ? {} : { description: described[side] ?? '' }), ...(attributes.length === 0 ? {} : { attributes: Object.fromEntries(attributes) }) },
    };
  };
  const placeholder = firstPlaceholder(put('evidence').body);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  return [{
    id: `update ${id}`, covers: [id], title: `client scope ${name}`, note: 'only what differs', request: put('evidence'),
    before: [{ id, value: live }], after: [{ id, value }], inverse: put('live'), needs: ['manage-clients'], requires: [],
  }];
}

function attributeBody(id: ObjectId, field: FieldDifference, side: 'live' | 'evidence'): Template {
  return valueBody(id, field.path, field[side] ?? null, side === 'live' ? field.live : undefined, field.path.slice('attributes.'.length));
}

/** The roles in its scope and its place among the realm's defaults, which go with it: each by itself, so that each can be taken back. */
function cutOff({ name }: Difference, context: PlanContext): readonly Draft[] {
  const mappings = objectsAt(context.live, `scope-mapping@${holderPart({ clientScope: name })}`);
  const entries = objectsAt(context.live, `realm-default-scope@${escapePart(name)}`);
  const gone = ({ id }: RealmObject): readonly Pick<Difference, 'id' | 'change'>[] => (context.chosen.has(id) ? [] : [{ id, change: 'live-only' }]);
  const drafts = [...mappings.flatMap(gone).flatMap(restoreScopeMapping), ...entries.flatMap(gone).flatMap((entry) => restoreRealmDefault(entry, context))];
  return drafts.map((draft) => ({ ...draft, note: `removed: it goes with client scope ${name}` }));
}

/** The server deletes a scope that is still linked and takes every link along, without a word (tried on 26.7.4). */
function remove(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const { id, name } = difference;
  const raw = rawScope(context.live, name);
  const clients = clientsLinking(name, context.live);
  const unchosen = clients.filter((client) => context.chosen.get(objectId('client-scope-link', client, name))?.change !== 'live-only');
  if (raw === undefined) return { refused: 'it is not in the live realm any more' };
  if (unchosen.length > 0) return { refused: `it is still linked to ${unchosen.slice(0, 3).join(', ')}; answer those links with restore too` };
  const mappers = objectsAt(context.live, `client-scope-mapper@${escapePart(name)}`);
  const uses = cutOff(difference, context);
  const back = scopeBody(difference, raw, raw.id, (raw.protocolMappers ?? []).map((mapper) => mapperBody(objectId('client-scope-mapper', name, mapper.name ?? ''), mapper, new Set())));
  return [...uses, {
    id: `delete ${id}`, covers: [id], title: `client scope ${name}`, note: 'removed with its mappers',
    request: { method: 'DELETE', path: ['client-scopes', { $id: id }] },
    before: [{ id, value: context.live.objects.get(id)?.value ?? null }, ...mappers.map((mapper) => ({ id: mapper.id, value: mapper.value }))],
    after: [{ id, value: null }, ...mappers.map((mapper) => ({ id: mapper.id, value: null }))],
    inverse: { method: 'POST', path: ['client-scopes'], body: back },
    needs: ['manage-clients'], requires: [],
    afterOperations: clients.map((client) => `unlink ${objectId('client-scope-link', client, name)}`),
  }];
}
