import { del, get, mapper, post, type Call } from './call.ts';

const whole = (path: string): Call => get(`^/admin/realms/{realm}-whole${path}`);

/** A realm made by one POST of its whole representation, then read back. */
export const wholeRealmCalls: readonly Call[] = [
  post('^/admin/realms', {
    realm: '{realm}-whole', enabled: true, displayName: 'Whole', accessTokenLifespan: 120, attributes: { team: 'blue' },
    roles: { realm: [{ name: 'staff' }, { name: 'lead', composite: true, composites: { realm: ['staff'], client: { app: ['read'] } } }], client: { app: [{ name: 'read', description: 'may read' }] } },
    clients: [
      { id: '{uuid8}', clientId: 'app', protocol: 'openid-connect', secret: 's-app', serviceAccountsEnabled: true, directAccessGrantsEnabled: true, redirectUris: ['http://127.0.0.1/app/*'], attributes: { a: 'b' }, protocolMappers: [{ ...mapper('groups', 'oidc-group-membership-mapper', { 'claim.name': 'groups', 'full.path': 'false' }), id: '{uuid9}' }] },
      { clientId: 'open', publicClient: true, fullScopeAllowed: false, defaultClientScopes: ['basic', 'profile'], optionalClientScopes: ['email'] },
      { clientId: 'kept', secret: '**********' },
    ],
    scopeMappings: [{ client: 'open', roles: ['staff'] }], clientScopeMappings: { app: [{ client: 'open', roles: ['read'] }] },
    groups: [{ name: 'eng', attributes: { floor: ['3'] }, realmRoles: ['staff'], clientRoles: { app: ['read'] }, subGroups: [{ name: 'sub' }] }],
    users: [
      { username: 'ann', enabled: true, email: 'ann@example.test', credentials: [{ type: 'password', value: 'lab-Passw0rd-1' }], groups: ['/eng/sub'], realmRoles: ['lead'] },
      { username: 'service-account-app', enabled: true, serviceAccountClientId: 'app', realmRoles: ['staff'], clientRoles: { app: ['read'] } },
    ],
  }),
  whole(''), whole('/clients'), whole('/client-scopes'), whole('/roles?briefRepresentation=false'), whole('/groups?briefRepresentation=false'), whole('/users'), whole('/clients/{uuid8}'),
  whole('/clients/{uuid8}/roles'), whole('/roles/lead/composites'), whole('/clients/{uuid8}/default-client-scopes'), whole('/default-default-client-scopes'), whole('/users/count'),
  get('^/admin/realms/{realm}-whole/users?username=ann', { save: { wholeAnn: '[username=ann].id' } }),
  whole('/users/{wholeAnn}/role-mappings'), whole('/users/{wholeAnn}/groups'),
  get('^/admin/realms/{realm}-whole/clients/{uuid8}/service-account-user', { save: { wholeApp: 'id' } }),
  whole('/users/{wholeApp}/role-mappings'),
  post('^/admin/realms/{realm}-whole/partial-export?exportClients=true&exportGroupsAndRoles=true'),
  del('^/admin/realms/{realm}-whole'),
  whole(''),
  post('^/admin/realms', {
    realm: '{realm}-scoped', enabled: true, clientScopes: [{ name: 'basic', protocol: 'openid-connect', protocolMappers: [{ name: 'sub', protocol: 'openid-connect', protocolMapper: 'oidc-sub-mapper', config: { 'access.token.claim': 'true', 'id.token.claim': 'true' } }] }],
    clients: [{ clientId: 'app', secret: 's', defaultClientScopes: ['basic', 'roles'], optionalClientScopes: [] }],
  }),
  get('^/admin/realms/{realm}-scoped/client-scopes'), get('^/admin/realms/{realm}-scoped/clients'), get('^/admin/realms/{realm}-scoped/default-default-client-scopes'),
  del('^/admin/realms/{realm}-scoped'),
  post('^/admin/realms', { enabled: true }),
];
