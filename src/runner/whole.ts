/** A capture that lacks a part shows no difference there, and silence would be taken for "in sync": it is refused. */
import { RescueError } from '../realm/errors.ts';
import type { Snapshot } from '../realm/snapshot.ts';
import type { Connection } from '../runbook/model.ts';
import { grantWords, namedRoles, roleOwner } from '../runbook/roles.ts';

/** Nothing is restored that hangs on these, so a capture may go without them; its notes say so. */
const SPARED = new Set(['view-identity-providers', 'view-organizations', 'manage-authorization']);

/**
 * Before anything is read: a role that the capture needs and that is known to be missing. With `query-clients` alone the
 * server answers the list of client scopes with 200 and [] (verified-keycloak.md 4), which would look like a loss.
 * @throws RescueError `missing-role`
 */
export function refuseHalfSight(connection: Pick<Connection, 'rights' | 'user' | 'rolesOf'>, realm: string): void {
  const needed = connection.rights.filter((right) => right.step === 'capture' && right.allowed === false).flatMap((right) => right.role.split(' and '));
  const missing = [...new Set(needed.filter((role) => !SPARED.has(role)))];
  if (missing.length === 0) return;
  throw new RescueError('missing-role', `The realm cannot be captured whole: these credentials lack ${namedRoles(missing)} of ${roleOwner(connection)}.`, [
    `${grantWords(missing, connection, realm)}, then try again; realm-rescue doctor shows what else will be needed.`,
  ]);
}

/**
 * After it: a part that the server did not give although the role is there.
 * @throws RescueError `server-error`, with what the capture says about it
 */
export function refuseGaps({ realm, representation, notes }: Pick<Snapshot, 'realm' | 'representation' | 'notes'>): void {
  const { clients, clientScopes, roles } = representation;
  if (clients && clientScopes && roles?.realm) return;
  throw new RescueError('server-error', `The realm ${realm} could not be captured whole, so nothing can be said about what was lost.`, [
    ...notes, 'Look into the log of the server, then try again.',
  ]);
}
