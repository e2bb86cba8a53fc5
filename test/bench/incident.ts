/** An overwrite that hits six clients: mappers, client scopes with their links, a link, a role mapping of a service account. */
import type { Json, JsonObject } from '../../src/realm/json.ts';
import { must } from '../../src/sandbox/incident/calls.ts';
import { atOnce } from './at-once.ts';
import type { Bench } from './server.ts';

export interface Incident {
  /** Destroys it, and again after each restore: ids are kept, so the same calls do. */
  destroy(): Promise<void>;
  /** UUIDs of what may be written to. */
  readonly touched: ReadonlySet<string>;
  /** UUIDs of the clients that lose something: a deleted scope falls out of all that link it. */
  readonly clients: readonly string[];
}

const MAPPERS = 4;
const SCOPES = 3;

export async function planIncident({ good, calls }: Awaited<ReturnType<Bench['realm']>>): Promise<Incident> {
  const accounts = good.users.filter((user) => user.serviceAccountClientId !== undefined && (user.realmRoles?.length ?? 0) > 0);
  const account = accounts[3] ?? {};
  const others = good.clients.filter((client) => client.clientId !== account.serviceAccountClientId).slice(20);
  const losing = others.filter((client) => client.protocolMappers?.some(isFixed)).slice(0, MAPPERS);
  const unlinked = others.find((client) => !losing.includes(client) && own(client.defaultClientScopes).length > 1);
  const scopes = good.clientScopes.slice(5, 5 + SCOPES);
  const link = good.clientScopes.find((scope) => own(unlinked?.defaultClientScopes).includes(scope.name) && !scopes.includes(scope));
  const owner = good.clients.find((client) => client.clientId === account.serviceAccountClientId);
  const user = await must(calls, 'GET', `/clients/${owner?.id}/service-account-user`) as JsonObject;
  const role = await must(calls, 'GET', `/roles/${account.realmRoles?.[0]}`) as JsonObject;
  const linking = good.clients.filter((client) => [...client.defaultClientScopes ?? [], ...client.optionalClientScopes ?? []].some((name) => scopes.some((scope) => scope.name === name)));
  const clients = [...new Set([...losing, ...linking, ...(unlinked ? [unlinked] : []), ...(owner ? [owner] : [])].map((client) => client.id))];
  return {
    clients,
    touched: new Set([...clients, ...scopes.map((scope) => scope.id), String(user['id'])]),
    destroy: async () => {
      await atOnce(1, losing, async (client) => {
        const mapper = (await must(calls, 'GET', `/clients/${client.id}/protocol-mappers/models`) as readonly JsonObject[]).find(isFixed);
        await must(calls, 'DELETE', `/clients/${client.id}/protocol-mappers/models/${String(mapper?.['id'])}`);
      });
      await atOnce(1, scopes, (scope) => must(calls, 'DELETE', `/client-scopes/${scope.id}`));
      await must(calls, 'DELETE', `/clients/${unlinked?.id}/default-client-scopes/${link?.id}`);
      await must(calls, 'DELETE', `/users/${String(user['id'])}/role-mappings/realm`, [{ id: role['id'], name: role['name'] }] as Json);
    },
  };
}

/** A claim that every token carries, whoever logs in. */
function isFixed(mapper: { readonly protocolMapper?: unknown }): boolean {
  return mapper.protocolMapper === 'oidc-hardcoded-claim-mapper';
}

/** Scopes that are not built in have a dot in their names here. */
function own(names: readonly string[] = []): readonly string[] {
  return names.filter((name) => name.includes('.'));
}
