/**
 * The writes for components. POST honours the id. PUT merges the config key by key, keeps what its body leaves out (secrets too),
 * takes a key out for an empty list, and answers 500 without provider id and type, after which the server's cache shows what it did
 * not store (all tried on 26.7.4): so a PUT carries these two and nothing but the keys that differ.
 */
import { canonicalJson } from '../canonical.ts';
import { sightOfComponent } from '../descriptions.ts';
import { fieldDifferences } from '../fields.ts';
import { own, type Json, type JsonObject } from '../json.ts';
import { objectId } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import { isRecord } from '../looks.ts';
import type { Difference, Image, ObjectId, RealmState, RequestTemplate, Template } from '../model.ts';
import { componentsOf, componentValue, FEDERATION, levelsOf, LDAP_MAPPER, nameAndSubType, type FoundComponent } from '../normal/component.ts';
import { withMaskedSecrets } from '../normal/identity-provider.ts';
import { DEFAULT_MAPPER_KEYS, defaultLdapMappers } from '../normal/ldap-mappers.ts';
import { isSecretKey, isVaultReference, MASK, placeholdersIn, unknown } from '../unknowns.ts';
import { firstPlaceholder, idFor, keepableId, refusePlaceholder, shortUuid } from './body.ts';

const NEEDS = ['manage-realm'];
const MADE_BY_SERVER = unknown('as the server makes it');
const GOES_WITH_PARENT = 'It goes with its provider.';

export function findComponent(state: RealmState | undefined, id: ObjectId): FoundComponent | undefined {
  return state === undefined ? undefined : componentsOf(state.representation).find((found) => found.id === id);
}

export function restoreComponent(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const { id } = difference;
  const evidence = context.evidenceOf(id);
  const [live, wanted] = [findComponent(context.live, id), findComponent(evidence, id)];
  const confused = namesakes(live, wanted, context);
  if (confused !== undefined) return { refused: confused };
  if (difference.change === 'live-only') return live === undefined ? { refused: 'it is not in the live realm any more' } : remove(live, context);
  if (wanted === undefined || evidence === undefined) return { refused: 'no evidence has its configuration' };
  if (difference.change === 'lost') return createAll(wanted, evidence, context);
  return live === undefined ? { refused: 'it is not in the live realm any more' } : change(live, wanted, difference, context);
}

/**
 * Namesakes are told apart by what they contain, so a difference between two of them may be an edit of either: only what one side has
 * more of is restored. Users hang on the id of a federation provider, so there the ids must agree too.
 */
function namesakes(live: FoundComponent | undefined, wanted: FoundComponent | undefined, context: PlanContext): string | undefined {
  const found = live ?? wanted;
  if (found === undefined || Math.max(live?.namesakes ?? 0, wanted?.namesakes ?? 0) < 2) return undefined;
  const state = context.evidenceOf(found.id) ?? context.evidenceOf(stem(found.id));
  const confused = componentsOf(context.live.representation).filter((mine) => stem(mine.id) === stem(found.id)).some((mine) => {
    const [ours, theirs] = [context.live.objects.get(mine.id)?.value, state?.objects.get(mine.id)?.value];
    if (ours === undefined || theirs === undefined) return false;
    const moved = found.type === FEDERATION && findComponent(state, mine.id)?.raw['id'] !== mine.raw['id'];
    return moved || fieldDifferences(ours, theirs, state?.completeness !== 'stated').length > 0;
  });
  return confused ? `several components are called ${found.name} and differ, so which of them is which cannot be told; change them in the admin console` : undefined;
}

/** The key of the first of some namesakes. */
function stem(id: ObjectId): ObjectId {
  return id.replace(/\/\d+$/, '') as ObjectId;
}

