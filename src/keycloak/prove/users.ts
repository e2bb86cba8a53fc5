/** Whose token can show a claim: found by a few bounded reads, those who miss it first. */
import type { JsonObject } from '../../realm/json.ts';
import type { ClaimExpectation } from '../../realm/model.ts';
import { defaultRoleName } from '../../realm/normal/builtins.ts';
import type { ProveRequest } from '../../runner/ports.ts';
import type { Api } from '../api.ts';
import { serviceAccountOf } from '../capture/accounts.ts';
import { clientByName } from '../capture/clients.ts';
import { IN_FLIGHT, inFlight } from '../flight.ts';
import { isSilence } from '../people.ts';
import { isObject, objects, text } from '../text.ts';

const SESSION_USERS = 3;
const HOLDERS = 3;
const GROUPS = 20;
const SCANNED_USERS = 100;
const GATE_ROLES = 5;
const GATE_HOLDERS = 10;

export interface Probe {
  readonly id: string;
  readonly name: string;
  /** True when the user is known to have what the claim needs. */
  readonly qualified: boolean;
}

/**
 * Users to look at, best first: the one who was named; else those with sessions at the client, then those who have
 * what the claim needs. Empty when the named user does not exist or nobody has it.
 */
export async function probesFor(api: Api, request: ProveRequest, expectation: ClaimExpectation): Promise<readonly Probe[]> {
  if (expectation.needs === 'service-account') return probes([await serviceAccountOf(api, request.client)], true);
  if (request.probeUser !== null) {
    const [user] = objects(await api.read(['users'], { username: request.probeUser, exact: true, briefRepresentation: false }));
    return judged(api, user ? [user] : [], expectation);
  }
  const ids = [...new Set(request.sessions.filter((session) => session.clients.includes(request.client)).map((session) => session.userId))].slice(0, SESSION_USERS);
  const withSessions = objects(await Promise.all(ids.map((id) => api.read(['users', id]))));
  const known = await judged(api, withSessions, expectation);
  const others = probes(await holders(api, expectation), expectation.needs !== 'real-login');
  const all = new Map([...known, ...others].map((probe) => [probe.id, probe]));
  return [...all.values()].toSorted((a, b) => Number(b.qualified) - Number(a.qualified)).slice(0, SESSION_USERS + HOLDERS);
}

/** Why nobody could be found. */
export function nobody(request: ProveRequest, expectation: ClaimExpectation): string {
  if (expectation.needs === 'service-account') return `the service account of ${request.client} does not exist`;
  if (request.probeUser !== null) return `there is no user ${request.probeUser}`;
  if (expectation.needs === 'real-login') return 'only a real login shows it';
  if (expectation.needs === 'nothing') return 'the realm has no user to look at';
  const words = { group: 'in a group', attribute: `with ${expectation.needed ?? 'the attribute'}`, role: `with ${roleWords(expectation)}` };
  const besides = expectation.gate !== undefined && expectation.needs !== 'role' ? ` and with ${gateWords(expectation.gate)}` : '';
  return `no user ${words[expectation.needs]}${besides} was found`;
}

/** What the named user lacks. */
export function lacks(probe: string, expectation: ClaimExpectation): string {
  const words = { group: 'is in no group', attribute: `has no ${expectation.needed ?? 'such attribute'}`, role: `does not have ${roleWords(expectation)}`, nothing: 'does not show it', 'real-login': 'did not really log in', 'service-account': 'does not show it' };
  const besides = expectation.gate !== undefined && expectation.needs !== 'role' ? `, or does not have ${gateWords(expectation.gate)}` : '';
  return `${probe} ${words[expectation.needs]}${besides}`;
}

function roleWords({ needed, member, gate }: ClaimExpectation): string {
  const name = needed ?? member;
  return name === undefined && gate !== undefined ? gateWords(gate) : `the role ${name ?? 'in question'}`;
}

function gateWords(gate: readonly string[]): string {
  return gate.length === 1 ? `the role ${gate[0]}` : `one of the roles ${gate.slice(0, 3).join(', ')}${gate.length > 3 ? ' …' : ''}`;
}

async function holders(api: Api, expectation: ClaimExpectation): Promise<readonly unknown[]> {
  if (expectation.gate !== undefined && expectation.needs !== 'real-login') return behindGate(api, expectation, expectation.gate);
  if (expectation.needs === 'group') return groupMembers(api);
  if (expectation.needs === 'role') return roleHolders(api, await neededRole(api, expectation));
  const users = await anybody(api);
  if (expectation.needs === 'attribute') return users.filter((user) => hasAttribute(user, expectation.needed ?? '')).slice(0, HOLDERS);
  return users.slice(0, 1);
}

/** Beside a directory that does not answer nobody is found by a search; but everybody has the default role, and its holders are told. */
async function anybody(api: Api): Promise<readonly JsonObject[]> {
  try {
    return objects(await api.read(['users'], { max: SCANNED_USERS, briefRepresentation: false }));
  } catch (error) {
    if (!isSilence(error)) throw error;
    return objects(await api.read(['roles', defaultRoleName(api.realm), 'users'], { max: SCANNED_USERS, briefRepresentation: false }));
  }
}

