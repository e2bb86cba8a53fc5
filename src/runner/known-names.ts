import { RescueError } from '../realm/errors.ts';
import { objectId } from '../realm/keys.ts';
import type { Difference, RealmState } from '../realm/model.ts';

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
 * Holds the answers file to what there is. A line for an object that nobody knows answers nothing, and the flags would
 * then decide what the line was meant to keep them from. Objects that are equal by now may stay in the file.
 * @throws RescueError `usage` naming the unknown ones
 */
export function refuseUnknownAnswers(answered: readonly string[], states: readonly RealmState[], differences: readonly Difference[]): void {
  const ids = new Set<string>([...differences.map(({ id }) => id), ...states.flatMap((state) => [...state.objects.keys()])]);
  const unknown = answered.filter((id) => !ids.has(id));
  if (unknown.length === 0) return;
  throw new RescueError('usage', `The answers file names ${unknown.slice(0, 5).join(', ')}${unknown.length > 5 ? ' and more' : ''}, which neither the realm nor the evidence has.`, [
    'Take the ids from realm-rescue compare; those of the answers file have to be the same, letter by letter.',
  ]);
}
