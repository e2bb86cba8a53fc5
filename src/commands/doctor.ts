import { EXIT } from '../realm/errors.ts';
import { triedOn } from '../realm/tried.ts';
import { sanitise } from '../ui/text.ts';
import { withKeycloak } from './live.ts';
import { printJson } from './out.ts';
import type { CommandRun } from './table.ts';
import { thisTerminal } from './terminal.ts';

/** Connection, version, permissions, what would be possible. Reads only. */
export const run: CommandRun = async (invocation) => {
  const connection = await withKeycloak(invocation, thisTerminal(invocation), (keycloak) => keycloak.connect());
  const missing = connection.rights.filter((right) => right.allowed === false);
  if (invocation.flags.json) {
    printJson({ schema: 'realm-rescue/doctor/v1', ...connection }, 2);
  } else {
    const word = (allowed: boolean | null) => (allowed === null ? '?  ' : allowed ? 'OK ' : 'NO ');
    process.stdout.write(`${sanitise(`Keycloak ${connection.serverVersion ?? '(version not visible to these credentials)'}, realm id ${connection.realmId}, logged in as ${connection.user} through ${connection.clientId}`)}\n`);
    const tried = triedOn(connection.serverVersion);
    if (tried !== null) process.stdout.write(`    ${sanitise(tried)}; every write is read back, and what this server takes otherwise stops the run\n`);
    for (const right of connection.rights) process.stdout.write(`${word(right.allowed)} ${right.job}${right.allowed === true ? '' : `  needs role ${right.role} of realm-management`}\n`);
    if (connection.rights.some((right) => right.allowed === null)) process.stdout.write('?   cannot be known without writing\n');
  }
  return missing.length > 0 ? EXIT.couldNotCheck : EXIT.done;
};
