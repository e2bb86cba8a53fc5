import { RescueError } from '../realm/errors.ts';
import type { Connection, JournalLine } from '../runbook/model.ts';
import type { Keycloak } from './ports.ts';

/**
 * Before a recorded run goes on: logs in, finds out what these credentials may do now (a missing role may have been
 * granted since), and refuses a realm that is not the one of the record. Another server may have a realm of the same
 * name, and a re-import may have given this one a new id; what the journal knows are ids of the old one.
 *
 * @returns undefined when the run has never been connected: then it connects as its first step
 * @throws  RescueError `usage` for another realm, and everything that a login throws
 */
export async function reconnect(keycloak: Keycloak, lines: readonly JournalLine[]): Promise<Connection | undefined> {
  const known = lines.flatMap(({ event }) => (event.type === 'connect.succeeded' ? [event.connection.realmId] : [])).at(-1);
  if (known === undefined) return undefined;
  const connection = await keycloak.connect();
  if (known !== '' && connection.realmId !== '' && connection.realmId !== known) {
    throw new RescueError('usage', `The realm ${keycloak.realm} has the id ${connection.realmId} here, and the recorded run was at work on ${known}.`, [
      'Check --url: it may lead to another server.', 'If the realm was imported anew meanwhile, start a new run with: realm-rescue recover',
    ]);
  }
  return connection;
}
