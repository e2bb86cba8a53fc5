import { inject } from 'vitest';
import { openAdminCalls, type AdminCalls } from '../../src/sandbox/incident/calls.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The Keycloak on PostgreSQL that all files of the real suite share; see globalSetup.ts. */
    keycloak: { readonly url: string; readonly username: string; readonly password: string; readonly version: string };
  }
}

/** Where the shared server is and who its administrator is. */
export function sharedKeycloak(): { readonly url: string; readonly username: string; readonly password: string; readonly version: string } {
  return inject('keycloak');
}

/** Calls to one realm of the shared server. Each file uses realm names of its own and never stops the server. */
export function sharedCalls(realm: string): AdminCalls {
  return openAdminCalls({ ...sharedKeycloak(), realm });
}
