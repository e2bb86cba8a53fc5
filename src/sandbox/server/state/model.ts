/**
 * All that the sandbox remembers, as plain data: it can be written to a file and read back. Handlers change it in
 * place, one request at a time; nothing else does. References between rows are ids, never names, as in Keycloak.
 */
import type { Json } from '../../../realm/json.ts';

/** A JSON object that is being built or changed. */
export type Fields = Record<string, Json>;

export interface MapperRow {
  readonly id: string;
  readonly name: string;
  readonly protocol: string;
  protocolMapper: string;
  config: Record<string, string>;
}

export interface RoleRow {
  readonly id: string;
  name: string;
  description: string | null;
  /** UUID of the owning client; null for a realm role. */
  readonly client: string | null;
  /** Ids of the member roles. */
  composites: string[];
  attributes: Record<string, Json>;
}

export interface ScopeRow {
  readonly id: string;
  name: string;
  protocol: string;
  description: string | null;
  attributes: Record<string, string>;
  mappers: MapperRow[];
  /** Role ids: the scope mappings. */
  roles: string[];
}

export interface ClientRow {
  readonly id: string;
  clientId: string;
  secret: string | null;
  attributes: Record<string, string>;
  /** Everything of the representation that has no place of its own here. */
  fields: Fields;
  mappers: MapperRow[];
  /** Client scope ids. */
  defaults: string[];
  optionals: string[];
  /** Role ids: the scope mappings. */
  roles: string[];
  authz: AuthzRow | null;
}

export interface AuthzRow {
  settings: Fields;
  resources: Fields[];
  scopes: Fields[];
  policies: Fields[];
}

export interface GroupRow {
  readonly id: string;
  name: string;
  parent: string | null;
  description: string | null;
  attributes: Record<string, Json>;
  roles: string[];
}

export interface OrganizationRow {
  readonly id: string;
  readonly name: string;
  readonly alias: string;
  readonly enabled: boolean;
  readonly description: string | null;
  readonly redirectUrl: string | null;
  readonly attributes: Record<string, readonly string[]>;
  readonly domains: readonly { readonly name: string; readonly verified: boolean }[];
  /** Aliases of identity providers. */
  providers: string[];
}

export interface UserRow {
  readonly id: string;
  username: string;
  /** Epoch milliseconds. */
  readonly created: number;
  fields: Fields;
  attributes: Record<string, readonly string[]>;
  roles: string[];
  groups: string[];
  password: { readonly id: string; readonly created: number; readonly salt: string; readonly hash: string } | null;
  /** UUID of the client whose service account this is. */
  readonly serviceAccount: string | null;
}

export interface SessionRow {
  /** 24 characters of base64url. */
  readonly id: string;
  readonly user: string;
  readonly offline: boolean;
  readonly ip: string;
  /** Epoch seconds. */
  readonly start: number;
  lastAccess: number;
  /** client UUID → the `scope` parameter that was asked for. */
  clients: Record<string, string>;
}

export interface KeyRow {
  /** The component that provides it. */
  readonly component: string;
  readonly kid: string;
  readonly algorithm: 'RS256' | 'RSA-OAEP' | 'HS512' | 'AES';
  /** Private JWK for RSA, `oct` JWK otherwise. */
  readonly jwk: Record<string, string>;
  /** Epoch milliseconds. */
  readonly made: number;
}

export interface RealmRow {
  readonly id: string;
  name: string;
  /** Top-level fields of the realm representation that are not listed below. */
  fields: Fields;
  defaultRole: string;
  clients: ClientRow[];
  scopes: ScopeRow[];
  defaultScopes: string[];
  optionalScopes: string[];
  roles: RoleRow[];
  groups: GroupRow[];
  defaultGroups: string[];
  organizations: OrganizationRow[];
  users: UserRow[];
  sessions: SessionRow[];
  keys: KeyRow[];
  flows: Fields[];
  authenticatorConfigs: Fields[];
  requiredActions: Fields[];
  components: Fields[];
  identityProviders: Fields[];
  identityProviderMappers: Fields[];
  localization: Record<string, Record<string, string>>;
  /** Newest last. */
  adminEvents: Fields[];
  events: Fields[];
  /** Group mappers that made a token since the cache was cleared: they show `multivalued` (facts: baselines section 3). */
  warm: string[];
}

export interface World {
  readonly schema: 'realm-rescue/sandbox/v1';
  readonly version: string;
  port: number;
  realms: RealmRow[];
}
