import type { ClientScopeRepresentation, ProtocolMapperRepresentation } from '../../realm/representation.ts';
import { attributeMapper, audienceMapper, claimMapper, hardcodedMapper, mapper } from './mappers.ts';

/** Scopes that every client of the company has by default. */
export const DEFAULT_SCOPES = ['basic', 'profile', 'email', 'roles', 'web-origins', 'acr'] as const;

const BOTH = { 'access.token.claim': 'true', 'introspection.token.claim': 'true' };

/**
 * The 14 client scopes of the realm: eight of Keycloak's own, trimmed to what the company uses, and six of its own.
 * A realm file that lists `clientScopes` at all gets no others from the server (verified-keycloak.md 1, b2), so the
 * count is the same everywhere.
 */
export function clientScopes(): ClientScopeRepresentation[] {
  return [
    scope('basic', 'Claims that every token needs', false, [
      mapper('sub', 'oidc-sub-mapper', BOTH),
      claimMapper('auth_time', 'oidc-usersessionmodel-note-mapper', 'auth_time', { 'user.session.note': 'AUTH_TIME', 'jsonType.label': 'long' }),
    ]),
    scope('profile', 'Who the user is', true, [
      claimMapper('username', 'oidc-usermodel-attribute-mapper', 'preferred_username', { 'user.attribute': 'username', 'userinfo.token.claim': 'true' }),
      claimMapper('given name', 'oidc-usermodel-attribute-mapper', 'given_name', { 'user.attribute': 'firstName', 'userinfo.token.claim': 'true' }),
      claimMapper('family name', 'oidc-usermodel-attribute-mapper', 'family_name', { 'user.attribute': 'lastName', 'userinfo.token.claim': 'true' }),
      mapper('full name', 'oidc-full-name-mapper', { ...BOTH, 'id.token.claim': 'true', 'userinfo.token.claim': 'true' }),
    ]),
    scope('email', 'E-mail address of the user', true, [
      claimMapper('email', 'oidc-usermodel-attribute-mapper', 'email', { 'user.attribute': 'email', 'userinfo.token.claim': 'true' }),
      claimMapper('email verified', 'oidc-usermodel-property-mapper', 'email_verified', { 'user.attribute': 'emailVerified', 'jsonType.label': 'boolean', 'userinfo.token.claim': 'true' }),
    ]),
    scope('roles', 'Roles of the user', false, [
      roleMapper('realm roles', 'oidc-usermodel-realm-role-mapper', 'realm_access.roles'),
      roleMapper('client roles', 'oidc-usermodel-client-role-mapper', 'resource_access.${client_id}.roles'),
      mapper('audience resolve', 'oidc-audience-resolve-mapper', BOTH),
    ]),
    scope('web-origins', 'Allowed web origins', false, [mapper('allowed web origins', 'oidc-allowed-origins-mapper', BOTH)]),
    scope('acr', 'Level of authentication', false, [mapper('acr loa level', 'oidc-acr-mapper', { ...BOTH, 'id.token.claim': 'true' })]),
    scope('offline_access', 'Tokens that outlive the session', true, []),
    scope('service_account', 'Clients that act for themselves', false, [
      noteMapper('Client ID', 'client_id'), noteMapper('Client Host', 'clientHost'), noteMapper('Client IP Address', 'clientAddress'),
    ]),
    scope('profile-extended', 'Department and job title', true, [attributeMapper('department', 'department'), attributeMapper('job title', 'job_title')]),
    scope('timeline-read', 'Reading media from timelines', true, [audienceMapper('aud-media', 'media-service')]),
    scope('media-upload', 'Uploading pictures and films', true, [hardcodedMapper('media quota', 'media_quota', '512', true)]),
    scope('gateway-context', 'Where the gateway stands', true, [hardcodedMapper('gateway zone', 'zone', 'eu-1')]),
    scope('reports-read', 'Reading reports', true, [audienceMapper('aud-reporting', 'reporting-service')]),
    scope('internal-audience', 'Calls between services', false, [audienceMapper('aud-notification', 'notification-service')]),
  ];
}

function scope(name: string, description: string, inToken: boolean, protocolMappers: ProtocolMapperRepresentation[]): ClientScopeRepresentation {
  return {
    name, description, protocol: 'openid-connect',
    attributes: { 'include.in.token.scope': String(inToken), 'display.on.consent.screen': 'false' },
    ...(protocolMappers.length > 0 ? { protocolMappers } : {}),
  };
}

function roleMapper(name: string, type: string, claim: string): ProtocolMapperRepresentation {
  return mapper(name, type, { 'claim.name': claim, 'jsonType.label': 'String', multivalued: 'true', ...BOTH });
}

function noteMapper(name: string, note: string): ProtocolMapperRepresentation {
  return claimMapper(name, 'oidc-usersessionmodel-note-mapper', note, { 'user.session.note': note });
}
