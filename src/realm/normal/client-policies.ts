/** The normal form of client profiles and client policies. */
import { compareText } from '../canonical.ts';
import type { Json, JsonObject } from '../json.ts';
import { isRecord, recordsIn } from '../looks.ts';
import type { RealmRepresentation } from '../representation.ts';

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
 * A profile or policy without its name and what is empty. Conditions and executors keep their order, in which the server goes
 * through them; which profiles a policy applies is a set.
 */
export function policyValue(raw: JsonObject): JsonObject {
  const entries = Object.entries(raw).flatMap(([key, value]): [string, Json][] => {
    if (key === 'name' || value === null || value === '' || (key === 'enabled' && value === false)) return [];
    if (!Array.isArray(value)) return [[key, value]];
    const list = value as readonly Json[];
    if (list.length === 0) return [];
    return [[key, key === 'profiles' ? list.map(String).sort(compareText) : list.map(withConfiguration)]];
  });
  return Object.fromEntries(entries);
}

function withConfiguration(step: Json): Json {
  return isRecord(step) ? { ...step, configuration: step['configuration'] ?? {} } : step;
}

/** Profiles that every server brings along (26.7.4 and before); they are in no export, and no realm can change them. */
export function isGlobalProfile(name: string): boolean {
  return /^(fapi-|oauth-2-1-for-|saml-security-profile$)/.test(name);
}
