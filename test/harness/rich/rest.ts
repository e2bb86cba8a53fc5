/** Plain REST for families: what a damage needs that may find its target gone already. */
import type { Json, JsonObject } from '../../../src/realm/json.ts';
import { idIn, must, type AdminCalls } from '../../../src/sandbox/incident/calls.ts';
import { list, object } from '../../../src/sandbox/incident/read.ts';

/** Sends a request whose target may be gone (404) or there already (409): both leave the realm as it is. Throws for any other refusal. */
export async function attempt(calls: AdminCalls, method: string, path: string, body?: unknown): Promise<void> {
  const { status } = await calls.call(method, path, body);
  if (status < 300 || status === 404 || status === 409) return;
  await must(calls, method, path, body);
}

export async function idOfClient(calls: AdminCalls, clientId: string): Promise<string | undefined> {
  return idIn(await must(calls, 'GET', `/clients?clientId=${encodeURIComponent(clientId)}`), 'clientId', clientId);
}

export async function idOfScope(calls: AdminCalls, name: string): Promise<string | undefined> {
  return idIn(await must(calls, 'GET', '/client-scopes'), 'name', name);
}

/** A role as mappings want it, or undefined where it, or its client, is gone. */
export async function roleNamed(calls: AdminCalls, client: string | null, name: string): Promise<Json | undefined> {
  const owner = client === null ? '' : await idOfClient(calls, client);
  if (owner === undefined) return undefined;
  const answer = await calls.call('GET', `${owner === '' ? '' : `/clients/${owner}`}/roles/${encodeURIComponent(name)}`);
  return answer.status === 200 ? answer.body : undefined;
}

/**
 * What an edit of a client carries so that it does not take along what hangs on the client by accident: its authorization services, and
 * on releases before 26.1 its service account.
 */
export async function carried(calls: AdminCalls, client: string): Promise<JsonObject> {
  const raw = object(await must(calls, 'GET', client));
  return Object.fromEntries(['authorizationServicesEnabled', 'serviceAccountsEnabled'].filter((flag) => raw?.[flag] === true).map((flag) => [flag, true]));
}

/** The groups below a group, whole. Before Keycloak 23 they stand inside it, and there is no list of them. */
export async function childrenOf(calls: AdminCalls, group: string): Promise<readonly Json[]> {
  const { status, body } = await calls.call('GET', `/groups/${group}/children?max=-1&briefRepresentation=false`);
  return status === 405 ? list(object(await must(calls, 'GET', `/groups/${group}`))?.['subGroups']) : list(body);
}
