/** What every PUT of a client has to carry, because the server destroys or makes something where it is left out. */
import { objectId } from '../keys.ts';
import type { RealmState } from '../model.ts';
import type { ClientRepresentation } from '../representation.ts';
import { isOlderThan } from '../version.ts';

const SCOPE = 'service_account';

/** From this release on the server links a client scope to a client whose service accounts are switched on. */
const LINKS_SINCE = [26, 1] as const;

/** From this release on a PUT that says nothing of the front-channel logout leaves it as it is; 26.1 to 26.6 were not tried. */
const KEEPS_LOGOUT_SINCE = [26, 7] as const;

/** Whether switching service accounts on links the client scope `service_account`: where the realm has it, and not on releases before 26.1 (tried on 26.0.8, 24.0.5 and 22.0.5). */
export function linksServiceAccountScope(live: RealmState): boolean {
  return live.objects.has(objectId('client-scope', SCOPE)) && !isOlderThan(live.serverVersion ?? null, ...LINKS_SINCE);
}

/**
 * The flags of one client that stay as they are, for the body of a PUT, and its web origins where there are none.
 *
 * `authorizationServicesEnabled`: without it the resource server is deleted, on every release tried. `serviceAccountsEnabled`: without it
 * the user behind the service account is deleted, with its roles, and the flag stays on (tried on 22.0.5, 24.0.5 and 26.0.8; 26.7.4 keeps it). It
 * is not sent where it would do more than that: link a client scope that somebody has taken out, or make a service account that is missing.
 * `frontchannelLogout`: without it any PUT switches it on for a public client (tried on 26.0.8; not on 22.0.5, 24.0.5 and 26.7.4).
 * `webOrigins`: without it any PUT, whatever it is about, gives a client that has none the origins of its redirect URIs (tried on 26.7.4).
 * @param before  the client as the PUT finds it
 * @param how     `after`: as the PUT leaves it, where that is another. `from`: the state that has the client, where that is not live
 */
export function flagsCarried(live: RealmState, before: ClientRepresentation, how: { readonly after?: ClientRepresentation; readonly from?: RealmState } = {}): { readonly [flag: string]: boolean | readonly string[] } {
  const { after = before, from = live } = how;
  const kept = (flag: 'authorizationServicesEnabled' | 'serviceAccountsEnabled'): boolean => before[flag] === true && after[flag] === true;
  const linked = from.objects.has(objectId('client-scope-link', before.clientId ?? '', SCOPE));
  return {
    ...(kept('authorizationServicesEnabled') ? { authorizationServicesEnabled: true } : {}),
    ...(kept('serviceAccountsEnabled') && hasAccount(from, before) && (linked || !linksServiceAccountScope(live)) ? { serviceAccountsEnabled: true } : {}),
    ...(before['frontchannelLogout'] === false && after['frontchannelLogout'] === false && (before.publicClient === true || after.publicClient === true) && isOlderThan(live.serverVersion ?? null, ...KEEPS_LOGOUT_SINCE) ? { frontchannelLogout: false } : {}),
    ...(hasNone(before['webOrigins']) && hasNone(after['webOrigins']) ? { webOrigins: [] } : {}),
  };
}

/** Said to be empty: what is not said may be otherwise. */
function hasNone(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}

/** Where users were not read, nothing speaks against it. */
function hasAccount({ representation: { users } }: RealmState, { clientId }: ClientRepresentation): boolean {
  return users === undefined || users.some((user) => user.serviceAccountClientId === clientId);
}
