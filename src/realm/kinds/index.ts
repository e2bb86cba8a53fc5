/** The registry. A new kind is a new file and one line here; the order is the one in which objects are restored. */
import type { Kind } from '../kind.ts';
import type { KindName } from '../model.ts';
import { authorization } from './authorization.ts';
import { clientMapper } from './client-mapper.ts';
import { clientPolicy } from './client-policy.ts';
import { clientRole } from './client-role.ts';
import { clientScopeLink } from './client-scope-link.ts';
import { clientScopeMapper } from './client-scope-mapper.ts';
import { clientScope } from './client-scope.ts';
import { clientSetting } from './client-setting.ts';
import { client } from './client.ts';
import { component } from './component.ts';
import { composite } from './composite.ts';
import { defaultGroup } from './default-group.ts';
import { flowBinding } from './flow-binding.ts';
import { flow } from './flow.ts';
import { groupRole } from './group-role.ts';
import { group } from './group.ts';
import { organization } from './organization.ts';
import { localization } from './localization.ts';
import { realmDefaultScope } from './realm-default-scope.ts';
import { realmRole } from './realm-role.ts';
import { realmSetting } from './realm-setting.ts';
import { identityProviderMapper } from './identity-provider-mapper.ts';
import { identityProvider } from './identity-provider.ts';
import { requiredAction } from './required-action.ts';
import { scopeMapping } from './scope-mapping.ts';
import { serviceAccountRole } from './service-account-role.ts';
import { userProfile } from './user-profile.ts';

export const KINDS: readonly Kind[] = [
  realmSetting, localization, userProfile, realmRole, clientScope, clientScopeMapper, realmDefaultScope, flow, requiredAction, component, identityProvider, identityProviderMapper,
  client, clientSetting, clientRole, composite, clientMapper, clientScopeLink, scopeMapping, group, groupRole, defaultGroup, serviceAccountRole, flowBinding, organization, authorization,
  clientPolicy,
];

/** The kind of that name; undefined for kinds that this version does not know yet. */
export function kindOf(name: KindName): Kind | undefined {
  return KINDS.find((kind) => kind.name === name);
}

/** Rows for the docs, made from the kinds themselves. */
export function kindTable(): readonly { readonly kind: KindName; readonly title: string; readonly restored: string; readonly idKept: string; readonly undo: string; readonly lostForGood: string }[] {
  return KINDS.map((kind) => ({ kind: kind.name, title: kind.title, ...kind.facts, idKept: kind.facts.idKept ? 'yes' : 'no' }));
}
