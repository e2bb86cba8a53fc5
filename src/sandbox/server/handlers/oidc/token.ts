/** The token endpoint: password, client_credentials and refresh_token grants. */
import { randomBytes } from 'node:crypto';
import { described } from '../../refusal.ts';
import type { Answer, Request } from '../../route.ts';
import { passwordFits } from '../../state/build.ts';
import type { ClientRow, Fields, SessionRow, UserRow } from '../../state/model.ts';
import { takingPart, unknownScopes } from '../../tokens/scopes.ts';
import { verify } from '../../tokens/sign.ts';
import { authenticateClient } from './authenticate.ts';
import { issue } from './issue.ts';
import { recordLogin } from './login-events.ts';

type Grant = (request: Request, client: ClientRow) => Promise<Answer>;

const GRANTS: Readonly<Record<string, Grant>> = { password, client_credentials: clientCredentials, refresh_token: refresh };

export async function token(request: Request): Promise<Answer> {
  const name = request.form.get('grant_type');
  if (name === null) throw described(400, 'invalid_request', 'Missing form parameter: grant_type');
  const grant = GRANTS[name];
  if (grant === undefined) throw described(400, 'unsupported_grant_type', 'Unsupported grant_type');
  return grant(request, authenticateClient(request));
}

function scopeParameter(request: Request, client: ClientRow): string {
  const requested = request.form.get('scope') ?? '';
  if (unknownScopes(request.realm, client, requested).length > 0) throw described(400, 'invalid_scope', `Invalid scopes: ${requested}`);
  return requested;
}

/** 24 characters of base64url, as Keycloak names its sessions. */
export const newSessionId = (): string => randomBytes(18).toString('base64url');

async function password(request: Request, client: ClientRow): Promise<Answer> {
  if (client.fields['directAccessGrantsEnabled'] !== true) throw described(400, 'unauthorized_client', 'Client not allowed for direct access grants');
  const requested = scopeParameter(request, client);
  const user = findUser(request);
  if (user === undefined || !passwordFits(user.password, request.form.get('password') ?? '')) throw described(400, 'invalid_grant', 'Invalid user credentials');
  if (user.fields['enabled'] !== true) throw described(400, 'invalid_grant', 'Account disabled');
  const offline = takingPart(request.realm, client, user, requested).some((scope) => scope.name === 'offline_access');
  const seconds = Math.floor(request.now / 1000);
  const session: SessionRow = { id: newSessionId(), user: user.id, offline, ip: '127.0.0.1', start: seconds, lastAccess: seconds, clients: { [client.id]: requested } };
  request.realm.sessions.push(session);
  recordLogin(request, 'LOGIN', client, user, session.id);
  return issue(request, { client, user, session, requested, grant: 'ro', notes: {} });
}

function findUser(request: Request): UserRow | undefined {
  const name = (request.form.get('username') ?? '').toLowerCase();
  return request.realm.users.find((user) => user.serviceAccount === null && (user.username === name || user.fields['email'] === name));
}

async function clientCredentials(request: Request, client: ClientRow): Promise<Answer> {
  if (client.fields['publicClient'] === true) throw described(401, 'unauthorized_client', 'Public client not allowed to retrieve service account');
  if (client.fields['serviceAccountsEnabled'] !== true) throw described(401, 'unauthorized_client', 'Client not enabled to retrieve service account');
  const requested = scopeParameter(request, client);
  const user = request.realm.users.find((candidate) => candidate.serviceAccount === client.id);
  if (user === undefined) throw described(401, 'invalid_request', 'The associated service account for the client does not exist');
  recordLogin(request, 'CLIENT_LOGIN', client, user, null);
  return issue(request, { client, user, session: null, requested, grant: 'cc', notes: { clientHost: '127.0.0.1', clientAddress: '127.0.0.1', client_id: client.clientId } });
}

const invalid = (why: string): Error => described(400, 'invalid_grant', why);

/** The claims of the refresh token that was sent, if this realm made it for this client. */
async function refreshClaims(request: Request, client: ClientRow): Promise<Fields> {
  const given = request.form.get('refresh_token');
  if (given === null) throw described(400, 'invalid_request', 'No refresh token');
  const claims = await verify(request.realm, given, 'HS512', request.now);
  if (claims === null || claims['iss'] !== `${request.url}/realms/${request.realm.name}`) throw invalid('Invalid refresh token');
  if (claims['azp'] !== client.clientId) throw invalid("Invalid refresh token. Token client and authorized client don't match");
  return claims;
}

/** Ends the session of a refresh token; a session that is over already is no error. */
export async function logout(request: Request): Promise<Answer> {
  const claims = await refreshClaims(request, authenticateClient(request));
  request.realm.sessions = request.realm.sessions.filter((session) => session.id !== claims['sid']);
  return { status: 204 };
}

async function refresh(request: Request, client: ClientRow): Promise<Answer> {
  const claims = await refreshClaims(request, client);
  const offline = claims['typ'] === 'Offline';
  const session = request.realm.sessions.find((row) => row.id === claims['sid'] && row.offline === offline);
  const user = request.realm.users.find((row) => row.id === session?.user);
  if (session === undefined || user === undefined) throw invalid(offline ? 'Offline user session not found' : 'Session not active');
  const requested = session.clients[client.id];
  if (requested === undefined) throw invalid("Session doesn't have required client");
  if (user.fields['enabled'] !== true) throw invalid('User disabled');
  session.lastAccess = Math.floor(request.now / 1000);
  return issue(request, { client, user, session, requested, grant: 'rt', notes: {}, refreshScope: String(claims['scope']) });
}