/** A lost component with everything below it. */
function createAll(wanted: FoundComponent, evidence: RealmState, context: PlanContext): readonly Draft[] | Refusal {
  const made = create(wanted, evidence, context);
  if ('refused' in made) return made;
  const byServer = defaultLdapMappers(wanted.raw).map((name) => defaultMapperId(wanted.id, name));
  const below = isRecord(wanted.raw['subComponents']) ? wanted.raw['subComponents'] : {};
  // A file that says nothing about mappers leaves those that the server makes.
  if (evidence.completeness === 'stated' && Object.keys(below).length === 0) return [{ ...made, before: [...made.before, ...images(byServer, null)], after: [...made.after, ...images(byServer, MADE_BY_SERVER)] }];
  const children = componentsOf(evidence.representation).filter((found) => found.parent === wanted.id);
  const drafts: Draft[] = [made];
  for (const child of children) {
    const inner = byServer.includes(child.id) ? adopt(child, evidence, context) : createAll(child, evidence, context);
    if ('refused' in inner) return inner;
    drafts.push(...inner);
  }
  const surplus = byServer.filter((id) => !children.some((child) => child.id === id));
  return [...drafts, ...surplus.map((id) => drop(id, wanted.id))];
}

function create(wanted: FoundComponent, evidence: RealmState, context: PlanContext): Draft | Refusal {
  const { id } = wanted;
  const kept = keepableId(textOf(wanted.raw['id']), context.usedIds);
  const body = postBody(wanted, idFor(id, kept, context, wanted.type === FEDERATION && wanted.raw['providerId'] === 'ldap' ? shortUuid : undefined));
  const placeholder = firstPlaceholder(body);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  const masked = Object.keys(configOf(wanted.raw)).filter((key) => isSecret(wanted, key) && !context.knowsSecret(id, `config.${key}.0`));
  const value = evidence.objects.get(id)?.value ?? componentValue(wanted);
  const kerberos = usesKerberos(wanted) ? ['the server switches the Kerberos step of the browser flow on'] : [];
  return {
    id: `create ${id}`, covers: [id], title: titleOf(wanted),
    note: [kept === undefined ? 'new id' : 'original id kept', ...(masked.length > 0 ? [`without its ${masked.join(', ')}: no evidence has it`] : []), ...kerberos].join('; '),
    request: { method: 'POST', path: ['components'], body },
    before: images([id], null), after: images([id], withMaskedSecrets(value, (key) => context.knowsSecret(id, `config.${key}.0`))),
    inverse: { method: 'DELETE', path: ['components', { $id: id }] },
    ...(wanted.type === FEDERATION ? { inverseNote: 'Users that were imported through it meanwhile are deleted with it.' } : {}),
    ...losses(wanted, kept, masked),
    needs: NEEDS, requires: wanted.parent === undefined ? [] : [wanted.parent],
    ...(kerberos.length > 0 ? { afterOperations: kerberosRemovals(context) } : {}),
  };
}

/**
 * The server switches the Kerberos step of the browser flow on with every provider that uses Kerberos, and off when one goes, even where
 * another is left (tried on 26.7.4): so what goes, goes first.
 */
function kerberosRemovals(context: PlanContext): readonly string[] {
  return componentsOf(context.live.representation).filter((found) => usesKerberos(found) && context.chosen.get(found.id)?.change === 'live-only').map((found) => `delete ${found.id}`);
}

function usesKerberos(found: FoundComponent): boolean {
  return found.type === FEDERATION && (found.raw['providerId'] === 'kerberos' || textOf(own(configOf(found.raw), 'allowKerberosAuthentication')) === 'true');
}

function losses(wanted: FoundComponent, kept: string | undefined, masked: readonly string[]): { readonly losses?: readonly string[] } {
  const said = [
    ...(masked.length > 0 ? [wanted.type === FEDERATION ? `logins of users of ${wanted.name} fail until its ${masked.join(', ')} is set` : `${wanted.name} does not work until its ${masked.join(', ')} is set`] : []),
    ...(wanted.type === FEDERATION && kept === undefined ? [`users that were imported through ${wanted.name} stay tied to its old id`] : []),
  ];
  return said.length === 0 ? {} : { losses: said };
}

