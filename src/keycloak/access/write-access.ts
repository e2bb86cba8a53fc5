/** Who may change the configuration of a realm, found out by reads that change nothing. */
import { compareText } from '../../realm/canonical.ts';
import type { JsonObject } from '../../realm/json.ts';
import { refusal, type Api, type Path } from '../api.ts';
import { realmNotFound } from '../capture/capture.ts';
import { listClients, type Client } from '../capture/clients.ts';
import { bounded } from '../flight.ts';
import { roleClient } from '../own-roles.ts';
import { allowed } from '../sessions.ts';
import type { WriteAccess, Writer } from '../../realm/write-access.ts';
import { isObject, objects, text } from '../text.ts';
import { readHolders, type Holders } from './write-holders.ts';
import { adminClient, readWriteRoles, type WriteRole } from './write-roles.ts';

const EVERYBODY = '(every user of the realm)';

/** An id that nobody has: what is asked is only whether one may ask. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * The accounts whose roles let them change the realm: of the realm itself, and of master where the login lives there. The Admin API takes
 * tokens of no other realm (MgmtPermissions.java), and a role that a protocol mapper writes into a token does not count (tried on 26.7.4).
 *
 * It takes view-clients and view-users of both realms, and view-realm for realm roles. Lists alone would be silent: with query-users the
 * holders of a role are 200 and [], and composites leave out what may not be seen. So the probes of rights.ts are asked first.
 * @throws RescueError `realm-not-found`, and what any request may end with, but for refusals and failures of single reads
 */
export async function readWriteAccess(api: Api): Promise<WriteAccess> {
  const unknown = new Set<string>();
  const tell: Tell = (sentence) => void unknown.add(sentence);
  const reader = bounded(api);
  const writers = await writersIn(reader, api.realm, tell);
  const others = api.realm === 'master' ? [] : await writersInMaster(reader, tell);
  return { realm: api.realm, writers: [...writers, ...others].toSorted((a, b) => compareText(a.realm, b.realm) || compareText(a.name, b.name)), unknown: [...unknown] };
}

type Tell = (sentence: string) => void;

async function writersInMaster(api: Api, tell: Tell): Promise<readonly Writer[]> {
  if (api.authRealm === 'master') return writersIn(inRealm(api, 'master'), api.realm, tell);
  tell(`An account of realm ${api.authRealm} does not see realm master: who there may change realm ${api.realm}, by the role admin or a role of ${adminClient('master', api.realm)}, takes a login of master (--auth-realm master).`);
  return [];
}

/** The same Api, reading another realm with the same login. */
function inRealm(api: Api, realm: string): Api {
  const get: Api['get'] = (parts, query) => api.getFromServer(['admin', 'realms', realm, ...parts], query);
  const read: Api['read'] = async (parts, query) => {
    const reply = await get(parts, query);
    if (reply.status === 404) return null;
    if (reply.status >= 400) throw refusal(reply, `GET /admin/realms/${realm}/${parts.join('/')}`);
    return reply.body;
  };
  return { ...api, realm, get, read };
}

