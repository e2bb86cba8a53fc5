/**
 * The writes for objects that the server keeps as one representation: POST the whole, PUT the whole with only the chosen fields
 * changed, DELETE. Identity providers, components, groups, required actions and their like.
 */
import { fieldDifferences } from '../fields.ts';
import { own, type Json, type JsonObject } from '../json.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import type { Difference, ObjectId, RequestTemplate, Template } from '../model.ts';
import { isRecord } from '../looks.ts';
import { isSecretKey, MASK } from '../unknowns.ts';
import { firstPlaceholder, refusePlaceholder } from './body.ts';

export interface RepresentationHome {
  /** For people: `identity provider corp`. */
  readonly title: string;
  /** Where a new one is posted. Null: it can only be changed (a required action of a provider that is not there). */
  readonly collection: RequestTemplate['path'] | null;
  /** Where one is put and deleted. */
  readonly item: RequestTemplate['path'];
  /** Roles of realm-management. */
  readonly needs: readonly string[];
  readonly requires: readonly ObjectId[];
  /** The representations as the server and the evidence have them; what the kind's `raw` gives. */
  readonly live: JsonObject | undefined;
  readonly evidence: JsonObject | undefined;
  /** A representation as POST wants it: what the server makes itself and ids of another time taken out. The original id where it is kept. */
  posted(raw: JsonObject): JsonObject;
  /** A representation as PUT wants it, the id of the path included. */
  put(raw: JsonObject): JsonObject;
  /** A value as the server will show it once it is written: masked secrets, defaults that it adds by itself. The same where it is left out. */
  seen?(value: Json): Json;
  /** For people, after the path. */
  readonly note?: string;
  /** What the write cannot bring back. */
  readonly losses?: readonly string[];
  /** Why it must not be deleted, where that is so. */
  readonly keep?: string;
  readonly inverseNote?: string;
}

/** The drafts for one difference; `undefined` fields of a body never travel. */
export function restoreRepresentation(home: RepresentationHome, difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  if (difference.change === 'lost') return create(home, difference, context);
  return difference.change === 'changed' ? change(home, difference, context) : remove(home, difference, context);
}

function create(home: RepresentationHome, difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const { id } = difference;
  const value = context.wanted(difference);
  if (home.evidence === undefined || value === undefined || value === null) return { refused: 'no evidence has its configuration' };
  if (home.collection === null) return { refused: 'the server has it only with its provider; install that, then run again' };
  const body = withSecrets(home.posted(home.evidence), id);
  const placeholder = firstPlaceholder(body);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  return [{
    id: `create ${id}`, covers: [id], title: home.title, ...note(home),
    request: { method: 'POST', path: home.collection, body },
    before: [{ id, value: null }], after: [{ id, value: home.seen?.(value) ?? value }],
    inverse: { method: 'DELETE', path: home.item }, ...inverseNote(home),
    needs: home.needs, requires: home.requires,
  }];
}

function change(home: RepresentationHome, difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const { id } = difference;
  const live = context.live.objects.get(id)?.value;
  const value = context.wanted(difference);
  if (home.live === undefined || live === undefined) return { refused: 'it is not in the live realm any more' };
  if (value === undefined || value === null) return { refused: 'no evidence has its configuration' };
  const merged = takeFields(home.live, home.evidence ?? {}, changedPaths(live, value));
  const blind = maskedPaths(home.live).map((path) => path.join('.')).find((path) => !context.knowsSecret(id, path));
  if (blind !== undefined) return { refused: `the server shows its ${blind} masked and erases what a change leaves out; name evidence that has it, or change it in the admin console` };
  const after = withSecrets(home.put(merged), id);
  const placeholder = firstPlaceholder(after);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  const back = withSecrets(home.put(home.live), id, 'live');
  return [{
    id: `update ${id}`, covers: [id], title: home.title, note: 'only what differs', ...note(home),
    request: { method: 'PUT', path: home.item, body: after },
    before: [{ id, value: live }], after: [{ id, value: home.seen?.(value) ?? value }],
    inverse: { method: 'PUT', path: home.item, body: back }, ...inverseNote(home),
    needs: home.needs, requires: home.requires,
  }];
}

