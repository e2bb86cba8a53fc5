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
