/** What resource servers ask: userinfo, introspection, keys, discovery. */
import { described, Refusal } from '../../refusal.ts';
import { ok, type Answer, type Request } from '../../route.ts';
import { certsJson, keyOf, publicKeyText } from '../../state/keys.ts';
import { list } from '../../state/json.ts';
import { introspection, isLightweight, userinfo as userinfoClaims } from '../../tokens/build.ts';
import { verify } from '../../tokens/sign.ts';
import { authenticateClient, bearer, behind } from './authenticate.ts';

/** The scope parameter that stands behind a token: its session remembers it, else the token's own scope will do. */
const requestedBy = (request: Request, session: string | null, client: string, scope: string): string => request.realm.sessions.find((row) => row.id === session)?.clients[client] ?? scope;

/** Runs the mappers anew, so that a restored claim shows even with an old access token (facts, top ten 9). */
export async function userinfo(request: Request): Promise<Answer> {
  const token = bearer(request);
  const claims = token === null ? null : await verify(request.realm, token, 'RS256', request.now);
  const caller = claims === null || claims['sub'] === undefined ? null : behind(request.realm, claims);
  if (claims === null || caller === null) throw new Refusal(401, null);
  const scope = String(claims['scope']);
  if (!scope.split(' ').includes('openid')) throw new Refusal(403, null);
  return ok(userinfoClaims({ realm: request.realm, client: caller.client, user: caller.user, requested: requestedBy(request, caller.session, caller.client.id, scope), session: caller.session, notes: {} }));
}

/** A client that is not in the token's audience learns nothing, not even about its own token (facts, section 4). */
export async function introspect(request: Request): Promise<Answer> {
  const asking = callerOf(request);
  const claims = await verify(request.realm, request.form.get('token') ?? '', 'RS256', request.now);
  const subject = claims === null ? null : behind(request.realm, claims);
  if (claims === null || subject === null) return ok({ active: false });
  const scope = requestedBy(request, subject.session, subject.client.id, String(claims['scope']));
  const answer = introspection({ realm: request.realm, client: subject.client, user: subject.user, requested: scope, session: subject.session, notes: {} }, claims);
  const audience = isLightweight(subject.client) ? answer['aud'] : claims['aud'];
  return ok([...list(audience), audience].includes(asking) ? answer : { active: false });
}

function callerOf(request: Request): string {
  try {
    return authenticateClient(request).clientId;
  } catch {
    throw described(401, 'invalid_client', 'Client authentication failed.');
  }
}

export const certs = ({ realm }: Request): Answer => ok(certsJson(realm));

export function publicRealm({ realm, url }: Request): Answer {
  return ok({
    realm: realm.name, public_key: publicKeyText(keyOf(realm, 'RS256')), 'token-service': `${url}/realms/${realm.name}/protocol/openid-connect`, 'account-service': `${url}/realms/${realm.name}/account`,
    'tokens-not-before': Number(realm.fields['notBefore'] ?? 0),
  });
}

/** Only what the sandbox can do is announced. */
export function discovery({ realm, url }: Request): Answer {
  const base = `${url}/realms/${realm.name}`;
  const oidc = `${base}/protocol/openid-connect`;
  return ok({
    issuer: base, token_endpoint: `${oidc}/token`, introspection_endpoint: `${oidc}/token/introspect`, userinfo_endpoint: `${oidc}/userinfo`, jwks_uri: `${oidc}/certs`,
    grant_types_supported: ['client_credentials', 'password', 'refresh_token'], scopes_supported: ['openid', ...realm.scopes.filter((scope) => scope.protocol === 'openid-connect').map((scope) => scope.name)],
    id_token_signing_alg_values_supported: ['RS256'], token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'], subject_types_supported: ['public'],
    claims_supported: ['aud', 'sub', 'iss', 'name', 'given_name', 'family_name', 'preferred_username', 'email', 'acr'],
  });
}
