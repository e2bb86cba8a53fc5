import type { ProtocolMapperRepresentation } from '../../realm/representation.ts';

/** Protocol mappers with the complete config that the admin console stores, so that a file states all of it. */

/** Group names of the user, without their paths. */
export function groupMapper(name: string): ProtocolMapperRepresentation {
  return mapper(name, 'oidc-group-membership-mapper', {
    'claim.name': 'groups', 'full.path': 'false', 'access.token.claim': 'true', 'id.token.claim': 'true',
    'userinfo.token.claim': 'true', 'introspection.token.claim': 'true',
  });
}

/** Puts another client into `aud` of the access token. */
export function audienceMapper(name: string, client: string): ProtocolMapperRepresentation {
  return mapper(name, 'oidc-audience-mapper', {
    'included.client.audience': client, 'access.token.claim': 'true', 'id.token.claim': 'false',
    'userinfo.token.claim': 'false', 'introspection.token.claim': 'true',
  });
}

/** One attribute of the user as a claim of the same name. */
export function attributeMapper(name: string, attribute: string): ProtocolMapperRepresentation {
  return claimMapper(name, 'oidc-usermodel-attribute-mapper', attribute, { 'user.attribute': attribute, 'userinfo.token.claim': 'true' });
}

/** A fixed claim. `lightweight` keeps it in lightweight access tokens too. */
export function hardcodedMapper(name: string, claim: string, value: string, lightweight = false): ProtocolMapperRepresentation {
  return claimMapper(name, 'oidc-hardcoded-claim-mapper', claim, {
    'claim.value': value, 'userinfo.token.claim': 'false', ...(lightweight ? { 'lightweight.claim': 'true' } : {}),
  });
}

/** Any mapper that makes one claim in access and ID token; `extra` overrides. */
export function claimMapper(name: string, type: string, claim: string, extra: Record<string, string> = {}): ProtocolMapperRepresentation {
  return mapper(name, type, {
    'claim.name': claim, 'jsonType.label': 'String', 'access.token.claim': 'true', 'id.token.claim': 'true',
    'introspection.token.claim': 'true', ...extra,
  });
}

/** Any OpenID Connect mapper. */
export function mapper(name: string, type: string, config: Record<string, string>): ProtocolMapperRepresentation {
  return { name, protocol: 'openid-connect', protocolMapper: type, consentRequired: false, config };
}
