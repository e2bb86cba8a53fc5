/** Tokens as data: which mappers run for whom, and what they make. Pure; ids of tokens and times are handed in. */
import { effectiveConfig } from '../state/represent.ts';
import type { ClientRow, Fields, MapperRow, RealmRow, ScopeRow, UserRow } from '../state/model.ts';
import { effectiveRoles, passable } from '../state/roles.ts';
import { audienceClaim } from './claims.ts';
import { APPLY, PRIORITY, type Making } from './mappers.ts';
import { scopeClaim, takingPart } from './scopes.ts';

export type Kind = 'access' | 'id' | 'userinfo' | 'introspection';

/** For whom, through which client, asked with which `scope` parameter. */
export interface Subject {
  readonly realm: RealmRow;
  readonly client: ClientRow;
  readonly user: UserRow;
  readonly requested: string;
  readonly session: string | null;
  readonly notes: Readonly<Record<string, string>>;
  /** The `audience` parameter: narrows `aud` and the client roles. */
  readonly only?: readonly string[];
}

export interface Stamp {
  readonly issuer: string;
  /** `onrtro:` and a UUID for access tokens: session, token and grant type, as Keycloak encodes them. */
  readonly jti: string;
  /** Epoch seconds. */
  readonly now: number;
  readonly lifespan: number;
}

export interface Made {
  readonly claims: Fields;
  readonly scopes: readonly ScopeRow[];
  /** Group mappers that ran: Keycloak leaves `multivalued` in its cached copy of them. */
  readonly warmed: readonly string[];
}

export const isLightweight = (client: ClientRow): boolean => client.attributes['client.use.lightweight.access.token.enabled'] === 'true';

/** All mappers of the client and of the client scopes that take part. */
export const mappersFor = (client: ClientRow, scopes: readonly ScopeRow[]): MapperRow[] => [...client.mappers, ...scopes.flatMap((scope) => scope.mappers)].filter((mapper) => mapper.protocol === 'openid-connect');

const SWITCH: Readonly<Record<Kind, string>> = { access: 'access.token.claim', id: 'id.token.claim', userinfo: 'userinfo.token.claim', introspection: 'introspection.token.claim' };

/** These work without a switch in their config, as mappers from before the switches existed have none. */
const ALWAYS = new Set(['oidc-audience-resolve-mapper', 'oidc-hardcoded-role-mapper']);

/** No switch brings these into userinfo. */
const NOT_IN_USERINFO = new Set(['oidc-acr-mapper']);

function runs(mapper: MapperRow, kind: Kind, lightweight: boolean): boolean {
  if (kind === 'access' && lightweight) return mapper.config['lightweight.claim'] === 'true';
  if (kind === 'userinfo' && NOT_IN_USERINFO.has(mapper.protocolMapper)) return false;
  const value = effectiveConfig(mapper)[SWITCH[kind]];
  return value === 'true' || (ALWAYS.has(mapper.protocolMapper) && mapper.config['access.token.claim'] === undefined && kind !== 'id' && kind !== 'userinfo');
}

/** Runs the mappers for one kind of token and gives the claims that they make. */
export function mappedClaims(subject: Subject, kind: Kind): Made & { readonly audience: ReadonlySet<string> } {
  const { realm, client, user } = subject;
  const scopes = takingPart(realm, client, user, subject.requested);
  const allowed = passable(realm, client, scopes);
  const making: Making = { realm, client, user, notes: subject.notes, roles: effectiveRoles(realm, user).filter((role) => allowed.has(role.id)), claims: {}, audience: new Set() };
  const lightweight = isLightweight(client);
  const all = mappersFor(client, scopes);
  for (const mapper of all.filter((candidate) => runs(candidate, kind, lightweight)).sort((a, b) => (PRIORITY[a.protocolMapper] ?? 0) - (PRIORITY[b.protocolMapper] ?? 0))) APPLY[mapper.protocolMapper]?.(mapper, making);
  const warmed = all.filter((mapper) => mapper.protocolMapper === 'oidc-group-membership-mapper' && runs(mapper, kind, lightweight)).map((mapper) => mapper.id);
  return { claims: making.claims, scopes, warmed, audience: making.audience };
}

export function accessToken(subject: Subject, stamp: Stamp): Made {
  const made = mappedClaims(subject, 'access');
  const only = subject.only ?? [];
  const audience = only.length === 0 ? made.audience : new Set([...made.audience].filter((name) => only.includes(name)));
  const claims: Fields = {
    exp: stamp.now + stamp.lifespan, iat: stamp.now, jti: stamp.jti, iss: stamp.issuer, ...audienceClaim(audience), typ: 'Bearer', azp: subject.client.clientId,
    ...(subject.session === null ? {} : { sid: subject.session }), ...made.claims, scope: scopeClaim(made.scopes, subject.requested),
  };
  if (only.length > 0) claims['resource_access'] = Object.fromEntries(Object.entries((claims['resource_access'] ?? {}) as Fields).filter(([name]) => only.includes(name)));
  return { ...made, claims };
}

export function idToken(subject: Subject, stamp: Stamp, accessTokenHash: string | null): Made {
  const made = mappedClaims(subject, 'id');
  const claims: Fields = {
    exp: stamp.now + stamp.lifespan, iat: stamp.now, jti: stamp.jti, iss: stamp.issuer, ...audienceClaim(new Set([subject.client.clientId, ...made.audience])), sub: subject.user.id, typ: 'ID', azp: subject.client.clientId,
    ...(subject.session === null ? {} : { sid: subject.session }), ...(accessTokenHash === null ? {} : { at_hash: accessTokenHash }), ...made.claims,
  };
  return { ...made, claims };
}

export function userinfo(subject: Subject): Fields {
  const made = mappedClaims(subject, 'userinfo');
  return { sub: subject.user.id, ...audienceClaim(made.audience), ...made.claims };
}

/** Introspection runs the mappers anew on an old token: a restored claim shows at once (facts, top ten 9). */
export function introspection(subject: Subject, token: Fields): Fields {
  const made = mappedClaims(subject, 'introspection');
  const kept = Object.fromEntries(['exp', 'iat', 'jti', 'iss', 'typ', 'azp', 'sid', 'scope'].flatMap((name) => (token[name] === undefined ? [] : [[name, token[name]]])));
  return { ...kept, ...audienceClaim(made.audience), ...made.claims, username: subject.user.username, client_id: subject.client.clientId, token_type: 'Bearer', active: true };
}
