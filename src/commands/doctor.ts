import { ERROR_CODES, EXIT } from '../realm/errors.ts';
import { triedOn } from '../realm/tried.ts';
import type { Connection, Right } from '../runbook/model.ts';
import { fewestRoles, grantWords, missingRoles, roleOwner } from '../runbook/roles.ts';
import { sanitise } from '../ui/text.ts';
import { checkFrom, namesCluster } from './cluster-target.ts';
import { withKeycloak } from './live.ts';
import { printJson, tagged } from './out.ts';
import type { CommandRun, Invocation } from './table.ts';
import { thisTerminal } from './terminal.ts';

/** Connection, version, permissions, what would be possible; of a named cluster also what freezing and thawing take. Reads only. Exit 3 where a later step is known to be refused, 64 where what --from names is not there. */
export const run: CommandRun = async (invocation) => {
  const { json, from } = invocation.flags;
  if (from !== undefined) await checkFrom(from);
  // Loaded only then: the client of Kubernetes costs more than everything else here.
  const { clusterLines, findings: cluster } = namesCluster(invocation) ? await lookAtCluster(invocation) : NO_CLUSTER;
  const print = (lines: readonly string[]) => process.stdout.write(tagged(lines, invocation.flags['env-tag']).map((line) => `${sanitise(line)}\n`).join(''));
  // What is known of the cluster is worth a word also where Keycloak cannot be reached.
  if (!json && cluster !== null) print(clusterLines(cluster));
  const { connection, realm } = await withKeycloak(invocation, thisTerminal(invocation), async (keycloak) => ({ connection: await keycloak.connect(), realm: keycloak.realm }));
  if (json) printJson({ schema: 'realm-rescue/doctor/v1', ...connection, ...(cluster === null ? {} : { cluster }) }, 2);
  else print(linesOf(connection, realm));
  const stops = cluster?.stops ?? null;
  // That nothing applies it is a finding and no mistake.
  if (stops !== null && stops.code !== 'needs-decision') {
    for (const line of [`realm-rescue: ${stops.title}`, ...stops.next.map((next) => `  ${next}`)]) process.stderr.write(`${sanitise(line)}\n`);
    return ERROR_CODES[stops.code];
  }
  return missingRoles(connection).size > 0 || (cluster?.role ?? null) !== null ? EXIT.couldNotCheck : EXIT.done;
};

const NO_CLUSTER = { findings: null, clusterLines: (): readonly string[] => [] };

async function lookAtCluster(invocation: Invocation) {
  const loaded = await import('./cluster-doctor.ts');
  return { findings: await loaded.lookAtCluster(invocation), clusterLines: loaded.clusterLines };
}

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
