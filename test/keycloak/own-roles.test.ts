import { expect, test } from 'vitest';
import { roleClient } from '../../src/keycloak/own-roles.ts';

test.each([
  ['primary', 'primary', 'realm-management'],
  ['primary', 'master', 'primary-realm'],
  // Realm master has no realm-management (26.7.4).
  ['master', 'master', 'master-realm'],
])('the roles on %s of an account of %s are those of %s', (realm, authRealm, client) => {
  expect(roleClient({ realm, authRealm })).toBe(client);
});
