import { described, Refusal } from '../../refusal.ts';
import type { Request } from '../../route.ts';
import { clientNamed } from '../../state/find.ts';
import type { ClientRow, Fields, RealmRow, UserRow } from '../../state/model.ts';
import { realmNamed } from '../../state/world.ts';
import { actorFor, type Actor } from '../../permissions.ts';
import { verify } from '../../tokens/sign.ts';

const INVALID = 'Invalid client or Invalid client credentials';

/** The client that calls a token endpoint: by form fields or by HTTP Basic. Public clients need no secret. */
export function authenticateClient(request: Request): ClientRow {
  const { id, secret } = credentials(request);
  const client = clientNamed(request.realm, id);
  if (client === undefined || client.fields['enabled'] !== true || client.fields['bearerOnly'] === true) throw described(401, 'invalid_client', INVALID);
  if (client.fields['publicClient'] !== true && client.secret !== secret) throw described(401, 'unauthorized_client', INVALID);
  return client;
}

function credentials(request: Request): { readonly id: string; readonly secret: string } {
  const basic = /^Basic (.+)$/i.exec(request.authorization ?? '')?.[1];
  if (basic === undefined) return { id: request.form.get('client_id') ?? '', secret: request.form.get('client_secret') ?? '' };
  const [id = '', ...secret] = Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent);
  return { id, secret: secret.join(':') };
}

export const bearer = (request: Request): string | null => /^Bearer (.+)$/i.exec(request.authorization ?? '')?.[1] ?? null;

/** The client and user behind an access token's claims, and the session it belongs to; null when one of them is gone. */
export function behind(realm: RealmRow, claims: Fields): { readonly client: ClientRow; readonly user: UserRow; readonly session: string | null } | null {
  const client = clientNamed(realm, String(claims['azp']));
  const session = realm.sessions.find((row) => row.id === claims['sid']);
  if (client === undefined || (claims['sid'] !== undefined && session === undefined)) return null;
  const user = realm.users.find((row) => (claims['sub'] === undefined ? (session === undefined ? row.serviceAccount === client.id : row.id === session.user) : row.id === claims['sub']));
  return user === undefined ? null : { client, user, session: session?.id ?? null };
}

/** Who calls the admin API, from the access token; 401 when there is no valid one. */
export async function authenticateAdmin(request: Request): Promise<Actor> {
  const token = bearer(request);
  const realm = token === null ? undefined : realmNamed(request.world, issuerRealm(token));
  const claims = token === null || realm === undefined ? null : await verify(realm, token, 'RS256', request.now);
  const caller = claims === null || realm === undefined || claims['iss'] !== `${request.url}/realms/${realm.name}` ? null : behind(realm, claims);
  if (realm === undefined || caller === null) throw new Refusal(401, { error: 'HTTP 401 Unauthorized' });
  return actorFor(realm, caller.client, caller.user, request.realm);
}

/** The realm that a token says it is from; only says, the signature is checked with that realm's keys afterwards. */
function issuerRealm(token: string): string {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { iss?: string };
    return claims.iss?.split('/').at(-1) ?? '';
  } catch {
    return '';
  }
}
