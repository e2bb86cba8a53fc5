import { generateKeyPairSync } from 'node:crypto';
import type { Json, JsonObject } from '../../src/realm/json.ts';
import { idIn, must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { list, object, text } from '../../src/sandbox/incident/read.ts';
import { idOfClient, idOfScope } from './rich/rest.ts';

/** A realm that has a secret at every place where Keycloak keeps one, or where people put one. */
export interface SecretRealm {
  /** Every secret in it, before and after the loss, and in the evidence. */
  readonly secrets: ReadonlySet<string>;
  /** The realm before the loss as `kc.sh export` writes it: in clear. */
  readonly evidence: JsonObject;
}

const FEDERATION = 'org.keycloak.storage.UserStorageProvider';
const KEYS = 'org.keycloak.keys.KeyProvider';

/** Makes the secrets in a realm that exists, notes them as evidence, then loses one half of their holders and changes the other. */
export async function stageSecrets(calls: AdminCalls): Promise<SecretRealm> {
  const secrets = new Set<string>();
  /** A secret that every way of writing it down spells differently. */
  const secret = (of: string): string => {
    const made = `lab ${of} "ö/&+%41<`;
    secrets.add(made);
    return made;
  };
  const key = (): string => {
    const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const bare = pem.replaceAll(/-----.*-----|\s/g, '');
    secrets.add(bare);
    return bare;
  };

  const mapper = (name: string): JsonObject => ({ name, protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper', config: { 'claim.name': name, 'claim.value': 'x', 'access.token.claim': 'true', 'api.password': secret(`mapper ${name}`), apiKey: secret(`mapper key ${name}`) } });
  const config = (of: string): JsonObject => ({ 'api.password': secret(of), dbPassword: secret(`${of} of a database`), webhookSecret: secret(`${of} of a hook`), 'api_key': secret(`${of} key`) });
  const lists = (map: JsonObject): JsonObject => Object.fromEntries(Object.entries(map).map(([name, value]) => [name, [value]])) as JsonObject;
  const client = (clientId: string): JsonObject => ({
    clientId, protocol: 'openid-connect', publicClient: false, secret: secret(`client ${clientId}`), serviceAccountsEnabled: true, standardFlowEnabled: false,
    attributes: { ...config(`attribute of ${clientId}`), 'client.secret.rotated': secret(`rotated of ${clientId}`), 'client.secret.rotated.creation.time': '1' }, protocolMappers: [mapper(`${clientId}-a`), mapper(`${clientId}-b`)],
  });
  const saml = (clientId: string): JsonObject => ({ clientId, protocol: 'saml', attributes: { 'saml.signing.private.key': key(), 'saml.signing.certificate': 'x' } });
  const scope = (name: string): JsonObject => ({ name, protocol: 'openid-connect', attributes: config(`scope ${name}`), protocolMappers: [mapper(`${name}-a`)] });
  const role = (name: string): JsonObject => ({ name, attributes: lists(config(`role ${name}`)) });
  const group = (name: string): JsonObject => ({ name, attributes: lists(config(`group ${name}`)) });
  const provider = (alias: string): JsonObject => ({
    alias, providerId: 'oidc', enabled: true, config: { clientId: 'x', clientSecret: secret(`provider ${alias}`), tokenUrl: 'https://corp.example/t', authorizationUrl: 'https://corp.example/a', ...config(`config of ${alias}`) },
  });
  const providerMapper = (alias: string): JsonObject => ({ name: 'sec', identityProviderAlias: alias, identityProviderMapper: 'hardcoded-attribute-idp-mapper', config: { attribute: 'x', 'attribute.value': 'y', syncMode: 'INHERIT', ...config(`mapper of ${alias}`) } });
  const ldap = (name: string): JsonObject => ({
    name, providerId: 'ldap', providerType: FEDERATION,
    config: lists({ enabled: 'false', vendor: 'other', connectionUrl: 'ldap://127.0.0.1:1', usersDn: 'ou=x', usernameLDAPAttribute: 'uid', rdnLDAPAttribute: 'uid', uuidLDAPAttribute: 'entryUUID', userObjectClasses: 'person', authType: 'simple', bindDn: 'cn=reader', editMode: 'READ_ONLY', bindCredential: secret(`ldap ${name}`) }),
  });
  const authorization = (of: string): JsonObject => ({
    allowRemoteResourceManagement: true, policyEnforcementMode: 'ENFORCING', decisionStrategy: 'UNANIMOUS', scopes: [],
    resources: [{ name: 'vault', attributes: lists(config(`resource of ${of}`)) }], policies: [],
  });
  const realm = (of: string): JsonObject => ({
    smtpServer: { host: 'mail.example', from: 'a@example.com', auth: 'true', user: 'mailer', password: secret(`mail ${of}`) },
    attributes: config(`attribute of the realm ${of}`),
  });

  await must(calls, 'PUT', '', realm('good'));
  for (const clientId of ['sec-lost', 'sec-changed']) await must(calls, 'POST', '/clients', client(clientId));
  for (const clientId of ['sec-saml-lost', 'sec-saml-changed']) await must(calls, 'POST', '/clients', saml(clientId));
  await must(calls, 'POST', '/clients', { clientId: 'sec-authz', secret: secret('authz'), serviceAccountsEnabled: true, authorizationServicesEnabled: true, publicClient: false });
  const authz = await idOfClient(calls, 'sec-authz');
  await must(calls, 'POST', `/clients/${authz}/authz/resource-server/import`, authorization('sec-authz'));
  for (const name of ['sec-scope-lost', 'sec-scope-changed']) await must(calls, 'POST', '/client-scopes', scope(name));
  for (const name of ['sec-role-lost', 'sec-role-changed']) await must(calls, 'POST', '/roles', role(name));
  for (const name of ['sec-group-lost', 'sec-group-changed']) await must(calls, 'POST', '/groups', group(name));
  for (const alias of ['sec-idp-lost', 'sec-idp-changed']) {
    await must(calls, 'POST', '/identity-provider/instances', provider(alias));
    await must(calls, 'POST', `/identity-provider/instances/${alias}/mappers`, providerMapper(alias));
  }
  for (const name of ['sec-ldap-lost', 'sec-ldap-changed']) await must(calls, 'POST', '/components', ldap(name));
  await must(calls, 'POST', '/authentication/flows', { alias: 'sec flow', providerId: 'basic-flow', topLevel: true, builtIn: false });
  for (const alias of ['sec-step-lost', 'sec-step-changed']) {
    await must(calls, 'POST', '/authentication/flows/sec%20flow/executions/execution', { provider: 'identity-provider-redirector' });
    const step = text(list(await must(calls, 'GET', '/authentication/flows/sec%20flow/executions')).at(-1) ?? null, 'id');
    await must(calls, 'POST', `/authentication/executions/${step}/config`, { alias, config: { defaultProvider: 'x', 'secret.key': secret(`step ${alias}`), unheardOf: secret(`undeclared of ${alias}`) } });
  }
  const action = object(await must(calls, 'GET', '/authentication/required-actions/UPDATE_PASSWORD')) ?? {};
  await must(calls, 'PUT', '/authentication/required-actions/UPDATE_PASSWORD', { ...action, config: { max_auth_age: '100', ...config('required action') } });
  await must(calls, 'PUT', '/client-policies/profiles', { profiles: [{ name: 'sec-profile', executors: [{ executor: 'consent-required', configuration: { 'auto-configure': 'true', ...config('executor') } }] }] });
  await must(calls, 'POST', '/users', { username: 'sec-user', enabled: true, credentials: [{ type: 'password', value: secret('password of a user'), temporary: false }] });
  for (const clientId of ['sec-lost', 'sec-changed']) {
    const answer = object(await must(calls, 'POST', `/clients/${await idOfClient(calls, clientId)}/registration-access-token`));
    secrets.add(String(answer?.['registrationAccessToken']));
  }
  secrets.add(String(object(await must(calls, 'POST', '/clients-initial-access', { count: 1, expiration: 600 }))?.['token']));

  const evidence = inClear(object(await must(calls, 'POST', '/partial-export?exportClients=true&exportGroupsAndRoles=true')) ?? {}, secrets, secret, key);

  // The loss: what is named so goes, everything else gets other secrets.
  await must(calls, 'PUT', '', realm('bad'));
  for (const clientId of ['sec-lost', 'sec-saml-lost']) await must(calls, 'DELETE', `/clients/${await idOfClient(calls, clientId)}`);
  const changed = await idOfClient(calls, 'sec-changed');
  const { protocolMappers: _mappers, ...again } = client('sec-changed');
  await must(calls, 'PUT', `/clients/${changed}`, { ...again, attributes: { ...config('another attribute of sec-changed') } });
  for (const each of list(await must(calls, 'GET', `/clients/${changed}/protocol-mappers/models`)).map((entry) => object(entry) ?? {})) {
    if (String(each['name']).endsWith('-a')) await must(calls, 'PUT', `/clients/${changed}/protocol-mappers/models/${String(each['id'])}`, { ...each, config: { ...object(each['config']), ...config('mapper, changed') } });
    else await must(calls, 'DELETE', `/clients/${changed}/protocol-mappers/models/${String(each['id'])}`);
  }
  await must(calls, 'PUT', `/clients/${await idOfClient(calls, 'sec-saml-changed')}`, saml('sec-saml-changed'));
  await must(calls, 'DELETE', `/client-scopes/${await idOfScope(calls, 'sec-scope-lost')}`);
  await must(calls, 'PUT', `/client-scopes/${await idOfScope(calls, 'sec-scope-changed')}`, { name: 'sec-scope-changed', protocol: 'openid-connect', attributes: config('scope, changed') });
  await must(calls, 'DELETE', '/roles/sec-role-lost');
  await must(calls, 'PUT', '/roles/sec-role-changed', { name: 'sec-role-changed', attributes: lists(config('role, changed')) });
  const groups = await must(calls, 'GET', '/groups?search=sec-group');
  await must(calls, 'DELETE', `/groups/${idIn(groups, 'name', 'sec-group-lost')}`);
  await must(calls, 'PUT', `/groups/${idIn(groups, 'name', 'sec-group-changed')}`, { name: 'sec-group-changed', attributes: lists(config('group, changed')) });
  await must(calls, 'DELETE', '/identity-provider/instances/sec-idp-lost');
  await must(calls, 'PUT', '/identity-provider/instances/sec-idp-changed', provider('sec-idp-changed'));
  const components = await must(calls, 'GET', `/components?type=${FEDERATION}`);
  await must(calls, 'DELETE', `/components/${idIn(components, 'name', 'sec-ldap-lost')}`);
  await must(calls, 'PUT', `/components/${idIn(components, 'name', 'sec-ldap-changed')}`, { ...ldap('sec-ldap-changed'), config: { bindDn: ['cn=other'], bindCredential: [secret('ldap, changed')] } });
  const steps = list(await must(calls, 'GET', '/authentication/flows/sec%20flow/executions')).map((entry) => object(entry) ?? {});
  await must(calls, 'DELETE', `/authentication/executions/${String(steps[0]?.['id'])}`);
  const stored = object(await must(calls, 'GET', `/authentication/config/${String(steps[1]?.['authenticationConfig'])}`)) ?? {};
  await must(calls, 'PUT', `/authentication/config/${String(stored['id'])}`, { ...stored, config: { defaultProvider: 'y', 'secret.key': secret('step, changed') } });
  await must(calls, 'PUT', '/authentication/required-actions/UPDATE_PASSWORD', { ...action, config: { max_auth_age: '200', ...config('required action, changed') } });
  await must(calls, 'PUT', '/client-policies/profiles', { profiles: [{ name: 'sec-profile', executors: [{ executor: 'consent-required', configuration: { 'auto-configure': 'false', ...config('executor, changed') } }] }] });
  const resource = list(await must(calls, 'GET', `/clients/${authz}/authz/resource-server/resource?name=vault`)).map((entry) => object(entry) ?? {})[0] ?? {};
  await must(calls, 'PUT', `/clients/${authz}/authz/resource-server/resource/${String(resource['_id'])}`, { ...resource, attributes: lists(config('resource, changed')) });
  return { secrets, evidence };
}

/** A partial export with its masks replaced, and with what only a full one has: key material, people and their credentials. */
function inClear(exported: JsonObject, secrets: ReadonlySet<string>, secret: (of: string) => string, key: () => string): JsonObject {
  const known = [...secrets];
  const unmask = (value: Json, above: readonly string[]): Json => {
    if (value === '**********') {
      // Which one it is does not matter for what must not be seen.
      return known.find((each) => above.some((name) => name !== '' && each.includes(` ${name} `))) ?? secret(`unmasked ${above.at(-1)}`);
    }
    if (Array.isArray(value)) return (value as readonly Json[]).map((entry) => unmask(entry, above));
    const map = object(value);
    if (map === undefined) return value;
    const name = [map['clientId'], map['alias'], map['name']].find((each) => typeof each === 'string');
    return Object.fromEntries(Object.entries(map).map(([field, entry]) => [field, unmask(entry, [...above, typeof name === 'string' ? name : '', field])]));
  };
  const clear = object(unmask(exported, [])) ?? {};
  return {
    ...clear,
    components: {
      ...object(clear['components']),
      [KEYS]: [
        ...list(object(clear['components'])?.[KEYS]),
        { name: 'sec-rsa', providerId: 'rsa', config: { privateKey: [key()], certificate: ['x'], priority: ['1'] } },
        { name: 'sec-store', providerId: 'java-keystore', config: { keystore: ['/etc/keys.jks'], keystorePassword: [secret('keystore')], keyAlias: ['x'], keyPassword: [secret('key in a keystore')] } },
        { name: 'sec-hmac', providerId: 'hmac-generated', config: { secret: [secret('hmac')], kid: ['x'], priority: ['1'] } },
      ],
    },
    users: [
      ...list(clear['users']),
      { username: 'sec-person', enabled: true, credentials: [
        { type: 'password', value: secret('password in a file') },
        { type: 'password', secretData: JSON.stringify({ value: secret('hash'), salt: secret('salt') }), credentialData: '{}' },
        { type: 'otp', secretData: JSON.stringify({ value: secret('otp') }), credentialData: '{"subType":"totp"}' },
      ] },
    ],
  };
}
