/** What each job of the runbook needs, as data: `doctor` asks it, docs/rights.md is made from it, and a real test tries every row. */
import type { KindName } from '../realm/kind-names.ts';
import type { Right } from '../runbook/model.ts';

/** Roles of realm-management that make a difference to this tool. */
export const ROLES = ['view-realm', 'view-clients', 'view-users', 'view-identity-providers', 'view-organizations', 'view-events', 'manage-clients', 'manage-users', 'manage-realm', 'manage-identity-providers', 'manage-organizations', 'manage-authorization'] as const;
export type RoleName = (typeof ROLES)[number];

export interface Job {
  readonly job: string;
  readonly step: Right['step'];
  /** All of them are needed. */
  readonly roles: readonly RoleName[];
  /** The kinds of difference of which one or another takes exactly these roles. */
  readonly kinds?: readonly KindName[];
}

/** From the sets tried one by one in verified-keycloak.md 4; every row of a restore is tried whole in test/keycloak/needs.real.test.ts. */
export const JOBS: readonly Job[] = [
  { job: 'capture realm settings, roles, keys and flows', step: 'capture', roles: ['view-realm'] },
  { job: 'capture clients, scopes and mappers', step: 'capture', roles: ['view-clients'] },
  { job: 'capture groups and service accounts', step: 'capture', roles: ['view-users'] },
  { job: 'capture identity providers', step: 'capture', roles: ['view-identity-providers'] },
  { job: 'capture organizations', step: 'capture', roles: ['view-organizations', 'view-identity-providers'] },
  { job: 'capture authorization settings', step: 'capture', roles: ['manage-authorization'] },
  { job: 'read admin events', step: 'triage', roles: ['view-events'] },
  { job: 'clear the caches', step: 'triage', roles: ['manage-realm'] },
  {
    job: 'restore clients, mappers, client scopes and client roles', step: 'restore', roles: ['manage-clients'],
    kinds: ['client', 'client-setting', 'client-mapper', 'client-role', 'client-scope', 'client-scope-mapper', 'client-scope-link', 'realm-default-scope', 'scope-mapping', 'composite', 'flow-binding'],
  },
  {
    job: 'restore realm roles, realm settings, flows and components', step: 'restore', roles: ['manage-realm'],
    kinds: ['realm-setting', 'localization', 'user-profile', 'client-policy', 'realm-role', 'composite', 'default-group', 'flow', 'flow-binding', 'required-action', 'component'],
  },
  { job: 'restore realm roles in the scope of a client', step: 'restore', roles: ['manage-clients', 'manage-realm'], kinds: ['scope-mapping', 'composite'] },
  { job: 'restore groups and role mappings of groups and service accounts', step: 'restore', roles: ['manage-users'], kinds: ['group', 'group-role', 'service-account-role'] },
  { job: 'restore identity providers', step: 'restore', roles: ['manage-identity-providers'], kinds: ['identity-provider', 'identity-provider-mapper'] },
  { job: 'restore organizations', step: 'restore', roles: ['manage-organizations'], kinds: ['organization'] },
  { job: 'restore identity providers of organizations', step: 'restore', roles: ['manage-organizations', 'manage-identity-providers'], kinds: ['organization'] },
  { job: 'restore authorization settings', step: 'restore', roles: ['manage-authorization'], kinds: ['authorization'] },
  { job: 'preview tokens', step: 'prove', roles: ['view-clients', 'view-users'] },
];
