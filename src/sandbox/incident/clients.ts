import type { ClientRepresentation, ProtocolMapperRepresentation } from '../../realm/representation.ts';
import { audienceMapper, groupMapper } from './mappers.ts';
import { DEFAULT_SCOPES } from './scopes.ts';

/** Secret of a confidential client of the story. The same in every run, and of no use anywhere else. */
export function labSecret(clientId: string): string {
  return `lab-secret-of-${clientId}`;
}

/** Clients through which the users of the story log in; the public ones have no secret. */
export const LOGIN_CLIENTS = [
  { clientId: 'web-app', public: true, offline: false },
  { clientId: 'auth-service', public: false, offline: false },
  { clientId: 'mobile-app', public: true, offline: true },
  { clientId: 'api-gateway', public: false, offline: false },
  { clientId: 'profile-service', public: false, offline: false },
] as const;

interface Extras {
  readonly description: string;
  readonly public?: true;
  readonly direct?: true;
  readonly account?: true;
  readonly browser?: false;
  readonly narrow?: true;
  readonly scopes?: readonly string[];
  readonly optional?: readonly string[];
  readonly mappers?: ProtocolMapperRepresentation[];
  readonly attributes?: Record<string, string>;
}

/** The 12 clients of the company, in the order in which a person wrote them down. */
export function clients(): ClientRepresentation[] {
  return [
    client('auth-service', { description: 'Issues the tokens that all others take', direct: true, account: true, mappers: [groupMapper('groups'), audienceMapper('aud-gateway', 'api-gateway')] }),
    client('api-gateway', { description: 'The one door for web and mobile', direct: true, account: true, scopes: ['gateway-context'], mappers: [audienceMapper('aud-profile', 'profile-service'), audienceMapper('aud-timeline', 'timeline-service')] }),
    client('profile-service', { description: 'People and their pictures', direct: true, account: true, scopes: ['profile-extended'] }),
    client('timeline-service', { description: 'What happened when', account: true, scopes: ['timeline-read'] }),
    client('media-service', { description: 'Pictures and films', account: true, optional: ['media-upload'], attributes: { 'client.use.lightweight.access.token.enabled': 'true' } }),
    client('notification-service', { description: 'Mail and push', scopes: ['internal-audience'] }),
    client('search-service', { description: 'Full-text search', scopes: ['gateway-context'] }),
    client('billing-service', { description: 'Invoices', account: true, narrow: true }),
    client('reporting-service', { description: 'Figures for finance', account: true, optional: ['reports-read'] }),
    client('batch-worker', { description: 'Nightly jobs', account: true, browser: false, scopes: ['internal-audience'] }),
    client('web-app', { description: 'The web front end', public: true, direct: true, mappers: [audienceMapper('aud-gateway', 'api-gateway')], attributes: { 'pkce.code.challenge.method': 'S256' } }),
    client('mobile-app', { description: 'The app', public: true, direct: true, mappers: [audienceMapper('aud-gateway', 'api-gateway')] }),
  ];
}

function client(clientId: string, extras: Extras): ClientRepresentation {
  const browser = extras.browser !== false;
  return {
    clientId,
    name: clientId,
    description: extras.description,
    enabled: true,
    protocol: 'openid-connect',
    publicClient: extras.public === true,
    ...(extras.public === true ? {} : { clientAuthenticatorType: 'client-secret', secret: labSecret(clientId) }),
    redirectUris: browser ? [`https://${clientId}.example.com/*`] : [],
    webOrigins: browser ? [`https://${clientId}.example.com`] : [],
    standardFlowEnabled: browser,
    implicitFlowEnabled: false,
    directAccessGrantsEnabled: extras.direct === true,
    serviceAccountsEnabled: extras.account === true,
    fullScopeAllowed: extras.narrow !== true,
    attributes: extras.attributes ?? {},
    ...(extras.mappers === undefined ? {} : { protocolMappers: extras.mappers }),
    // The server adds `service_account` by itself where the client has a service account; a file that states the list states it whole.
    defaultClientScopes: [...DEFAULT_SCOPES, ...(extras.account === true ? ['service_account'] : []), ...(extras.scopes ?? [])],
    optionalClientScopes: ['offline_access', ...(extras.optional ?? [])],
  };
}
