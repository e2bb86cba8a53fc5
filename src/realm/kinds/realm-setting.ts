import { settingEffect, settingSuggestion } from '../normal/realm-setting-words.ts';
import { objectId, parseId, place } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { isRecord } from '../looks.ts';
import type { ObjectId, RealmObject } from '../model.ts';
import { isFreshSetting, isLaterDefault, OPTIONAL, REALM_MAPS, REALM_SETS, realmSettingsOf } from '../normal/realm-settings.ts';
import { settingPlaces } from '../normal/setting-places.ts';
import type { Setting } from '../normal/settings.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import type { RealmRepresentation } from '../representation.ts';
import { restoreRealmSetting } from '../writes/realm-setting-writes.ts';

export const realmSetting: Kind = {
  name: 'realm-setting',
  title: 'realm setting',
  facts: {
    restored: 'one PUT of the realm with the chosen settings and what the server resets when it is left out (the policy that a setting belongs to, CIBA, PAR and device settings)',
    idKept: false,
    undo: 'yes; mail settings only while their password is known',
    lostForGood: 'a mail password that no evidence has in clear; sessions that a shorter lifetime has ended',
  },
  extract: (representation, completeness) => {
    const whole = omissionMeansEmpty(representation, completeness);
    const said = [...REALM_SETS, ...REALM_MAPS, ...OPTIONAL].filter((field) => representation[field] !== undefined && representation[field] !== null);
    // An export leaves these out when they are not set; any other field that it lacks, its server did not have.
    const silent = whole && representation['accessTokenLifespan'] !== undefined ? [...OPTIONAL, 'supportedLocales'] : [];
    return { objects: realmSettingsOf(representation).map(object), listed: [...new Set([...said, ...silent])].map((field) => place('realm-setting', field)) };
  },
  // The server takes no mail settings without a sender.
  references: (found) => (found.id.startsWith('realm-setting:smtpServer/') && found.id !== SENDER ? [SENDER] : []),
  effect: (change, found, live, evidence) => settingEffect(change, settingOf(found), { live: live.objects.get(found.id)?.value, evidence: evidence.objects.get(found.id)?.value }),
  // Settings decide how long tokens live and who may log in, not what they carry.
  claims: () => [],
  suggest: (change, found) => settingSuggestion(change, settingOf(found)),
  builtin: (found) => isFreshSetting(settingOf(found)),
  serverDefault: (found) => isLaterDefault(settingOf(found)),
  restore: restoreRealmSetting,
  look: (id) => ({
    request: { method: 'GET', path: [] },
    pick: (body) => {
      const setting = isRecord(body) ? realmSettingsOf(body as RealmRepresentation).find(({ parts }) => objectId('realm-setting', ...parts) === id) : undefined;
      return setting === undefined ? null : { value: setting.value };
    },
  }),
  raw: (state) => state.representation,
  inFile: (id) => settingPlaces([], parseId(id).parts),
};

const SENDER: ObjectId = 'realm-setting:smtpServer/from';

function object({ parts, value }: Setting): RealmObject {
  const [field = ''] = parts;
  return {
    id: objectId('realm-setting', ...parts), kind: 'realm-setting', owner: 'realm', name: parts.join('/'), value,
    ...(OPTIONAL.has(field) ? { places: [place('realm-setting', field)] } : {}),
  };
}

function settingOf(found: RealmObject): Setting {
  return { parts: parseId(found.id).parts, value: found.value };
}
