/**
 * ObjectIds: `kind:part/part`. They are the contract's stable names, so everything that builds or reads one does it here.
 *
 * `%` and `/` are escaped inside a part because clientIds may be URLs and role names may hold slashes.
 * The kind never holds a colon, so the first colon ends it and parts may hold more of them.
 */
import type { KindName, ObjectId } from './model.ts';

/** Escapes one part of a key. */
export function escapePart(part: string): string {
  return part.includes('%') || part.includes('/') ? part.replaceAll('%', '%25').replaceAll('/', '%2F') : part;
}

/** The inverse of escapePart; also reads `%3A` and `%2A`, which only some parts use. */
export function unescapePart(part: string): string {
  return part.replace(/%(25|2F|3A|2A)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The container that was named last: all that is in a client names it, one after the other, and one text will do for all. */
let container: { readonly kind: KindName; readonly name: string; readonly id: ObjectId } | undefined;

/** Builds `kind:part/part` from raw parts. */
export function objectId(kind: KindName, ...parts: readonly string[]): ObjectId {
  const [name = ''] = parts;
  if (parts.length !== 1) return `${kind}:${parts.map(escapePart).join('/')}`;
  if (container?.kind !== kind || container.name !== name) container = { kind, name, id: `${kind}:${escapePart(name)}` };
  return container.id;
}

export interface ParsedId {
  readonly kind: KindName;
  /** Raw, unescaped. */
  readonly parts: readonly string[];
}

/** Takes an ObjectId apart. Any string with a colon parses; whether the kind exists is for the registry to say. */
export function parseId(id: ObjectId): ParsedId {
  const colon = id.indexOf(':');
  return { kind: id.slice(0, colon) as KindName, parts: id.slice(colon + 1).split('/').map(unescapePart) };
}

/** The raw part at an index; empty when the key is shorter, which only a foreign id can be. */
export function partOf(id: ObjectId, index: number): string {
  return parseId(id).parts[index] ?? '';
}

/** A role: of a client, or of the realm where `client` is null. */
export interface RoleRef {
  readonly client: string | null;
  readonly role: string;
}

export function roleId(ref: RoleRef): ObjectId {
  return ref.client === null ? objectId('realm-role', ref.role) : objectId('client-role', ref.client, ref.role);
}

/** `role` or `client`, `role`: the tail of a mapping's key. */
export function roleParts(ref: RoleRef): readonly string[] {
  return ref.client === null ? [ref.role] : [ref.client, ref.role];
}

/** Reads the tail of a mapping's key back. */
export function roleOfParts(parts: readonly string[]): RoleRef {
  const [first = '', second] = parts;
  return second === undefined ? { client: null, role: first } : { client: first, role: second };
}

/** A role as one single part, for keys that name two roles (composites). */
export function rolePart(ref: RoleRef): string {
  return roleParts(ref).map(escapePart).join('/');
}

export function roleOfPart(part: string): RoleRef {
  return roleOfParts(part.split('/').map(unescapePart));
}

/** Who holds a scope mapping. */
export type Holder = { readonly client: string } | { readonly clientScope: string };

const SCOPE_HOLDER = 'client-scope:';

/**
 * The id of a scope mapping. A client scope holds it as `client-scope:NAME`; a client whose clientId really begins
 * like that gets its first colon escaped, so that the two never meet.
 */
export function scopeMappingId(holder: Holder, role: RoleRef): ObjectId {
  return `scope-mapping:${holderPart(holder)}/${rolePart(role)}`;
}

export function holderPart(holder: Holder): string {
  if ('clientScope' in holder) return SCOPE_HOLDER + escapePart(holder.clientScope);
  const part = escapePart(holder.client);
  return part.startsWith(SCOPE_HOLDER) ? `client-scope%3A${part.slice(SCOPE_HOLDER.length)}` : part;
}

export function parseScopeMapping(id: ObjectId): { readonly holder: Holder; readonly role: RoleRef } {
  const [first = '', ...rest] = id.slice(id.indexOf(':') + 1).split('/');
  const holder = first.startsWith(SCOPE_HOLDER) ? { clientScope: unescapePart(first.slice(SCOPE_HOLDER.length)) } : { client: unescapePart(first) };
  return { holder, role: roleOfParts(rest.map(unescapePart)) };
}

/**
 * The places where an object could be listed, widest first: `kind@*`, then `kind@` and each leading piece of its key.
 * A client that is called `*` is escaped, so that it cannot pass for a whole kind.
 */
export function placesOf(id: ObjectId): readonly string[] {
  const colon = id.indexOf(':');
  const kind = id.slice(0, colon);
  const parts = id.slice(colon + 1).split('/');
  return [`${kind}@*`, ...parts.slice(0, -1).map((_, index) => place(kind, parts.slice(0, index + 1).join('/')))];
}

/** One place: `kind@KEY`, where KEY is an escaped piece of a key (escapePart, rolePart or holderPart made it). */
export function place(kind: string, key: string): string {
  return `${kind}@${key === '*' ? '%2A' : key}`;
}
