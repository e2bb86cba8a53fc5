/** Takes secrets out of texts that others write for us: a server that quotes what it was sent, an exception with a value in its message. */

/** What stands in their place. */
export const REDACTED = '(secret)';

/** Shorter ones would be found in any text, and a text without its every "a" says nothing. */
const SHORTEST = 4;

/** JSON Web Tokens, and what begins like one and was cut off. */
const TOKEN = /\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g;
/** The headers that carry a login (RFC 6750, RFC 7617); a word behind "basic" is none. */
const BEARER = /\b(Bearer)(?:\s+|%20|\+)[\w.~+/=%-]{20,}/gi;
const BASIC = /\b(Basic)(?:\s+|%20|\+)([\w+/-]{6,}={0,2})/gi;
/** `token=…`, `client_secret=…` of forms, addresses and what other programs print. */
const ASSIGNED = /\b((?:[a-z]+_)?(?:token|secret|password))=(?!\()["']?[^\s"'&,;]{4,}["']?/gi;
/** User and password in an address. */
const USER_INFO = /(\/\/)[^\s/@"'<>]+@/g;

/**
 * The text without secrets: the given ones in every spelling that JSON, forms, addresses, HTML and Basic logins know, and whatever looks like a
 * token, an Authorization header, a secret that is assigned or the login in an address, whoever it belongs to.
 *
 * @param secrets those that may be in it; shorter ones than four characters stay
 */
export function redact(text: string, secrets: Iterable<string> = []): string {
  const known = [...new Set([...secrets].filter((secret) => secret.length >= SHORTEST).flatMap(spellings))].toSorted((a, b) => b.length - a.length);
  const without = known.reduce((left, spelling) => left.replaceAll(spelling, REDACTED), text);
  return without.replace(BEARER, `$1 ${REDACTED}`).replace(BASIC, (all, scheme: string, login: string) => (isLogin(login) ? `${scheme} ${REDACTED}` : all)).replace(TOKEN, REDACTED).replace(ASSIGNED, `$1=${REDACTED}`).replace(USER_INFO, `$1${REDACTED}@`);
}

function isLogin(base64: string): boolean {
  try {
    return atob(base64.replaceAll('-', '+').replaceAll('_', '/')).includes(':');
  } catch {
    return false;
  }
}

function spellings(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(secret))).replace(/=+$/, '');
  const address = encodeURIComponent(secret.toWellFormed());
  return [
    secret, json, JSON.stringify(json).slice(1, -1), address, address.replaceAll('%20', '+'), new URLSearchParams([['', secret]]).toString().slice(1), htmlOf(secret),
    // The last character of a base64 text depends on what follows.
    ...(base64.length > 6 ? [base64.slice(0, -1), base64.slice(0, -1).replaceAll('+', '-').replaceAll('/', '_')] : []),
  ];
}

function htmlOf(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
