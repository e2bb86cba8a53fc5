import { fingerprint } from '../realm/canonical.ts';
import { seenOf } from '../realm/descriptions.ts';
import { readingState } from '../realm/state.ts';
import type { Snapshot } from '../realm/snapshot.ts';
import type { Connection } from '../runbook/model.ts';
import type { CaptureRequest, Keycloak } from '../runner/ports.ts';
import { openApi, refusal, type Api } from './api.ts';
import { readRealm, realmNotFound } from './capture/capture.ts';
import type { Client } from './capture/clients.ts';
import { openReading } from './capture/reading.ts';
import { readFacts } from './facts.ts';
import { inSteps } from './in-steps.ts';
import { concernsPeople } from './prove/known-people.ts';
import { earlier, openAsked, prove } from './prove/prove.ts';
import { roleClient } from './own-roles.ts';
import { readRights } from './rights.ts';
import { clearRealmCaches, describeRequest, lookAt, sendWrite } from './send.ts';
import { unlistedClients } from './stale/clients.ts';
import { findStale } from './stale/stale.ts';
import type { Target } from './target.ts';
import { isObject, text } from './text.ts';
import { wellTyped } from './well-typed.ts';
import { RescueError } from '../realm/errors.ts';

/**
 * A Keycloak through its Admin REST API. Nothing is sent before the first call.
 * @param api  one that is open already and may have begun its login
 */
export function openKeycloak(target: Target, api = openApi(target)): Keycloak {
  const asked = openAsked(api);
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await api.tokens.end();
    await api.http.close();
  };
  return {
    realm: target.realm,
    begin: async () => api.tokens.begin(),
    connect: () => connect(api, target),
    capture: (request) => capture(api, request),
    facts: () => readFacts(api, undefined, []),
    clearCaches: async () => {
      refuseReadOnly(target);
      await clearRealmCaches(api);
    },
    send: async (request, references) => {
      refuseReadOnly(target);
      try {
        return await sendWrite(api, request, references);
      } finally {
        // Whatever was asked while the write was under way may be from before it.
        if (concernsPeople(request)) asked.people.forget();
      }
    },
    look: (look, references) => lookAt(api, look, references),
    describe: (request, references) => describeRequest(api, request, references),
    prove: (request) => prove(asked, request),
    before: (request) => earlier(asked, request),
    close: () => (closed ??= close()),
  };
}

async function connect(api: Api, target: Target): Promise<Connection> {
  const rights = readRights(api, target);
  // A realm that is not there is said first, whatever else fails.
  rights.catch(() => undefined);
  const [realm, { version: serverVersion }] = await Promise.all([api.get([]), api.server()]);
  if (realm.status === 404) throw realmNotFound(api.realm);
  // Without any role the realm is closed (403): that is what the rights say, role by role.
  if (realm.status !== 200 && realm.status !== 403) throw refusal(realm, `GET ${api.path([])}`);
  const settings = realm.status === 200 && isObject(realm.body) ? realm.body : {};
  return {
    user: target.username ?? (target.clientSecret === undefined ? 'the bearer of the token' : `service account of ${target.clientId}`),
    clientId: target.clientId,
    serverVersion,
    realmId: text(settings['id']) ?? '',
    rights: await rights,
    rolesOf: { client: roleClient(target), realm: target.authRealm },
  };
}

async function capture(api: Api, { knownClients, knownClientIds = [], onProgress, onBulk }: CaptureRequest): Promise<{ snapshot: Snapshot; requests: number }> {
  const before = api.http.count();
  const capturedAt = new Date().toISOString();
  const reading = openReading(api, onProgress);
  let unlisted: readonly Client[] = [];
  const { version, descriptions } = await api.server();
  const read = await readRealm(reading, async (listed) => {
    unlisted = await unlistedClients(reading.api, listed, knownClients, knownClientIds);
    return unlisted;
  }, onBulk);
  const representation = { ...wellTyped(read), ...(version === null ? {} : { keycloakVersion: version }), settingDescriptions: seenOf(descriptions, read) };
  // The server answers the last questions meanwhile.
  const print = inSteps(readingState({ realm: api.realm, source: 'live', completeness: 'full', representation, serverVersion: version })).then(fingerprint);
  print.catch(() => undefined);
  onProgress({ part: 'sessions', done: 0, total: null });
  const facts = await readFacts(reading.api, representation.clients as Client[] | undefined, []);
  onProgress({ part: 'stale cache', done: 0, total: null });
  const users = [...(facts.sessions ?? []), ...(facts.offlineSessions ?? [])].map(({ userId, username }) => ({ id: userId, username }));
  const stale = await findStale(reading.api, { representation, unlisted, usersCount: facts.usersCount, users });
  const snapshot: Snapshot = {
    schema: 'realm-rescue/snapshot/v1',
    source: 'live',
    capturedAt,
    completeness: 'full',
    realm: api.realm,
    serverVersion: version,
    fingerprint: await print,
    representation,
    facts: { ...facts, stale },
    notes: reading.notes,
  };
  return { snapshot, requests: api.http.count() - before };
}

function refuseReadOnly(target: Target): void {
  if (target.readOnly) throw new RescueError('usage', 'This run is read-only: nothing is written.', ['Leave --read-only out to restore.']);
}
