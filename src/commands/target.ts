import { RescueError } from '../realm/errors.ts';
import { baseAddress } from '../keycloak/address.ts';
import type { Target } from '../keycloak/target.ts';
import type { Terminal } from '../ui/terminal.ts';
import { VERSION } from '../version.ts';
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
 * Where to connect and as whom, from flags, environment and, for the password only, standard input or a prompt.
 * @throws RescueError `usage` naming the flag that is missing
 */
export async function resolveTarget({ flags, environment, secrets }: Invocation, terminal: Terminal, remembered?: Remembered): Promise<Target> {
  const url = flags.url ?? remembered?.url ?? environment['KEYCLOAK_URL'];
  const realm = flags.realm ?? remembered?.realm ?? environment['KEYCLOAK_REALM'];
  if (remembered && realm !== remembered.realm) throw new RescueError('usage', `That run is of realm ${remembered.realm}; it cannot go on with realm ${realm}.`, ['Leave --realm out, or start a new run with: realm-rescue recover']);
  if (!url) throw new RescueError('usage', 'No Keycloak is named.', ['Give --url https://keycloak.example.com (or KEYCLOAK_URL).', 'To look around without a server: realm-rescue demo']);
  if (!realm) throw new RescueError('usage', 'No realm is named.', ['Give --realm NAME (or KEYCLOAK_REALM).']);
  if (['.', '..'].includes(realm)) throw new RescueError('usage', `No realm can be called "${realm}".`, ['Give --realm NAME (or KEYCLOAK_REALM).']);
  const base = baseAddress(url);
  const login = await credentials({ flags, environment }, terminal);
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

async function credentials({ flags, environment }: Pick<Invocation, 'flags' | 'environment'>, terminal: Terminal): Promise<Pick<Target, 'username' | 'password' | 'clientSecret' | 'token'>> {
  if (flags['token-stdin']) return { token: await readStandardInput('--token-stdin') };
  const username = flags.username ?? environment['KEYCLOAK_USER'];
  const clientSecret = environment['KEYCLOAK_CLIENT_SECRET'];
  const secret = clientSecret ? { clientSecret } : {};
  if (!username) {
    if (clientSecret) return secret;
    throw new RescueError('usage', 'Nobody is named to log in as.', ['Give --username NAME (or KEYCLOAK_USER), or KEYCLOAK_CLIENT_ID with KEYCLOAK_CLIENT_SECRET for a service account.']);
  }
  if (flags['password-stdin']) return { username, password: await readStandardInput('--password-stdin'), ...secret };
  const password = environment['KEYCLOAK_PASSWORD'];
  if (password) return { username, password, ...secret };
  if (terminal.mode === 'ink' || terminal.mode === 'plain-prompts') return { username, password: await askSecret(`Password of ${username}: `), ...secret };
  throw new RescueError('usage', `No password is given for ${username}.`, ['Set KEYCLOAK_PASSWORD or pipe it in with --password-stdin.']);
}
