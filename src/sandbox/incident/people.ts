import type { GroupRepresentation, RealmRepresentation, UserRepresentation } from '../../realm/representation.ts';

/** Password of every user of the story. */
export const USER_PASSWORD = 'lab-Passw0rd-1';

/** Realm roles and client roles, two of them composite. */
export function roles(): NonNullable<RealmRepresentation['roles']> {
  return {
    realm: [
      { name: 'internal-service', description: 'May call other services' },
      { name: 'staff', description: 'Works for the company' },
      { name: 'support-agent', description: 'Answers customers' },
      { name: 'auditor', description: 'Reads everything, writes nothing', attributes: { 'review-by': ['finance'] } },
      { name: 'platform-engineer', description: 'Runs the platform', composite: true, composites: { realm: ['staff'], client: { 'timeline-service': ['admin'] } } },
    ],
    client: {
      'auth-service': [{ name: 'introspect', description: 'Asks whether a token is good' }, { name: 'impersonate', description: 'Acts for a user' }],
      'timeline-service': [
        { name: 'read', description: 'Reads timelines' },
        { name: 'write', description: 'Writes timelines' },
        { name: 'admin', description: 'Does both', composite: true, composites: { realm: ['internal-service'], client: { 'timeline-service': ['read', 'write'] } } },
      ],
      'profile-service': [{ name: 'read', description: 'Reads profiles' }, { name: 'write', description: 'Writes profiles' }],
      'billing-service': [{ name: 'invoice-read', description: 'Reads invoices' }, { name: 'invoice-write', description: 'Writes invoices' }],
      'media-service': [{ name: 'upload', description: 'Uploads media' }],
    },
  };
}

/** The group tree with the roles that it gives. */
export function groups(): GroupRepresentation[] {
  return [
    {
      name: 'engineering', path: '/engineering', attributes: { 'cost-centre': ['100'] }, realmRoles: ['staff'],
      subGroups: [{ name: 'platform', path: '/engineering/platform', realmRoles: ['platform-engineer'], clientRoles: { 'auth-service': ['impersonate'] } }],
    },
    { name: 'support', path: '/support', attributes: { 'cost-centre': ['200'] }, realmRoles: ['support-agent'], clientRoles: { 'profile-service': ['read'] } },
    { name: 'finance', path: '/finance', attributes: { 'cost-centre': ['300'] }, realmRoles: ['auditor'], clientRoles: { 'billing-service': ['invoice-read'] } },
  ];
}

const MEMBERSHIPS = ['/engineering/platform', '/support', '/finance', '/engineering'] as const;
const DEPARTMENTS = ['platform', 'support', 'finance', 'engineering'] as const;

/**
 * People who log in: `user000` and so on, with attributes. Every fifth is in /support besides its own group; every
 * twelfth is in none, so that not everybody's token can show the claim `groups`.
 */
export function users(realm: string, count: number): UserRepresentation[] {
  return Array.from({ length: count }, (_, index) => {
    const username = `user${String(index).padStart(3, '0')}`;
    const place = index % MEMBERSHIPS.length;
    return {
      username, enabled: true, email: `${username}@example.com`, emailVerified: true, firstName: username, lastName: 'Lab',
      attributes: { department: [DEPARTMENTS[place] ?? 'none'], job_title: [index % 2 === 0 ? 'engineer' : 'clerk'], tenant: [`tenant-${index % 3}`] },
      groups: membership(index, MEMBERSHIPS[place] ?? '/support'),
      realmRoles: [`default-roles-${realm}`],
      credentials: [{ type: 'password', value: USER_PASSWORD, temporary: false }],
    };
  });
}

function membership(index: number, own: string): string[] {
  if (index % 12 === 11) return [];
  return index % 5 === 4 && own !== '/support' ? [own, '/support'] : [own];
}

/** The users behind service accounts with the roles that they have: the part of `users` that also belongs into git. */
export function serviceAccounts(realm: string): UserRepresentation[] {
  return [
    account(realm, 'auth-service'),
    account(realm, 'api-gateway', [], { 'auth-service': ['introspect'] }),
    account(realm, 'profile-service', ['internal-service']),
    account(realm, 'timeline-service', ['internal-service'], { 'profile-service': ['read'] }),
    account(realm, 'media-service'),
    account(realm, 'billing-service', ['internal-service'], { 'profile-service': ['read'] }),
    account(realm, 'reporting-service', ['auditor'], { 'billing-service': ['invoice-read'] }),
    account(realm, 'batch-worker', ['internal-service'], { 'timeline-service': ['read', 'write'] }),
  ];
}

function account(realm: string, clientId: string, realmRoles: readonly string[] = [], clientRoles?: Record<string, string[]>): UserRepresentation {
  return {
    username: `service-account-${clientId}`, enabled: true, serviceAccountClientId: clientId,
    realmRoles: [`default-roles-${realm}`, ...realmRoles], ...(clientRoles === undefined ? {} : { clientRoles }),
  };
}
