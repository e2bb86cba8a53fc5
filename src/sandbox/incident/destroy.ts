import { must, type AdminCalls } from './calls.ts';
import { accountUuid, clientUuid, mapperUuid, roleOf, scopeUuid } from './lookups.ts';
import { EDITED_MAPPER, LIVE_ONLY, LOST_MAPPERS, LOST_ROLES, LOST_SCOPES } from './loss.ts';
import { attributeMapper } from './mappers.ts';
import { list, object } from './read.ts';

/**
 * Takes away by REST what the stale file did not have. An import leaves no admin event (verified-keycloak.md 6), so
 * they are switched off meanwhile; the switching itself leaves two.
 */
export async function destroy(calls: AdminCalls): Promise<void> {
  await quietly(calls, async () => {
    for (const loss of LOST_MAPPERS) {
      const client = await clientUuid(calls, loss.client);
      await must(calls, 'DELETE', `/clients/${client}/protocol-mappers/models/${await mapperUuid(calls, client, loss.mapper)}`);
    }
    for (const loss of LOST_SCOPES) {
      // A client scope that is still linked cannot be deleted.
      const scope = await scopeUuid(calls, loss.scope);
      await must(calls, 'DELETE', `/clients/${await clientUuid(calls, loss.client)}/${loss.link}-client-scopes/${scope}`);
      await must(calls, 'DELETE', `/client-scopes/${scope}`);
    }
    const user = await accountUuid(calls, LOST_ROLES.client);
    const owner = await clientUuid(calls, LOST_ROLES.owner);
    await must(calls, 'DELETE', `/users/${user}/role-mappings/realm`, [await roleOf(calls, null, LOST_ROLES.realmRole)]);
    await must(calls, 'DELETE', `/users/${user}/role-mappings/clients/${owner}`, [await roleOf(calls, owner, LOST_ROLES.clientRole)]);
  });
}

/** Does what a person did in the console after the sync: one redirect URI and one mapper, which no file has. */
export async function addLiveOnly(calls: AdminCalls): Promise<void> {
  const { redirect, mapper } = LIVE_ONLY;
  const gateway = await clientUuid(calls, redirect.client);
  const before = object(await must(calls, 'GET', `/clients/${gateway}`));
  await must(calls, 'PUT', `/clients/${gateway}`, {
    clientId: redirect.client,
    redirectUris: [...list(before?.['redirectUris']), redirect.uri],
    // Left out, the server would take it for "off" and delete what hangs on it.
    serviceAccountsEnabled: before?.['serviceAccountsEnabled'] ?? false,
    ...(before?.['authorizationServicesEnabled'] === true ? { authorizationServicesEnabled: true } : {}),
  });
  await must(calls, 'POST', `/clients/${await clientUuid(calls, mapper.client)}/protocol-mappers/models`, attributeMapper(mapper.name, mapper.attribute));
}

/** Edits one mapper in two fields, as a person does at night: a change of which one half should stay. */
export async function editMapper(calls: AdminCalls): Promise<void> {
  const client = await clientUuid(calls, EDITED_MAPPER.client);
  const path = `/clients/${client}/protocol-mappers/models/${await mapperUuid(calls, client, EDITED_MAPPER.mapper)}`;
  const before = object(await must(calls, 'GET', path)) ?? {};
  await must(calls, 'PUT', path, { ...before, config: { ...object(before['config']), ...EDITED_MAPPER.config } });
}

/**
 * Leaves the mark by which a whole-realm import is known: it gives the built-in clients `realm-management` and `broker`
 * a secret with its creation time (verified-keycloak.md 7). Only for the sandbox; a real import does it by itself.
 *
 * @param at  milliseconds since the epoch
 */
export async function leaveImportMarks(calls: AdminCalls, at: number): Promise<void> {
  await quietly(calls, async () => {
    for (const clientId of ['realm-management', 'broker']) {
      await must(calls, 'PUT', `/clients/${await clientUuid(calls, clientId)}`, { clientId, attributes: { 'client.secret.creation.time': String(Math.floor(at / 1000)) } });
    }
  });
}

/** Runs something while the realm records no admin events, then switches them on again, also after a failure. */
async function quietly(calls: AdminCalls, work: () => Promise<void>): Promise<void> {
  // Read, the list of event types is filled in; sent back, it would be stored and the realm would differ from before.
  const { enabledEventTypes: _filledIn, ...config } = object(await must(calls, 'GET', '/events/config')) ?? {};
  if (config['adminEventsEnabled'] !== true) return work();
  await must(calls, 'PUT', '/events/config', { ...config, adminEventsEnabled: false });
  try {
    return await work();
  } finally {
    await must(calls, 'PUT', '/events/config', config);
  }
}
