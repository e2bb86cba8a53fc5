/** The same narrow job as story.sh by `@keycloak/keycloak-admin-client`, one call after the other: `node script.ts URL REALM FILE`. */
import { readFileSync } from 'node:fs';
import KcAdminClient from '@keycloak/keycloak-admin-client';
import type { RealmRepresentation } from '../../src/realm/representation.ts';

const [url = '', realm = '', file = ''] = process.argv.slice(2);
const wanted = JSON.parse(readFileSync(file, 'utf8')) as RealmRepresentation;
const admin = new KcAdminClient({ baseUrl: url, realmName: 'master' });
const login = async (): Promise<number> => {
  await admin.auth({ grantType: 'password', clientId: 'admin-cli', username: 'admin', password: 'admin' });
  return performance.now();
};
let since = await login();
admin.setConfig({ realmName: realm });

const present = new Set((await admin.clientScopes.find()).map((scope) => scope.name));
for (const scope of wanted.clientScopes ?? []) if (!present.has(scope.name)) await admin.clientScopes.create(scope as object);
const scopes = new Map((await admin.clientScopes.find()).map((scope) => [scope.name, scope.id ?? '']));
const live = new Map((await admin.clients.find()).map((client) => [client.clientId, client]));
const roles = new Map((wanted.users ?? []).map((user) => [user.serviceAccountClientId, user.realmRoles ?? []]));
for (const client of wanted.clients ?? []) {
  if (performance.now() - since > 40_000) {
    admin.setConfig({ realmName: 'master' });
    since = await login();
    admin.setConfig({ realmName: realm });
  }
  const there = live.get(client.clientId);
  if (there?.id === undefined) continue;
  const { id } = there;
  const mappers = new Set(there.protocolMappers?.map((mapper) => mapper.name));
  for (const mapper of client.protocolMappers ?? []) if (!mappers.has(mapper.name)) await admin.clients.addProtocolMapper({ id }, mapper);
  for (const name of client.defaultClientScopes ?? []) if (!there.defaultClientScopes?.includes(name)) await admin.clients.addDefaultClientScope({ id, clientScopeId: scopes.get(name) ?? '' });
  for (const name of client.optionalClientScopes ?? []) if (!there.optionalClientScopes?.includes(name)) await admin.clients.addOptionalClientScope({ id, clientScopeId: scopes.get(name) ?? '' });
  if (there.serviceAccountsEnabled !== true) continue;
  const user = await admin.clients.getServiceAccountUser({ id });
  const mapped = new Set((await admin.users.listRealmRoleMappings({ id: user.id ?? '' })).map((role) => role.name));
  for (const name of roles.get(client.clientId) ?? []) {
    const role = mapped.has(name) ? undefined : await admin.roles.findOneByName({ name });
    if (role?.id !== undefined) await admin.users.addRealmRoleMappings({ id: user.id ?? '', roles: [{ id: role.id, name }] });
  }
}
