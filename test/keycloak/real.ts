import { Agent, type Dispatcher } from 'undici';
import { openKeycloak } from '../../src/keycloak/keycloak.ts';
import type { Target } from '../../src/keycloak/target.ts';
import type { Keycloak } from '../../src/runner/ports.ts';
import { idIn, must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';

export interface Server {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** A target on a real server, as its administrator. */
export function administrator(server: Server, realm: string, over: Partial<Target> = {}): Target {
  return { url: server.url, realm, authRealm: 'master', clientId: 'admin-cli', username: server.username, password: server.password, userAgent: 'realm-rescue test', readOnly: false, ...over };
}

export interface Counted {
  readonly dispatcher: Dispatcher;
  /** `METHOD /path` of every request so far. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** A network that notes what goes through it. */
export function counting(): Counted {
  const agent = new Agent({ connections: 8 });
  const requests: string[] = [];
  const dispatcher = agent.compose((dispatch) => (options, handler) => {
    requests.push(`${options.method} ${options.path}`);
    return dispatch(options, handler);
  });
  return { dispatcher, requests, close: () => agent.close() };
}

/** A service account of the realm itself that holds exactly the given roles of realm-management. */
export async function accountWith(calls: AdminCalls, server: Server, roles: readonly string[]): Promise<Keycloak> {
  const clientId = `only-${roles.join('-') || 'nothing'}`;
  await calls.call('POST', '/clients', { clientId, secret: 'lab', serviceAccountsEnabled: true, standardFlowEnabled: false });
  const [user] = (await must(calls, 'GET', `/users?username=service-account-${clientId}&exact=true`)) as { id: string }[];
  const management = idIn(await must(calls, 'GET', '/clients?clientId=realm-management'), 'clientId', 'realm-management');
  const wanted = await Promise.all(roles.map((role) => must(calls, 'GET', `/clients/${management}/roles/${role}`)));
  if (wanted.length > 0) await must(calls, 'POST', `/users/${user?.id}/role-mappings/clients/${management}`, wanted);
  const { username: _, password: __, ...target } = administrator(server, calls.realm, { authRealm: calls.realm, clientId, clientSecret: 'lab' });
  return openKeycloak(target);
}

export const quiet = { knownClients: [], onProgress: () => undefined };
