import { compareText } from './canonical.ts';
import { own } from './json.ts';
import { objectId, parseId } from './keys.ts';
import type { ObjectId, RealmState } from './model.ts';
import { kindOf } from './kinds/index.ts';
import { isConfidential } from './normal/confidential.ts';
import { rawClient } from './normal/raw.ts';
import { MASK, placeholdersIn } from './unknowns.ts';

/**
 * The value behind a `$secret` reference, from the first evidence that really knows it: not a mask, not a placeholder.
 * Undefined where none does. The only place that gives out a secret; it must go into a request and nowhere else.
 *
 * @param field  `secret`, or `attributes.KEY`, `config.KEY` or `config.KEY.0`
 */
export function findSecret(evidence: readonly RealmState[], id: ObjectId, field: string): string | undefined {
  for (const state of evidence) {
    const value = fieldOf(state, id, field);
    if (typeof value === 'string' && value !== '' && value !== MASK && placeholdersIn(value).length === 0) return value;
  }
  return undefined;
}

function fieldOf(state: RealmState, id: ObjectId, field: string): unknown {
  const found = kindOf(parseId(id).kind)?.raw?.(state, id);
  const dot = field.indexOf('.');
  if (dot < 0) return found?.[field];
  const map = found?.[field.slice(0, dot)];
  return map !== null && typeof map === 'object' ? keyOf(map as Readonly<Record<string, unknown>>, field.slice(dot + 1)) : undefined;
}

/** A key of a map; `KEY.0` is the first of a list, as components have their settings. */
function keyOf(map: Readonly<Record<string, unknown>>, key: string): unknown {
  const [, name = '', index = ''] = /^(.*)\.(\d+)$/.exec(key) ?? [];
  const list = own(map, key) === undefined ? own(map, name) : undefined;
  return Array.isArray(list) ? list[Number(index)] : own(map, key);
}

/** Confidential clients among what is restored whose secret no evidence knows: the server gives them a new one, also when they stop being public. */
export function newSecretsOf(restored: Iterable<ObjectId>, evidence: readonly RealmState[]): readonly string[] {
  return [...restored].flatMap((id) => {
    const { kind, parts: [clientId = '', field] } = parseId(id);
    const raw = evidence.map((state) => rawClient(state, clientId)).find((client) => client !== undefined);
    const renews = kind === 'client' || (kind === 'client-setting' && (field === 'publicClient' || field === 'bearerOnly'));
    if (!renews || raw === undefined || !isConfidential(raw)) return [];
    return findSecret(evidence, objectId('client', clientId), 'secret') === undefined ? [clientId] : [];
  }).toSorted(compareText);
}