/** What the server made by itself becomes what the evidence has; nothing is sent where it is that already. */
function adopt(wanted: FoundComponent, evidence: RealmState, context: PlanContext): readonly Draft[] | Refusal {
  const { id } = wanted;
  const config = { ...Object.fromEntries(DEFAULT_MAPPER_KEYS.map((key) => [key, []])), ...cleaned(wanted.raw) };
  const request = put(wanted, config);
  const placeholder = firstPlaceholder(request.body);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  const value = withMaskedSecrets(evidence.objects.get(id)?.value ?? null, (key) => context.knowsSecret(id, `config.${key}.0`));
  return [{
    id: `update ${id}`, covers: [id], title: titleOf(wanted), note: 'the server makes one with its provider; it is set to the evidence',
    request, before: images([id], MADE_BY_SERVER), after: images([id], value), inverse: null, inverseNote: GOES_WITH_PARENT,
    ...(wanted.parent === undefined ? {} : { undoneWith: `create ${wanted.parent}` }), needs: NEEDS, requires: wanted.parent === undefined ? [] : [wanted.parent],
  }];
}

function drop(id: ObjectId, parent: ObjectId): Draft {
  return {
    id: `delete ${id}`, covers: [id], title: `component ${levelsOf(id).at(-1)?.label ?? ''}`, note: 'the server makes one with its provider; the evidence has none',
    request: { method: 'DELETE', path: ['components', { $id: id }] }, before: images([id], MADE_BY_SERVER), after: images([id], null),
    inverse: null, inverseNote: GOES_WITH_PARENT, undoneWith: `create ${parent}`, needs: NEEDS, requires: [], afterOperations: [`create ${parent}`],
  };
}

function change(live: FoundComponent, wanted: FoundComponent, difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const { id } = live;
  const before = context.live.objects.get(id)?.value;
  const after = context.wanted(difference);
  if (!isRecord(before) || !isRecord(after)) return { refused: 'no evidence has its configuration' };
  const keys = fieldDifferences(before, after, true).flatMap(({ path }) => (path.startsWith('config.') ? [path.slice('config.'.length)] : []));
  const blind = keys.find((key) => hasMask(wanted.raw, key) && !context.knowsSecret(id, `config.${key}.0`));
  if (blind !== undefined) return { refused: `no evidence has its ${blind}; name evidence that has it, or set it in the admin console` };
  const providerId = after['providerId'] ?? '';
  const request = put({ ...live, raw: { ...live.raw, providerId } }, taken(wanted.raw, keys));
  const placeholder = firstPlaceholder(request.body);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  // A secret that the server masks stays as it was sent: what was there before cannot be known.
  const back = keys.filter((key) => !hasMask(live.raw, key));
  return [{
    id: `update ${id}`, covers: [id], title: titleOf(live), note: 'only what differs', request,
    before: images([id], before), after: images([id], withMaskedSecrets(after, () => true)),
    inverse: put(live, taken(live.raw, back), 'live'), needs: NEEDS, requires: [],
  }];
}

/** Deleting an LDAP takes its mappers along, and one request cannot put both back: the server would make mappers of its own. */
function remove(live: FoundComponent, context: PlanContext): readonly Draft[] {
  const { id } = live;
  const below = componentsOf(context.live.representation).filter((found) => found.id.startsWith(`${id}/`));
  const masked = Object.keys(configOf(live.raw)).find((key) => hasMask(live.raw, key));
  const lasting = below.length > 0 ? 'Its mappers went with it, and the server would make others: take it from the snapshot of before.' : masked === undefined ? undefined : `Its ${masked} was never shown by the server, so it cannot be put back by itself.`;
  const users = live.type === FEDERATION ? [`users that were imported through ${live.name} are deleted with it, and their sessions end`] : [];
  const kerberos = usesKerberos(live) ? ['the server switches the Kerberos step of the browser flow off, even where another provider uses it'] : [];
  const before = [live, ...below].map((found): Image => ({ id: found.id, value: context.live.objects.get(found.id)?.value ?? null }));
  return [{
    id: `delete ${id}`, covers: [id], title: titleOf(live), note: below.length > 0 ? `removed with the ${below.length} below it` : 'removed',
    request: { method: 'DELETE', path: ['components', { $id: id }] }, before, after: images(before.map((image) => image.id), null),
    inverse: lasting === undefined ? { method: 'POST', path: ['components'], body: postBody(live, textOf(live.raw['id']), 'live') } : null,
    ...(lasting === undefined ? {} : { inverseNote: lasting }), ...(users.length > 0 ? { losses: [...users, ...kerberos] } : {}),
    needs: NEEDS, requires: [], ...(live.namesakes > 1 ? { afterOperations: later(live, context) } : {}),
  }];
}

