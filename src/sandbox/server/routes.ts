import { EVENT_ROUTES } from './handlers/admin-events.ts';
import { AUTHZ_ROUTES } from './handlers/authz.ts';
import { CLIENT_SCOPE_ROUTES } from './handlers/client-scopes.ts';
import { CLIENT_ROUTES } from './handlers/clients.ts';
import { COMPONENT_ROUTES } from './handlers/components.ts';
import { EVALUATE_ROUTES } from './handlers/evaluate.ts';
import { FLOW_WRITE_ROUTES } from './handlers/flow-writes.ts';
import { FLOW_ROUTES } from './handlers/flows.ts';
import { GROUP_ROUTES } from './handlers/groups.ts';
import { IDENTITY_PROVIDER_ROUTES } from './handlers/identity-providers.ts';
import { MAPPER_ROUTES } from './handlers/mappers.ts';
import { MAPPING_ROUTES } from './handlers/mappings.ts';
import { ORGANIZATION_ROUTES } from './handlers/organizations.ts';
import { EXPORT_ROUTES } from './handlers/partial-export.ts';
import { REALM_ROUTES } from './handlers/realms.ts';
import { ROLE_ROUTES } from './handlers/roles.ts';
import { SESSION_ROUTES } from './handlers/sessions.ts';
import { USER_ROUTES } from './handlers/users.ts';
import type { Route } from './route.ts';

/** Below `/admin/realms/{realm}`. The first fitting line wins, so literal paths (`/users/profile`) stand before `/users/{user}`. */
export const ADMIN_ROUTES: readonly Route[] = [
  ...REALM_ROUTES, ...CLIENT_ROUTES, ...MAPPER_ROUTES, ...CLIENT_SCOPE_ROUTES, ...ROLE_ROUTES, ...MAPPING_ROUTES, ...GROUP_ROUTES, ...USER_ROUTES, ...IDENTITY_PROVIDER_ROUTES, ...ORGANIZATION_ROUTES, ...FLOW_ROUTES, ...FLOW_WRITE_ROUTES,
  ...COMPONENT_ROUTES, ...EVENT_ROUTES, ...SESSION_ROUTES, ...EVALUATE_ROUTES, ...EXPORT_ROUTES, ...AUTHZ_ROUTES,
];
