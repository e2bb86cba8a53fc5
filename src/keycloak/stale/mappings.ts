import type { GroupRepresentation, RealmRepresentation } from '../../realm/representation.ts';
import type { StaleFinding } from '../../realm/snapshot.ts';
import type { Api, Path } from '../api.ts';
import { mappedRoles } from '../capture/scopes.ts';
import { inFlight } from '../flight.ts';
import { objects, text } from '../text.ts';

const ROLES = 60;
/** A role that more hold than this is not asked about: its list would cost more than it says. */
const MEMBERS = 200;

interface Holder {
  readonly id: string;
  readonly name: string;
  /** Where the server answers from the cache what roles it has. */
  readonly path: Path;
  readonly roles: readonly { readonly client: string | undefined; readonly name: string }[];
}

/** Service accounts that have a role by the cache while the role, whose members come from the database, does not list them; or the other way round. */
export async function movedRoleMappings(api: Api, representation: RealmRepresentation): Promise<StaleFinding[]> {
  const accounts = (representation.users ?? []).flatMap((user) => (user.id === undefined ? [] : [holder(user.id, user.username ?? user.id, ['users', user.id, 'role-mappings'], user)]));
  return moved(api, representation, accounts, 'users');
}

/** The same for groups. */
export async function movedGroupRoles(api: Api, representation: RealmRepresentation): Promise<StaleFinding[]> {
  const flat = (groups: readonly GroupRepresentation[]): GroupRepresentation[] => groups.flatMap((group) => [group, ...flat(group.subGroups ?? [])]);
  const groups = flat(representation.groups ?? []).flatMap((group) => (group.id === undefined ? [] : [holder(group.id, group.path ?? group.id, ['groups', group.id, 'role-mappings'], group)]));
  return moved(api, representation, groups, 'groups');
}

function holder(id: string, name: string, path: Path, mapped: { readonly realmRoles?: string[]; readonly clientRoles?: Record<string, string[]> }): Holder {
  const ofClients = Object.entries(mapped.clientRoles ?? {}).flatMap(([client, roles]) => roles.map((role) => ({ client, name: role })));
  return { id, name, path, roles: [...(mapped.realmRoles ?? []).map((role) => ({ client: undefined, name: role })), ...ofClients] };
}

async function moved(api: Api, { clients, realm }: RealmRepresentation, holders: readonly Holder[], list: 'users' | 'groups'): Promise<StaleFinding[]> {
  const ids = new Map((clients ?? []).map((client) => [client.clientId, client.id]));
  // Everybody has the default roles.
  const roles = new Map(holders.flatMap(({ roles: mine }) => mine).filter((role) => role.name !== `default-roles-${realm ?? api.realm}`).map((role) => [JSON.stringify(role), role]));
  const found = await inFlight([...roles.values()].slice(0, ROLES), async (role) => {
    const client = role.client === undefined ? undefined : ids.get(role.client);
    const path = role.client === undefined ? ['roles', role.name, list] : client === undefined ? undefined : ['clients', client, 'roles', role.name, list];
    const stored = path && objects(await api.read(path, { first: 0, max: MEMBERS }));
    if (!stored || stored.length >= MEMBERS) return [];
    const members = new Set(stored.flatMap((member) => text(member['id']) ?? []));
    const disagreeing = holders.filter((candidate) => candidate.roles.some((mine) => mine.client === role.client && mine.name === role.name) !== members.has(candidate.id));
    return (await inFlight(disagreeing.slice(0, 1), (candidate) => confirmed(api, candidate, role, members.has(candidate.id)))).flat();
  });
  return found.flat();
}

/** Reads the cached side once more: somebody may have changed the mapping between the two reads. */
async function confirmed(api: Api, candidate: Holder, role: Holder['roles'][number], stored: boolean): Promise<StaleFinding[]> {
  const now = await mappedRoles(api, candidate.path);
  const cached = (role.client === undefined ? now.realmRoles : (now.clientRoles[role.client] ?? [])).includes(role.name);
  if (cached === stored) return [];
  const name = role.client === undefined ? role.name : `${role.client}/${role.name}`;
  return [{ test: 'other', text: cached ? `${candidate.name} answers that it has the role ${name}, but the role does not list it` : `the role ${name} lists ${candidate.name}, which answers that it does not have it` }];
}
