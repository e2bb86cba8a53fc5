import { authorizationCalls } from './authorization.ts';
import type { Call } from './call.ts';
import { clientCalls, mapperCalls } from './clients.ts';
import { flowWriteCalls } from './flows.ts';
import { groupCalls, organizationCalls } from './groups.ts';
import { permissionCalls } from './permissions.ts';
import { providerCalls } from './providers.ts';
import { flowCalls, realmCalls } from './realm.ts';
import { roleCalls, userCalls } from './roles.ts';
import { settingsCalls } from './settings.ts';
import { lateCalls, tokenCalls } from './tokens.ts';
import { wholeRealmCalls } from './whole-realm.ts';

/** The whole differential table; the order matters, later calls stand on what earlier ones made. */
export const allCalls: readonly Call[] = [...realmCalls, ...flowCalls, ...clientCalls, ...mapperCalls, ...roleCalls, ...userCalls, ...tokenCalls, ...permissionCalls, ...lateCalls, ...groupCalls, ...organizationCalls, ...settingsCalls, ...wholeRealmCalls, ...authorizationCalls, ...flowWriteCalls, ...providerCalls];
