/** The settings of a client, one by one: fields, elements of sets, keys of maps. */
import { own, type Json } from '../json.ts';
import { objectId } from '../keys.ts';
import type { ObjectId } from '../model.ts';
import type { ClientRepresentation } from '../representation.ts';
import { mapValue, secretFingerprint } from '../unknowns.ts';
import { isConfidential } from './confidential.ts';

/** What is an object of its own, an id, or a note of the server's. */
const NOT_A_SETTING = new Set([
  'id', 'clientId', 'access', 'origin', 'protocolMappers', 'defaultClientScopes', 'optionalClientScopes', 'attributes', 'redirectUris', 'webOrigins', 'secret',
  'authenticationFlowBindingOverrides', 'authorizationSettings', 'surrogateAuthRequired', 'nodeReRegistrationTimeout', 'registeredNodes',
  'registrationAccessToken', 'notBefore', 'defaultRoles', 'clientTemplate', 'useTemplateConfig', 'useTemplateScope', 'useTemplateMappers',
]);

/** Attributes that the server writes for itself. The first tells when a secret was made, so every import changes it; the last is made of the clientId. */
const NOT_AN_ATTRIBUTE = new Set(['client.secret.creation.time', 'client.secret.expiration.time', 'realm_client', 'saml.artifact.binding.identifier']);

/** Attributes that the server adds to a client that was made without them (tried on 26.7.4), with their values. */
const SERVER_ATTRIBUTES: Readonly<Record<string, string>> = {
  'backchannel.logout.session.required': 'true',
  'backchannel.logout.revoke.offline.tokens': 'false',
  'post.logout.redirect.uris': '+',
  'oauth2.device.authorization.grant.enabled': 'false',
  'oidc.ciba.grant.enabled': 'false',
  'saml.force.post.binding': 'true',
  'saml.server.signature': 'true',
  'saml.client.signature': 'true',
  'saml.authnstatement': 'true',
  'saml.signature.algorithm': 'RSA_SHA256',
  'saml_name_id_format': 'username',
  'saml_force_name_id_format': 'false',
  'saml.allow.ecp.flow': 'false',
  'saml_signature_canonicalization_method': 'http://www.w3.org/2001/10/xml-exc-c14n#',
};

/** Attributes that the server makes up for a client that was made without them: a file that a person wrote never has them. */
const MADE_UP = new Set(['saml.signing.certificate', 'saml.signing.private.key']);

export const SETS = ['redirectUris', 'webOrigins'] as const;

export interface Setting {
  /** Raw key parts below the client: `['enabled']`, `['redirectUris', URI]`, `['attributes', KEY]`. */
  readonly parts: readonly string[];
  readonly value: Json;
}

/** All settings that a representation speaks about; empty texts are not there, as an export leaves them out. */
export function settingsOf(client: ClientRepresentation): readonly Setting[] {
  return [...fields(client), ...sets(client), ...attributes(client), ...secret(client)];
}

function fields(client: ClientRepresentation): readonly Setting[] {
  return Object.entries(client).flatMap(([key, value]) => {
    if (NOT_A_SETTING.has(key) || value === undefined || value === null || value === '') return [];
    // GET leaves this one out when it is false.
    return key === 'authorizationServicesEnabled' && value === false ? [] : [{ parts: [key], value: value as Json }];
  });
}

function sets(client: ClientRepresentation): readonly Setting[] {
  return SETS.flatMap((set) => {
    const list = client[set];
    return Array.isArray(list) ? [...new Set(list.map(String))].map((element) => ({ parts: [set, element], value: true })) : [];
  });
}

function attributes(client: ClientRepresentation): readonly Setting[] {
  return Object.entries(client.attributes ?? {}).flatMap(([key, value]) => {
    if (NOT_AN_ATTRIBUTE.has(key) || key.startsWith('client.secret.rotated') || value === '' || value === null) return [];
    return [{ parts: ['attributes', key], value: mapValue(key, value) }];
  });
}

function secret(client: ClientRepresentation): readonly Setting[] {
  if (!isConfidential(client) || typeof client.secret !== 'string' || client.secret === '') return [];
  return [{ parts: ['secret'], value: secretFingerprint(client.secret) }];
}

/** What every client shows, whoever made it: a source without one of them is older, or silent, but never says that it goes. */
const ALWAYS_SHOWN: ReadonlySet<string> = new Set([
  'protocol', 'clientAuthenticatorType', 'enabled', 'alwaysDisplayInConsole', 'bearerOnly', 'consentRequired', 'directAccessGrantsEnabled', 'frontchannelLogout', 'implicitFlowEnabled', 'publicClient', 'standardFlowEnabled',
  'fullScopeAllowed', 'serviceAccountsEnabled', 'surrogateAuthRequired',
]);

/** Whether a setting is what the server would have put there by itself. */
export function isServerDefault(setting: Setting): boolean {
  const [field = '', key = ''] = setting.parts;
  if (ALWAYS_SHOWN.has(field)) return true;
  if (field !== 'attributes') return false;
  if (/\.(lifespan|timeout)$/.test(key)) return setting.value === '0' || setting.value === '-1';
  return own(SERVER_ATTRIBUTES, key) === setting.value;
}

/** Whether a setting is one that the server makes up, another one for every client. */
export function isMadeUp(setting: Pick<Setting, 'parts'>): boolean {
  return setting.parts[0] === 'attributes' && MADE_UP.has(setting.parts[1] ?? '');
}

export function settingId(client: string, parts: readonly string[]): ObjectId {
  return objectId('client-setting', client, ...parts);
}
