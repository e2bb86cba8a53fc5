import { couldBecome, isStoodFor, MASK, placeholdersIn } from '../../realm/unknowns.ts';
import { isList, isObject, withAppended, withElement, withField } from '../splice/origin.ts';
import { HOUSEKEEPING } from './new-object.ts';
import { isSecretField } from './secrets.ts';
import type { Json, JsonObject } from '../../realm/json.ts';
import type { Origins } from '../splice/origin.ts';

export interface MergeContext {
  readonly origins: Origins;
  /** Dotted paths of the fields that differ, as the comparison named them; empty: all that differs counts. */
  readonly fields: readonly string[];
  placeholder(field: string): string;
  /** Told of each value that git keeps although live differs. */
  kept(path: string, why: string): void;
}

/** Ids of the server and lists that are objects of their own: each has its own difference and its own answer. */
const SEPARATE = new Set(['id', 'containerId', 'protocolMappers', 'defaultClientScopes', 'optionalClientScopes', 'composites', 'subGroups', 'authenticatorConfig', 'access', 'authorizationSettings']);

/**
 * Git's object with what differs brought to live. Placeholders stay, masks are never taken over, a changed secret becomes a
 * placeholder; fields that git does not state are added only where the comparison named them.
 */
export function mergeToLive(git: Json, live: Json, context: MergeContext, path: readonly string[] = []): Json {
  if (isObject(git) && isObject(live)) return mergeObject(git, live, context, path);
  if (isList(git) && isList(live)) return mergeList(git, live, context, path);
  return same(git, live) ? git : mergeScalar(git, live, context, path);
}

function mergeObject(git: JsonObject, live: JsonObject, context: MergeContext, path: readonly string[]): JsonObject {
  let result = git;
  for (const key of new Set([...Object.keys(git), ...Object.keys(live)])) {
    if (SEPARATE.has(key) || HOUSEKEEPING.test(key)) continue;
    const [old, target] = [git[key], live[key]];
    const inner = [...path, key];
    if (!named(inner, context.fields)) continue;
    if (old !== undefined && target !== undefined) result = withField(result, key, mergeToLive(old, target, context, inner), context.origins);
    else if (old === undefined && target !== undefined) result = withField(result, key, withoutSecrets(target, key, context), context.origins);
    else if (hasPlaceholder(old)) context.kept(inner.join('.'), 'git has a placeholder there');
    else result = withField(result, key, undefined, context.origins);
  }
  return result;
}

function mergeScalar(git: Json, live: Json, context: MergeContext, path: readonly string[]): Json {
  const where = path.join('.');
  if (live === MASK) {
    context.kept(where, 'the server shows it masked only');
    return git;
  }
  if (hasPlaceholder(git)) {
    if (typeof git !== 'string' || typeof live !== 'string' || !couldBecome(git, live)) context.kept(where, 'git has a placeholder there, which live cannot have come from');
    return git;
  }
  return isSecretField(path.at(-1) ?? '') ? context.placeholder(path.at(-1) ?? '') : live;
}

/** Lists of texts are sets to Keycloak: what stays keeps its place in git, what is new comes last. */
function mergeList(git: readonly Json[], live: readonly Json[], context: MergeContext, path: readonly string[]): Json {
  if (same([...git].map(sortable).sort(), [...live].map(sortable).sort())) return git;
  if (live.includes(MASK)) {
    context.kept(path.join('.'), 'the server shows it masked only');
    return git;
  }
  const field = path.at(-1) ?? '';
  if (isSecretField(field) && git.some(hasPlaceholder)) return git;
  if (isSecretField(field) || [...git, ...live].some((element) => typeof element === 'object')) return withoutSecrets(live, field, context);
  let result = git;
  for (const element of git) {
    if (live.includes(element)) continue;
    if (hasPlaceholder(element)) context.kept(path.join('.'), 'git has a placeholder there');
    else result = withElement(result, result.indexOf(element), undefined, context.origins);
  }
  for (const element of live) {
    const resolved = typeof element === 'string' && isStoodFor(git, live, element);
    if (!git.includes(element) && !resolved) result = withAppended(result, element, context.origins);
  }
  return result;
}

/** What is live as it may go into git: a placeholder for each secret in it, and for each that the server masks. */
function withoutSecrets(live: Json, key: string, context: MergeContext): Json {
  if (typeof live === 'string') return (isSecretField(key) || live === MASK) && live !== '' ? context.placeholder(key) : live;
  if (isList(live)) return live.map((element) => withoutSecrets(element, key, context));
  return isObject(live) ? Object.fromEntries(Object.entries(live).map(([name, entry]) => [name, withoutSecrets(entry, name, context)])) : live;
}

const sortable = (value: Json) => JSON.stringify(value);
const hasPlaceholder = (value: Json | undefined) => typeof value === 'string' && placeholdersIn(value).length > 0;

function named(path: readonly string[], fields: readonly string[]): boolean {
  const dotted = path.join('.');
  return fields.length === 0 || fields.some((field) => field === dotted || field.startsWith(`${dotted}.`) || dotted.startsWith(`${field}.`));
}

/** Equal as JSON; a text and what it spells are equal too, because exports write `"true"` where people write true. */
function same(left: Json, right: Json): boolean {
  if (typeof left === 'object' || typeof right === 'object') return JSON.stringify(left) === JSON.stringify(right);
  return String(left) === String(right) && (left === null) === (right === null);
}
