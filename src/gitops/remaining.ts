import { compareStates } from '../realm/compare.ts';
import { readState } from '../realm/state.ts';
import type { JsonObject } from '../realm/json.ts';
import type { ObjectId, RealmState } from '../realm/model.ts';
import { asRepresentation } from '../realm/representation-shape.ts';

/**
 * What a patched realm file still says otherwise than live: nobody chose it, or it could not be restored, so it is left; but the next import would
 * apply it. The same comparison as everywhere: what a fresh realm has by itself, placeholders and masks do not count.
 */
export function remainingIn(realm: JsonObject, path: string, live: RealmState): readonly ObjectId[] {
  const representation = asRepresentation(realm);
  if (typeof representation === 'string') return [];
  const file = readState({ realm: live.realm, source: `file:${path}`, completeness: 'stated', representation }, live.representation.settingDescriptions);
  return compareStates(live, [file]).map(({ id }) => id);
}

/** Objects of which two files of one realm say different things. */
export function statedApart(one: JsonObject, other: JsonObject, realm: string): readonly ObjectId[] {
  const [left, right] = [one, other].map((value) => asRepresentation(value)).flatMap((representation) => (typeof representation === 'string' ? [] : [readState({ realm, source: 'file', completeness: 'stated', representation })]));
  return left && right ? compareStates(left, [right]).map(({ id }) => id) : [];
}