/** Of namesakes the last one goes first, so that the numbers of the others stay as they are. */
function later(live: FoundComponent, context: PlanContext): readonly string[] {
  const number = (found: FoundComponent): number => Number(levelsOf(found.id).at(-1)?.number ?? 1);
  return componentsOf(context.live.representation).filter((found) => stem(found.id) === stem(live.id) && number(found) > number(live)).map((found) => `delete ${found.id}`);
}

function postBody(found: FoundComponent, id: string | undefined, from?: 'live'): { readonly [field: string]: Template } {
  const { name, subType } = nameAndSubType(levelsOf(found.id).at(-1)?.label ?? '');
  return {
    ...(id === undefined ? {} : { id }), name, ...(subType === undefined ? {} : { subType }), providerId: textOf(found.raw['providerId']) ?? '', providerType: found.type,
    ...(found.parent === undefined ? {} : { parentId: { $id: found.parent } }),
    config: configBody(found, cleaned(found.raw), from),
  };
}

function put(found: FoundComponent, config: JsonObject, from?: 'live'): RequestTemplate {
  return { method: 'PUT', path: ['components', { $id: found.id }], body: { providerId: textOf(found.raw['providerId']) ?? '', providerType: found.type, config: configBody(found, config, from) } };
}

/** Some keys as a representation has them; an empty list takes out what it lacks. */
function taken(raw: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.map((key) => [key, listOf(own(configOf(raw), key))]));
}

function cleaned(raw: JsonObject): JsonObject {
  const entries = Object.entries(configOf(raw)).map(([key, value]) => [key, listOf(value)] as const);
  return Object.fromEntries(entries.filter(([key, list]) => key !== 'lastSync' && list.length > 0));
}

function listOf(value: Json | undefined): readonly Json[] {
  const list = Array.isArray(value) ? (value as readonly Json[]) : value === undefined ? [] : [value];
  return list.filter((item) => item !== null && item !== '');
}

function configOf(raw: JsonObject): JsonObject {
  return isRecord(raw['config']) ? raw['config'] : {};
}

function isSecret({ type, raw, names }: FoundComponent, key: string): boolean {
  return hasMask(raw, key) || (sightOfComponent(names, type, key) !== 'open' && listOf(own(configOf(raw), key)).length > 0);
}

/**
 * A config in which secrets are references, filled in when it is sent, and no mask is left. What is masked is always asked of the
 * evidence. A placeholder stays, so that the plan refuses it, but where another source may have the secret.
 */
function configBody(found: FoundComponent, config: JsonObject, from?: 'live'): { readonly [key: string]: Template } {
  const item = (key: string, value: Json, index: number): Template => {
    const secret = { $secret: found.id, field: `config.${key}.${index}` };
    if (value === MASK) return secret;
    const open = sightOfComponent(found.names, found.type, key) === 'open' || isVaultReference(value) || typeof value !== 'string' || (placeholdersIn(value).length > 0 && !isSecretKey(key));
    return open ? value : { ...secret, ...(from === undefined ? {} : { from }) };
  };
  return Object.fromEntries(Object.entries(config).map(([key, list]) => [key, listOf(list).map((value, index) => item(key, value, index))]));
}

function hasMask(raw: JsonObject, key: string): boolean {
  return canonicalJson(own(configOf(raw), key) ?? null).includes(MASK);
}

function defaultMapperId(provider: ObjectId, name: string): ObjectId {
  return objectId('component', ...levelsOf(provider).flatMap(({ type, label, number }) => [type, label, ...(number === undefined ? [] : [number])]), LDAP_MAPPER, name);
}

function images(ids: readonly ObjectId[], value: Json): readonly Image[] {
  return ids.map((id) => ({ id, value }));
}

function titleOf(found: FoundComponent): string {
  return found.parent === undefined ? `component ${found.name}` : `component ${found.name} of ${found.top}`;
}

function textOf(value: Json | undefined): string | undefined {
  const first = Array.isArray(value) ? (value as readonly Json[])[0] : value;
  return typeof first === 'string' ? first : undefined;
}
