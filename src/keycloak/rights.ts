/** What these credentials may do later on, found out by reads that change nothing. */
import type { Right } from '../runbook/model.ts';
import type { Api } from './api.ts';
import { ownRoles } from './own-roles.ts';
import { isSilence } from './people.ts';
import { isObject, objects, text } from './text.ts';
import type { Target } from './target.ts';

/** true: shown to be allowed. false: shown to be refused. null: cannot be known without writing. */
type Finding = boolean | null;

/** Roles of realm-management, each with whether it is there. */
export type Found = Readonly<Record<'view-realm' | 'view-clients' | 'view-users' | 'view-identity-providers' | 'view-events' | 'manage-clients' | 'manage-users' | 'manage-realm' | 'manage-identity-providers' | 'manage-authorization', Finding>>;
type RoleName = keyof Found;

/** What each later job needs: all of `roles`. From the sets tried one by one in verified-keycloak.md 4. */
const JOBS: readonly { readonly job: string; readonly step: Right['step']; readonly roles: readonly RoleName[] }[] = [
  { job: 'capture realm settings, roles, keys and flows', step: 'capture', roles: ['view-realm'] },
  { job: 'capture clients, scopes and mappers', step: 'capture', roles: ['view-clients'] },
  { job: 'capture groups and service accounts', step: 'capture', roles: ['view-users'] },
  { job: 'capture identity providers', step: 'capture', roles: ['view-identity-providers'] },
  { job: 'read admin events', step: 'triage', roles: ['view-events'] },
  { job: 'clear the caches', step: 'triage', roles: ['manage-realm'] },
  { job: 'restore clients, mappers, client scopes and client roles', step: 'restore', roles: ['manage-clients'] },
  { job: 'restore realm roles and realm settings', step: 'restore', roles: ['manage-realm'] },
  { job: 'restore realm roles in the scope of a client', step: 'restore', roles: ['manage-clients', 'manage-realm'] },
  { job: 'restore role mappings of service accounts and groups', step: 'restore', roles: ['manage-users'] },
  { job: 'restore identity providers', step: 'restore', roles: ['manage-identity-providers'] },
  { job: 'restore authorization settings', step: 'restore', roles: ['manage-authorization'] },
  { job: 'preview tokens', step: 'prove', roles: ['view-clients', 'view-users'] },
];

/** What each job of the runbook will be allowed, with the role to grant where it will not. */
export async function readRights(api: Api, target: Target): Promise<readonly Right[]> {
  return rightsFrom(await findRoles(api, target));
}

/** Pure: from roles to jobs. */
export function rightsFrom(found: Found): readonly Right[] {
  return JOBS.map(({ job, step, roles }) => {
    const missing = roles.filter((role) => found[role] === false);
    const unknown = roles.filter((role) => found[role] === null);
    return { job, step, allowed: missing.length > 0 ? false : unknown.length > 0 ? null : true, role: (missing.length > 0 ? missing : unknown.length > 0 ? unknown : roles).join(' and ') };
  });
}

/** An id that nobody has: what is asked is only whether one may ask. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Lists are no probes: with a query- role they answer 200 and []. Initial access tokens and the brute-force status of
 * nobody are closed (403) without view-clients and view-users (tried with each role alone on 26.7.4).
 */
async function findRoles(api: Api, target: Target): Promise<Found> {
  const [account, keys, viewClients, viewUsers, providers, events, organizations, own, mapping] = await Promise.all([
    accountClient(api),
    opens(api, ['keys']),
    isOpen(api, ['clients-initial-access']),
    isOpen(api, ['attack-detection', 'brute-force', 'users', NOBODY]),
    opens(api, ['identity-provider', 'instances'], { max: 1 }),
    opens(api, ['events', 'config']),
    // Closed (403) to everybody without manage-realm or a role for organizations.
    isOpen(api, ['organizations'], { max: 1 }),
    ownRoles(api, target),
    mapsRoles(api),
  ]);
  const manageClients = account?.['configure'] ?? (viewClients ? null : false);
  const probed: Found = {
    'view-realm': keys,
    'view-clients': viewClients,
    'view-users': viewUsers,
    'view-identity-providers': providers,
    'view-events': events,
    'manage-clients': manageClients,
    'manage-users': viewUsers ? mapping : false,
    'manage-realm': keys && organizations ? null : false,
    // No read tells manage- from view-identity-providers, nor does one for authorization where no client has the services.
    'manage-identity-providers': providers ? null : false,
    'manage-authorization': manageClients === true ? true : null,
  };
  const known = filled(probed, own);
  return known['manage-realm'] === null ? { ...known, 'manage-realm': await mayExport(api) } : known;
}

/** What could not be probed is taken from the roles of the account itself, where those can be read. */
function filled(probed: Found, own: ReadonlySet<string> | undefined): Found {
  if (!own) return probed;
  return Object.fromEntries(Object.entries(probed).map(([role, finding]) => [role, finding ?? own.has(role)])) as Record<RoleName, Finding>;
}

/** The client `account` exists in every realm, and its `access` tells who may also change clients. */
async function accountClient(api: Api): Promise<Readonly<Record<string, boolean>> | undefined> {
  const found = objects((await api.get(['clients'], { clientId: 'account' })).body).find((client) => client['clientId'] === 'account');
  const id = found && text(found['id']);
  if (id === undefined) return undefined;
  const client = (await api.get(['clients', id])).body;
  return isObject(client) && isObject(client['access']) ? (client['access'] as Record<string, boolean>) : {};
}

/** Whether role mappings may be changed, as any user's `access` tells; null where there is no user, or none is told. */
async function mapsRoles(api: Api): Promise<Finding> {
  const list = await api.get(['users'], { max: 1 }).catch((error: unknown) => {
    if (isSilence(error)) return undefined;
    throw error;
  });
  const id = text(objects(list?.body ?? [])[0]?.['id']);
  if (id === undefined) return null;
  const user = (await api.get(['users', id])).body;
  return isObject(user) && isObject(user['access']) ? user['access']['mapRoles'] === true : null;
}

/**
 * The last resort for manage-realm: a partial export without clients and groups, a POST that only reads, leaves no
 * admin event and is guarded by exactly that role.
 */
async function mayExport(api: Api): Promise<Finding> {
  const { status } = await api.ask(['partial-export'], { exportClients: false, exportGroupsAndRoles: false });
  return status === 200 ? true : status === 403 ? false : null;
}

async function opens(api: Api, path: readonly string[], query = {}): Promise<boolean> {
  return (await api.get(path, query)).status === 200;
}

/** Not refused: on a node with a stale cache the answer to an allowed read can be 500. */
async function isOpen(api: Api, path: readonly string[], query = {}): Promise<boolean> {
  return ![401, 403].includes((await api.get(path, query)).status);
}
