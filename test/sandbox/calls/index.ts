import type { Call } from './call.ts';
import { clientCalls, mapperCalls } from './clients.ts';
import { permissionCalls } from './permissions.ts';
import { providerCalls } from './providers.ts';
import { flowCalls, realmCalls } from './realm.ts';
import { roleCalls, userCalls } from './roles.ts';
import { lateCalls, tokenCalls } from './tokens.ts';
import { wholeRealmCalls } from './whole-realm.ts';

/** The whole differential table; the order matters, later calls stand on what earlier ones made. */
export const allCalls: readonly Call[] = [...realmCalls, ...flowCalls, ...clientCalls, ...mapperCalls, ...roleCalls, ...userCalls, ...tokenCalls, ...permissionCalls, ...lateCalls, ...wholeRealmCalls, ...providerCalls];
