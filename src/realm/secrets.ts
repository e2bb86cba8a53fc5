import { compareText } from './canonical.ts';
import { own } from './json.ts';
import { objectId, parseId } from './keys.ts';
import type { ObjectId, RealmState } from './model.ts';
import { rawClient, rawMapper, rawScope } from './normal/raw.ts';
import { MASK, placeholdersIn } from './unknowns.ts';

/**
 * The value behind a `$secret` reference, from the first evidence that really knows it: not a mask, not a placeholder.
 * Undefined where none does. The only place that gives out a secret; it must go into a request and nowhere else.
 *
 * @param field  `secret`, or `attributes.KEY` or `config.KEY`
 */
export function findSecret(evidence: readonly RealmState[], id: ObjectId, field: string): string | undefined {
  for (const state of evidence) {
    const value = fieldOf(state, id, field);
    if (typeof value === 'string' && value !== '' && value !== MASK && placeholdersIn(value).length === 0) return value;
  }
  return undefined;
}

function fieldOf(state: RealmState, id: ObjectId, field: string): unknown {
  const { kind, parts } = parseId(id);
  const [container = '', name = ''] = parts;
  const found = kind === 'client-mapper' ? rawMapper(rawClient(state, container), name) : kind === 'client-scope-mapper' ? rawMapper(rawScope(state, container), name)
    : kind === 'client-scope' ? rawScope(state, container) : rawClient(state, container);
  const dot = field.indexOf('.');
  if (dot < 0) return found?.[field];
  const map = found?.[field.slice(0, dot)];
  return map !== null && typeof map === 'object' ? own(map as Readonly<Record<string, unknown>>, field.slice(dot + 1)) : undefined;
}

/** Confidential clients among some restored ones whose secret no evidence knows: the server gives them a new one. */
export function newSecretsOf(restored: Iterable<ObjectId>, evidence: readonly RealmState[]): readonly string[] {
  return [...restored].flatMap((id) => {
    const { kind, parts: [clientId = ''] } = parseId(id);
    const raw = evidence.map((state) => rawClient(state, clientId)).find((client) => client !== undefined);
    if (kind !== 'client' || raw === undefined || raw['publicClient'] === true || raw['bearerOnly'] === true) return [];
    return findSecret(evidence, objectId('client', clientId), 'secret') === undefined ? [clientId] : [];
  }).toSorted(compareText);
}
