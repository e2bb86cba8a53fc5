/** Previews of tokens: no session, no event, nothing kept but the warm mapper that a real token leaves as well. */
import { randomUUID } from 'node:crypto';
import { allows } from '../permissions.ts';
import { notFound, Refusal } from '../refusal.ts';
import { ok, route, type Answer, type Request, type Route } from '../route.ts';
import { clientNamed, clientOf } from '../state/find.ts';
import { list as listOf, text } from '../state/json.ts';
import type { ClientRow, MapperRow, RealmRow, ScopeRow } from '../state/model.ts';
import { roleJson } from '../state/represent.ts';
import { passable } from '../state/roles.ts';
import { accessToken, idToken, userinfo, type Subject } from '../tokens/build.ts';
import { words } from '../tokens/scopes.ts';
import { seconds, tokenId, warm } from './oidc/issue.ts';
import { newSessionId } from './oidc/token.ts';

function subjectOf(request: Request): Subject {
  const client = clientOf(request);
  const id = request.query.get('userId');
  if (id === null) throw notFound('No userId provided');
  // The preview shows a user's data, so it wants both rights (facts, top ten 5).
  if (request.actor === null || !allows(request.actor, 'view-users')) throw new Refusal(403, { error: 'You have no access to this user' });
  const user = request.realm.users.find((row) => row.id === id);
  if (user === undefined) throw notFound('No user found');
  return { realm: request.realm, client, user, requested: request.query.get('scope') ?? '', session: newSessionId(), notes: {} };
}

const stamp = (request: Request, client: ClientRow): { issuer: string; now: number; lifespan: number; jti: string } => ({
  issuer: `${request.url}/realms/${request.realm.name}`, now: Math.floor(request.now / 1000), lifespan: seconds(request.realm, 'accessTokenLifespan', 300), jti: tokenId(client, 'on', 'na'),
});

/** `audience` narrows the token; a known client that is not in it is refused, an unknown one ignored (facts, section 4). */
function exampleAccessToken(request: Request): Answer {
  const subject = subjectOf(request);
  const wanted = request.query.getAll('audience').filter((name) => clientNamed(request.realm, name) !== undefined);
  const made = accessToken(subject, stamp(request, subject.client));
  const missing = wanted.find((name) => ![...listOf(made.claims['aud']), made.claims['aud']].includes(name));
  if (missing !== undefined) throw notFound(`Requested audience not available: ${missing}`);
  warm(request.realm, made.warmed);
  return ok(wanted.length === 0 ? made.claims : accessToken({ ...subject, only: wanted }, stamp(request, subject.client)).claims);
}

function exampleIdToken(request: Request): Answer {
  const subject = subjectOf(request);
  const made = idToken(subject, { ...stamp(request, subject.client), jti: randomUUID() }, null);
  warm(request.realm, made.warmed);
  return ok(made.claims);
}

/** Scopes as they would take part for anybody: roles of users are not asked. */
function evaluated(realm: RealmRow, client: ClientRow, requested: string): ScopeRow[] {
  const asked = words(requested);
  return realm.scopes.filter((scope) => scope.protocol === text(client.fields['protocol']) && (client.defaults.includes(scope.id) || (client.optionals.includes(scope.id) && asked.includes(scope.name))));
}

function protocolMappers(request: Request): Answer {
  const client = clientOf(request);
  const row = (mapper: MapperRow, container: { readonly id: string; readonly name: string; readonly type: string }): Record<string, string> => ({
    mapperId: mapper.id, mapperName: mapper.name, containerId: container.id, containerName: container.name, containerType: container.type, protocolMapper: mapper.protocolMapper,
  });
  const own = client.mappers.filter((mapper) => mapper.protocol === client.fields['protocol']).map((mapper) => row(mapper, { id: client.id, name: '', type: 'client' }));
  const scopes = evaluated(request.realm, client, request.query.get('scope') ?? '').flatMap((scope) => scope.mappers.map((mapper) => row(mapper, { id: scope.id, name: scope.name, type: 'client-scope' })));
  return ok([...own, ...scopes]);
}

/** Roles of one container (the realm by name, or a client) that may get into the client's tokens, or may not. */
function roles(request: Request, granted: boolean): Answer {
  const client = clientOf(request);
  const container = request.params['container'] === request.realm.name ? null : (request.params['container'] ?? '');
  if (container !== null && !request.realm.clients.some((row) => row.id === container)) throw notFound('Role Container not found');
  const allowed = passable(request.realm, client, evaluated(request.realm, client, request.query.get('scope') ?? ''));
  return ok(request.realm.roles.filter((role) => role.client === container && allowed.has(role.id) === granted).map((role) => roleJson(request.realm, role)));
}

const BASE = '/clients/{client}/evaluate-scopes';
const READ = 'view-clients';

export const EVALUATE_ROUTES: readonly Route[] = [
  route(`GET ${BASE}/generate-example-access-token`, READ, exampleAccessToken),
  route(`GET ${BASE}/generate-example-id-token`, READ, exampleIdToken),
  route(`GET ${BASE}/generate-example-userinfo`, READ, (request) => ok(userinfo(subjectOf(request)))),
  route(`GET ${BASE}/protocol-mappers`, READ, protocolMappers),
  route(`GET ${BASE}/scope-mappings/{container}/granted`, READ, (request) => roles(request, true)),
  route(`GET ${BASE}/scope-mappings/{container}/not-granted`, READ, (request) => roles(request, false)),
];
