/** Making bodies of writes out of representations: never a masked secret, never a secret in clear, no server noise. */
import { sha256 } from '../canonical.ts';
import type { Json } from '../json.ts';
import type { PlanContext } from '../kind.ts';
import { isRecord } from '../looks.ts';
import type { ObjectId, RealmState, Template } from '../model.ts';
import { isFingerprint, isSecretKey, isUnknown, MASK, placeholdersIn } from '../unknowns.ts';

/**
 * A config or attribute map as a template. Masked values fall away, and so do empty ones (the server does not store
 * them); secrets become references that are filled in when the request is sent.
 */
export function mapBody(id: ObjectId, field: string, map: Readonly<Record<string, unknown>>): Template {
  const entries = Object.entries(map).flatMap(([key, value]): [string, Template][] => {
    if (value === MASK || value === '' || value === null || value === undefined) return [];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return [[key, isSecretKey(key) ? { $secret: id, field: `${field}.${key}` } : text]];
  });
  return Object.fromEntries(entries);
}

/**
 * A value in normal form as a body: where it has the fingerprint of a secret, a reference stands, to live for one that is there already.
 *
 * @param field  what the value is called in the representation of the object: `config`
 * @param live   the same value as it is live
 * @param called the key of the map in which the value stands; empty where it is none
 */
export function valueBody(id: ObjectId, field: string, value: Json, live: Json | undefined, called = ''): Template {
  const walk = (wanted: Json, ours: Json | undefined, path: string, key: string): Template => {
    if (Array.isArray(wanted)) return (wanted as readonly Json[]).map((item, index) => walk(item, Array.isArray(ours) ? (ours as readonly Json[])[index] : undefined, `${path}.${index}`, key));
    if (isSecretKey(key) && (isFingerprint(wanted) || isUnknown(wanted))) return { $secret: id, field: path, ...(wanted === ours ? { from: 'live' } : {}) };
    return isRecord(wanted) ? Object.fromEntries(Object.entries(wanted).map(([name, item]) => [name, walk(item, isRecord(ours) ? ours[name] : undefined, `${path}.${name}`, name)])) : wanted;
  };
  return walk(value, live, field, called);
}

/** Removes masked values at any depth: a mask that is sent becomes the secret. */
export function withoutMasks(value: unknown): Template {
  if (Array.isArray(value)) return value.filter((item) => item !== MASK).map(withoutMasks);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== MASK && item !== undefined).map(([key, item]) => [key, withoutMasks(item)]));
  }
  return value as Template;
}

/** The first placeholder in a body that only a deployment can fill in; sending it would store it literally. */
export function firstPlaceholder(body: unknown): string | undefined {
  if (typeof body === 'string') return placeholdersIn(body)[0];
  if (body === null || typeof body !== 'object' || '$secret' in body || '$id' in body || '$role' in body) return undefined;
  for (const value of Object.values(body)) {
    const found = firstPlaceholder(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function refusePlaceholder(placeholder: string): { readonly refused: string } {
  return { refused: `the evidence states ${placeholder}, which only a deployment fills in` };
}

/** Whether evidence is another realm of the same server, where its ids are in use: the server gives each id once in all of its realms. */
export function isOtherRealm({ source }: Pick<RealmState, 'source'>): boolean {
  return source.startsWith('realm:');
}

/** An original id that can be given again: at most 36 characters (the server answers 400 or 500 otherwise), not in use. */
export function keepableId(id: string | undefined, used: ReadonlySet<string>): string | undefined {
  return id !== undefined && id !== '' && id.length <= 36 && !used.has(id) ? id : undefined;
}

/**
 * An id that is made up: the same for the same part of the same realm, so that a plan made again names it again.
 *
 * @param written  how the server writes it, where that is no UUID
 */
export function madeUpId(used: ReadonlySet<string>, of: readonly string[], written: (uuid: string) => string = (uuid) => uuid): string {
  for (let n = 0; ; n += 1) {
    const hex = sha256(JSON.stringify([...of, n])).slice('sha256:'.length);
    const id = written(`${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`);
    if (!used.has(id)) return id;
  }
}

/** A UUID as the server writes the id of an LDAP provider (26.0.8, 26.7.4): in 22 characters, so that the ids of its users fit into the 64 bytes of WebAuthn (keycloak#32143). */
export function shortUuid(uuid: string): string {
  const bytes = uuid.replaceAll('-', '').match(/../g) ?? [];
  return btoa(String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16)))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * The id for an object that is made: the original one, or one that every run of this tool makes up alike. Nothing else keeps two writers from
 * making two protocol mappers, identity provider mappers, components or flows of one name: Keycloak looks for the name before it writes, of
 * components not even that, and its database has no rule (of sixteen POSTs at the same moment up to all were taken, 26.7.4). The same id twice is
 * 409; for identity provider mappers from 26.0 on, as servers before take no id for them.
 */
export function idFor(id: ObjectId, original: string | undefined, { live, usedIds, takenIds }: Pick<PlanContext, 'live' | 'usedIds' | 'takenIds'>, written?: (uuid: string) => string): string {
  return keepableId(original, usedIds) ?? madeUpId(takenIds, [live.representation.id ?? live.realm, id], written);
}

/** Whether the plan creates a container, and so its mappers and links in the same write. */
export function isCreated(container: ObjectId, context: PlanContext): boolean {
  return context.chosen.get(container)?.change === 'lost';
}
