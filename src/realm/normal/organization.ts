/** Organizations by their alias, which never changes; the name may (tried on 26.7.4). */
import type { Json, JsonObject } from '../json.ts';
import { isRecord, recordsIn } from '../looks.ts';
import type { RealmState } from '../model.ts';
import type { RealmRepresentation } from '../representation.ts';
import { roleValue } from './role.ts';

export interface FoundOrganization {
  readonly alias: string;
  readonly raw: JsonObject;
}

export function organizationsIn(representation: RealmRepresentation): readonly FoundOrganization[] {
  return recordsIn(representation['organizations'] as Json | undefined).flatMap((raw) => {
    const alias = aliasOf(raw);
    return alias === undefined ? [] : [{ alias, raw }];
  });
}

/** The server takes the name where no alias is given. */
export function aliasOf(raw: JsonObject): string | undefined {
  const alias = raw['alias'] ?? raw['name'];
  return typeof alias === 'string' && alias !== '' ? alias : undefined;
}

/** An organization of a state, with its domains by name: so they are compared and chosen one by one. */
export function rawOrganization(state: RealmState | undefined, alias: string): JsonObject | undefined {
  const found = state === undefined ? undefined : organizationsIn(state.representation).find((each) => each.alias === alias)?.raw;
  return found === undefined ? undefined : { ...found, ...(found['domains'] === undefined ? {} : { domains: domainMap(found['domains']) }) };
}

/** What is compared. A field that a file leaves out is not in it: the file is silent there. */
export function organizationValue(raw: JsonObject): JsonObject {
  const { name, enabled, redirectUrl, description, attributes } = raw;
  const domains = domainMap(raw['domains']);
  const stored = isRecord(attributes) ? Object.fromEntries(Object.entries(attributes).filter(([, values]) => Array.isArray(values) && values.length > 0)) : {};
  return {
    ...roleValue({ attributes: stored as Record<string, string[]>, ...(typeof description === 'string' ? { description } : {}) }),
    ...(typeof name === 'string' ? { name } : {}), ...(typeof enabled === 'boolean' ? { enabled } : {}),
    ...(typeof redirectUrl === 'string' && redirectUrl !== '' ? { redirectUrl } : {}),
    ...(Object.keys(domains).length === 0 ? {} : { domains }),
  };
}

/** Name of a domain to whether it was verified. */
function domainMap(domains: Json | undefined): JsonObject {
  if (isRecord(domains)) return domains;
  return Object.fromEntries(recordsIn(domains).flatMap((domain): [string, Json][] => (typeof domain['name'] === 'string' ? [[domain['name'], domain['verified'] === true]] : [])));
}

/** The domains as the server wants them. */
export function domainList(domains: Json | undefined): Json {
  return Object.entries(domainMap(domains)).map(([name, verified]) => ({ name, verified }));
}

/**
 * The identity providers that are linked to an organization that is disabled, with its alias. The server shows each of them as disabled,
 * whatever it has stored (tried on 26.7.4).
 */
export function disabledWithOrganization(representation: RealmRepresentation): ReadonlyMap<string, string> {
  return new Map(organizationsIn(representation).filter(({ raw }) => raw['enabled'] === false).flatMap(({ alias, raw }) => linkedProviders(raw).map((provider) => [provider, alias] as const)));
}

/** The aliases of the identity providers that are linked. */
export function linkedProviders(raw: JsonObject): readonly string[] {
  return recordsIn(raw['identityProviders']).flatMap((provider) => (typeof provider['alias'] === 'string' ? [provider['alias']] : []));
}
