/** What is not configuration but shows whether identity, keys and sessions survived. */
import type { Json } from '../realm/json.ts';
import type { LiveFacts, RealmKey, StaleFinding } from '../realm/snapshot.ts';
import type { Api } from './api.ts';
import { clientByName, listClients, type Client } from './capture/clients.ts';
import { realmNotFound } from './capture/capture.ts';
import { adminEventSettings, recentAdminEvents } from './events.ts';
import { allowed, listSessions, sessionStats } from './sessions.ts';
import { isObject, number, objects, text } from './text.ts';

/** Made with the realm, without a secret; an import gives them one and notes when (verified-keycloak.md 7). */
const BUILTIN = ['realm-management', 'broker'];

/**
 * @param clients  those that were read already; undefined: they are read here
 * @param stale  what the stale-cache test found
 */
export async function readFacts(api: Api, clients: readonly Client[] | undefined, stale: readonly StaleFinding[]): Promise<LiveFacts> {
  const [settings, stats, builtinSecretTimes, usersCount, keys, keyComponents, adminEvents] = await Promise.all([
    api.read([]),
    sessionStats(api),
    secretTimes(api, clients),
    allowed(() => api.read(['users', 'count'])),
    allowed(() => readKeys(api)),
    allowed(() => api.read(['components'], { type: 'org.keycloak.keys.KeyProvider' })),
    adminEventSettings(api),
  ]);
  if (!isObject(settings)) throw realmNotFound(api.realm);
  const owners = (stats ?? clients ?? (await allowed(() => listClients(api))) ?? []).map((owner) => ({ id: owner.id, expected: 'active' in owner && typeof owner.active === 'number' && typeof owner.offline === 'number' ? { active: owner.active, offline: owner.offline } : undefined }));
  const [sessions, offlineSessions, recentEvents] = await Promise.all([
    listSessions(api, owners, 'user-sessions'),
    listSessions(api, owners, 'offline-sessions'),
    recentAdminEvents(api, [...new Set(builtinSecretTimes.map(({ epochSeconds }) => epochSeconds))]),
  ]);
  return {
    realmId: text(settings['id']) ?? '',
    notBefore: number(settings['notBefore']) ?? 0,
    keys: keys ?? [],
    sessions,
    offlineSessions,
    usersCount: number(usersCount) ?? null,
    sessionStats: (stats ?? []).map(({ clientId, active, offline }) => ({ clientId, active, offline })),
    builtinSecretTimes,
    keyComponents: objects(keyComponents ?? []).map((component) => ({ id: text(component['id']) ?? '', providerId: text(component['providerId']) ?? '' })),
    adminEvents,
    recentAdminEvents: recentEvents,
    stale,
  };
}

async function secretTimes(api: Api, clients: readonly Client[] | undefined): Promise<LiveFacts['builtinSecretTimes']> {
  const found = clients?.filter((client) => BUILTIN.includes(client.clientId))
    ?? (await Promise.all(BUILTIN.map((clientId) => allowed(() => clientByName(api, clientId))))).flatMap((client) => client ?? []);
  return found.flatMap((client) => {
    const epochSeconds = number(client.attributes?.['client.secret.creation.time']);
    return epochSeconds === undefined ? [] : [{ clientId: client.clientId, epochSeconds }];
  });
}

/** All keys, symmetric ones included (they have a kid and nothing else). */
async function readKeys(api: Api): Promise<RealmKey[]> {
  const body = await api.read(['keys']);
  return objects(isObject(body) ? (body['keys'] ?? []) : []).map((key) => ({
    kid: text(key['kid']) ?? '',
    algorithm: text(key['algorithm']) ?? '',
    use: text(key['use']) ?? '',
    status: text(key['status']) ?? '',
    providerId: text(key['providerId']) ?? '',
    madeAt: madeAt(key['validTo']),
  })).toSorted((a, b) => (a.kid < b.kid ? -1 : 1));
}

/** Keycloak signs the certificate of a generated key for ten years from the moment at which it makes the key. */
function madeAt(validTo: Json | undefined): number | null {
  const end = number(validTo);
  if (end === undefined || end <= 0) return null;
  const date = new Date(end);
  return date.setUTCFullYear(date.getUTCFullYear() - 10);
}
