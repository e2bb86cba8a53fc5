/** A client with authorization services, as a partial export of 26.7.4 has it. */
const policy = (name: string, type: string, config: Readonly<Record<string, unknown>>) => ({ name, type, logic: 'POSITIVE', decisionStrategy: 'UNANIMOUS', config: Object.fromEntries(Object.entries(config).map(([key, list]) => [key, JSON.stringify(list)])) });

export const GUARDED = { id: 'id-guarded', clientId: 'guarded', protocol: 'openid-connect', serviceAccountsEnabled: true, authorizationServicesEnabled: true };

export const SETTINGS = {
  allowRemoteResourceManagement: true, policyEnforcementMode: 'ENFORCING', decisionStrategy: 'UNANIMOUS',
  resources: [{ name: 'report', ownerManagedAccess: false, attributes: {}, uris: ['/reports/*'], scopes: [{ name: 'view' }] }],
  policies: [policy('readers', 'role', { roles: [{ id: 'guarded/read', required: false }, { id: 'auditor', required: false }] }), policy('view reports', 'resource', { resources: ['report'], applyPolicies: ['readers'] })],
  scopes: [{ name: 'view' }],
};

export const EMPTY = { ...SETTINGS, resources: [], policies: [], scopes: [] };
