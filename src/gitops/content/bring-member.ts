import { isStoodFor, placeholdersIn } from '../../realm/unknowns.ts';
import { isList, isObject } from '../splice/origin.ts';
import { statesNo } from './notes.ts';
import { readAt, writeAt, writeMember } from './steps.ts';
import type { Json, JsonObject } from '../../realm/json.ts';
import type { Difference } from '../../realm/model.ts';
import type { Outcome, Work } from './bring.ts';
import type { FilePlace as Place } from '../../realm/file-place.ts';
import type { FileStep as Step } from '../../realm/file-place.ts';

type About = Pick<Difference, 'owner' | 'name'>;
type MemberPlace = Extract<Place, { as: 'member' }>;

/** Makes a text be in, or not in, a list of texts as it is live: a scope link, a redirect URI, a role mapping. */
export function bringMember({ steps, member: spelled }: MemberPlace, about: About, work: Work): Outcome {
  const member = work.text(spelled);
  const list = asList(readAt(work.after, steps));
  const lives = asList(readAt(work.live, steps));
  const live = lives.includes(member);
  if (live === list.includes(member)) return null;
  const before = work.after;
  if (!live) {
    if (placeholdersIn(member).length > 0) return null;
    work.after = writeMember(before, steps, member, false, work.origins);
    return work.after === before ? null : 'taken out';
  }
  if (isStoodFor(list, lives, member)) {
    work.note(`${about.owner}: ${member} was not added, because a placeholder in git already stands for it.`);
    return null;
  }
  if (!prepare(steps, member, about, work)) return null;
  work.after = writeMember(work.after, steps, member, true, work.origins);
  return work.after === before ? null : 'added';
}

/** Makes sure that there is a list to put the member into; false when git does not have the owner. */
function prepare(steps: readonly Step[], member: string, about: About, work: Work): boolean {
  const index = steps.findLastIndex((step) => typeof step !== 'string');
  const owner = steps.slice(0, index + 1);
  const key = steps[index];
  if (index >= 0 && typeof key === 'object' && readAt(work.after, owner) === undefined) {
    const made = newOwner(owner, key, work);
    if (!made) {
      work.note(work.after['clients'] === undefined ? statesNo('clients') : `${about.owner} is not in git, so ${member} was not added there.`);
      return false;
    }
    put(owner, made, work);
  }
  if (readAt(work.after, steps) === undefined) startList(steps, work);
  if (steps.includes('composites')) put([...owner, 'composite'], true, work, true);
  return true;
}

/** Scope mappings and service accounts are lists of their own in a realm file: their rows can be made. Clients and roles cannot. */
function newOwner(owner: readonly Step[], key: Readonly<Record<string, string>>, work: Work): JsonObject | null {
  if (owner[0] === 'scopeMappings' || owner[0] === 'clientScopeMappings') {
    const holder: readonly Step[] = key['client'] === undefined ? ['clientScopes', { name: key['clientScope'] ?? '' }] : ['clients', { clientId: key['client'] }];
    return readAt(work.after, holder) === undefined ? null : { ...key, roles: [] };
  }
  const clientId = key['serviceAccountClientId'];
  if (owner[0] !== 'users' || clientId === undefined) return null;
  if (readAt(work.after, ['clients', { clientId }]) === undefined) return null;
  if (work.after['users'] === undefined) startServiceAccounts(clientId, work);
  const live = readAt(work.live, owner);
  const username = isObject(live) && typeof live['username'] === 'string' ? live['username'] : `service-account-${clientId.toLowerCase()}`;
  return { username, enabled: true, serviceAccountClientId: clientId, realmRoles: defaultRoles(readAt(work.live, [...owner, 'realmRoles'])) };
}

/** A file without users that gets one service account gets them all: a list with one would say that the others have no roles. */
function startServiceAccounts(except: string, work: Work): void {
  const accounts = asList(work.live['users']).flatMap((user) => {
    const clientId = isObject(user) ? user['serviceAccountClientId'] : undefined;
    if (!isObject(user) || typeof clientId !== 'string' || clientId === except || readAt(work.after, ['clients', { clientId }]) === undefined) return [];
    const { username = '', realmRoles = [], clientRoles } = user;
    return [{ username, enabled: true, serviceAccountClientId: clientId, realmRoles, ...(clientRoles === undefined ? {} : { clientRoles }) }];
  });
  put(['users'], accounts, work);
}

/** A client that states neither of its scope lists has the realm's defaults; with one stated, an import empties the other (tried on 26.7.4). So both are written. */
const SCOPE_LISTS: Readonly<Record<string, string>> = {
  defaultClientScopes: 'optionalClientScopes', optionalClientScopes: 'defaultClientScopes',
  defaultDefaultClientScopes: 'defaultOptionalClientScopes', defaultOptionalClientScopes: 'defaultDefaultClientScopes',
};

/** A list that git does not state starts with what a missing list meant; live has that. A service account without roles gets the default role. */
function startList(steps: readonly Step[], work: Work): void {
  const name = String(steps.at(-1));
  const live = (at: readonly Step[]) => asList(readAt(work.live, at));
  const other = SCOPE_LISTS[name];
  if (other !== undefined) {
    const beside = [...steps.slice(0, -1), other];
    if (readAt(work.after, beside) === undefined) put(beside, live(beside), work);
    put(steps, live(steps), work);
  } else if (name === 'realmRoles') put(steps, defaultRoles(live(steps)), work);
}

function put(steps: readonly Step[], value: Json, work: Work, onlyIfStated = false): void {
  if (onlyIfStated && readAt(work.after, steps) === undefined) return;
  const written = writeAt(work.after, steps, value, work.origins);
  if (isObject(written)) work.after = written;
}

/** A user that a file states gets no default role by itself. */
const defaultRoles = (roles: Json | undefined) => asList(roles).filter((role) => String(role).startsWith('default-roles-'));

const asList = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);
