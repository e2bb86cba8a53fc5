import type { Json } from '../../realm/json.ts';
import type { Actor } from './permissions.ts';
import type { RealmRow, World } from './state/model.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A request as handlers see it: parsed, and with the realm it is about. */
export interface Request {
  readonly method: Method;
  /** Below `/admin/realms/{realm}/`, decoded: what an admin event calls resourcePath. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Json;
  readonly form: URLSearchParams;
  readonly authorization: string | null;
  readonly world: World;
  readonly realm: RealmRow;
  /** Who calls the admin API; null outside of it. */
  readonly actor: Actor | null;
  /** Epoch milliseconds. */
  readonly now: number;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
}

/** What an admin event says beside the usual; absent parts are worked out from the request. */
export interface EventDraft {
  readonly operation?: 'CREATE' | 'UPDATE' | 'DELETE' | 'ACTION';
  readonly type?: string;
  /** null: the event has no resourcePath (a realm update). */
  readonly path?: string | null;
  readonly representation?: Json;
  readonly details?: Json;
}

export interface Answer {
  readonly status: number;
  readonly body?: Json;
  /** The id of what was created; becomes the Location header and the last part of the event's path. */
  readonly created?: string;
  readonly events?: readonly EventDraft[];
}

export type Handler = (request: Request) => Answer | Promise<Answer>;

export interface Route {
  readonly method: Method;
  /** `/clients/{client}/roles`; `{path+}` takes all that follows. */
  readonly pattern: string;
  /** Roles of realm-management: `a|b` one of, `a+b` all of, `any` at least one, `none` no token needed. */
  readonly needs: string;
  readonly handle: Handler;
  /** resourceType of the admin event; a route without it records none. */
  readonly event?: string;
  /** Callers with only these roles get an empty list instead of 403. */
  readonly weak?: string;
}

/** One line of the route table: `route('GET /clients', 'view-clients', listClients)`. */
export function route(spec: string, needs: string, handle: Handler, rest: { readonly event?: string; readonly weak?: string } = {}): Route {
  const [method, pattern] = spec.split(' ') as [Method, string];
  return { method, pattern, needs, handle, ...rest };
}

export const ok = (body: Json): Answer => ({ status: 200, body });
export const done: Answer = { status: 204 };
export const created = (id: string, more: Omit<Answer, 'status' | 'created'> = {}): Answer => ({ status: 201, created: id, ...more });

export interface Matched {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** The first route whose pattern fits; literal parts win over parameters by their order in the table. */
export function match(routes: readonly Route[], method: string, path: string): Matched | undefined {
  const parts = path.split('/');
  for (const candidate of routes) {
    if (candidate.method !== method) continue;
    const params = fit(candidate.pattern.split('/'), parts);
    if (params !== undefined) return { route: candidate, params };
  }
  return undefined;
}

function fit(pattern: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, wanted] of pattern.entries()) {
    const part = parts[index];
    if (part === undefined) return undefined;
    if (wanted.endsWith('+}')) return { ...params, [wanted.slice(1, -2)]: parts.slice(index).map(decodeURIComponent).join('/') };
    if (wanted.startsWith('{')) params[wanted.slice(1, -1)] = decodeURIComponent(part);
    else if (wanted !== part) return undefined;
  }
  return pattern.length === parts.length ? params : undefined;
}
