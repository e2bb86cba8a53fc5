import { rawClient } from '../normal/raw.ts';
import { settingPlaces } from '../normal/setting-places.ts';
import { escapePart, objectId, parseId, place, partOf } from '../keys.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Kind } from '../kind.ts';
import { lookInList } from '../looks.ts';
import type { RealmObject } from '../model.ts';
import { isBuiltinClient } from '../normal/builtins.ts';
import { isMadeUp, isServerDefault, SETS, settingsOf, type Setting } from '../normal/settings.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import type { ClientRepresentation } from '../representation.ts';
import { restoreSetting } from '../writes/client-setting-writes.ts';

export const clientSetting: Kind = {
  name: 'client-setting',
  title: 'client setting',
  facts: {
    restored: 'one partial PUT of the client with all chosen settings; with a lost client in its POST',
    idKept: false,
    undo: 'yes',
    lostForGood: 'the user id of a service account that was deleted; a secret that no evidence has',
  },
  insideParent: true,
  extract: (representation, completeness) => {
    const whole = omissionMeansEmpty(representation, completeness);
    const clients = (representation.clients ?? []).flatMap((raw) => (raw.clientId === undefined ? [] : [{ name: raw.clientId, raw }]));
    return {
      objects: clients.values().flatMap(({ name, raw }) => settingsOf(raw).map((setting) => object(name, setting))),
      listed: clients.flatMap(({ name, raw }) => {
        const key = escapePart(name);
        if (completeness !== 'stated') return [place('client-setting', key)];
        const said = [...SETS, 'attributes'].filter((field) => raw[field] !== undefined || whole);
        return said.map((field) => place('client-setting', `${key}/${field}`));
      }),
    };
  },
  references: () => [],
  effect: (change, found) => {
    const [, field = '', element] = parseId(found.id).parts;
    if (field === 'redirectUris') return change === 'lost' ? `logins that return to ${element ?? ''} are refused` : `logins may return to ${element ?? ''}`;
    if (field === 'webOrigins') return change === 'lost' ? `pages of ${element ?? ''} can no longer call Keycloak from a browser` : `pages of ${element ?? ''} may call Keycloak from a browser`;
    if (field === 'secret') return `${found.owner} logs in with another secret: whoever has the other one gets invalid_client`;
    return `${element ?? field} of ${found.owner} is ${change === 'live-only' ? 'set only in the live realm' : change === 'lost' ? 'not set any more' : 'set differently'}`;
  },
  // Settings decide who may log in and how; claims follow from mappers, scopes and roles.
  claims: () => [],
  builtin: (found) => isBuiltinClient(found.owner) || isMadeUp({ parts: parseId(found.id).parts.slice(1) }),
  serverDefault: (found) => isServerDefault({ parts: parseId(found.id).parts.slice(1), value: found.value }),
  suggest: (change, found) => {
    const field = partOf(found.id, 1);
    if (change !== 'changed') return undefined;
    if (field === 'secret') return { suggest: 'ask', because: 'somebody may have rotated it on purpose: whoever has the other one gets invalid_client' };
    if (field === 'serviceAccountsEnabled' && found.value === false) return { suggest: 'ask', because: 'switching service accounts off deletes the user behind it and its roles' };
    return undefined;
  },
  restore: restoreSetting,
  look: (id) => {
    const [client = '', ...parts] = parseId(id).parts;
    return lookInList({ path: ['clients'], query: { clientId: client } }, (list) => {
      const raw = list.find((item) => item['clientId'] === client);
      const whole = wholeSet(raw, parts);
      if (whole !== undefined) return { value: whole };
      const setting = raw === undefined ? undefined : settingsOf(raw as ClientRepresentation).find((found) => found.parts.join('\0') === parts.join('\0'));
      return setting === undefined ? null : { value: setting.value };
    });
  },
  raw: (state, id) => rawClient(state, partOf(id, 0)),
  inFile: (id) => settingPlaces(['clients', { clientId: partOf(id, 0) }], parseId(id).parts.slice(1)),
};

/** A whole list of texts, which has no object of its own but is taken whole by every PUT: its images show that nobody else moved it. */
function wholeSet(raw: JsonObject | undefined, parts: readonly string[]): Json | undefined {
  const list = parts.length === 1 && SETS.some((set) => set === parts[0]) ? raw?.[parts[0] ?? ''] : undefined;
  return Array.isArray(list) ? (list as readonly Json[]).map(String).toSorted() : undefined;
}

function object(client: string, setting: Setting): RealmObject {
  return { id: objectId('client-setting', client, ...setting.parts), kind: 'client-setting', owner: client, name: setting.parts.join('/'), value: setting.value, parent: objectId('client', client) };
}
