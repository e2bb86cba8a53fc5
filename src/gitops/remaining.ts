import { canonicalJson } from '../realm/canonical.ts';
import { knowsAbsence } from '../realm/places.ts';
import { readState } from '../realm/state.ts';
import type { JsonObject } from '../realm/json.ts';
import type { ObjectId, RealmState } from '../realm/model.ts';
import type { RealmRepresentation } from '../realm/representation.ts';

/**
 * What a patched realm file still says otherwise than live: nobody chose it, so it is left, but the next import would apply it.
 * Placeholders and masks do not count: nobody can compare them.
 */
export function remainingIn(realm: JsonObject, path: string, live: RealmState): readonly ObjectId[] {
  const file = readState({ realm: live.realm, source: `file:${path}`, completeness: 'stated', representation: realm as RealmRepresentation });
  const differing = [...file.objects.values()].filter((object) => {
    const there = live.objects.get(object.id);
    const [value, now] = [canonicalJson(object.value), there && canonicalJson(there.value)];
    return now === undefined ? knowsAbsence(live, object) : now !== value && !`${now}${value}`.includes('"$unknown"');
  });
  const absent = [...live.objects.values()].filter((object) => !file.objects.has(object.id) && knowsAbsence(file, object));
  return [...differing, ...absent].map(({ id }) => id);
}