async function groupMembers(api: Api): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  const groups = objects(await api.read(['groups'], { max: GROUPS }));
  // Several groups at a time: where they are empty, all have to be looked into.
  for (let from = 0; from < groups.length && found.length < HOLDERS; from += IN_FLIGHT) {
    found.push(...(await inFlight(groups.slice(from, from + IN_FLIGHT), (group) => membersBelow(api, text(group['id']) ?? ''))).flat());
  }
  return found.slice(0, HOLDERS);
}

/** Some members of a group, or of the groups right below it. */
async function membersBelow(api: Api, group: string): Promise<JsonObject[]> {
  const found = [...objects(await api.read(['groups', group, 'members'], { max: HOLDERS }))];
  if (found.length >= HOLDERS) return found;
  const children = objects(await api.read(['groups', group, 'children'], { max: GROUPS }));
  for (const child of children) found.push(...objects(await api.read(['groups', text(child['id']) ?? '', 'members'], { max: HOLDERS })));
  return found;
}

/** Holders of the roles that let a client scope act, those of them who have what the claim needs besides. */
async function behindGate(api: Api, expectation: ClaimExpectation, gate: readonly string[]): Promise<readonly JsonObject[]> {
  const found = new Map<string, JsonObject>();
  for (const name of gate.slice(0, GATE_ROLES)) {
    const ids = (await roleHolders(api, await roleCalled(api, name), GATE_HOLDERS)).map((user) => text(user['id']) ?? '').filter((id) => !found.has(id));
    // As many at a time as are still needed: all of them may do.
    for (let from = 0; from < ids.length && found.size < HOLDERS; ) {
      const some = ids.slice(from, from + HOLDERS - found.size);
      const whole = objects(await inFlight(some, (id) => api.read(['users', id])));
      for (const { id, qualified } of await judged(api, whole, expectation)) if (qualified) found.set(id, whole.find((user) => user['id'] === id) ?? {});
      from += some.length;
    }
    if (found.size >= HOLDERS) break;
  }
  return [...found.values()];
}

async function roleHolders(api: Api, role: NeededRole | undefined, max = HOLDERS): Promise<readonly JsonObject[]> {
  if (!role) return objects(await api.read(['users'], { max }));
  const path = role.client === undefined ? ['roles', role.name] : ['clients', role.client, 'roles', role.name];
  const users = objects(await api.read([...path, 'users'], { max }));
  // A role often comes by a group; its members hold it too.
  const groups = users.length > 0 ? [] : objects(await api.read([...path, 'groups'], { max: HOLDERS }));
  const members = await Promise.all(groups.map((group) => api.read(['groups', text(group['id']) ?? '', 'members'], { max: HOLDERS })));
  return [...users, ...members.flatMap(objects)];
}

export interface NeededRole {
  readonly client: string | undefined;
  readonly name: string;
}

/** The role that a claim needs, where it needs a certain one. */
export async function neededRole(api: Api, { needed, member, claim }: ClaimExpectation): Promise<NeededRole | undefined> {
  const name = needed ?? (claim.endsWith('roles') ? member : undefined);
  return name === undefined ? undefined : roleCalled(api, name);
}

/** `role` or `client/role`. Both names may hold slashes, so each is tried: what exists decides. */
async function roleCalled(api: Api, name: string): Promise<NeededRole> {
  for (let slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
    const client = await clientByName(api, name.slice(0, slash));
    const role = name.slice(slash + 1);
    if (client && isObject(await api.read(['clients', client.id, 'roles', role]))) return { client: client.id, name: role };
  }
  return { client: undefined, name };
}

async function judged(api: Api, users: readonly JsonObject[], expectation: ClaimExpectation): Promise<Probe[]> {
  return (await Promise.all(users.map(async (user) => probes([user], await has(api, user, expectation))))).flat();
}

async function has(api: Api, user: JsonObject, expectation: ClaimExpectation): Promise<boolean> {
  const { needs, needed = '', gate } = expectation;
  const id = text(user['id']) ?? '';
  if (gate !== undefined && !(await holdsOne(api, id, gate))) return false;
  if (needs === 'nothing') return true;
  if (needs === 'attribute') return hasAttribute(user, needed);
  if (needs === 'group') return objects(await api.read(['users', id, 'groups'], { max: 1 })).length > 0;
  if (needs !== 'role') return false;
  const role = await neededRole(api, expectation);
  return !role || holds(api, id, role);
}

async function holdsOne(api: Api, user: string, gate: readonly string[]): Promise<boolean> {
  for (const name of gate) if (await holds(api, user, await roleCalled(api, name))) return true;
  return false;
}

async function holds(api: Api, user: string, role: NeededRole): Promise<boolean> {
  const mapped = objects(await api.read(role.client === undefined ? ['users', user, 'role-mappings', 'realm', 'composite'] : ['users', user, 'role-mappings', 'clients', role.client, 'composite']));
  return mapped.some((entry) => entry['name'] === role.name);
}

function hasAttribute(user: JsonObject, name: string): boolean {
  const attributes = isObject(user['attributes']) ? user['attributes'] : {};
  return [user[name], attributes[name]].some((value) => (Array.isArray(value) ? value.length > 0 : typeof value === 'string' ? value !== '' : value === true));
}

function probes(users: readonly unknown[], qualified: boolean): Probe[] {
  return users.flatMap((user) => {
    if (!isObject(user)) return [];
    const id = text(user['id']);
    return id === undefined ? [] : [{ id, name: text(user['username']) ?? id, qualified }];
  });
}
