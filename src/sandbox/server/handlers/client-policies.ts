/** Client profiles and client policies: each list is replaced as a whole, and checked as a whole. */
import { errorMessage, unknownError } from '../refusal.ts';
import { done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { isObject, list, object, objects, present, text, texts } from '../state/json.ts';
import type { Fields } from '../state/model.ts';

/** Profiles that the server has by itself (26.7.4). */
const GLOBAL = [
  'fapi-1-baseline', 'fapi-1-advanced', 'fapi-ciba', 'fapi-2-security-profile', 'fapi-2-message-signing', 'oauth-2-1-for-confidential-client', 'oauth-2-1-for-public-client',
  'fapi-2-dpop-security-profile', 'fapi-2-dpop-message-signing', 'saml-security-profile',
];

const duplicate = (names: readonly string[]): boolean => new Set(names).size < names.length;

function setProfiles({ realm, body }: Request): Answer {
  const profiles = objects(object(body)['profiles']).map(present);
  const names = profiles.map((profile) => text(profile['name']) ?? '');
  if (list(object(body)['globalProfiles']).length > 0) throw errorMessage(400, 'Global profiles cannot be updated');
  if (duplicate(names)) throw errorMessage(400, 'proposed client profile name duplicated.');
  const global = names.find((name) => GLOBAL.includes(name));
  if (global !== undefined) throw errorMessage(400, `Proposed profile name '${global}' is duplicated as a global profile`);
  // An executor without configuration is a null pointer there.
  if (profiles.some((profile) => objects(profile['executors']).some((executor) => !isObject(executor['configuration'])))) throw unknownError();
  realm.fields['clientProfiles'] = { profiles };
  return done;
}

function setPolicies({ realm, body }: Request): Answer {
  const policies = objects(object(body)['policies']).map((sent): Fields => ({ ...present(sent), enabled: sent['enabled'] === true, conditions: list(sent['conditions']), profiles: list(sent['profiles']) }));
  if (duplicate(policies.map((policy) => text(policy['name']) ?? ''))) throw errorMessage(400, 'proposed client policy name duplicated');
  const known = [...GLOBAL, ...objects(object(realm.fields['clientProfiles'])['profiles']).map((profile) => text(profile['name']))];
  for (const policy of policies) {
    const unknown = texts(policy['profiles']).find((profile) => !known.includes(profile));
    if (unknown !== undefined) throw errorMessage(400, `Policy ${text(policy['name'])} contains invalid profile ${unknown}`);
  }
  realm.fields['clientPolicies'] = { policies };
  return done;
}

const REALM = { event: 'REALM' };

export const CLIENT_POLICY_ROUTES: readonly Route[] = [
  route('GET /client-policies/policies', 'view-realm', ({ realm }) => ok(object(realm.fields['clientPolicies']))),
  route('PUT /client-policies/policies', 'manage-realm', setPolicies, REALM),
  route('GET /client-policies/profiles', 'view-realm', ({ realm }) => ok(object(realm.fields['clientProfiles']))),
  route('PUT /client-policies/profiles', 'manage-realm', setProfiles, REALM),
];
