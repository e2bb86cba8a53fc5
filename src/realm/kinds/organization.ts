import { valueAt } from '../file-place.ts';
import { escapePart, objectId, parseId, partOf, place } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { idOf, isRecord, lookInList, recordsIn } from '../looks.ts';
import type { Look, ObjectId, RealmObject } from '../model.ts';
import { aliasOf, linkedProviders, organizationsIn, organizationValue, rawOrganization, type FoundOrganization } from '../normal/organization.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import { restoreOrganization } from '../writes/organization-writes.ts';
import { MAPPED } from '../writes/role-writes.ts';

/** An organization (`ALIAS`), or one identity provider linked to it (`ALIAS/identityProviders/PROVIDER`). */
export const organization: Kind = {
  name: 'organization',
  title: 'organization',
  facts: {
    restored: 'POST, PUT or DELETE of the organization; POST or DELETE of each linked identity provider', idKept: false,
    undo: 'yes, without members; not where an identity provider loses its e-mail domain by it', lostForGood: 'its id, its members and the groups inside it',
  },
  extract: (representation, completeness) => {
    const found = organizationsIn(representation);
    const stated = representation['organizations'] !== undefined;
    const whole = omissionMeansEmpty(representation, completeness);
    // Where organizations are switched off the server shows none; a partial export never has them.
    const none = completeness === 'full' && representation['organizationsEnabled'] === false;
    return {
      objects: found.flatMap((each) => [object(each), ...linkedProviders(each.raw).map((provider) => link(each.alias, provider))]),
      listed: [
        ...(none || (stated && whole) ? ['organization@*'] : stated ? [ALL] : []),
        ...found.filter(({ raw }) => raw['identityProviders'] !== undefined).map(({ alias }) => place('organization', `${escapePart(alias)}/identityProviders`)),
      ],
    };
  },
  references: (found) => (isLink(found.id) ? [objectId('identity-provider', partOf(found.id, 2))] : []),
  effect: (change, found) => {
    const [alias, , provider] = parseId(found.id).parts;
    if (provider !== undefined) return change === 'lost' ? `members of ${alias} can no longer log in through ${provider} by their e-mail domain` : `members of ${alias} log in through ${provider}`;
    if (change === 'lost') return `whoever was a member of ${alias} is none any more, and its e-mail domains lead nowhere`;
    return change === 'changed' ? `organization ${alias} is set otherwise` : `organization ${alias} is there only in the live realm`;
  },
  // Which organizations a token names depends on who asks for it; nobody can be named beforehand.
  claims: () => [],
  restore: restoreOrganization,
  look: (id) => (isLink(id) ? lookForLink(id) : lookForOrganization(id)),
  raw: (state, id) => rawOrganization(state, partOf(id, 0)),
  inFile: (id) => [valueAt('organizations', { alias: partOf(id, 0) }, ...(isLink(id) ? ['identityProviders', { alias: partOf(id, 2) }] : []))],
};

/** The place of organizations themselves: a file that names them may be silent about what is linked to them. */
const ALL = place('organization', '/');

function object({ alias, raw }: FoundOrganization): RealmObject {
  const id = raw['id'];
  return {
    id: objectId('organization', alias), kind: 'organization', owner: `organization ${alias}`, name: alias, value: organizationValue(raw), places: [ALL],
    ...(typeof id === 'string' ? { serverId: id } : {}),
  };
}

function link(alias: string, provider: string): RealmObject {
  const parent = objectId('organization', alias);
  return { id: objectId('organization', alias, 'identityProviders', provider), kind: 'organization', owner: `organization ${alias}`, name: `identity provider ${provider}`, value: MAPPED, parent };
}

function isLink(id: ObjectId): boolean {
  return parseId(id).parts.length > 1;
}

function lookForLink(id: ObjectId): Look {
  const path = ['organizations', { $id: objectId('organization', partOf(id, 0)) }, 'identity-providers'];
  return lookInList({ path }, (list) => (list.some((item) => item['alias'] === partOf(id, 2)) ? { value: MAPPED } : null));
}

/** By id where it has one; a new one is found in the list, which comes ten at a time where nothing is said, and cannot be searched by alias. */
function lookForOrganization(id: ObjectId): Look {
  const alias = partOf(id, 0);
  return {
    request: { method: 'GET', path: ['organizations', { $id: id }] },
    pick: (body) => (isRecord(body) && aliasOf(body) === alias ? { value: organizationValue(body), ...idOf(body) } : null),
    otherwise: {
      request: { method: 'GET', path: ['organizations'], query: { max: '-1', briefRepresentation: 'false' } },
      pick: (body) => {
        const item = recordsIn(body).find((candidate) => aliasOf(candidate) === alias);
        return item === undefined ? null : { value: organizationValue(item), ...idOf(item) };
      },
    },
  };
}
