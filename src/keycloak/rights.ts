/** What these credentials may do later on, found out by reads that change nothing. */
import type { Right } from '../runbook/model.ts';
import type { Api } from './api.ts';
import { JOBS, type RoleName } from './jobs.ts';
import { ownRoles } from './own-roles.ts';
import { isSilence } from './people.ts';
import { isObject, objects, text } from './text.ts';
import type { Target } from './target.ts';

/** true: shown to be allowed. false: shown to be refused. null: cannot be known without writing. */
type Finding = boolean | null;

/** Each role with whether it is there. */
export type Found = Readonly<Record<RoleName, Finding>>;

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
    // Closed (403) to everybody without manage-realm or a role for organizations, also where they are switched off.
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
    // With query-organizations the list is open, and empty.
    'view-organizations': organizations ? null : false,
    'view-events': events,
    'manage-clients': manageClients,
    'manage-users': viewUsers ? mapping : false,
    'manage-realm': keys && organizations ? null : false,
    'manage-identity-providers': providers ? null : false,
    'manage-organizations': organizations ? null : false,
    // No read tells it where no client has the services.
    'manage-authorization': manageClients === true ? true : null,
  };
  const known = filled(probed, own);
  const [realm, identityProviders, seesOrganizations] = await Promise.all([
    known['manage-realm'] ?? mayExport(api), known['manage-identity-providers'] ?? mayImportProvider(api), known['view-organizations'] ?? seesEveryOrganization(api),
  ]);
  // Who manages the realm manages its organizations; older releases have no role of its own for that.
  const organized = (finding: Finding): Finding => (realm === true ? true : finding);
  return { ...known, 'manage-realm': realm, 'manage-identity-providers': identityProviders, 'view-organizations': organized(seesOrganizations), 'manage-organizations': organized(known['manage-organizations']) };
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

/**
 * The last resort for manage-identity-providers: the console's "import config" without an address to import from. Without the role it is
 * refused (403) before the empty body is (400); it is a POST that makes nothing even where it succeeds (tried on 26.7.4 and 26.0.8).
 */
async function mayImportProvider(api: Api): Promise<Finding> {
  const { status } = await api.ask(['identity-provider', 'import-config'], {}, {});
  return status === 400 ? true : status === 403 ? false : null;
}

/** The organizations of nobody are closed (403) with query-organizations alone; tried with view-users, without which nothing is captured. */
function seesEveryOrganization(api: Api): Promise<boolean> {
  return isOpen(api, ['organizations', 'members', NOBODY, 'organizations']);
}

async function opens(api: Api, path: readonly string[], query = {}): Promise<boolean> {
  return (await api.get(path, query)).status === 200;
}

/** Not refused: on a node with a stale cache the answer to an allowed read can be 500. */
async function isOpen(api: Api, path: readonly string[], query = {}): Promise<boolean> {
  return ![401, 403].includes((await api.get(path, query)).status);
}
