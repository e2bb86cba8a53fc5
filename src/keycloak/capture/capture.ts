/** The whole realm in the shape of an export, put together from reads that are bounded, paged and never write. */
import { RescueError } from '../../realm/errors.ts';
import type { Json } from '../../realm/json.ts';
import type { GroupRepresentation, RealmRepresentation, RoleRepresentation, UserRepresentation } from '../../realm/representation.ts';
import { refusal } from '../api.ts';
import { isObject, text } from '../text.ts';
import { readServiceAccounts } from './accounts.ts';
import { withAuthorization } from './authorization.ts';
import { listClients, type Client } from './clients.ts';
import { readFlows } from './flows.ts';
import { readDefaultGroups, readGroups } from './groups.ts';
import { readComponents, readIdentityProviders, readLocalization, readOrganizations, readUserProfile } from './providers.ts';
import type { Reading } from './reading.ts';
import { readClientRoles, readRealmRoles } from './roles.ts';
import { listClientScopes, readScopeMappings, realmDefaultScopes, type ClientScope, type ScopeMappings } from './scopes.ts';

const USER_STORAGE = 'org.keycloak.storage.UserStorageProvider';
/** Without view-realm the realm answers with 5 fields instead of about 105 (verified-keycloak.md 4). */
const FEWEST_FIELDS = 20;

/**
 * Bulk reads first (what differs shows in them), then what costs a request for each object. Never by partial export:
 * on a cold realm of 2,000 clients it dies after 300 s, and it wants manage-realm.
 * @param named  clients that the list does not have but that answer by their name
 * @param onBulk called once the bulk of what an overwrite destroys has been read
 */
export async function readRealm(reading: Reading, named: (listed: readonly Client[]) => Promise<readonly Client[]>, onBulk?: (representation: RealmRepresentation) => void): Promise<RealmRepresentation> {
  const settings = await realmSettings(reading);
  // On a cold server the list of client scopes alone takes seconds, in which the pages of clients can be read.
  const [scopes, listed] = await Promise.all([
    reading.part('client scopes', 'view-clients', () => listClientScopes(reading.api)),
    reading.part('clients', 'view-clients', async () => readableClients(reading, named)),
  ]);
  if (listed && scopes) onBulk?.({ ...settings, clients: listed, clientScopes: scopes } as RealmRepresentation);
  const components = readComponents(reading.aside, text(settings['id']) ?? '');
  const [clients, small, { realm, client, users, mappings, groups }] = await Promise.all([
    listed && withAuthorization(reading.aside, listed),
    readSmallParts(reading.aside, settings, components),
    readLongParts(reading, listed, scopes, components),
  ]);
  return {
    ...settings,
    ...given({ clients, clientScopes: scopes, groups, users }),
    ...(realm || client ? { roles: given({ realm, client }) } : {}),
    ...small,
    ...mappings,
  } as RealmRepresentation;
}

/** Parts of a few requests each. They fill the gaps that the long parts leave. */
async function readSmallParts(reading: Reading, settings: RealmRepresentation, components: ReturnType<typeof readComponents>): Promise<object> {
  const { api } = reading;
  const [providers, flows, found, profile, defaults, localizationTexts, organizations, defaultGroups] = await Promise.all([
    readIdentityProviders(reading),
    readFlows(reading),
    components,
    components.then((known) => readUserProfile(reading, known)),
    reading.part('default client scopes of the realm', 'view-realm', async () => ({
      defaultDefaultClientScopes: await realmDefaultScopes(api, 'default-default-client-scopes'),
      defaultOptionalClientScopes: await realmDefaultScopes(api, 'default-optional-client-scopes'),
    })),
    readLocalization(reading),
    settings['organizationsEnabled'] === true ? readOrganizations(reading) : undefined,
    readDefaultGroups(reading, settings['defaultGroups'] as Json | undefined),
  ]);
  return { ...given({ components: found, localizationTexts, organizations }), ...profile, ...defaults, ...defaultGroups, ...providers, ...flows };
}

interface LongParts {
  readonly groups: GroupRepresentation[] | undefined;
  readonly realm: RoleRepresentation[] | undefined;
  readonly client: Record<string, RoleRepresentation[]> | undefined;
  readonly users: UserRepresentation[] | undefined;
  readonly mappings: ScopeMappings | undefined;
}

/** Parts of a request for each object, one after the other: each of them keeps the server busy by itself. */
async function readLongParts(reading: Reading, clients: readonly Client[] | undefined, scopes: readonly ClientScope[] | undefined, components: ReturnType<typeof readComponents>): Promise<LongParts> {
  const [groups, realm] = await Promise.all([readGroups(reading), readRealmRoles(reading, clients ?? [])]);
  const client = clients && await readClientRoles(reading, clients);
  const found = await components;
  const users = clients && await readServiceAccounts(reading, clients, found === undefined || USER_STORAGE in found);
  const mappings = scopes && clients && await reading.part('scope mappings', 'view-clients', () => readScopeMappings(reading, clients, scopes));
  return { groups, realm, client, users, mappings };
}

/** Settings of the realm itself: everything that an export has besides the lists. */
async function realmSettings(reading: Reading): Promise<RealmRepresentation> {
  const { api } = reading;
  const body = await api.read([]);
  if (!isObject(body)) throw realmNotFound(api.realm);
  if (Object.keys(body).length < FEWEST_FIELDS) reading.notes.push('The settings of the realm could not be read: grant view-realm of realm-management.');
  return { ...body };
}

/**
 * An empty list means "not allowed" or "stale" until something else is shown: with query-clients the server answers
 * 200 and [], and so does a node whose cache the database has left behind. Initial access tokens tell the two apart:
 * 403 without view-clients; with it 200, or 500 on a node that is stale.
 */
async function readableClients(reading: Reading, named: (listed: readonly Client[]) => Promise<readonly Client[]>): Promise<Client[]> {
  const { api } = reading;
  const listed = await listClients(api);
  if (listed.length === 0) {
    const reply = await api.get(['clients-initial-access']);
    if (reply.status === 403) throw refusal(reply, 'the list of clients');
  }
  return [...listed, ...(await named(listed))];
}

export function realmNotFound(realm: string): RescueError {
  return new RescueError('realm-not-found', `The realm ${realm} does not exist on this server.`, ['Check --realm; names are case sensitive.']);
}

function given<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;
}
