import type { ClientRepresentation, ClientScopeRepresentation, GroupRepresentation, ProtocolMapperRepresentation, RealmRepresentation, RoleRepresentation, ScopeMappingRepresentation, UserRepresentation } from '../../src/realm/representation.ts';
import { randomOf, type Random } from './random.ts';

/** Realms of the size of a team, of a company, of a large one, and one whose file is a little larger still. */
export const SIZES = {
  S: { clients: 12, scopes: 30, roles: 20, groups: 4, users: 5 },
  M: { clients: 200, scopes: 100, roles: 100, groups: 12, users: 20 },
  L: { clients: 2000, scopes: 300, roles: 300, groups: 40, users: 20 },
  XL: { clients: 2200, scopes: 300, roles: 300, groups: 40, users: 20 },
} as const;
export type Size = keyof typeof SIZES;

/** Who logs in: public, with the password grant, so that tokens of people can be had without a browser. */
export const LOGIN_CLIENT = 'bench-login';

const DOMAINS = ['auth', 'billing', 'orders', 'profile', 'search', 'payments', 'ledger', 'catalog', 'mail', 'media', 'report', 'risk', 'stock', 'shipping', 'support', 'crm', 'chat', 'geo'];
const WORDS = ['service', 'api', 'gateway', 'worker', 'portal', 'admin', 'batch', 'bff', 'mobile', 'sync'];
const BUILT_IN = { default: ['web-origins', 'acr', 'profile', 'roles', 'basic', 'email'], optional: ['address', 'phone', 'offline_access', 'microprofile-jwt'] };

/** Clients and client scopes carry ids, so that the same seed gives the same realm on every server. */
export interface BenchRealm extends RealmRepresentation {
  realm: string;
  clients: (ClientRepresentation & { id: string; clientId: string })[];
  clientScopes: (ClientScopeRepresentation & { id: string; name: string })[];
  roles: { realm: RoleRepresentation[]; client: Record<string, RoleRepresentation[]> };
  groups: GroupRepresentation[];
  users: UserRepresentation[];
  scopeMappings: ScopeMappingRepresentation[];
  clientScopeMappings: Record<string, ScopeMappingRepresentation[]>;
}

/**
 * A realm in the shape of an export, with numbers as in real ones: 2 to 5 mappers a client, about 14 scope links, roles on four clients
 * of ten, a service account on every second, a tenth without full scope, groups in three levels. The same size gives the same realm.
 */
export function generate(size: Size, realm: string): BenchRealm {
  const { clients: count, scopes, roles, groups, users } = SIZES[size];
  const random = randomOf(`realm-rescue ${size} ${realm}`);
  const realmRoles = Array.from({ length: roles }, (_, index) => `${random.one(DOMAINS)}-${random.one(['reader', 'writer', 'admin', 'viewer'])}-${pad(index)}`);
  const clientScopes = Array.from({ length: scopes }, (_, index) => scope(random, index));
  const names = clientScopes.map(({ name }) => name);
  const clients = Array.from({ length: count }, (_, index) => client(random, index, names, realmRoles));
  const owners = clients.filter(() => random.chance(0.42)).map(({ clientId }) => clientId);
  const ofClients = Object.fromEntries(owners.map((owner) => [owner, clientRoles(random, owner)]));
  const pick = (): { owner: string; role: string } => {
    const owner = random.one(owners);
    return { owner, role: random.one(ofClients[owner] ?? []).name ?? '' };
  };
  const narrow = clients.filter((found) => found.fullScopeAllowed === false);
  const clientScopeMappings: Record<string, ScopeMappingRepresentation[]> = {};
  for (const found of narrow.filter(() => random.chance(0.4))) {
    const { owner, role } = pick();
    (clientScopeMappings[owner] ??= []).push({ client: found.clientId, roles: [role] });
  }
  return {
    realm, enabled: true, displayName: `Bench ${size}`, ssoSessionIdleTimeout: 36_000, accessTokenLifespan: 300, adminEventsEnabled: true, adminEventsDetailsEnabled: true,
    attributes: { team: 'identity' },
    clientScopes, clients,
    roles: { realm: composites(random, realmRoles, pick), client: ofClients },
    groups: Array.from({ length: groups }, (_, index) => group(random, { name: `${random.one(DOMAINS)}-${index}`, parent: '', depth: 0 }, realmRoles, pick)),
    users: [...clients.filter((found) => found.serviceAccountsEnabled === true).map((found) => serviceAccount(random, found.clientId, realmRoles, pick)), ...people(random, users, realmRoles)],
    scopeMappings: [
      ...narrow.filter(() => random.chance(0.6)).map((found) => ({ client: found.clientId, roles: random.some(realmRoles, random.from(1, 3)) })),
      ...clientScopes.filter(() => random.chance(0.2)).map((found) => ({ clientScope: found.name, roles: random.some(realmRoles, 1) })),
    ],
    clientScopeMappings,
  };
}

