/** Comparing and merging two values of one object, field by field. */
import { canonicalJson, compareText } from './canonical.ts';
import { own, type Json, type JsonObject } from './json.ts';
import type { FieldDifference } from './model.ts';
import { couldBecome, isFingerprint, isUnknown, placeholdersIn, secretFingerprint } from './unknowns.ts';

/**
 * The fields on which live and evidence differ, sorted by path. Maps inside the value are compared key by key.
 *
 * @param strict  false where the evidence merely states: a field that it leaves out is not compared. A map that it
 *                does state (a mapper's config) is compared with all its keys.
 */
export function fieldDifferences(live: Json, evidence: Json, strict: boolean, name = 'value'): readonly FieldDifference[] {
  if (live === evidence) return [];
  if (!isMap(live) || !isMap(evidence)) return same(live, evidence) ? [] : [difference(name, live, evidence)];
  const keys = strict ? keysOf(live, evidence) : Object.keys(evidence).sort(compareText);
  return keys.flatMap((key) => {
    const a = own(live, key);
    const b = own(evidence, key);
    if (!isMap(a ?? {}) || !isMap(b ?? {}) || (a === undefined && b === undefined)) return same(a, b) ? [] : [difference(key, a, b)];
    return mapDifferences(key, a as JsonObject | undefined, b as JsonObject | undefined);
  });
}

function mapDifferences(path: string, live: JsonObject = {}, evidence: JsonObject = {}): readonly FieldDifference[] {
  return keysOf(live, evidence).flatMap((key) => (same(own(live, key), own(evidence, key)) ? [] : [difference(`${path}.${key}`, own(live, key), own(evidence, key))]));
}

/**
 * What live becomes when its differing fields are set to the evidence: the after-image of a restored change.
 *
 * @param takes  which of the differing fields are set, by their path as `fieldDifferences` names it; all where it is left out
 */
export function mergeValues(live: Json, evidence: Json, strict: boolean, takes: (path: string) => boolean = () => true): Json {
  if (!isMap(live) || !isMap(evidence)) return same(live, evidence) ? live : evidence;
  const merged = new Map(Object.entries(live));
  for (const key of strict ? keysOf(live, evidence) : Object.keys(evidence)) {
    const a = own(live, key);
    const b = own(evidence, key);
    const value = isMap(a ?? {}) && isMap(b ?? {}) ? mergeMaps(a as JsonObject | undefined, b as JsonObject | undefined, (inner) => takes(`${key}.${inner}`)) : same(a, b) || !takes(key) ? a : b;
    // A map that lost its last key is not there, as in normal form; one that the evidence has, even empty, stays.
    if (value === undefined || (isEmptyMap(value) && (b === undefined || (a === undefined && !isEmptyMap(b))))) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function mergeMaps(live: JsonObject = {}, evidence: JsonObject = {}, takes: (key: string) => boolean): JsonObject {
  const entries = keysOf(live, evidence).flatMap((key): [string, Json][] => {
    const value = same(own(live, key), own(evidence, key)) || !takes(key) ? own(live, key) : own(evidence, key);
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(entries);
}

/** Equal, or not known to differ, at any depth. Nothing, an empty text, list and map are the same: exports leave them out. */
export function same(live: Json | undefined, evidence: Json | undefined): boolean {
  if (isUnknown(live) || isUnknown(evidence)) return true;
  if (typeof live === 'string' && typeof evidence === 'string' && placeholdersIn(evidence).length > 0) return couldBecome(evidence, live);
  if (isHidden(live) !== isHidden(evidence)) return canonicalJson(hidden(live)) === canonicalJson(hidden(evidence));
  if (live !== undefined && evidence !== undefined && isMap(live) && isMap(evidence)) return keysOf(live, evidence).every((key) => same(own(live, key), own(evidence, key)));
  return canonicalJson(emptied(live)) === canonicalJson(emptied(evidence));
}

/**
 * Whether a value that was read shows what it shall be. What one side does not know (the server masks a secret, no source has the new
 * one) has to be there on the other, whatever it is: a secret that is gone is not the secret that shall be.
 */
export function readsAs(seen: Json | undefined, wanted: Json | undefined): boolean {
  if (isUnknown(seen) || isUnknown(wanted)) return (emptied(seen) === null) === (emptied(wanted) === null);
  if (seen !== undefined && wanted !== undefined && isMap(seen) && isMap(wanted)) return keysOf(seen, wanted).every((key) => readsAs(own(seen, key), own(wanted, key)));
  return same(seen, wanted);
}

/** A fingerprint, or several, as components have their settings. */
function isHidden(value: Json | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 && value.every(isFingerprint) : isFingerprint(value);
}

/** One source may show what another holds for a secret: a text is as good as its fingerprint. */
function hidden(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => hidden(item) ?? null);
  return typeof value === 'string' && value !== '' && !isFingerprint(value) ? secretFingerprint(value) : value;
}

function emptied(value: Json | undefined): Json {
  if (value === undefined || value === '' || (value !== null && typeof value === 'object' && Object.keys(value).length === 0)) return null;
  return value;
}

function difference(path: string, live: Json | undefined, evidence: Json | undefined): FieldDifference {
  return { path, ...(live === undefined ? {} : { live }), ...(evidence === undefined ? {} : { evidence }) };
}

function isEmptyMap(value: Json): boolean {
  return isMap(value) && Object.keys(value).length === 0;
}

function keysOf(a: JsonObject, b: JsonObject): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort(compareText);
}

function isMap(value: Json): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && !isUnknown(value);
}
