/** The texts in ConfigMaps and Secrets. Pure; what was in a Secret goes into a text and nowhere else. */
import { gunzipSync } from 'node:zlib';
import type { Json } from '../realm/json.ts';
import type { ClusterText } from '../evidence/cluster.ts';
import { MAX_CHARACTERS, unreadable } from '../evidence/document.ts';
import { at, isObject, textAt, type KubeObject } from '../gitops/controllers/object.ts';

/** The annotation in which client-side apply (kubectl, Argo CD) leaves the object as it was given. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export interface Written {
  /** ISO time. */
  readonly at: string;
  /** As it calls itself: anybody may write any name there. */
  readonly by: string;
}

/** Who wrote a field last, by `managedFields`; null where the server kept no log of it. */
export function written(object: KubeObject, ...fields: readonly string[]): Written | null {
  const entries = (object.metadata.managedFields ?? []).filter(({ time, fieldsV1 }) => time !== undefined && at(fieldsV1, ...fields.map((field) => `f:${field}`)) !== undefined);
  const [last] = entries.sort((a, b) => (b.time ?? '').localeCompare(a.time ?? ''));
  return last?.time === undefined ? null : { at: isoTime(last.time) ?? last.time, by: last.manager ?? '' };
}

/** The time of a write; else when the object was made, else now. */
export function timeOf(object: KubeObject, write: Written | null, now: number): string {
  return write?.at ?? isoTime(textAt(object, 'metadata', 'creationTimestamp')) ?? new Date(now).toISOString();
}

/** Kubernetes leaves fractions out, Helm writes nine digits of them and an offset. */
export function isoTime(time: string | undefined): string | null {
  const milliseconds = Date.parse(time ?? '');
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds).toISOString();
}

export function writerNote(write: Written | null): readonly string[] {
  return write === null || write.by === '' ? [] : [`last written by ${write.by}, as it calls itself`];
}

export interface KeyText {
  readonly key: string;
  readonly part: 'data' | 'binaryData' | 'stringData';
  readonly text: string;
}

/** Every key of a ConfigMap or Secret as a text; packed values are unpacked, and those that are no text are whatever comes out. */
export function keyTexts(object: KubeObject): readonly KeyText[] {
  const found = (['data', 'binaryData', 'stringData'] as const).flatMap((part) => {
    const values = at(object, part);
    if (!isObject(values)) return [];
    const coded = part === 'binaryData' || (part === 'data' && object.kind === 'Secret');
    return Object.entries(values).flatMap(([key, value]) => (typeof value === 'string' ? [{ key, part, text: coded ? unpacked(Buffer.from(value, 'base64')) : value }] : []));
  });
  // As it was applied, a Secret may have both, and the server lets stringData win.
  return [...new Map(found.map((text) => [text.key, text])).values()];
}

/** Gzip is unpacked, up to what a realm can be; anything else is taken as UTF-8. */
export function unpacked(bytes: Buffer): string {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8');
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_CHARACTERS }).toString('utf8');
  } catch {
    return bytes.toString('utf8');
  }
}

/**
 * The keys of an object as texts to be looked through.
 *
 * @param spec  of the object without a key: `configmap:iam/keycloak-realm`
 * @param key   only this one; null: all
 * @throws RescueError `evidence-unreadable` where there is no such key, or none at all
 */
export function textsOf(object: KubeObject, spec: string, key: string | null, now: number): readonly ClusterText[] {
  const all = keyTexts(object);
  const wanted = key === null ? all : all.filter((found) => found.key === key);
  if (wanted.length === 0) {
    const keys = all.map((found) => found.key);
    const has = keys.length === 0 ? 'it has none' : `it has ${keys.slice(0, 8).join(', ')}${keys.length > 8 ? ` and ${keys.length - 8} more` : ''}`;
    const [only = '', ...others] = keys;
    const next = keys.length === 0 ? 'Name the object that holds the realm.' : others.length === 0 ? `Write ${spec}/${only}.` : `Write ${spec}/KEY with one of these keys, or ${spec} alone to look into all of them.`;
    throw unreadable(key === null ? `${spec} holds nothing: it has no keys.` : `${spec} has no key "${key}": ${has}.`, [next]);
  }
  return wanted.map((found) => {
    const write = written(object, found.part, found.key);
    return { name: `${spec}/${found.key}`, text: found.text, capturedAt: timeOf(object, write, now), notes: writerNote(write) };
  });
}

/** The object as it was last applied; null where nobody left it, or what is there is no object. */
export function lastApplied(object: KubeObject): KubeObject | null {
  let value: Json;
  try {
    value = JSON.parse(object.metadata.annotations?.[LAST_APPLIED] ?? '') as Json;
  } catch {
    return null;
  }
  // The kind decides how values are coded, and an annotation may say anything.
  return isObject(value) ? { ...value, kind: object.kind ?? '', metadata: object.metadata } : null;
}

/** The keys of the object as it was last applied. The whole of it was written at one time. */
export function lastAppliedTexts(object: KubeObject, applied: KubeObject, spec: string, key: string | null, now: number): readonly ClusterText[] {
  const write = written(object, 'metadata', 'annotations', LAST_APPLIED);
  const current = new Map(keyTexts(object).map((found) => [found.key, found.text]));
  return textsOf(applied, spec, key, now).map((text) => {
    const same = current.get(text.name.slice(spec.length + 1)) === text.text;
    return { ...text, capturedAt: timeOf(object, write, now), notes: [`as it was last applied${write === null || write.by === '' ? '' : ` by ${write.by}`}; ${same ? 'nothing has changed it since' : 'what stands there now is another text'}`] };
  });
}
