/**
 * The normal form of components: LDAP and other user federation, client registration policies, keys. An export nests them below their
 * parents, by type; so does the capture.
 *
 * A component is named by its type and its name. That is not always enough: a policy exists for anonymous and for authenticated
 * registration under one name, and nothing keeps a realm from having two components of one type and name (tried on 26.7.4). The sub-type
 * is part of the name here, and of equals the second has a number, in the order of what they contain: ids change when one is made again.
 */
import { canonicalJson, compareText } from '../canonical.ts';
import { namesOf, sightOfComponent, type SettingDescriptions, type SettingNames } from '../descriptions.ts';
import type { Json, JsonObject } from '../json.ts';
import { objectId, parseId } from '../keys.ts';
import { isRecord, recordsIn } from '../looks.ts';
import type { ObjectId } from '../model.ts';
import type { RealmRepresentation } from '../representation.ts';
import { configValue, isSecretKey, isUnknown } from '../unknowns.ts';

export const KEYS = 'org.keycloak.keys.KeyProvider';
export const FEDERATION = 'org.keycloak.storage.UserStorageProvider';
export const LDAP_MAPPER = 'org.keycloak.storage.ldap.mappers.LDAPStorageMapper';
export const REGISTRATION_POLICY = 'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy';

/** The user profile is one document with a kind of its own. */
const OWNED_ELSEWHERE = new Set(['org.keycloak.userprofile.UserProfileProvider']);

/** What only a full export has of a key, and what follows from it. */
const KEY_MATERIAL = /(private|public)Key$|^(certificate|kid|keyUse|secret)$/i;

export interface FoundComponent {
  readonly id: ObjectId;
  readonly type: string;
  /** As a person says it: `email`, `Trusted Hosts (anonymous)`. */
  readonly name: string;
  /** The name of the outermost component: what the engineer looks under. */
  readonly top: string;
  readonly raw: JsonObject;
  /** What the server says about the settings of its provider; undefined where no server was asked. */
  readonly names: SettingNames | undefined;
  readonly parent?: ObjectId;
  /** How many of its siblings have the same type and name, itself included. */
  readonly namesakes: number;
}

/** Every component that this kind speaks about, parents first. */
export function componentsOf(representation: RealmRepresentation): readonly FoundComponent[] {
  return walk(representation.components, [], representation.settingDescriptions);
}

/** The answer of GET /components in the shape of an export. */
export function nestComponents(all: readonly JsonObject[], parent: Json | undefined): Record<string, JsonObject[]> {
  const byType: Record<string, JsonObject[]> = {};
  for (const { providerType, parentId, ...component } of all) {
    if (parentId !== parent || typeof providerType !== 'string') continue;
    (byType[providerType] ??= []).push({ ...component, subComponents: nestComponents(all, component['id']) });
  }
  return byType;
}

function walk(byType: unknown, above: readonly FoundComponent[], descriptions: SettingDescriptions | undefined): readonly FoundComponent[] {
  if (!isRecord(byType as Json)) return [];
  const parent = above.at(-1);
  return Object.entries(byType as JsonObject).filter(([type]) => !OWNED_ELSEWHERE.has(type)).flatMap(([type, list]) => {
    const labels = groupByLabel(type, recordsIn(list), descriptions);
    return [...labels].flatMap(([label, equals]) => equals.flatMap((raw, index) => {
      const parts = [...(parent === undefined ? [] : parseId(parent.id).parts), type, label, ...(index === 0 ? [] : [String(index + 1)])];
      const name = shownName(label);
      const found: FoundComponent = {
        id: objectId('component', ...parts), type, name, raw, names: namesOf(descriptions, type, raw['providerId']), top: parent?.top ?? name, namesakes: equals.length,
        ...(parent === undefined ? {} : { parent: parent.id }),
      };
      return [found, ...walk(raw['subComponents'], [...above, found], descriptions)];
    }));
  });
}

function groupByLabel(type: string, list: readonly JsonObject[], descriptions: SettingDescriptions | undefined): ReadonlyMap<string, readonly JsonObject[]> {
  const groups = new Map<string, JsonObject[]>();
  for (const raw of list) {
    if (typeof raw['name'] !== 'string') continue;
    const label = labelOf(raw['name'], raw['subType']);
    groups.set(label, [...(groups.get(label) ?? []), raw]);
  }
  for (const equals of groups.values()) {
    const content = (raw: JsonObject): string => canonicalJson(contentOf(type, raw, namesOf(descriptions, type, raw['providerId'])));
    if (equals.length > 1) equals.sort((a, b) => compareText(content(a), content(b)) || compareText(String(a['id']), String(b['id'])));
  }
  return groups;
}

