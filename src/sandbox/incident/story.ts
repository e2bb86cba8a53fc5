import type { RealmRepresentation } from '../../realm/representation.ts';
import { clients, labSecret } from './clients.ts';
import { groups, roles, serviceAccounts, users } from './people.ts';
import { clientScopes, DEFAULT_SCOPES } from './scopes.ts';

/** How many people the company has by default. */
export const STORY_USERS = 24;

/**
 * The whole realm as it was before the incident, in the shape that `POST /admin/realms` takes: 12 clients,
 * 14 client scopes, groups, users with passwords. Names only, no ids and no keys: the server makes those.
 */
export function storyRealm(realm: string, userCount = STORY_USERS): RealmRepresentation {
  return { ...configuration(realm), components: userProfile(), users: [...serviceAccounts(realm), ...users(realm, userCount)] };
}

/**
 * Lets users have attributes that no profile declares. Without it the server keeps them and puts them into tokens,
 * but shows nobody that they are there. Must be on the way in: a component of this type in the file does not keep the
 * server from making its own keys.
 */
function userProfile(): NonNullable<RealmRepresentation['components']> {
  const profile = {
    attributes: ['username', 'email', 'firstName', 'lastName'].map((name) => ({ name, permissions: { view: ['admin', 'user'], edit: ['admin', 'user'] }, multivalued: false })),
    unmanagedAttributePolicy: 'ENABLED',
  };
  const component = { providerId: 'declarative-user-profile', subComponents: {}, config: { 'kc.user.profile.config': [JSON.stringify(profile)] } };
  return { 'org.keycloak.userprofile.UserProfileProvider': [component] };
}

export interface RealmFileOptions {
  /** `placeholder`: `${KC_AUTH_SERVICE_SECRET}` as a careful team writes it; `real`: in clear; `masked`: as a partial export has it. */
  readonly secrets?: 'placeholder' | 'real' | 'masked';
}

/**
 * The realm file as a person keeps it in git: everything that the incident destroys is in it, people are not,
 * and what somebody adds in the console later of course is not either. Takes the calls to a server, or anything else that names the realm.
 */
export function goodRealmFile(of: { readonly realm: string }, options: RealmFileOptions = {}): RealmRepresentation {
  const file: RealmRepresentation = { ...configuration(of.realm), users: serviceAccounts(of.realm) };
  const style = options.secrets ?? 'placeholder';
  for (const client of file.clients ?? []) {
    if (client.secret !== undefined && client.clientId !== undefined) client.secret = secretIn(style, client.clientId);
  }
  return file;
}

/** The name of the environment variable that carries a client's secret: `KC_AUTH_SERVICE_SECRET`. */
export function secretVariable(clientId: string): string {
  return `KC_${clientId.toUpperCase().replaceAll('-', '_')}_SECRET`;
}

function secretIn(style: NonNullable<RealmFileOptions['secrets']>, clientId: string): string {
  if (style === 'real') return labSecret(clientId);
  return style === 'masked' ? '**********' : `\${${secretVariable(clientId)}}`;
}

function configuration(realm: string): RealmRepresentation {
  return {
    realm,
    displayName: 'Primary',
    enabled: true,
    sslRequired: 'external',
    accessTokenLifespan: 300,
    ssoSessionIdleTimeout: 7200,
    ssoSessionMaxLifespan: 36000,
    revokeRefreshToken: false,
    eventsEnabled: true,
    adminEventsEnabled: true,
    adminEventsDetailsEnabled: true,
    roles: roles(),
    clientScopes: clientScopes(),
    defaultDefaultClientScopes: [...DEFAULT_SCOPES],
    defaultOptionalClientScopes: ['offline_access'],
    clients: clients(),
    // billing-service has no full scope: only these roles of its service account reach its tokens.
    scopeMappings: [
      { clientScope: 'offline_access', roles: ['offline_access'] },
      { client: 'billing-service', roles: ['internal-service', 'auditor'] },
      { clientScope: 'reports-read', roles: ['auditor'] },
    ],
    clientScopeMappings: { 'profile-service': [{ client: 'billing-service', roles: ['read'] }] },
    groups: groups(),
  };
}
