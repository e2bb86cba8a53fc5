import { objectId, parseId } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { isRecord, recordsIn } from '../looks.ts';
import type { Json, JsonObject } from '../json.ts';
import type { ObjectId, RealmObject } from '../model.ts';
import { DEFAULT_PROFILE, PROFILE_LISTS, profileEntry, profileEntryValue, profileOf, type ProfilePart } from '../normal/user-profile.ts';
import { restoreUserProfile } from '../writes/user-profile-writes.ts';

const POLICY = 'unmanagedAttributePolicy';

export const userProfile: Kind = {
  name: 'user-profile',
  title: 'user profile',
  facts: {
    restored: 'one PUT of the profile: the live one with only the chosen attributes, groups and policy changed, at the places that the evidence gives them',
    idKept: false,
    undo: 'yes',
    lostForGood: 'values that users lost while an attribute was unknown; the order of attributes is not compared',
  },
  extract: (representation, completeness) => {
    const profile = profileOf(representation, completeness);
    return profile === undefined ? { objects: [], listed: [] } : { objects: objectsOf(profile), listed: ['user-profile@*', 'user-profile@attribute', 'user-profile@group'] };
  },
  // An attribute in a group that does not exist is refused by the server.
  references: ({ value }) => (isRecord(value) && typeof value['group'] === 'string' ? [objectId('user-profile', 'group', value['group'])] : []),
  effect: (change, { id }) => {
    const [part, name = ''] = parseId(id).parts;
    if (part === POLICY) return change === 'lost' ? 'attributes that the profile does not name are refused and hidden' : 'attributes that the profile does not name are treated differently';
    if (part === 'group') return `the group ${name} of the user form ${change === 'lost' ? 'is gone' : change === 'changed' ? 'looks different' : 'is only in the live realm'}`;
    if (change === 'lost') return `the user attribute ${name} is unknown: forms do not ask for it, and it can be refused, hidden or dropped when a user is saved`;
    return change === 'changed' ? `the user attribute ${name} is asked for, checked or shown differently` : `the user attribute ${name} is only in the live profile`;
  },
  claims: () => [],
  builtin: ({ id }) => {
    const [part = '', name = ''] = parseId(id).parts;
    return profileEntry(DEFAULT_PROFILE, part, name) !== undefined;
  },
  restore: restoreUserProfile,
  look: (id) => ({
    request: { method: 'GET', path: ['users', 'profile'] },
    pick: (body) => {
      const found = isRecord(body) ? objectsOf(body).find((object) => object.id === id) : undefined;
      return found === undefined ? null : { value: found.value };
    },
  }),
  // It stands in a realm file as one text of JSON, which cannot be changed in part.
  inFile: () => [],
};

function objectsOf(profile: JsonObject): readonly RealmObject[] {
  const entries = (Object.keys(PROFILE_LISTS) as ProfilePart[]).flatMap((part) => recordsIn(profile[PROFILE_LISTS[part]]).flatMap((raw) => {
    const name = raw['name'];
    return typeof name === 'string' ? [object(objectId('user-profile', part, name), `${part} ${name}`, profileEntryValue(raw, part))] : [];
  }));
  const policy = profile[POLICY];
  return typeof policy === 'string' && policy !== '' ? [...entries, object(objectId('user-profile', POLICY), POLICY, policy)] : entries;
}

function object(id: ObjectId, name: string, value: Json): RealmObject {
  return { id, kind: 'user-profile', owner: 'realm', name, value };
}
