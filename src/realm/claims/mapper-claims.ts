/**
 * What each protocol mapper puts into tokens, as a table by provider id
 * (org.keycloak.protocol.oidc.mappers, Keycloak 26.7). Unknown providers are shown as attached, never as proven.
 */
import { own } from '../json.ts';
import type { ClaimExpectation, TokenKind } from '../model.ts';
import { configText, type MapperValue } from '../normal/mapper.ts';

export type Need = Pick<ClaimExpectation, 'needs' | 'needed'>;

export interface MapperClaim extends Need {
  /** A path into the payload, written as Keycloak's `claim.name`: `\.` is a dot inside a name. */
  readonly claim: string;
  readonly member?: string;
  readonly tokens: readonly TokenKind[];
  /** Whether it reaches a lightweight access token. */
  readonly lightweight: boolean;
}

type Row = (mapper: MapperValue) => (Need & { readonly claim: string; readonly member?: string; readonly notInUserinfo?: true }) | null;

const NOTHING: Need = { needs: 'nothing' };
/** What only a login of a real person shows; a proof can only show that the mapper is attached. */
const REAL_LOGIN: Need = { needs: 'real-login' };
const SERVICE_ACCOUNT_NOTES = new Set(['client_id', 'clientId', 'clientHost', 'clientAddress']);

const named = (need: (mapper: MapperValue) => Need): Row => (mapper) => {
  const claim = configText(mapper, 'claim.name');
  return claim === '' ? null : { claim, ...need(mapper) };
};
const fixed = (claim: string, need: Need): Row => () => ({ claim, ...need });
const needsAttribute = (attribute: string): Need => ({ needs: 'attribute', needed: attribute });

/** Roles by which a user may reach a claim are named by the mapper that emits them. */
export const REALM_ROLE_MAPPER = 'oidc-usermodel-realm-role-mapper';
export const CLIENT_ROLE_MAPPER = 'oidc-usermodel-client-role-mapper';
export const ORGANIZATION_MAPPER = 'oidc-organization-membership-mapper';
export const AUDIENCE_MAPPER = 'oidc-audience-mapper';

const TABLE: Readonly<Record<string, Row>> = {
  'oidc-usermodel-attribute-mapper': named((mapper) => needsAttribute(configText(mapper, 'user.attribute'))),
  'oidc-usermodel-property-mapper': named((mapper) => {
    const property = configText(mapper, 'user.attribute');
    return property === 'username' || property === 'id' ? NOTHING : needsAttribute(property);
  }),
  [REALM_ROLE_MAPPER]: named(() => ({ needs: 'role' })),
  [CLIENT_ROLE_MAPPER]: (mapper) => {
    const client = configText(mapper, 'usermodel.clientRoleMapping.clientId');
    const claim = configText(mapper, 'claim.name');
    if (claim === '') return null;
    // Without a client the path holds `${client_id}`: one path for each client whose roles somebody has.
    return client === '' && claim.includes('${client_id}') ? { claim: claim.slice(0, claim.indexOf('.${client_id}')), needs: 'role' } : { claim: clientRolesClaim(claim, client), needs: 'role' };
  },
  'oidc-group-membership-mapper': named(() => ({ needs: 'group' })),
  [AUDIENCE_MAPPER]: (mapper) => {
    const member = audienceOf(mapper);
    return member === '' ? null : { claim: 'aud', member, notInUserinfo: true, ...NOTHING };
  },
  'oidc-audience-resolve-mapper': () => ({ claim: 'aud', needs: 'role', notInUserinfo: true }),
  'oidc-hardcoded-claim-mapper': named(() => NOTHING),
  'oidc-usersessionmodel-note-mapper': named((mapper) => (SERVICE_ACCOUNT_NOTES.has(configText(mapper, 'user.session.note')) ? { needs: 'service-account' } : REAL_LOGIN)),
  'oidc-sub-mapper': fixed('sub', NOTHING),
  'oidc-acr-mapper': fixed('acr', REAL_LOGIN),
  'oidc-amr-mapper': fixed('amr', REAL_LOGIN),
  'oidc-session-state-mapper': fixed('session_state', REAL_LOGIN),
  'oidc-allowed-origins-mapper': fixed('allowed-origins', REAL_LOGIN),
  'oidc-full-name-mapper': fixed('name', needsAttribute('firstName')),
  'oidc-address-mapper': fixed('address', needsAttribute('street')),
  [ORGANIZATION_MAPPER]: named(() => REAL_LOGIN),
};

/** The audience that an audience mapper adds; the client wins over the custom value, as in the server. */
export function audienceOf(mapper: MapperValue): string {
  return mapper.provider === AUDIENCE_MAPPER ? configText(mapper, 'included.client.audience') || configText(mapper, 'included.custom.audience') : '';
}

/** `resource_access.${client_id}.roles` for one client; a dot in its clientId is escaped, as the server does. */
export function clientRolesClaim(template: string, client: string): string {
  return template.replaceAll('${client_id}', client.replaceAll('.', '\\.'));
}

/** In which tokens a mapper's claim appears; introspection alone is not a token. */
export function tokensOf(mapper: MapperValue): readonly TokenKind[] {
  const kinds: readonly TokenKind[] = ['access', 'id', 'userinfo'];
  return kinds.filter((kind) => configText(mapper, `${kind}.token.claim`) === 'true');
}

/** The claim of one mapper; null where it emits none by itself, or into no token. */
export function claimOfMapper(mapper: MapperValue): MapperClaim | null {
  if (mapper.protocol !== 'openid-connect') return null;
  const row = (own(TABLE, mapper.provider) ?? named(() => REAL_LOGIN))(mapper);
  if (row === null) return null;
  const { notInUserinfo, ...claim } = row;
  const tokens = tokensOf(mapper).filter((kind) => kind !== 'userinfo' || notInUserinfo !== true);
  return tokens.length === 0 ? null : { ...claim, tokens, lightweight: configText(mapper, 'lightweight.claim') === 'true' };
}
