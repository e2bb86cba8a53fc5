import { RescueError } from '../../realm/errors.ts';
import type { Json } from '../../realm/json.ts';
import { idIn, must, type AdminCalls } from './calls.ts';
import { list, text } from './read.ts';

/** Ids change when a realm is rebuilt, so they are asked for at each use and never kept. All throw RescueError when there is no such object. */
export async function clientUuid(calls: AdminCalls, clientId: string): Promise<string> {
  return found(idIn(await must(calls, 'GET', `/clients?clientId=${encodeURIComponent(clientId)}`), 'clientId', clientId), `client ${clientId}`);
}

export async function scopeUuid(calls: AdminCalls, name: string): Promise<string> {
  return found(idIn(await must(calls, 'GET', '/client-scopes'), 'name', name), `client scope ${name}`);
}

export async function mapperUuid(calls: AdminCalls, client: string, name: string): Promise<string> {
  return found(idIn(await must(calls, 'GET', `/clients/${client}/protocol-mappers/models`), 'name', name), `protocol mapper ${name}`);
}

/** The user behind a service account. */
export async function accountUuid(calls: AdminCalls, clientId: string): Promise<string> {
  const user = await must(calls, 'GET', `/clients/${await clientUuid(calls, clientId)}/service-account-user`);
  return found(text(user, 'id'), `service account of ${clientId}`);
}

/** A role as role mappings want it; `owner` is a client UUID, or null for a realm role. */
export async function roleOf(calls: AdminCalls, owner: string | null, name: string): Promise<Json> {
  return must(calls, 'GET', `${owner === null ? '' : `/clients/${owner}`}/roles/${encodeURIComponent(name)}`);
}

/** The clientIds of all clients, for asserting who is there. */
export async function clientIds(calls: AdminCalls): Promise<string[]> {
  return list(await must(calls, 'GET', '/clients')).flatMap((client) => text(client, 'clientId') ?? []);
}

function found(id: string | undefined, what: string): string {
  if (id === undefined) throw new RescueError('server-error', `The realm has no ${what}.`, ['Stage the realm first.']);
  return id;
}
