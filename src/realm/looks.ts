/** Reading one object back: picking it out of an answer of the server. */
import type { Json, JsonObject } from './json.ts';
import type { Look, Picked, RequestTemplate } from './model.ts';

/**
 * False for a name that cannot be searched for: Keycloak 26.7.4 answers 400 "Blocking invalid query parameter value" to a query with a control
 * character other than tab and line breaks, and takes such names as clientId, group and role all the same (tried).
 */
export function isAskable(name: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return !/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/.test(name);
}

/** The objects in a JSON list; anything else gives an empty list. */
export function recordsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isRecord) : [];
}

export function isRecord(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A look whose answer is a list. */
export function lookInList(request: Omit<RequestTemplate, 'method' | 'body'>, pick: (list: readonly JsonObject[]) => Picked | null): Look {
  return { request: { method: 'GET', ...request }, pick: (body) => pick(recordsIn(body)) };
}

/** The item of that name with its value, the first of several; null when there is none. */
export function itemNamed(list: Json | undefined, name: string, value: (item: JsonObject) => Json): Picked | null {
  const [item, twin] = recordsIn(list).filter((candidate) => candidate['name'] === name);
  return item === undefined ? null : { value: value(item), ...idOf(item), ...(twin === undefined ? {} : { twin: true }) };
}

export function idOf(item: JsonObject): { readonly serverId?: string } {
  return typeof item['id'] === 'string' ? { serverId: item['id'] } : {};
}

/** A look at a list of roles; the mapping is there when the role is. */
export function lookForRole(path: RequestTemplate['path'], role: string): Look {
  return lookInList({ path }, (list) => (list.some((item) => item['name'] === role) ? { value: {} } : null));
}
