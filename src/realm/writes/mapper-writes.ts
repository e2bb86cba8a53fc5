/** The writes for protocol mappers, of clients and of client scopes alike. */
import { fieldDifferences } from '../fields.ts';
import { own, type Json } from '../json.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import type { Difference, ObjectId, RealmObject, Reference, RequestTemplate, Template } from '../model.ts';
import { asMapperValue } from '../normal/mapper.ts';
import type { ProtocolMapperRepresentation } from '../representation.ts';
import { isSecretKey } from '../unknowns.ts';
import { firstPlaceholder, idFor, keepableId, mapBody, refusePlaceholder } from './body.ts';

export interface MapperHome {
  /** The path of the container, as in `clients/{id}`. */
  readonly path: readonly (string | Reference)[];
  readonly id: ObjectId;
  readonly live: ProtocolMapperRepresentation | undefined;
  readonly evidence: ProtocolMapperRepresentation | undefined;
}

/** A mapper as the POST of its container wants it, with its original id where live does not use it. */
export function mapperBody(id: ObjectId, mapper: ProtocolMapperRepresentation, used: ReadonlySet<string>): { readonly [key: string]: Template } {
  const kept = keepableId(mapper.id, used);
  return { ...(kept === undefined ? {} : { id: kept }), ...withoutId(id, mapper) };
}

function withoutId(id: ObjectId, mapper: ProtocolMapperRepresentation): { readonly [key: string]: Template } {
  const config = { ...mapper.config };
  // Only the server's cache puts this here; see normal/mapper.ts.
  if (mapper.protocolMapper === 'oidc-group-membership-mapper') delete config['multivalued'];
  return { name: mapper.name ?? '', protocol: mapper.protocol ?? 'openid-connect', protocolMapper: mapper.protocolMapper ?? '', config: mapBody(id, 'config', config) };
}

export function restoreMapper(home: MapperHome, difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const live = context.live.objects.get(difference.id);
  const evidence = context.evidenceOf(difference.id)?.objects.get(difference.id);
  if (difference.change === 'live-only') return live === undefined ? [] : [remove(home, difference, live)];
  if (evidence === undefined || home.evidence === undefined) return { refused: 'no evidence has its configuration' };
  if (difference.change === 'lost') return create(home, difference, evidence.value, home.evidence, context);
  return live === undefined || home.live === undefined ? { refused: 'it is not in the live realm any more' } : change(home, difference, live, context);
}

function models(home: MapperHome, ...rest: readonly (string | Reference)[]): RequestTemplate['path'] {
  return [...home.path, 'protocol-mappers', 'models', ...rest];
}

function create(home: MapperHome, difference: Difference, value: Json, raw: ProtocolMapperRepresentation, context: PlanContext): readonly Draft[] | Refusal {
  const { id } = difference;
  const body = { id: idFor(id, raw.id, context), ...withoutId(id, raw) };
  const placeholder = firstPlaceholder(body);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  return [{
    id: `create ${id}`, covers: [id], title: `protocol mapper ${difference.name}`, ...(body.id === raw.id ? { note: 'original id kept' } : {}),
    request: { method: 'POST', path: models(home), body },
    before: [{ id, value: null }], after: [{ id, value }],
    inverse: { method: 'DELETE', path: models(home, { $id: id }) },
    needs: ['manage-clients'], requires: [home.id],
  }];
}

function remove(home: MapperHome, difference: Difference, live: RealmObject): Draft {
  const { id } = difference;
  const secret = Object.keys(home.live?.config ?? {}).some(isSecretKey);
  const back = home.live === undefined || secret ? null : { ...(home.live.id === undefined ? {} : { id: home.live.id }), ...withoutId(id, home.live) };
  return {
    id: `delete ${id}`, covers: [id], title: `protocol mapper ${difference.name}`, note: 'removed',
    request: { method: 'DELETE', path: models(home, { $id: id }) },
    before: [{ id, value: live.value }], after: [{ id, value: null }],
    inverse: back === null ? null : { method: 'POST', path: models(home), body: back },
    ...(back === null ? { inverseNote: 'Its configuration holds a secret that only the snapshot has, so it cannot be put back by itself.' } : {}),
    needs: ['manage-clients'], requires: [home.id],
  };
}

/**
 * PUT replaces the whole config and takes the mapper from the id in the *body*, so both are always complete:
 * live's config with nothing but the differing keys changed.
 */
function change(home: MapperHome, difference: Difference, live: RealmObject, context: PlanContext): readonly Draft[] | Refusal {
  const { id } = difference;
  const value = asMapperValue(context.wanted(difference) ?? null);
  const before = asMapperValue(live.value);
  if (value === null || before === null || home.live === undefined) return { refused: 'it is no protocol mapper' };
  if (value.protocol !== before.protocol) return { refused: 'the protocol of a mapper cannot be changed; delete it and restore it again' };
  const raw = { ...home.live.config };
  for (const { path } of fieldDifferences(before.config, value.config, true)) {
    const wanted = own(value.config, path);
    // What is false has no entry in normal form; a token flag has to be sent as false, or it follows its leader.
    if (wanted === undefined && path.endsWith('.token.claim')) raw[path] = 'false';
    else if (wanted === undefined) delete raw[path];
    else raw[path] = String(isSecretKey(path) ? home.evidence?.config?.[path] : wanted);
  }
  const placeholder = firstPlaceholder(raw);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  const secret = Object.keys(raw).some(isSecretKey);
  const put = (mapper: ProtocolMapperRepresentation): RequestTemplate => ({ method: 'PUT', path: models(home, { $id: id }), body: { id: { $id: id }, ...withoutId(id, mapper) } });
  return [{
    id: `update ${id}`, covers: [id], title: `protocol mapper ${difference.name}`, note: 'only what was chosen',
    request: put({ ...home.live, protocolMapper: value.provider, config: raw }),
    before: [{ id, value: live.value }], after: [{ id, value: value as unknown as Json }],
    inverse: secret ? null : put(home.live),
    ...(secret ? { inverseNote: 'Its configuration holds a secret that only the snapshot has, so the change cannot be taken back by itself.' } : {}),
    needs: ['manage-clients'], requires: [home.id],
  }];
}
