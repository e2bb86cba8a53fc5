import { expectTypeOf, test } from 'vitest';
import type {
  ClientRepresentation, ClientScopeRepresentation, GroupRepresentation, ProtocolMapperRepresentation, RealmRepresentation, RoleRepresentation, UserRepresentation,
} from '../../src/realm/representation.ts';

type KeycloakClient = import('@keycloak/keycloak-admin-client/lib/defs/clientRepresentation.js').default;
type KeycloakClientScope = import('@keycloak/keycloak-admin-client/lib/defs/clientScopeRepresentation.js').default;
type KeycloakGroup = import('@keycloak/keycloak-admin-client/lib/defs/groupRepresentation.js').default;
type KeycloakMapper = import('@keycloak/keycloak-admin-client/lib/defs/protocolMapperRepresentation.js').default;
type KeycloakRealm = import('@keycloak/keycloak-admin-client/lib/defs/realmRepresentation.js').default;
type KeycloakRole = import('@keycloak/keycloak-admin-client/lib/defs/roleRepresentation.js').default;
type KeycloakUser = import('@keycloak/keycloak-admin-client/lib/defs/userRepresentation.js').default;

/** The fields that a type names, without its index signature. */
type Named<T> = keyof { [K in keyof T as string extends K ? never : K]: true };

test('every field that we name is one that Keycloak names, but for what a capture adds (checked by the compiler)', () => {
  expectTypeOf<Named<ClientRepresentation>>().toExtend<keyof KeycloakClient>();
  expectTypeOf<Named<ClientScopeRepresentation>>().toExtend<keyof KeycloakClientScope>();
  expectTypeOf<Named<ProtocolMapperRepresentation>>().toExtend<keyof KeycloakMapper>();
  expectTypeOf<Named<RoleRepresentation>>().toExtend<keyof KeycloakRole>();
  expectTypeOf<Named<GroupRepresentation>>().toExtend<keyof KeycloakGroup>();
  expectTypeOf<Named<UserRepresentation>>().toExtend<keyof KeycloakUser>();
  expectTypeOf<Exclude<Named<RealmRepresentation>, 'settingDescriptions'>>().toExtend<keyof KeycloakRealm>();
});
