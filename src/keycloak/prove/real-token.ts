/** Tokens that are really issued: signed, and checked against the realm's keys. None of them leaves this file. */
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { JsonObject } from '../../realm/json.ts';
import type { TokenKind } from '../../realm/model.ts';
import type { Proof } from '../../runbook/model.ts';
import type { ProveRequest } from '../../runner/ports.ts';
import type { Api } from '../api.ts';
import type { RealmKeys } from './realm-keys.ts';
import { isObject, serverWords, text } from '../text.ts';

/** What a look at tokens gave: claims by kind of token, or why there are none. */
export interface Attempt {
  readonly way: Proof['way'];
  readonly user: string | null;
  readonly payloads: Partial<Record<TokenKind, JsonObject>>;
  readonly signature: Proof['signature'];
  /** Whether this subject has what the claim needs; then its absence means that it is missing. */
  readonly qualified: boolean;
  /** For people: how it was looked at, or why that did not work. */
  readonly note: string;
}

/** Where tokens come from, and what their signatures are checked with. */
export interface Issuer {
  readonly api: Api;
  readonly keys: RealmKeys;
}

type KeysBefore = Pick<ProveRequest, 'keysBefore'>;

/** A fresh token for the client itself. Creates no session and leaves one CLIENT_LOGIN event. */
export async function byCredentials({ api, keys }: Issuer, request: ProveRequest & { readonly secret: string }, scope: string): Promise<Attempt> {
  const reply = await api.postForm(['token'], { grant_type: 'client_credentials', client_id: request.client, client_secret: request.secret, ...(scope ? { scope } : {}) });
  const token = isObject(reply.body) ? text(reply.body['access_token']) : undefined;
  if (reply.status !== 200 || token === undefined) return failed('client-credentials', `client_credentials is refused (${reply.status} ${serverWords(reply.body)})`);
  if (!isJwt(token)) return failed('client-credentials', NO_JWT);
  return {
    way: 'client-credentials', user: null, qualified: true,
    payloads: payloadsOf({ access: token }),
    signature: await signatureOf(token, keys, request),
    note: 'a fresh client_credentials token (leaves one login event)',
  };
}

/**
 * Renews a session that was there before the incident: the strongest proof. Not done where the realm revokes refresh
 * tokens on use, because that could end the session of whoever owns the token.
 */
export async function byRefresh({ api, keys }: Issuer, request: ProveRequest & { readonly refresh: NonNullable<ProveRequest['refresh']> }): Promise<Attempt> {
  const settings = await api.read([]);
  if (!isObject(settings) || settings['revokeRefreshToken'] !== false) return failed('refresh', 'the refresh token was not used, because the realm revokes a token once it was used');
  const { client, token, secret } = request.refresh;
  const reply = await api.postForm(['token'], { grant_type: 'refresh_token', client_id: client, refresh_token: token, ...(secret === undefined ? {} : { client_secret: secret }) });
  const body = isObject(reply.body) ? reply.body : {};
  const access = text(body['access_token']);
  if (reply.status !== 200 || access === undefined) return failed('refresh', `the refresh token is refused (${reply.status} ${serverWords(reply.body)})`);
  if (!isJwt(access)) return failed('refresh', NO_JWT);
  const id = text(body['id_token']);
  const payloads = { ...payloadsOf({ access, ...(id !== undefined && isJwt(id) ? { id } : {}) }), ...(await userinfo(api, access)) };
  return {
    way: 'refresh', payloads, qualified: false,
    user: text(payloads.access?.['preferred_username']) ?? text(payloads.id?.['preferred_username']) ?? null,
    signature: await signatureOf(access, keys, request),
    note: 'a refresh of a session from before (no new login)',
  };
}

/**
 * What introspection says about the client's own token: there a lightweight token has all its claims. A client that
 * is not in its own token's audience is answered `active: false` (verified-keycloak.md 4).
 */
export async function byIntrospection({ api, keys }: Issuer, request: ProveRequest & { readonly secret: string }, scope: string): Promise<Attempt> {
  const credentials = { client_id: request.client, client_secret: request.secret };
  const issued = await api.postForm(['token'], { grant_type: 'client_credentials', ...credentials, ...(scope ? { scope } : {}) });
  const token = isObject(issued.body) ? text(issued.body['access_token']) : undefined;
  if (token === undefined) return failed('client-credentials', `client_credentials is refused (${issued.status} ${serverWords(issued.body)})`);
  if (!isJwt(token)) return failed('client-credentials', NO_JWT);
  const { body } = await api.postForm(['token', 'introspect'], { token, ...credentials });
  if (!isObject(body) || body['active'] !== true) return failed('client-credentials', 'introspection does not answer, because the client is not in the audience of its own token');
  return { way: 'client-credentials', user: null, qualified: true, payloads: { access: body }, signature: await signatureOf(token, keys, request), note: 'introspection of a fresh client_credentials token; the token itself is lightweight' };
}

export function failed(way: Proof['way'], note: string): Attempt {
  return { way, user: null, payloads: {}, signature: null, qualified: false, note };
}

const NO_JWT = 'what was issued is no token that can be looked into (no JWT)';

function isJwt(token: string): boolean {
  try {
    decodeJwt(token);
    decodeProtectedHeader(token);
    return true;
  } catch {
    return false;
  }
}

async function userinfo(api: Api, token: string): Promise<{ userinfo?: JsonObject }> {
  // A lightweight token, or one without the scope openid, is answered with 401 or 403.
  const { status, body } = await api.postForm(['userinfo'], {}, `Bearer ${token}`);
  return status === 200 && isObject(body) ? { userinfo: body } : {};
}

function payloadsOf(tokens: Partial<Record<TokenKind, string>>): Partial<Record<TokenKind, JsonObject>> {
  return Object.fromEntries(Object.entries(tokens).map(([kind, token]) => [kind, decodeJwt<JsonObject>(token)]));
}

async function signatureOf(token: string, keys: RealmKeys, { keysBefore }: KeysBefore): Promise<Proof['signature']> {
  const { alg = '', kid = '' } = decodeProtectedHeader(token);
  return { alg, kid, valid: await keys.signed(token), sameKeyAsBefore: keysBefore.length === 0 ? null : keysBefore.includes(kid) };
}