/** What tells namesakes apart; not their secrets, which only some sources have. */
function contentOf(type: string, raw: JsonObject, names: SettingNames | undefined): Json {
  const config = Object.entries(isRecord(raw['config']) ? raw['config'] : {}).filter(([key]) => sightOfComponent(names, type, key) === 'open');
  return { providerId: raw['providerId'] ?? '', config: Object.fromEntries(config.map(([key, value]) => [key, sortedTexts(value)])) };
}

/** `anonymous:Trusted Hosts`; a name with a colon and no sub-type begins with one, so that the two never meet. */
function labelOf(name: string, subType: Json | undefined): string {
  if (typeof subType === 'string' && subType !== '') return `${subType}:${name}`;
  return name.includes(':') ? `:${name}` : name;
}

/** The inverse of a label. */
export function nameAndSubType(label: string): { readonly name: string; readonly subType?: string } {
  const colon = label.indexOf(':');
  if (colon < 0) return { name: label };
  return { name: label.slice(colon + 1), ...(colon === 0 ? {} : { subType: label.slice(0, colon) }) };
}

function shownName(label: string): string {
  const { name, subType } = nameAndSubType(label);
  return subType === undefined ? name : `${name} (${subType})`;
}

/** The levels of a key, outermost first; `number` from the second of equals on. Types are class names, so a number is never one. */
export function levelsOf(id: ObjectId): readonly { readonly type: string; readonly label: string; readonly number?: string }[] {
  const rest = [...parseId(id).parts];
  const levels: { type: string; label: string; number?: string }[] = [];
  while (rest.length > 1) {
    const [type = '', label = ''] = rest.splice(0, 2);
    levels.push(/^\d+$/.test(rest[0] ?? '') ? { type, label, number: rest.shift() ?? '' } : { type, label });
  }
  return levels;
}

/** @param names  what the server says about its provider; without that, an answer of a server is known to show what it declares */
export function componentValue({ type, raw, names }: Pick<FoundComponent, 'type' | 'raw' | 'names'>): JsonObject {
  const config = isRecord(raw['config']) ? raw['config'] : {};
  const entries = Object.entries(config).flatMap(([key, value]): [string, Json][] => {
    const sight = sightOfComponent(names, type, key);
    const entry = sight === 'unseen' ? undefined : configEntry(key, value, sight === 'secret');
    return entry === undefined || isLeftOut(type, key, entry, config) ? [] : [[key, entry]];
  });
  return { providerId: raw['providerId'] ?? '', config: Object.fromEntries(entries) };
}

/** One text as such, several sorted: the server gives them in any order. Empty ones are not stored. */
function configEntry(key: string, value: Json, secret: boolean): Json | undefined {
  const texts = sortedTexts(value);
  if (texts.length === 0) return undefined;
  if (texts.length > 1 && !secret) return texts;
  const entries = texts.map((text) => configValue(key, text, secret));
  return entries.length === 1 ? entries[0] : entries.find(isUnknown) ?? entries;
}

function sortedTexts(value: Json): readonly string[] {
  const list = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return list.flatMap((item) => (item === null || item === undefined || item === '' ? [] : [String(item)])).sort(compareText);
}

/** The name of the Kerberos principal that the server writes into an LDAP provider that has none, by vendor (tried on 26.7.4). */
const PRINCIPALS: Readonly<Record<string, string>> = { ad: 'userPrincipalName', rhds: 'krbPrincipalName' };

function isLeftOut(type: string, key: string, entry: Json, config: JsonObject): boolean {
  if (type === KEYS) return KEY_MATERIAL.test(key) || isSecretKey(key);
  // When the last synchronisation ran: the server writes it, nobody sets it.
  if (type === FEDERATION && key === 'lastSync') return true;
  if (type === FEDERATION && key === 'krbPrincipalAttribute') return entry === (PRINCIPALS[sortedTexts(config['vendor'] ?? '')[0] ?? ''] ?? 'krb5PrincipalName');
  return type === LDAP_MAPPER && key === 'groups.path' && entry === '/';
}
