import type { SettingDescriptions } from './descriptions.ts';
import type { Json } from './json.ts';

/**
 * The shape that Keycloak itself uses for a whole realm: what `kc.sh export`, a partial export and a realm file
 * have in common. Capture assembles the same shape from REST calls, so every source of configuration is read by the
 * same code. Only the fields that this tool looks at are named; all others are carried untouched, because a newer
 * server may know more than we do.
 *
 * Source: org.keycloak.representations.idm.RealmRepresentation and its members, Keycloak 26.7.
 */
export interface RealmRepresentation extends Unknown {
  id?: string;
  realm?: string;
  keycloakVersion?: string;
  clients?: ClientRepresentation[];
  clientScopes?: ClientScopeRepresentation[];
  defaultDefaultClientScopes?: string[];
  defaultOptionalClientScopes?: string[];
  roles?: { realm?: RoleRepresentation[]; client?: Record<string, RoleRepresentation[]> };
  /** Realm roles in the scope of a client or of a client scope. */
  scopeMappings?: ScopeMappingRepresentation[];
  /** Client roles in the scope of a client or client scope; the key is the clientId that owns the roles. */
  clientScopeMappings?: Record<string, ScopeMappingRepresentation[]>;
  users?: UserRepresentation[];
  groups?: GroupRepresentation[];
  components?: Record<string, Json>;
  /** Top-level flows and sub-flows in one list. */
  authenticationFlows?: AuthenticationFlowRepresentation[];
  /** Settings of the steps of flows, by alias. */
  authenticatorConfig?: AuthenticatorConfigRepresentation[];
  /** Added by a capture: which settings of providers the server holds for secrets. No file of Keycloak has it. */
  settingDescriptions?: SettingDescriptions;
}

interface Unknown {
  [field: string]: unknown;
}

export interface ProtocolMapperRepresentation extends Unknown {
  id?: string;
  name?: string;
  protocol?: string;
  protocolMapper?: string;
  config?: Record<string, string>;
}

export interface ClientRepresentation extends Unknown {
  id?: string;
  clientId?: string;
  secret?: string;
  protocol?: string;
  serviceAccountsEnabled?: boolean;
  authorizationServicesEnabled?: boolean;
  protocolMappers?: ProtocolMapperRepresentation[];
  defaultClientScopes?: string[];
  optionalClientScopes?: string[];
  attributes?: Record<string, string>;
}

export interface ClientScopeRepresentation extends Unknown {
  id?: string;
  name?: string;
  protocol?: string;
  protocolMappers?: ProtocolMapperRepresentation[];
  attributes?: Record<string, string>;
}

export interface RoleRepresentation extends Unknown {
  id?: string;
  name?: string;
  description?: string;
  composite?: boolean;
  composites?: { realm?: string[]; client?: Record<string, string[]> };
  clientRole?: boolean;
  containerId?: string;
  attributes?: Record<string, string[]>;
}

export interface ScopeMappingRepresentation extends Unknown {
  client?: string;
  clientScope?: string;
  roles?: string[];
}

export interface UserRepresentation extends Unknown {
  id?: string;
  username?: string;
  createdTimestamp?: number;
  serviceAccountClientId?: string;
  realmRoles?: string[];
  clientRoles?: Record<string, string[]>;
}

export interface GroupRepresentation extends Unknown {
  id?: string;
  name?: string;
  path?: string;
  attributes?: Record<string, string[]>;
  realmRoles?: string[];
  clientRoles?: Record<string, string[]>;
  subGroups?: GroupRepresentation[];
}

export interface AuthenticationFlowRepresentation extends Unknown {
  id?: string;
  alias?: string;
  description?: string;
  providerId?: string;
  topLevel?: boolean;
  builtIn?: boolean;
  authenticationExecutions?: AuthenticationExecutionRepresentation[];
}

/** A capture adds `id` and `authenticatorConfigId`, which an export does not have. */
export interface AuthenticationExecutionRepresentation extends Unknown {
  authenticator?: string;
  /** Alias of a configuration, not its id. */
  authenticatorConfig?: string;
  flowAlias?: string;
  requirement?: string;
  priority?: number;
}

export interface AuthenticatorConfigRepresentation extends Unknown {
  id?: string;
  alias?: string;
  config?: Record<string, string>;
}