function remove(home: RepresentationHome, difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const { id } = difference;
  const live = context.live.objects.get(id)?.value;
  if (home.keep !== undefined) return { refused: home.keep };
  if (home.live === undefined || live === undefined) return { refused: 'it is not in the live realm any more' };
  const blind = maskedPaths(home.live)[0]?.join('.');
  const back: RequestTemplate | null = home.collection === null || blind !== undefined ? null : { method: 'POST', path: home.collection, body: withSecrets(home.posted(home.live), id, 'live') };
  return [{
    id: `delete ${id}`, covers: [id], title: home.title, note: 'removed', ...note(home),
    request: { method: 'DELETE', path: home.item },
    before: [{ id, value: live }], after: [{ id, value: null }],
    inverse: back, ...(back === null ? { inverseNote: blind === undefined ? 'It cannot be made again by a request.' : `Its ${blind} was never shown by the server, so it cannot be put back by itself.` } : inverseNote(home)),
    needs: home.needs, requires: home.requires,
  }];
}

/** Paths of the fields on which two values differ: a field, or a field and a key of the map in it. */
function changedPaths(live: Json, wanted: Json): readonly (readonly string[])[] {
  return fieldDifferences(live, wanted, true).map(({ path }) => {
    const dot = path.indexOf('.');
    return dot < 0 ? [path] : [path.slice(0, dot), path.slice(dot + 1)];
  });
}

/** The first representation with some fields as the second has them; a field that the second lacks goes. */
export function takeFields(live: JsonObject, evidence: JsonObject, paths: readonly (readonly string[])[]): JsonObject {
  return paths.reduce<JsonObject>((raw, [field = '', key]) => {
    if (key === undefined) return withField(raw, field, own(evidence, field));
    const [ours, theirs] = [own(raw, field), own(evidence, field)];
    const map = withField(isRecord(ours) ? ours : {}, key, isRecord(theirs) ? own(theirs, key) : undefined);
    // An empty map may say something: `required: {}` of a profile attribute asks everybody for it. So it is made only where the evidence has one.
    return withField(raw, field, theirs === undefined && Object.keys(map).length === 0 ? undefined : map);
  }, live);
}

function withField(object: JsonObject, field: string, value: Json | undefined): JsonObject {
  if (value !== undefined) return { ...object, [field]: value };
  const { [field]: _, ...rest } = object;
  return rest;
}

/**
 * A body in which secrets are references, filled in when it is sent, and no mask is left. What is masked is always asked of the
 * evidence, even on the way back: live never showed it, and sending it without would erase it.
 */
export function withSecrets(raw: JsonObject, id: ObjectId, from?: 'live'): { readonly [field: string]: Template } {
  const walk = (value: Json, path: string, key: string): Template | undefined => {
    if (Array.isArray(value)) return (value as readonly Json[]).flatMap((item, index) => walk(item, `${path}.${index}`, key) ?? []);
    if (isRecord(value)) return Object.fromEntries(Object.entries(value).flatMap(([name, item]) => {
      const inner = walk(item, path === '' ? name : `${path}.${name}`, name);
      return inner === undefined ? [] : [[name, inner]];
    }));
    if (value === MASK) return { $secret: id, field: path };
    if (typeof value === 'string' && value !== '' && isSecretKey(key)) return { $secret: id, field: path, ...(from === undefined ? {} : { from }) };
    return value;
  };
  return walk(raw, '', '') as { readonly [field: string]: Template };
}

function maskedPaths(value: Json, path: readonly string[] = []): readonly (readonly string[])[] {
  if (value === MASK) return [path];
  return value !== null && typeof value === 'object' ? Object.entries(value).flatMap(([key, item]) => maskedPaths(item as Json, [...path, key])) : [];
}

function note(home: RepresentationHome): { readonly note?: string; readonly losses?: readonly string[] } {
  return { ...(home.note === undefined ? {} : { note: home.note }), ...(home.losses === undefined || home.losses.length === 0 ? {} : { losses: home.losses }) };
}

function inverseNote(home: RepresentationHome): { readonly inverseNote?: string } {
  return home.inverseNote === undefined ? {} : { inverseNote: home.inverseNote };
}
