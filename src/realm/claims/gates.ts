/**
 * Who a client scope acts for. One with role scope mappings acts only for those who hold one of the roles, or one that these
 * contain, directly or through a composite; for everybody else neither its mappers nor its name reach a token (tried on 26.7.4).
 */
import { compareText } from '../canonical.ts';
import { objectsAt, once } from '../derived.ts';
import { escapePart, holderPart, parseId, parseScopeMapping, roleOfPart, roleOfParts, rolePart, roleParts, type RoleRef } from '../keys.ts';
import type { RealmState } from '../model.ts';
import { defaultRoleName } from '../normal/builtins.ts';

/** The roles of which one is enough, as `role` or `client/role`, sorted; undefined where the scope acts for everybody. */
export function gateOf(clientScope: string, state: RealmState): readonly string[] | undefined {
  const mapped = objectsAt(state, `scope-mapping@${holderPart({ clientScope })}`).map((object) => parseScopeMapping(object.id).role);
  return mapped.length === 0 ? undefined : withContents(mapped, state).map((role) => roleParts(role).join('/')).sort(compareText);
}

/** Whether the service account of a client holds one of these roles; membership in groups is not looked at. */
export function accountPasses(client: string, gate: readonly string[] | undefined, state: RealmState): boolean {
  if (gate === undefined) return true;
  const held = once(state, `roles of the service account of ${client}`, () => {
    const own = objectsAt(state, `service-account-role@${escapePart(client)}`).map((object) => roleOfParts(parseId(object.id).parts.slice(1)));
    return new Set(withContents([...own, { client: null, role: defaultRoleName(state.realm) }], state).map((role) => roleParts(role).join('/')));
  });
  return gate.some((role) => held.has(role));
}

function withContents(roles: readonly RoleRef[], state: RealmState): readonly RoleRef[] {
  const all = new Map(roles.map((role) => [rolePart(role), role]));
  // A map that grows is walked to its end, so that cycles of composites end too.
  for (const [part] of all) {
    for (const member of objectsAt(state, `composite@${escapePart(part)}`)) {
      const contained = parseId(member.id).parts[1] ?? '';
      if (!all.has(contained)) all.set(contained, roleOfPart(contained));
    }
  }
  return [...all.values()];
}
