import { valueAt } from '../file-place.ts';
import type { Json, JsonObject } from '../json.ts';
import { objectId, partOf } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { isRecord, recordsIn } from '../looks.ts';
import type { RealmState } from '../model.ts';
import { configValue } from '../unknowns.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import type { RealmRepresentation } from '../representation.ts';
import { restoreRequiredAction } from '../writes/required-action-writes.ts';

/** What a fresh realm has (read off 26.7.4, and `terms_and_conditions` of older servers). */
const BUILTIN = new Set([
  'CONFIGURE_RECOVERY_AUTHN_CODES', 'CONFIGURE_TOTP', 'TERMS_AND_CONDITIONS', 'UPDATE_EMAIL', 'UPDATE_PASSWORD', 'UPDATE_PROFILE', 'VERIFY_EMAIL', 'VERIFY_PROFILE',
  'delete_account', 'delete_credential', 'idp_link', 'terms_and_conditions', 'update_user_locale', 'webauthn-register', 'webauthn-register-passwordless',
]);

export const requiredAction: Kind = {
  name: 'required-action',
  title: 'required action',
  facts: { restored: 'registered again where it is gone, then PUT of the whole action', idKept: false, undo: 'yes, but a removed one does not come back', lostForGood: 'nothing' },
  extract: (representation, completeness) => {
    const actions = actionsOf(representation);
    if (actions === undefined) return { objects: [], listed: [] };
    const whole = omissionMeansEmpty(representation, completeness);
    const objects = actions.flatMap((raw) => {
      const alias = raw['alias'];
      return typeof alias === 'string' && alias !== '' ? [{ id: objectId('required-action', alias), kind: 'required-action' as const, owner: 'realm', name: alias, value: actionValue(raw, whole) }] : [];
    });
    return { objects, listed: ['required-action@*'] };
  },
  references: () => [],
  effect: (change, found) => {
    if (change === 'lost') return `users can no longer be asked for ${found.name}`;
    const value = isRecord(found.value) ? found.value : {};
    if (change === 'live-only') return `${found.name} is registered only in the live realm`;
    return value['defaultAction'] === true ? `${found.name} is asked of new users under other terms` : `${found.name} is asked of users under other terms`;
  },
  // A required action stands before the token, not in it.
  claims: () => [],
  builtin: (found) => BUILTIN.has(found.name),
  restore: restoreRequiredAction,
  look: (id) => ({
    request: { method: 'GET', path: ['authentication', 'required-actions', partOf(id, 0)] },
    pick: (body) => (isRecord(body) && body['alias'] === partOf(id, 0) ? { value: actionValue(body, true) } : null),
  }),
  raw: (state, id) => rawAction(state, partOf(id, 0)),
  inFile: (id) => [valueAt('requiredActions', { alias: partOf(id, 0) })],
};

function actionsOf(representation: RealmRepresentation): readonly JsonObject[] | undefined {
  const list = representation['requiredActions'];
  return list === undefined ? undefined : recordsIn(list as Json);
}

export function rawAction(state: RealmState | undefined, alias: string): JsonObject | undefined {
  return state === undefined ? undefined : actionsOf(state.representation)?.find((raw) => raw['alias'] === alias);
}

/** @param whole  false for a file that a person wrote: what it leaves out is not stated */
function actionValue(raw: JsonObject, whole: boolean): JsonObject {
  const given = Object.fromEntries(Object.entries(raw).filter(([key, value]) => key !== 'alias' && key !== 'config' && value !== null && value !== ''));
  const config = isRecord(raw['config']) ? Object.fromEntries(Object.entries(raw['config']).filter(([, value]) => value !== null && value !== '').map(([key, value]) => [key, configValue(key, value)])) : {};
  const missing = whole ? { enabled: false, defaultAction: false, priority: 0 } : {};
  return { ...missing, ...given, ...(whole || raw['config'] !== undefined ? { config } : {}) };
}
