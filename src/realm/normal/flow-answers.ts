/**
 * What the Admin API says about flows, put into the shape of an export: `GET flows` and `GET flows/{id}` have steps without ids,
 * `GET flows/{alias}/executions` has a flat list with ids for a whole tree, and settings stand under `config/{id}`.
 */
import type { Json, JsonObject } from '../json.ts';
import { recordsIn } from '../looks.ts';

/** The one flow that `GET flows` leaves out although every realm has it (AuthenticationManagementResource.getFlows, 26.7). */
export const UNLISTED_FLOW = 'saml ecp';

/** The rows of an executions list by the id of the flow in which they stand. */
export function rowsByFlow(top: string, list: Json | undefined): ReadonlyMap<string, readonly JsonObject[]> {
  const found = new Map<string, JsonObject[]>();
  const open: string[] = [top];
  for (const row of recordsIn(list)) {
    const level = typeof row['level'] === 'number' ? row['level'] : 0;
    const rows = found.get(open[level] ?? '') ?? [];
    // A sub-flow that hangs in two places is listed twice.
    if (!rows.some((other) => other['id'] === row['id'])) rows.push(row);
    found.set(open[level] ?? '', rows);
    if (typeof row['flowId'] === 'string') open[level + 1] = row['flowId'];
  }
  return found;
}

/** A flow with the ids of its steps, and of their settings, written into them. */
export function withStepIds(flow: JsonObject, rows: readonly JsonObject[] = []): JsonObject {
  const left = [...rows];
  const authenticationExecutions = recordsIn(flow['authenticationExecutions']).map((execution): JsonObject => {
    const at = left.findIndex((row) => isRowOf(row, execution));
    const [row] = at < 0 ? [] : left.splice(at, 1);
    return { ...execution, ...(row === undefined ? {} : { id: row['id'] ?? '' }), ...(typeof row?.['authenticationConfig'] === 'string' ? { authenticatorConfigId: row['authenticationConfig'] } : {}) };
  });
  return { ...flow, authenticationExecutions };
}

function isRowOf(row: JsonObject, execution: JsonObject): boolean {
  const same = execution['flowAlias'] === undefined ? row['providerId'] === execution['authenticator'] && row['flowId'] === undefined : row['displayName'] === execution['flowAlias'];
  // Servers before 25 say no priority in this list.
  return same && row['requirement'] === execution['requirement'] && (row['priority'] === undefined || row['priority'] === execution['priority']);
}

/** Ids that stand in a field of the rows, each once. */
export function idsIn(rows: readonly JsonObject[], field: 'flowId' | 'authenticationConfig'): readonly string[] {
  return [...new Set(rows.flatMap((row) => (typeof row[field] === 'string' ? [row[field]] : [])))];
}
