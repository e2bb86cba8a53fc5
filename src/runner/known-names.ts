import { RescueError } from '../realm/errors.ts';
import { own, type Json, type JsonObject } from '../realm/json.ts';
import { objectId } from '../realm/keys.ts';
import type { Difference, ObjectId, RealmState } from '../realm/model.ts';

/**
 * Holds `--client` to what there is. A name that nobody knows would leave everything else alone and end with
 * "done": a typing error must not look like a recovery.
 * @throws RescueError `usage` naming the unknown ones
 */
export function refuseUnknownClients(named: readonly string[], states: readonly RealmState[], differences: readonly Difference[]): void {
  const owners = new Set(differences.map(({ owner }) => owner));
  const unknown = named.filter((client) => !owners.has(client) && !states.some((state) => state.objects.has(objectId('client', client))));
  if (unknown.length === 0) return;
  const offered = [...owners].slice(0, 12).join(', ');
  throw new RescueError('usage', `--client names ${unknown.join(' and ')}, which neither the realm nor the evidence has.`, [
    owners.size === 0 ? 'There are no differences to choose from: leave --client out.' : `Name one of those with differences: ${offered}.`,
  ]);
}

/**
 * Holds the answers file to what there is. A line for an object or a field that nobody knows answers nothing, and the flags
 * would then decide what the line was meant to keep them from. Objects and fields that are equal by now may stay in the file.
 * @throws RescueError `usage` naming the unknown ones
 */
export function refuseUnknownAnswers(answered: readonly string[], states: readonly RealmState[], differences: readonly Difference[]): void {
  const byId = new Map<string, Difference>(differences.map((difference) => [difference.id, difference]));
  const known = (id: string): boolean => byId.has(id) || states.some((state) => state.objects.has(id as ObjectId));
  const unknown = answered.filter((key) => !known(key) && !splits(key).some(([id, path]) => known(id) && hasField(id, path, byId.get(id), states)));
  if (unknown.length === 0) return;
  const [whole] = unknown.flatMap(splits).find(([id]) => (byId.get(id)?.change ?? 'changed') !== 'changed') ?? [];
  throw new RescueError('usage', `The answers file names ${unknown.slice(0, 5).join(', ')}${unknown.length > 5 ? ' and more' : ''}, which neither the realm nor the evidence has.`, [
    'Take the ids from realm-rescue compare; those of the answers file have to be the same, letter by letter.',
    ...(unknown.some((key) => key.includes('#')) ? ['Behind the # stands the path of a field, as realm-rescue compare --json lists it under "fields".'] : []),
    ...(whole === undefined ? [] : [`Only a change has fields; ${whole} is lost or only live as a whole, so answer it by its id.`]),
  ]);
}

/** A key at each `#`, which may stand in ids and in paths, too: `id#path`. */
function splits(key: string): readonly (readonly [string, string])[] {
  return [...key.matchAll(/#/g)].map(({ index }) => [key.slice(0, index), key.slice(index + 1)]);
}

function hasField(id: string, path: string, difference: Difference | undefined, states: readonly RealmState[]): boolean {
  if (difference !== undefined && difference.change !== 'changed') return false;
  return difference?.fields.some((field) => field.path === path) === true || states.some((state) => {
    const object = state.objects.get(id as ObjectId);
    return object !== undefined && (isMap(object.value) ? reaches(object.value, path) : object.name === path);
  });
}

/** Whether a path as `fieldDifferences` names it is there: a key, or a key of a map below it, which is never one field. Keys may hold dots. */
function reaches(value: JsonObject, path: string): boolean {
  const whole = own(value, path);
  if (whole !== undefined && !isMap(whole)) return true;
  return [...path.matchAll(/\./g)].some(({ index }) => {
    const inner = own(value, path.slice(0, index));
    return inner !== undefined && isMap(inner) && own(inner, path.slice(index + 1)) !== undefined;
  });
}

function isMap(value: Json): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
