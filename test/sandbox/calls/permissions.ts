import { form, get, post, type Call } from './call.ts';

const robot = (name: string): readonly Call[] => [
  post('/clients', { clientId: name, secret: 's', serviceAccountsEnabled: true }, { save: { [name]: 'location' } }),
  get(`/clients/{${name}}/service-account-user`, { save: { [`${name}User`]: 'id' } }),
];
const grant = (name: string, role: string): readonly Call[] => [
  get(`/clients/{realmManagement}/roles/${role}`, { save: { granted: 'id' } }),
  post(`/users/{${name}User}/role-mappings/clients/{realmManagement}`, [{ id: '{granted}', name: role }]),
];
const login = (name: string): Call => form('@/protocol/openid-connect/token', { grant_type: 'client_credentials', client_id: name, client_secret: 's' }, { save: { [`${name}Token`]: 'access_token' } });

const READS = ['', '/clients?first=0&max=2', '/clients/{auth}', '/client-scopes', '/roles', '/users/count', '/users?max=1', '/groups', '/keys', '/components', '/identity-provider/instances',
  '/admin-events?max=1', '/events/config', '/authentication/flows', '/client-session-stats', '/clients/{auth}/user-sessions', '/clients/{auth}/service-account-user', '/users/{authUser}/role-mappings',
  '/clients/{auth}/evaluate-scopes/protocol-mappers', '/clients/{auth}/evaluate-scopes/generate-example-access-token?userId={ann}', '/users/profile', '/clients/{auth}/roles', '/default-default-client-scopes',
  '/client-policies/policies', '/localization', '/authentication/required-actions', '/roles/staff/composites', '/clients/{auth}/scope-mappings', '/default-groups', '/clients-initial-access', '/attack-detection/brute-force/users/{ann}', '/organizations?max=1', '/users/{ann}', '/roles/staff/groups'];

const reads = (as: string): readonly Call[] => READS.map((path) => get(path, { as }));

/** What weaker tokens get: 403, or a 200 that says less. */
export const permissionCalls: readonly Call[] = [
  get('^/admin/realms/master/clients?clientId={realm}-realm', { save: { masterClient: '[clientId={realm}-realm].id' } }),
  get('^/admin/realms/master/clients/{masterClient}/roles'),
  get('^/admin/realms/master/users?username=admin&exact=true', { save: { masterAdmin: '[username=admin].id' } }),
  get('^/admin/realms/master/users/{masterAdmin}/role-mappings/realm/composite'),
  get('^/admin/realms/master/users/{masterAdmin}/role-mappings/clients/{masterClient}/composite'),
  get('/attack-detection/brute-force/users/{uuid1}'),
  get('/attack-detection/brute-force/users/{ann}'),
  get('/attack-detection/brute-force/users/nope'),
  ...robot('nobody'), login('nobody'), ...reads('nobodyToken'), get('^/admin/serverinfo', { as: 'nobodyToken' }),
  ...robot('asker'), ...grant('asker', 'query-clients'), ...grant('asker', 'query-groups'), ...grant('asker', 'query-users'), login('asker'), ...reads('askerToken'),
  ...robot('viewer'), ...grant('viewer', 'view-clients'), ...grant('viewer', 'view-realm'), login('viewer'), ...reads('viewerToken'),
  post('/clients/{auth}/protocol-mappers/models', { name: 'x', protocol: 'openid-connect', protocolMapper: 'oidc-full-name-mapper', config: {} }, { as: 'viewerToken' }),
  post('/partial-export', undefined, { as: 'viewerToken' }),
  post('/clear-realm-cache', undefined, { as: 'viewerToken' }),
  post('/identity-provider/import-config', {}, { as: 'viewerToken' }),
  ...robot('boss'), ...grant('boss', 'realm-admin'), login('boss'), ...reads('bossToken'), post('/identity-provider/import-config', {}, { as: 'bossToken' }),
  get('', { as: 'garbage' }),
];