function scope(random: Random, index: number): BenchRealm['clientScopes'][number] {
  const name = `${random.one(DOMAINS)}.${random.one(['read', 'write', 'claims', 'tenant'])}.${pad(index)}`;
  return {
    id: random.uuid(), name, description: `${name} access`, protocol: 'openid-connect',
    attributes: { 'include.in.token.scope': random.chance(0.5) ? 'true' : 'false', 'display.on.consent.screen': 'false' },
    protocolMappers: mappers(random, random.from(1, 4), `s${index}`),
  };
}

function client(random: Random, index: number, scopes: readonly string[], roles: readonly string[]): BenchRealm['clients'][number] {
  const login = index === 0;
  const clientId = login ? LOGIN_CLIENT : `${random.one(DOMAINS)}-${random.one(WORDS)}-${pad(index)}`;
  const custom = random.some(scopes, random.from(2, 6));
  const isPublic = login || random.chance(0.25);
  return {
    id: random.uuid(), clientId, name: `Client ${index}`, enabled: true, protocol: 'openid-connect', publicClient: isPublic, standardFlowEnabled: true, directAccessGrantsEnabled: login,
    ...(isPublic ? {} : { secret: random.uuid(), serviceAccountsEnabled: random.chance(0.73) }),
    fullScopeAllowed: login || !random.chance(0.1),
    redirectUris: Array.from({ length: random.from(1, 3) }, (_, at) => `https://${clientId}.example.com/${at}/*`), webOrigins: [`https://${clientId}.example.com`],
    attributes: { 'pkce.code.challenge.method': 'S256', 'access.token.lifespan': String(60 * random.from(1, 10)), team: random.one(DOMAINS) },
    protocolMappers: [...mappers(random, random.from(2, 5), `c${index}`), ...(random.chance(0.05) ? [hardcodedRole(random, roles)] : [])],
    defaultClientScopes: [...BUILT_IN.default, ...custom.slice(0, Math.ceil(custom.length / 2))],
    optionalClientScopes: [...BUILT_IN.optional, ...custom.slice(Math.ceil(custom.length / 2))],
  };
}

function mappers(random: Random, count: number, prefix: string): ProtocolMapperRepresentation[] {
  return Array.from({ length: count }, (_, index): ProtocolMapperRepresentation => {
    const claim = `${random.one(DOMAINS)}_${random.one(['id', 'tier', 'tenant', 'unit', 'flag'])}_${prefix}_${index}`;
    const flags = { 'id.token.claim': 'true', 'access.token.claim': 'true', 'userinfo.token.claim': random.chance(0.5) ? 'true' : 'false', 'introspection.token.claim': 'true' };
    const [kind, protocolMapper, config] = random.one<readonly [string, string, Record<string, string>]>([
      ['attribute', 'oidc-usermodel-attribute-mapper', { ...flags, 'user.attribute': claim, 'claim.name': claim, 'jsonType.label': 'String' }],
      ['audience', 'oidc-audience-mapper', { 'included.custom.audience': `urn:${claim}`, 'id.token.claim': 'false', 'access.token.claim': 'true', 'introspection.token.claim': 'true' }],
      ['fixed', 'oidc-hardcoded-claim-mapper', { ...flags, 'claim.name': claim, 'claim.value': random.uuid().slice(0, 8), 'jsonType.label': 'String' }],
      ['groups', 'oidc-group-membership-mapper', { ...flags, 'claim.name': claim, 'full.path': 'true' }],
      ['roles', 'oidc-usermodel-realm-role-mapper', { ...flags, 'claim.name': claim, multivalued: 'true', 'jsonType.label': 'String' }],
    ]);
    return { id: random.uuid(), name: `${kind} ${claim}`, protocol: 'openid-connect', protocolMapper, consentRequired: false, config };
  });
}

