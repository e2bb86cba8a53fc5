import type { Json } from '../../../src/realm/json.ts';
import { del, get, post, put, type Call } from './call.ts';

const AT = '/clients/{az}/authz/resource-server';
const WHOLE = { allowRemoteResourceManagement: false, policyEnforcementMode: 'PERMISSIVE', decisionStrategy: 'AFFIRMATIVE' };
const seen = get(`${AT}/settings`);
const policy = (name: string, type: string, config: Readonly<Record<string, Json>>): Json => ({ name, type, logic: 'POSITIVE', decisionStrategy: 'UNANIMOUS', config });

/** Client updates with their side effects, and every write that the tool makes to authorization services, traps included. */
export const authorizationCalls: readonly Call[] = [
  put('', { adminEventsEnabled: false }),
  post('/clients', { clientId: 'az/one', secret: 's-az', protocol: 'openid-connect', publicClient: false, serviceAccountsEnabled: true, authorizationServicesEnabled: true, redirectUris: ['https://az.example/*'] }, { save: { az: 'location' } }),
  post('/roles', { name: 'az-boss' }), get('/roles/az-boss', { save: { azboss: 'id' } }),
  post('/clients/{az}/roles', { name: 'read/write' }), get('/clients/{az}/roles', { save: { azrole: '[name=read/write].id' } }),
  post('/groups', { name: 'az-ops' }, { save: { azops: 'location' } }), post('/groups/{azops}/children', { name: 'day/night' }, { save: { aznight: 'id' } }),
  post('/users', { username: 'az-joe', enabled: true }, { save: { azjoe: 'location' } }),
  post('/client-scopes', { name: 'az-scope', protocol: 'openid-connect' }, { save: { azscope: 'location' } }),
  // The settings: all three, or the others go back, or 409.
  put(AT, WHOLE), seen, put(AT, { policyEnforcementMode: 'DISABLED' }), put(AT, { decisionStrategy: 'UNANIMOUS' }), seen, put(AT, WHOLE),
  // Scopes and resources.
  post(`${AT}/scope`, { name: 'view', displayName: 'View', iconUri: 'https://i.example' }, { save: { azview: 'id' } }), post(`${AT}/scope`, { name: 'view' }),
  post(`${AT}/scope`, { name: 'edit' }, { save: { azedit: 'id' } }), post(`${AT}/scope`, { name: 'lone' }, { save: { azlone: 'id' } }),
  post(`${AT}/resource`, { name: 'report', type: 'urn:r', displayName: 'Report', uris: ['/a', '/b'], scopes: [{ name: 'view' }, { name: 'edit' }], attributes: { k: ['1', '2'] }, ownerManagedAccess: true }, { save: { azreport: '_id' } }),
  post(`${AT}/resource`, { name: 'joes', owner: { name: 'az-joe' } }),
  // Policies of each type, by id and by name.
  post(`${AT}/policy/role`, { name: 'roles', roles: [{ id: '{azboss}', required: true }, { id: '{azrole}' }], fetchRoles: true, description: 'who' }, { save: { azroles: 'id' } }),
  post(`${AT}/policy/user`, { name: 'users', users: ['az-joe'] }, { save: { azusers: 'id' } }),
  post(`${AT}/policy/user`, { name: 'nobody', users: ['nobody'] }),
  post(`${AT}/policy/client`, { name: 'clients', clients: ['{az}'] }, { save: { azclients: 'id' } }),
  post(`${AT}/policy/group`, { name: 'groups', groups: [{ id: '{aznight}', extendChildren: true }], groupsClaim: 'groups' }, { save: { azgroups: 'id' } }),
  post(`${AT}/policy/client-scope`, { name: 'scopes', clientScopes: [{ id: '{azscope}', required: true }] }, { save: { azscopes: 'id' } }),
  post(`${AT}/policy/time`, { name: 'times', hour: '8', hourEnd: '18', notBefore: '2026-01-01 00:00:00' }, { save: { aztimes: 'id' } }),
  post(`${AT}/policy/regex`, { name: 'regex', targetClaim: 'email', pattern: '.*' }, { save: { azregex: 'id' } }),
  post(`${AT}/policy/aggregate`, { name: 'either', policies: ['roles', 'users'], decisionStrategy: 'AFFIRMATIVE', logic: 'NEGATIVE' }, { save: { azeither: 'id' } }),
  post(`${AT}/policy/aggregate`, { name: 'nothing', policies: ['gone'] }),
  post(`${AT}/policy/resource`, { name: 'see', resources: ['report'], policies: ['either', 'roles'] }, { save: { azsee: 'id' } }),
  post(`${AT}/policy/scope`, { name: 'edits', resources: ['report'], scopes: ['edit', 'lone'], policies: ['clients'] }, { save: { azedits: 'id' } }),
  post(`${AT}/policy/scope`, { name: 'lonely', scopes: ['lone'], policies: ['times'] }),
  seen, get(`${AT}/policy?max=1000`), get(`${AT}/policy/search?name=roles`), get(`${AT}/scope/search?name=view`), get(`${AT}/resource/search?name=report`), get(`${AT}/scope/search?name=gone`),
  // Changes: what a PUT that leaves out erases, keeps, and takes along.
  put(`${AT}/scope/{azview}`, { name: 'view' }), put(`${AT}/policy/role/{azroles}`, { name: 'roles', roles: [{ id: '{azboss}' }] }),
  put(`${AT}/policy/group/{azgroups}`, { name: 'groups', groups: [{ id: '{azops}' }] }), put(`${AT}/policy/time/{aztimes}`, { name: 'times', hour: '9' }), put(`${AT}/policy/user/{azusers}`, { name: 'users', users: [] }), seen,
  put(`${AT}/policy/role/{azroles}`, { name: 'roles', roles: [{ id: '{azboss}' }], fetchRoles: false }), put(`${AT}/policy/resource/{azsee}`, { name: 'see', resources: [], resourceType: 'urn:r', policies: ['roles'] }), seen,
  put(`${AT}/resource/{azreport}`, { name: 'report', uris: ['/a'], scopes: [{ name: 'view' }] }), seen,
  // The import: settings go back, roles and groups that are not found fall out, everything else fails it whole.
  post(`${AT}/import`, { resources: [{ name: 'report', uris: ['/a'], scopes: [{ name: 'view' }] }], scopes: [{ name: 'view', displayName: 'Again' }] }), seen,
  post(`${AT}/import`, { ...WHOLE, policies: [policy('later', 'aggregate', { applyPolicies: '["earlier"]' }), policy('earlier', 'role', { roles: '[{"id":"az-boss","required":false},{"id":"no-such-role","required":false}]' }), policy('by group', 'group', { groups: '[{"path":"/az-ops/gone","extendChildren":false}]' })] }), seen,
  post(`${AT}/import`, { ...WHOLE, policies: [policy('broken', 'aggregate', { applyPolicies: '["gone"]' })] }), post(`${AT}/import`, { ...WHOLE, policies: [policy('broken', 'user', { users: '["gone"]' })] }),
  post(`${AT}/import`, { ...WHOLE, policies: [policy('broken', 'resource', { resources: '["gone"]', applyPolicies: '["roles"]' })] }), seen,
  // Deletions, with what goes along.
  del(`${AT}/scope/{azview}`), del(`${AT}/scope/{azlone}`), seen, del(`${AT}/policy/client/{azclients}`), seen, del(`${AT}/policy/role/{azroles}`), seen, del(`${AT}/resource/{azreport}`), seen, del(`${AT}/resource/{azreport}`),
  del('/roles/az-boss'), del('/groups/{azops}'), seen,
  // Client updates: what the flags take along.
  put('/clients/{az}', { clientId: 'az/one', authorizationServicesEnabled: true, publicClient: true }), seen, get('/clients/{az}'),
  put('/clients/{az}', { clientId: 'az/one', authorizationServicesEnabled: true, publicClient: false, secret: 'again' }), seen, get('/clients/{az}'),
  put('/clients/{az}', { clientId: 'az/one', authorizationServicesEnabled: true, bearerOnly: true }), get('/clients/{az}'),
  put('/clients/{az}', { clientId: 'az/one', bearerOnly: false, serviceAccountsEnabled: false }), get('/clients/{az}'),
  put('/clients/{az}', { clientId: 'az/one', authorizationServicesEnabled: true }), put('/clients/{az}', { clientId: 'az/one', authorizationServicesEnabled: true, serviceAccountsEnabled: true }), get('/clients/{az}'), seen,
  put('/clients/{az}', { clientId: 'az/one', authorizationServicesEnabled: true, publicClient: true }), put('/clients/{az}', { clientId: 'az/one', publicClient: false }), get('/clients/{az}'),
  put('/clients/{az}', { clientId: 'az/one', redirectUris: [], description: '', rootUrl: 'https://r.example', attributes: { one: '1', two: '2' } }), put('/clients/{az}', { clientId: 'az/one', redirectUris: null, description: null, attributes: { one: null } }), get('/clients/{az}'),
  post('/clients', { clientId: 'az-saml', protocol: 'openid-connect', rootUrl: 'https://root.example' }, { save: { azsaml: 'location' } }), get('/clients/{azsaml}'),
];
