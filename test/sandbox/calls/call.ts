import type { Json } from '../../../src/realm/json.ts';

/**
 * One call of the differential table. Paths start at `/admin/realms/{realm}`; `@/…` starts at `/realms/{realm}`,
 * `^/…` at the root. `{name}` anywhere in path, body or form is filled in from what earlier calls saved.
 */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: Json;
  readonly form?: Readonly<Record<string, string>>;
  /** The variable that holds the bearer token; `admin` when absent, `none` for no token at all. */
  readonly as?: string;
  /** variable → where it comes from: `location` (last part), or a dotted path into the body (`[name=x]` picks from a list). */
  readonly save?: Readonly<Record<string, string>>;
}

type Rest = Omit<Call, 'method' | 'path' | 'body' | 'form'>;

export const get = (path: string, rest: Rest = {}): Call => ({ method: 'GET', path, ...rest });
export const post = (path: string, body?: Json, rest: Rest = {}): Call => ({ method: 'POST', path, ...(body === undefined ? {} : { body }), ...rest });
export const put = (path: string, body?: Json, rest: Rest = {}): Call => ({ method: 'PUT', path, ...(body === undefined ? {} : { body }), ...rest });
export const del = (path: string, body?: Json, rest: Rest = {}): Call => ({ method: 'DELETE', path, ...(body === undefined ? {} : { body }), ...rest });
export const form = (path: string, fields: Readonly<Record<string, string>>, rest: Rest = {}): Call => ({ method: 'POST', path, form: fields, ...rest });

/** A mapper body, with the switches that most mappers have. */
export const mapper = (name: string, protocolMapper: string, config: Record<string, string> = {}): Record<string, Json> => ({
  name, protocol: 'openid-connect', protocolMapper, config: { 'access.token.claim': 'true', 'id.token.claim': 'true', ...config },
});
