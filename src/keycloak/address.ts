import { RescueError } from '../realm/errors.ts';

export type Query = Readonly<Record<string, string | number | boolean>>;

/**
 * The address of a resource. Each part is percent-encoded as one path segment. Keycloak 26.5 and later answers 400
 * (`missingNormalization`) to `//`, `.` and `..`, and a URL parser would silently resolve dots into another resource:
 * such parts are refused here.
 * @throws RescueError `usage` for a part that no address can carry
 */
export function address(base: string, parts: readonly string[], query: Query = {}): string {
  const search = new URLSearchParams(Object.entries(query).map(([key, value]): [string, string] => [key, String(value)])).toString();
  return `${base}${encodePath(parts)}${search && `?${search}`}`;
}

export function encodePath(parts: readonly string[]): string {
  return parts.map((part) => `/${encodePart(part)}`).join('');
}

/** An id in an answer may be no text; it is asked for as it is. */
function encodePart(given: string): string {
  const part = String(given);
  if (part === '' || part === '.' || part === '..' || !part.isWellFormed()) throw new RescueError('usage', `The name "${part}" cannot stand in an address of the Admin API.`, ['Rename the object in the admin console, or leave it out.']);
  return encodeURIComponent(part);
}

/**
 * The base address without a trailing slash, query or fragment; a path such as /auth stays.
 * @throws RescueError `usage` for what is no http address, and for one that carries a password
 */
export function baseAddress(url: string): string {
  const next = ['Give --url https://keycloak.example.com, with the path of the server if it has one: https://example.com/auth'];
  if (!URL.canParse(url)) throw new RescueError('usage', 'The address of the server is no URL.', next);
  const { protocol, origin, pathname, username, password } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') throw new RescueError('usage', `The address of the server begins with ${protocol} instead of http: or https:.`, next);
  if (username || password) throw new RescueError('usage', 'The address of the server carries a user name or a password.', ['Give the name with --username and the password by prompt or --password-stdin.']);
  return origin + pathname.replace(/\/+$/, '').replaceAll(/\/{2,}/g, '/');
}

export function isLoopback(base: string): boolean {
  const { hostname } = new URL(base);
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
