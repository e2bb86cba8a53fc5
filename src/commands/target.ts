import { RescueError } from '../realm/errors.ts';
import { baseAddress } from '../keycloak/address.ts';
import type { Target } from '../keycloak/target.ts';
import type { Terminal } from '../ui/terminal.ts';
import { VERSION } from '../version.ts';
import { namesCluster } from './cluster-target.ts';
import { askSecret, readStandardInput } from './secret-input.ts';
import type { Invocation } from './table.ts';

/**
 * What a recorded run remembers of its target. Only a flag wins over its address (a new port-forward), and nothing
 * over its realm: the journal is full of ids of that one.
 */
export interface Remembered {
  readonly url: string;
  readonly realm: string;
}

/**
 * Where to connect and as whom, from flags, environment and, for the password only, standard input or a prompt. What they leave open the
 * cluster says, where a flag names one.
 * @throws RescueError `usage` naming the flag that is missing; what the cluster refuses
 */
export async function resolveTarget(invocation: Invocation, terminal: Terminal, remembered?: Remembered): Promise<Target> {
  const { flags, environment, secrets } = invocation;
  const given = flags.url ?? remembered?.url ?? environment['KEYCLOAK_URL'];
  const realm = flags.realm ?? remembered?.realm ?? environment['KEYCLOAK_REALM'];
  if (remembered && realm !== remembered.realm) throw new RescueError('usage', `That run is of realm ${remembered.realm}; it cannot go on with realm ${realm}.`, ['Leave --realm out, or start a new run with: realm-rescue recover']);
  const cluster = asksCluster({ flags });
  if (!given && !cluster) throw new RescueError('usage', 'No Keycloak is named.', ['Give --url https://keycloak.example.com (or KEYCLOAK_URL).', 'To look around without a server: realm-rescue demo']);
  if (!realm) throw new RescueError('usage', 'No realm is named.', ['Give --realm NAME (or KEYCLOAK_REALM).']);
  if (['.', '..'].includes(realm)) throw new RescueError('usage', `No realm can be called "${realm}".`, ['Give --realm NAME (or KEYCLOAK_REALM).']);
  // The administrator of the cluster's objects lives in realm master.
  const anybody = flags['token-stdin'] === true || (flags['auth-realm'] ?? 'master') !== 'master' || Boolean(flags.username ?? environment['KEYCLOAK_USER'] ?? environment['KEYCLOAK_CLIENT_SECRET']);
  const found = cluster && (!given || !anybody) ? await (await import('./cluster-keycloak.ts')).keycloakOfCluster(invocation, { given, login: !anybody }) : null;
  const base = baseAddress(given ?? found?.url ?? '');
  const login = await credentials({ flags, environment }, terminal, found?.login ?? null);
  for (const secret of [login.password, login.clientSecret, login.token]) if (secret !== undefined) secrets.add(secret);
  return {
    url: base,
    realm,
    authRealm: flags['auth-realm'] ?? 'master',
    clientId: flags['client-id'] ?? environment['KEYCLOAK_CLIENT_ID'] ?? 'admin-cli',
    ...(flags['ca-file'] ? { caFile: flags['ca-file'] } : {}),
    userAgent: `realm-rescue/${VERSION}`,
    readOnly: flags['read-only'] ?? false,
    ...login,
  };
}

/** Whether a flag names a cluster that may be asked; `--from` of compare also takes files. */
function asksCluster({ flags }: Pick<Invocation, 'flags'>): boolean {
  const { from, ...others } = flags;
  return namesCluster({ flags: from !== undefined && /^(?:configmap|secret|application|kustomization|helmrelease):/.test(from) ? flags : others });
}

/** @param known  the administrator that the cluster knows; a password from a flag or the environment wins over that one's */
async function credentials({ flags, environment }: Pick<Invocation, 'flags' | 'environment'>, terminal: Terminal, known: { readonly username: string; readonly password: string } | null): Promise<Pick<Target, 'username' | 'password' | 'clientSecret' | 'token'>> {
  if (flags['token-stdin']) return { token: await readStandardInput('--token-stdin') };
  const username = flags.username ?? environment['KEYCLOAK_USER'] ?? known?.username;
  const clientSecret = environment['KEYCLOAK_CLIENT_SECRET'];
  const secret = clientSecret ? { clientSecret } : {};
  if (!username) {
    if (clientSecret) return secret;
    throw new RescueError('usage', 'Nobody is named to log in as.', ['Give --username NAME (or KEYCLOAK_USER), or KEYCLOAK_CLIENT_ID with KEYCLOAK_CLIENT_SECRET for a service account.']);
  }
  if (flags['password-stdin']) return { username, password: await readStandardInput('--password-stdin'), ...secret };
  const password = environment['KEYCLOAK_PASSWORD'];
  if (password) return { username, password, ...secret };
  if (known) return { ...known, ...secret };
  if (terminal.mode === 'ink' || terminal.mode === 'plain-prompts') return { username, password: await askSecret(`Password of ${username}: `), ...secret };
  throw new RescueError('usage', `No password is given for ${username}.`, ['Set KEYCLOAK_PASSWORD or pipe it in with --password-stdin.']);
}
