/** Organizations as Keycloak 26.7.4 has them; members and the groups inside them are always empty here. */
import type { JsonObject } from '../../../realm/json.ts';
import { errorMessage } from '../refusal.ts';
import { created, done, ok, route, type Answer, type Handler, type Request, type Route } from '../route.ts';
import { object, objects, page, present, text } from '../state/json.ts';
import type { Fields, OrganizationRow, RealmRow } from '../state/model.ts';
import { buildOrganization } from '../state/organization.ts';
import { shownProvider } from './identity-providers.ts';

const guarded = (handle: Handler): Handler => (request) => {
  if (request.realm.fields['organizationsEnabled'] !== true) throw errorMessage(404, 'Organizations not enabled for this realm.');
  return handle(request);
};

function find({ realm, params }: Request): OrganizationRow {
  const found = realm.organizations.find((row) => row.id === params['organization']);
  if (found === undefined) throw errorMessage(404, 'Organization not found.');
  return found;
}

function shown(row: OrganizationRow, full: boolean): Fields {
  const { providers: _, attributes, domains, ...rest } = row;
  return present({ ...rest, attributes: full ? attributes : null, domains: domains.length === 0 ? null : domains.map((domain) => ({ ...domain })) });
}

function all({ realm, query }: Request): Answer {
  const search = query.get('search');
  const exact = query.get('exact') === 'true';
  const fits = (text: string): boolean => search === null || (exact ? text === search : text.toLowerCase().includes(search.toLowerCase()));
  const rows = realm.organizations.filter((row) => fits(row.name) || row.domains.some((domain) => fits(domain.name))).sort((a, b) => (a.name < b.name ? -1 : 1));
  return ok(page(rows, query, 10).map((row) => shown(row, query.get('briefRepresentation') === 'false')));
}

const representation = (body: JsonObject): JsonObject => ({ ...body, enabled: body['enabled'] !== false, ...(body['domains'] === undefined ? {} : { domains: objects(body['domains']).map((domain) => ({ verified: false, ...domain })) }) });

function create({ realm, body }: Request): Answer {
  const row = buildOrganization(realm, object(body));
  realm.organizations.push(row);
  return { ...created(row.id), events: [{ representation: { ...representation(object(body)), id: row.id } }] };
}

function update(request: Request): Answer {
  const before = find(request);
  const after = buildOrganization(request.realm, object(request.body), before);
  const gone = before.domains.filter((domain) => !after.domains.some((kept) => kept.name === domain.name)).map((domain) => domain.name);
  forget(request.realm, before.providers, (domain) => gone.includes(domain), after.enabled ? {} : { enabled: false });
  request.realm.organizations = request.realm.organizations.map((row) => (row === before ? after : row));
  return { ...done, events: [{ representation: representation(object(request.body)) }] };
}

function remove(request: Request): Answer {
  const row = find(request);
  forget(request.realm, row.providers, () => true);
  request.realm.organizations = request.realm.organizations.filter((other) => other !== row);
  return done;
}

/**
 * A provider that leaves, or whose domain leaves, silently loses the domain from its settings.
 *
 * @param stored  what is stored of it along the way
 */
function forget(realm: RealmRow, providers: readonly string[], goes: (domain: string) => boolean, stored: JsonObject = {}): void {
  realm.identityProviders = realm.identityProviders.map((provider) => {
    const { 'kc.org.domain': domain, ...config } = object(provider['config']);
    return providers.includes(text(provider['alias']) ?? '') && typeof domain === 'string' && goes(domain) ? { ...provider, ...stored, config } : provider;
  });
}

function link(request: Request): Answer {
  const row = find(request);
  const alias = text(request.body) ?? '';
  const { realm } = request;
  if (!realm.identityProviders.some((provider) => provider['alias'] === alias)) throw errorMessage(400, 'Identity provider not found with the given alias');
  if (row.providers.includes(alias)) throw errorMessage(409, 'Identity provider already associated to the organization');
  if (realm.organizations.some((other) => other.providers.includes(alias))) throw errorMessage(400, 'Identity provider already associated with a different organization');
  row.providers.push(alias);
  // What a provider of a disabled organization shows is stored by this.
  if (!row.enabled) realm.identityProviders = realm.identityProviders.map((provider) => (provider['alias'] === alias ? { ...provider, enabled: false } : provider));
  return { ...done, events: [] };
}

function unlink(request: Request): Answer {
  const row = find(request);
  const alias = request.params['alias'] ?? '';
  if (!row.providers.includes(alias)) throw errorMessage(404, 'Identity provider not found with the given alias');
  forget(request.realm, [alias], () => true);
  row.providers = row.providers.filter((other) => other !== alias);
  return { ...done, events: [] };
}

const linked = (request: Request): Answer => {
  const row = find(request);
  return ok(request.realm.identityProviders.filter((provider) => row.providers.includes(text(provider['alias']) ?? '')).map(shownProvider(request.realm)));
};

const READ = 'manage-realm|view-organizations';
const WRITE = 'manage-realm|manage-organizations';
const BASE = '/organizations';
/** Of its identity providers, that is; either role alone is refused (tried on 26.7.4). */
const WRITE_LINK = `${WRITE}+manage-identity-providers`;
const READ_LINKS = `${READ}+view-identity-providers`;
const ORGANIZATION = { event: 'ORGANIZATION' };
const nothing = (request: Request): Answer => {
  find(request);
  return ok([]);
};

export const ORGANIZATION_ROUTES: readonly Route[] = [
  route(`GET ${BASE}`, READ, guarded(all)),
  route(`POST ${BASE}`, WRITE, guarded(create), ORGANIZATION),
  route(`GET ${BASE}/count`, READ, guarded(({ realm }) => ok(realm.organizations.length))),
  route(`GET ${BASE}/{organization}`, READ, guarded((request) => ok(shown(find(request), true)))),
  route(`PUT ${BASE}/{organization}`, WRITE, guarded(update), ORGANIZATION),
  route(`DELETE ${BASE}/{organization}`, WRITE, guarded(remove), ORGANIZATION),
  route(`GET ${BASE}/{organization}/members`, READ, guarded(nothing)),
  route(`GET ${BASE}/{organization}/groups`, READ, guarded(nothing)),
  route(`GET ${BASE}/{organization}/identity-providers`, READ_LINKS, guarded(linked)),
  route(`POST ${BASE}/{organization}/identity-providers`, WRITE_LINK, guarded(link), ORGANIZATION),
  route(`DELETE ${BASE}/{organization}/identity-providers/{alias}`, WRITE_LINK, guarded(unlink), ORGANIZATION),
];
