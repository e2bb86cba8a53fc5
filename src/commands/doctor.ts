import { EXIT } from '../realm/errors.ts';
import { triedOn } from '../realm/tried.ts';
import type { Connection, Right } from '../runbook/model.ts';
import { fewestRoles, grantWords, missingRoles, roleOwner } from '../runbook/roles.ts';
import { sanitise } from '../ui/text.ts';
import { withKeycloak } from './live.ts';
import { printJson } from './out.ts';
import type { CommandRun } from './table.ts';
import { thisTerminal } from './terminal.ts';

/** Connection, version, permissions, what would be possible. Reads only. Exit 3 where a later step is known to be refused. */
export const run: CommandRun = async (invocation) => {
  const { connection, realm } = await withKeycloak(invocation, thisTerminal(invocation), async (keycloak) => ({ connection: await keycloak.connect(), realm: keycloak.realm }));
  if (invocation.flags.json) printJson({ schema: 'realm-rescue/doctor/v1', ...connection }, 2);
  else process.stdout.write(`${linesOf(connection, realm).map(sanitise).join('\n')}\n`);
  return missingRoles(connection).size > 0 ? EXIT.couldNotCheck : EXIT.done;
};

function linesOf(connection: Connection, realm: string): readonly string[] {
  const { serverVersion, realmId, user, clientId, rights } = connection;
  const hidden = 'not visible to these credentials';
  const tried = triedOn(serverVersion);
  const missing = [...missingRoles(connection)];
  return [
    `Keycloak ${serverVersion ?? `of a release ${hidden}`}, realm id ${realmId === '' ? hidden : realmId}, logged in as ${user} through ${clientId}`,
    ...(tried === null ? [] : [`    ${tried}; every write is read back, and what this server takes otherwise stops the run`]),
    ...rights.map((right) => rightLine(right)),
    ...(rights.some((right) => right.allowed === null) ? ['?   cannot be known without writing'] : []),
    ...(missing.length === 0 ? [] : [`The roles are those of ${roleOwner(connection)}. ${grantWords(fewestRoles(missing), connection, realm)} for all of it; less will do for less: docs/rights.md.`]),
  ];
}

function rightLine({ allowed, job, role }: Right): string {
  if (allowed === true) return `OK  ${job}`;
  return `${allowed === null ? '?  ' : 'NO '} ${job}  needs ${role}`;
}
