/** The normal form of client profiles and client policies. */
import { compareText } from '../canonical.ts';
import type { Json, JsonObject } from '../json.ts';
import { isRecord, recordsIn } from '../looks.ts';
import type { RealmRepresentation } from '../representation.ts';
import { isSecretKey, withFingerprints } from '../unknowns.ts';

/** Which field of a realm has the list of a part, under which name, and where the server gives and takes it. */
export const POLICY_PARTS = {
  profile: { field: 'clientProfiles', list: 'profiles', path: ['client-policies', 'profiles'] },
  policy: { field: 'clientPolicies', list: 'policies', path: ['client-policies', 'policies'] },
} as const;
export type PolicyPart = keyof typeof POLICY_PARTS;

/** The list of a part in a representation; undefined where it does not speak of it. */
export function policyList(representation: RealmRepresentation | undefined, part: PolicyPart): readonly JsonObject[] | undefined {
  const { field, list } = POLICY_PARTS[part];
  const holder = representation?.[field] as Json | undefined;
  return isRecord(holder) && Array.isArray(holder[list]) ? recordsIn(holder[list]) : undefined;
}

/**
 * A profile or policy without its name, with what the server fills in where a file is silent. Conditions and executors keep their
 * order, in which the server goes through them; which profiles a policy applies is a set.
 */
export function policyValue(raw: JsonObject, part: PolicyPart): JsonObject {
  const list = (field: string): readonly Json[] => (Array.isArray(raw[field]) ? (raw[field] as readonly Json[]) : []);
  const others = Object.entries(raw).filter(([key, value]) => !FILLED_IN.has(key) && value !== null && value !== '');
  const filled: JsonObject = part === 'profile'
    ? { executors: list('executors').map(withConfiguration) }
    : { enabled: raw['enabled'] === true, conditions: list('conditions').map(withConfiguration), profiles: list('profiles').map(String).sort(compareText) };
  return { ...Object.fromEntries(others), ...filled };
}

const FILLED_IN = new Set(['name', 'enabled', 'executors', 'conditions', 'profiles']);

function withConfiguration(step: Json): Json {
  return isRecord(step) ? { ...step, configuration: withFingerprints(step['configuration'] ?? {}) } : step;
}

/** The secrets in the configuration of executors and conditions, by their place: `executors.0.configuration.webhookSecret`. */
export function policySecrets(raw: JsonObject): { readonly [place: string]: string } {
  const walk = (value: Json, at: string, key: string): readonly (readonly [string, string])[] => {
    if (typeof value === 'string') return value !== '' && isSecretKey(key) ? [[at, value]] : [];
    if (Array.isArray(value)) return (value as readonly Json[]).flatMap((item, index) => walk(item, `${at}.${index}`, key));
    return isRecord(value) ? Object.entries(value).flatMap(([name, item]) => walk(item, at === '' ? name : `${at}.${name}`, name)) : [];
  };
  return Object.fromEntries(walk(raw, '', ''));
}

/** Profiles that every server brings along (26.7.4 and before); they are in no export, and no realm can change them. */
export function isGlobalProfile(name: string): boolean {
  return /^(fapi-|oauth-2-1-for-|saml-security-profile$)/.test(name);
}
