/** The normal form of the user profile: attributes and groups by name, and what happens to attributes that it does not name. */
import { canonicalJson, compareText } from '../canonical.ts';
import type { Json, JsonObject } from '../json.ts';
import { isRecord, recordsIn } from '../looks.ts';
import type { Completeness } from '../model.ts';
import type { RealmRepresentation } from '../representation.ts';
import { isOlderThan } from '../version.ts';
import { omissionMeansEmpty } from './whole.ts';

/** The provider type under which exports have the profile, as a text of JSON in one setting of a component. */
export const PROFILE_PROVIDER = 'org.keycloak.userprofile.UserProfileProvider';
export const PROFILE_CONFIG = 'kc.user.profile.config';

const EVERYBODY: JsonObject = { view: ['admin', 'user'], edit: ['admin', 'user'] };
const named = (name: string, validations: JsonObject, required: boolean): JsonObject => ({
  name, displayName: `\${${name}}`, validations, ...(required ? { required: { roles: ['user'] } } : {}), permissions: EVERYBODY, multivalued: false,
});

/** What a realm without a profile of its own has (`keycloak-default-user-profile.json`, 26.7.4). */
export const DEFAULT_PROFILE: JsonObject = {
  attributes: [
    named('username', { length: { min: 3, max: 255 }, 'username-prohibited-characters': {}, 'up-username-not-idn-homograph': {} }, false),
    named('email', { email: {}, length: { max: 255 } }, true),
    named('firstName', { length: { max: 255 }, 'person-name-prohibited-characters': {} }, true),
    named('lastName', { length: { max: 255 }, 'person-name-prohibited-characters': {} }, true),
  ],
  groups: [{ name: 'user-metadata', displayHeader: 'User metadata', displayDescription: 'Attributes, which refer to user metadata' }],
};

/**
 * The profile that a representation speaks of: its component, the field `userProfile` (hand-written files, and the capture where the
 * server's own profile is another than the one above; null where the server has none), or the default in an export without either.
 */
export function profileOf(representation: RealmRepresentation, completeness: Completeness): JsonObject | undefined {
  const own = representation['userProfile'] as Json | undefined;
  if (own === null) return undefined;
  const parsed = parse(textIn(representation.components as JsonObject | undefined));
  if (parsed !== undefined) return parsed;
  if (isRecord(own)) return own;
  // Before 24 the profile was a feature with another default.
  if (isOlderThan(representation.keycloakVersion ?? null, 24, 0)) return undefined;
  return representation.components !== undefined && omissionMeansEmpty(representation, completeness) ? DEFAULT_PROFILE : undefined;
}

/** Whether components hold a profile that is the realm's own. */
export function hasOwnProfile(components: JsonObject): boolean {
  return textIn(components) !== undefined;
}

function textIn(components: JsonObject | undefined): Json | undefined {
  const component = recordsIn(components?.[PROFILE_PROVIDER])[0];
  const config = isRecord(component?.['config']) ? component['config'][PROFILE_CONFIG] : undefined;
  return Array.isArray(config) ? (config as readonly Json[])[0] : config;
}

/** Whether a server's own profile is the one that this tool takes for it. */
export function isDefaultProfile(profile: JsonObject): boolean {
  const normal = (each: JsonObject): Json => (Object.keys(PROFILE_LISTS) as ProfilePart[]).map((part) => recordsIn(each[PROFILE_LISTS[part]]).map((entry) => [entry['name'] ?? null, profileEntryValue(entry, part)]));
  return profile['unmanagedAttributePolicy'] === undefined && canonicalJson(normal(profile)) === canonicalJson(normal(DEFAULT_PROFILE));
}

function parse(text: Json | undefined): JsonObject | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * One attribute or group: no name, nothing empty, the flag that servers before 25 leave out filled in; lists of roles and scopes as sets. Two empty maps say
 * something: a validator without settings checks, and what is required of nobody in particular is required of everybody.
 */
export function profileEntryValue(raw: JsonObject, part: ProfilePart): JsonObject {
  const value = Object.fromEntries(Object.entries(raw).flatMap(([key, value]): [string, Json][] => {
    if (key === 'name' || key === 'multivalued' || value === null || value === '') return [];
    if (!isRecord(value)) return [[key, label(value)]];
    if (key === 'required' && Object.values(value).every(isEmpty)) return [[key, 'always']];
    const inner = Object.entries(value).flatMap(([name, item]): [string, Json][] => {
      if (key === 'validations') return [[name, isEmpty(item) ? true : item]];
      if (isEmpty(item)) return [];
      return [[name, Array.isArray(item) ? (item as readonly Json[]).map(String).sort(compareText) : label(item)]];
    });
    return inner.length === 0 ? [] : [[key, Object.fromEntries(inner)]];
  }));
  return part === 'attribute' ? { ...value, multivalued: raw['multivalued'] === true } : value;
}

const isEmpty = (value: Json): boolean => value === null || (typeof value === 'object' && Object.keys(value).length === 0);

/** `${firstName}` is the key of a text that the server looks up when it draws a form: nothing that a deployment fills in. */
const label = (value: Json): Json => (typeof value === 'string' ? value.replaceAll('${', '{') : value);

/** Which list of the profile has objects of which name. */
export const PROFILE_LISTS = { attribute: 'attributes', group: 'groups' } as const;
export type ProfilePart = keyof typeof PROFILE_LISTS;

export function profileEntry(profile: JsonObject | undefined, part: string, name: string): JsonObject | undefined {
  return part === 'attribute' || part === 'group' ? recordsIn(profile?.[PROFILE_LISTS[part]]).find((entry) => entry['name'] === name) : undefined;
}
