import { RescueError } from '../realm/errors.ts';
import { baseAddress, isLoopback } from '../keycloak/address.ts';
import { openCluster } from '../kubernetes/api.ts';
import { findKeycloak } from '../kubernetes/find-keycloak.ts';
import { namesController, parseFrom } from '../kubernetes/from-spec.ts';
import { sanitise } from '../ui/text.ts';
import { clusterTarget } from './cluster-target.ts';
import type { Invocation } from './table.ts';

export interface ClusterKeycloak {
  readonly url: string;
  readonly login: { readonly username: string; readonly password: string } | null;
}

/**
 * Keycloak as the cluster that the flags name knows it. One line on standard error says what was taken; standard output stays that of the command.
 *
 * @param given  the address that a flag, a recorded run or the environment names: then only the login comes from the cluster
 * @throws RescueError what the cluster refuses; `usage` where its login would go to another server
 */
export async function keycloakOfCluster(invocation: Invocation, { given, login }: { readonly given: string | undefined; readonly login: boolean }): Promise<ClusterKeycloak> {
  const { flags } = invocation;
  const api = openCluster(clusterTarget(invocation));
  try {
    // What carries the realm lies beside what reads it.
    const source = flags.from === undefined ? null : parseFrom(flags.from, api.namespace);
    const carrying = source === null || namesController(source) ? null : source.namespace;
    const found = await findKeycloak(api, { namespace: flags.namespace ?? carrying, login }).catch((error: unknown) => { throw given === undefined ? error : withoutLogin(error); });
    const known = found.username !== null && found.password !== null ? { username: found.username, password: found.password } : null;
    if (given !== undefined && known) refuseElsewhere(given, found);
    const who = known ? ` as ${known.username}` : '';
    say(given === undefined ? `Keycloak from the cluster: ${found.url}${who}, from ${found.from}` : `Login from the cluster:${who === '' ? ' none' : who}, from ${found.from}`);
    for (const note of found.notes) if (given === undefined || !note.includes('port-forward')) say(`  ${note}`);
    return { url: found.url, login: known };
  } finally {
    await api.close();
  }
}

/** Only the login was wanted: an address is given. */
function withoutLogin(error: unknown): unknown {
  if (!(error instanceof RescueError) || !['missing-role', 'object-not-found', 'usage'].includes(error.code)) return error;
  const next = error.next.map((line) => line.replace(/, or give its address with --url\.$/, '.')).filter((line) => !/--url\.$|--username/.test(line));
  return new RescueError(error.code, `Nobody is named to log in as, and the cluster does not say: ${error.message}`, ['Give --username NAME (or KEYCLOAK_USER).', ...next], { cause: error });
}

/** A port-forward ends on this machine; any other address is not known to be the server that the password belongs to. */
function refuseElsewhere(given: string, { url, from, username }: { readonly url: string; readonly from: string; readonly username: string | null }): void {
  const [there, known] = [baseAddress(given), baseAddress(url)];
  if (isLoopback(there) || there === known) return;
  throw new RescueError('usage', `Nobody is named to log in as, and ${username ?? 'the login'} of ${from} is for ${known}, not for ${there}.`, ['Give --username NAME (or KEYCLOAK_USER), or leave --url out.']);
}

function say(text: string): void {
  process.stderr.write(`${sanitise(text)}\n`);
}
