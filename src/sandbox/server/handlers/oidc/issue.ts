import { randomUUID } from 'node:crypto';
import type { Answer, Request } from '../../route.ts';
import type { ClientRow, Fields, RealmRow, SessionRow, UserRow } from '../../state/model.ts';
import { accessToken, idToken, isLightweight, type Stamp, type Subject } from '../../tokens/build.ts';
import { asksOpenid } from '../../tokens/scopes.ts';
import { accessTokenHash, sign } from '../../tokens/sign.ts';

export interface Issue {
  readonly client: ClientRow;
  readonly user: UserRow;
  readonly session: SessionRow | null;
  readonly requested: string;
  /** The last letters of the token id's first part: how it was asked for. */
  readonly grant: 'ro' | 'cc' | 'rt' | 'na';
  readonly notes: Readonly<Record<string, string>>;
  /** The scope names of the refresh token that was used: its successor says the same, whatever takes part now. */
  readonly refreshScope?: string;
}

/** `onrtro`: online/offline/transient session, regular/lightweight token, and the grant. */
export function tokenId(client: ClientRow, session: 'on' | 'of' | 'tr', grant: Issue['grant']): string {
  return `${session}${isLightweight(client) ? 'lt' : 'rt'}${grant}:${randomUUID()}`;
}

export function seconds(realm: RealmRow, field: string, otherwise: number): number {
  const value = realm.fields[field];
  return typeof value === 'number' ? value : otherwise;
}

/** Remembers which group mappers made a token; see RealmRow.warm. */
export function warm(realm: RealmRow, mappers: readonly string[]): void {
  realm.warm = [...new Set([...realm.warm, ...mappers])];
}

/** Signs access, refresh and ID token as the answer of the token endpoint. */
export async function issue(request: Request, wanted: Issue): Promise<Answer> {
  const { realm } = request;
  const { client, user, session, requested } = wanted;
  const now = Math.floor(request.now / 1000);
  const lifespan = seconds(realm, 'accessTokenLifespan', 300);
  const issuer = `${request.url}/realms/${realm.name}`;
  const subject: Subject = { realm, client, user, requested, session: session?.id ?? null, notes: wanted.notes };
  const stamp: Stamp = { issuer, now, lifespan, jti: tokenId(client, session === null ? 'tr' : session.offline ? 'of' : 'on', wanted.grant) };
  const access = accessToken(subject, stamp);
  const signed = await sign(realm, access.claims, 'RS256');
  const body: Fields = { access_token: signed, expires_in: lifespan, refresh_expires_in: 0, token_type: 'Bearer', 'not-before-policy': seconds(realm, 'notBefore', 0), scope: access.claims['scope'] ?? '' };
  warm(realm, access.warmed);
  if (session !== null) {
    const idle = session.offline ? 0 : seconds(realm, 'ssoSessionIdleTimeout', 1800);
    const names = wanted.refreshScope ?? [...(asksOpenid(requested) ? ['openid'] : []), ...access.scopes.map((scope) => scope.name)].join(' ');
    const { sub, aud } = access.claims;
    const claims: Fields = {
      ...(idle === 0 ? {} : { exp: now + idle }), iat: now, jti: randomUUID(), iss: issuer, aud: issuer, ...(sub === undefined ? {} : { sub }), typ: session.offline ? 'Offline' : 'Refresh', azp: client.clientId,
      sid: session.id, scope: names, ...(aud === undefined ? {} : { aud_x: aud }), prov: 'default',
    };
    body['refresh_expires_in'] = idle;
    body['refresh_token'] = await sign(realm, claims, 'HS512');
    body['session_state'] = session.id;
  }
  if (asksOpenid(requested)) {
    const id = idToken(subject, { ...stamp, jti: randomUUID() }, accessTokenHash(signed));
    warm(realm, id.warmed);
    body['id_token'] = await sign(realm, id.claims, 'RS256');
  }
  return { status: 200, body };
}