function hardcodedRole(random: Random, roles: readonly string[]): ProtocolMapperRepresentation {
  return { id: random.uuid(), name: 'fixed role', protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-role-mapper', consentRequired: false, config: { role: random.one(roles) } };
}

type Pick = () => { owner: string; role: string };

function clientRoles(random: Random, owner: string): RoleRepresentation[] {
  const names = random.some(['read', 'write', 'admin', 'audit', 'approve', 'export'], random.from(1, 4));
  return names.map((name, index) => ({
    name, description: `${name} of ${owner}`, clientRole: true,
    ...(index === 0 && names.length > 1 && random.chance(0.15) ? { composite: true, composites: { client: { [owner]: names.slice(1) } } } : {}),
  }));
}

function composites(random: Random, names: readonly string[], pick: Pick): RoleRepresentation[] {
  return names.map((name, index) => {
    const plain: RoleRepresentation = { name, description: `${name} of the realm`, clientRole: false, ...(random.chance(0.3) ? { attributes: { owner: [random.one(DOMAINS)] } } : {}) };
    if (index < 3 || !random.chance(0.15)) return plain;
    const { owner, role } = pick();
    return { ...plain, composite: true, composites: { realm: random.some(names.slice(0, index), random.from(1, 3)), ...(random.chance(0.5) ? { client: { [owner]: [role] } } : {}) } };
  });
}

function group(random: Random, place: { readonly name: string; readonly parent: string; readonly depth: number }, roles: readonly string[], pick: Pick): GroupRepresentation {
  const { name, parent, depth } = place;
  const path = `${parent}/${name}`;
  const { owner, role } = pick();
  return {
    name, path, attributes: random.chance(0.5) ? { cost: [String(random.from(1, 99))] } : {}, realmRoles: random.some(roles, random.from(0, 2)),
    clientRoles: random.chance(0.3) ? { [owner]: [role] } : {},
    subGroups: depth === 2 ? [] : Array.from({ length: random.from(1, 4) }, (_, index) => group(random, { name: `${name}-${index}`, parent: path, depth: depth + 1 }, roles, pick)),
  };
}

function serviceAccount(random: Random, clientId: string, roles: readonly string[], pick: Pick): UserRepresentation {
  const { owner, role } = pick();
  return { username: `service-account-${clientId}`, serviceAccountClientId: clientId, realmRoles: random.some(roles, random.from(0, 2)), clientRoles: random.chance(0.5) ? { [owner]: [role] } : {} };
}

function people(random: Random, count: number, roles: readonly string[]): UserRepresentation[] {
  return Array.from({ length: count }, (_, index) => ({
    username: `user${pad(index)}`, enabled: true, email: `user${pad(index)}@example.com`, emailVerified: true, firstName: 'User', lastName: pad(index), requiredActions: [],
    credentials: [{ type: 'password', value: passwordOf(`user${pad(index)}`), temporary: false }], realmRoles: random.some(roles, 3),
  }));
}

/** The password of a generated person. */
export function passwordOf(username: string): string {
  return `bench-${username}`;
}

function pad(index: number): string {
  return String(index).padStart(4, '0');
}
