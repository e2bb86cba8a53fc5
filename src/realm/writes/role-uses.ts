/** What names a role in the live realm: the server takes mappings along when the role goes, and leaves policies with a name for nothing. */
import { once } from '../derived.ts';
import { parseScopeMapping, roleId, type RoleRef } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import type { KindName, ObjectId, RealmObject, RealmState } from '../model.ts';
import { namesIn, roleNamed } from '../normal/authorization-names.ts';
import { compositeMember, compositeOwner, restoreComposite } from './composite-writes.ts';
import { groupRoleOf, restoreGroupRole } from './group-writes.ts';
import { roleWords } from './role-writes.ts';
import { restoreScopeMapping } from './scope-mapping-writes.ts';
import { mapServiceAccountRole, serviceAccountRoleOf } from './service-account-writes.ts';

type Gone = { readonly id: ObjectId; readonly change: 'live-only' };

/** How to take away a mapping of each kind, and the roles that it ends with. */
const MAPPINGS: Partial<Record<KindName, { readonly roles: (id: ObjectId) => readonly RoleRef[]; readonly unmap: (gone: Gone) => readonly Draft[] }>> = {
  composite: { roles: (id) => [compositeOwner(id), compositeMember(id)], unmap: restoreComposite },
  'scope-mapping': { roles: (id) => [parseScopeMapping(id).role], unmap: restoreScopeMapping },
  'group-role': { roles: (id) => [groupRoleOf(id)], unmap: restoreGroupRole },
  'service-account-role': { roles: (id) => [serviceAccountRoleOf(id)], unmap: ({ id }) => mapServiceAccountRole(id, 'live-only') },
};

/**
 * The writes that take a role out of everything that has it, and everything out of it, before it is deleted: its members, and where it is
 * a member itself, is in a scope, is given to a group or a service account. The DELETE alone would take all of that along (tried on
 * 26.7.4), and nothing would bring it back. What was chosen has its own write already.
 *
 * A refusal where the evidence has one of these mappings, which is wanted then, or where a policy would name a role that is gone.
 */
export function unmapEverywhere(role: RoleRef, context: PlanContext): readonly Draft[] | Refusal {
  const id = roleId(role);
  const uses = (mappingsByRole(context.live).get(id) ?? []).filter((mapping) => !context.chosen.has(mapping.id));
  const wanted = uses.find((mapping) => context.evidenceOf(mapping.id) !== undefined);
  if (wanted !== undefined) return { refused: `${wanted.id} is in the evidence and would go with it` };
  const policy = policyNaming(id, context);
  if (policy !== undefined) return { refused: `${policy.name} of ${policy.owner} names it; answer ${policy.id} with restore too` };
  return uses.flatMap((mapping) => MAPPINGS[mapping.kind]?.unmap({ id: mapping.id, change: 'live-only' }) ?? []).map((draft) => ({ ...draft, note: `removed: it goes with ${roleWords(role)}` }));
}

function mappingsByRole(live: RealmState): ReadonlyMap<ObjectId, readonly RealmObject[]> {
  return once(live, 'mappings by role', () => {
    const found = new Map<ObjectId, RealmObject[]>();
    live.objects.forEach((object) => {
      for (const id of new Set(MAPPINGS[object.kind]?.roles(object.id).map(roleId))) {
        const list = found.get(id);
        if (list === undefined) found.set(id, [object]);
        else list.push(object);
      }
    });
    return found;
  });
}

/** A policy that still names the role once everything chosen is done: it would keep the id of nothing, also when the role is made again (tried on 26.7.4). */
function policyNaming(role: ObjectId, context: PlanContext): RealmObject | undefined {
  const policies = once(context.live, 'policies with roles', () => [...context.live.objects.values()].filter(({ kind, value }) => kind === 'authorization' && namesIn(value, 'roles').length > 0));
  return policies.find((policy) => {
    const answer = context.chosen.get(policy.id);
    const later = answer === undefined ? policy.value : context.wanted(answer);
    return namesIn(later, 'roles').some((name) => roleNamed(name, context.live) === role);
  });
}