async function writersIn(api: Api, of: string, tell: Tell): Promise<readonly Writer[]> {
  const [settings, realmRoles, seesClients, seesUsers] = await Promise.all([
    api.get([]), allowed(() => api.read(['roles'])), isOpen(api, ['clients-initial-access']), isOpen(api, ['attack-detection', 'brute-force', 'users', NOBODY]),
  ]);
  if (settings.status === 404) throw realmNotFound(api.realm);
  const missing = [...(seesClients ? [] : ['view-clients']), ...(realmRoles === null ? ['view-realm'] : []), ...(seesUsers ? [] : ['view-users'])];
  const grant = `grant ${missing.join(', ')} of ${roleClient(api)}${api.authRealm === of ? '' : ' in realm master'}.`;
  if (!seesClients || !seesUsers) {
    tell(`Which accounts of realm ${api.realm} may change realm ${of} is not known: ${grant}`);
    return [];
  }
  if (realmRoles === null) tell(`Who of realm ${api.realm} may change realm ${of} by a realm role, the default role${api.realm === 'master' ? ' and admin' : ''} among them, is not known${api.realm === of ? ', nor whether fine-grained admin permissions are on' : ''}: ${grant}`);
  const clients = await listClients(api);
  const realm = isObject(settings.body) ? settings.body : {};
  [...(api.realm === of ? finelyGrained(realm, clients, of) : []), ...unlisted(clients, api.realm, of)].forEach(tell);
  const roles = await readWriteRoles(api, of, clients, objects(realmRoles), tell);
  // Everybody has the default role: its holders say nothing more.
  const everybody = roles.find(({ id }) => isObject(realm['defaultRole']) && id === text(realm['defaultRole']['id']));
  const found = await readHolders(api, roles.filter((role) => role !== everybody), tell);
  if (realmRoles !== null) (await hardcoded(api, roles, found)).forEach(tell);
  return [...(everybody ? [{ name: EVERYBODY, realm: api.realm, kind: 'person' as const, through: [everybody.label] }] : []), ...asWriters(found, clients, api.realm)];
}

/** Not refused: a failure on the id of nobody is no refusal. */
async function isOpen(api: Api, path: Path): Promise<boolean> {
  return (await api.get(path)).status !== 403;
}

/** Permissions of 26.2 and later are switched on in the realm; those of before live in the client of the administrative roles (MgmtPermissions.java). */
function finelyGrained(realm: JsonObject, clients: readonly Client[], of: string): readonly string[] {
  const older = clients.some((client) => client.clientId === adminClient(of, of) && client.authorizationServicesEnabled === true);
  if (realm['adminPermissionsEnabled'] !== true && !older) return [];
  return [`Fine-grained admin permissions are on in realm ${of}: they may let accounts change it that hold no role for that; see Permissions in the admin console.`];
}

/** Silence is not "nobody": every realm has the client that carries the roles. */
function unlisted(clients: readonly Client[], realm: string, of: string): readonly string[] {
  const wanted = adminClient(realm, of);
  return clients.some(({ clientId }) => clientId === wanted) ? [] : [`The server does not list client ${wanted} of realm ${realm}, so who holds its roles is not known: its cache may be stale, or the client deleted.`];
}

/** Directory mappers that give every account a role or group do not tell who these are (HardcodedLDAPRoleStorageMapper.java has no list of members). */
async function hardcoded(api: Api, roles: readonly WriteRole[], { groups }: Holders): Promise<readonly string[]> {
  // With a type the list has only what hangs below the realm itself; mappers hang below their directory.
  return objects(await api.read(['components'])).flatMap((mapper) => {
    const config = isObject(mapper['config']) ? mapper['config'] : {};
    const [given] = [config['role'] ?? config['group']].flat();
    const held = mapper['providerId'] === 'hardcoded-ldap-role-mapper' ? roles.filter(({ key }) => key === given).map(({ label }) => label)
      : mapper['providerId'] === 'hardcoded-ldap-group-mapper' ? (groups.get(text(given) ?? '') ?? []).map((label) => `group ${text(given)}: ${label}`) : [];
    return held.map((label) => `Mapper ${text(mapper['name'])} of a user federation of realm ${api.realm} gives every account of the directory ${label}; who they are is not listed.`);
  });
}

/** No list says which user is a service account (26.7.4), but its name follows from its client. One whose client is disabled cannot log in. */
function asWriters({ holders }: Holders, clients: readonly Client[], realm: string): readonly Writer[] {
  const robots = new Map(clients.filter((client) => client.serviceAccountsEnabled === true).map((client) => [`service-account-${client.clientId}`.toLowerCase(), client]));
  return holders.filter(({ name }) => robots.get(name)?.['enabled'] !== false)
    .map(({ name, through }) => ({ name, realm, kind: robots.has(name) ? 'service-account' : 'person', through }));
}
