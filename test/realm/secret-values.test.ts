// Secrets among attributes and settings, known by their names: of every kind that can hold them the comparison shows fingerprints, and the writes carry references.
import { describe, expect, test } from 'vitest';
import { fillBody } from '../../src/keycloak/fill.ts';
import { compareStates } from '../../src/realm/compare.ts';
import type { Json } from '../../src/realm/json.ts';
import { parseId } from '../../src/realm/keys.ts';
import { kindOf } from '../../src/realm/kinds/index.ts';
import type { RealmState } from '../../src/realm/model.ts';
import { orderOwners } from '../../src/realm/order.ts';
import { makePlan, operationsOf } from '../../src/realm/plan.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { findSecret } from '../../src/realm/secrets.ts';
import { isSecretKey } from '../../src/realm/unknowns.ts';
import { state } from './incident.ts';

/** The same realm with one set of secrets or another. */
function realmWith(secret: string): RealmRepresentation {
  const map = { plain: `as ${secret.length}`, 'api.password': `${secret}-1`, dbPassword: `${secret}-2`, api_key: `${secret}-3` };
  const lists = Object.fromEntries(Object.entries(map).map(([key, value]) => [key, [value, `${value}-z`, `a-${value}`]]));
  return {
    realm: 'primary', attributes: map,
    clients: [{
      id: 'c', clientId: 'app', publicClient: false, secret: `${secret}-4`, serviceAccountsEnabled: true, authorizationServicesEnabled: true, attributes: map,
      protocolMappers: [{ id: 'm', name: 'm', protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper', config: map }],
      authorizationSettings: { resources: [{ name: 'vault', attributes: lists }] },
    }],
    clientScopes: [{ id: 's', name: 'scope', protocol: 'openid-connect', attributes: map }],
    roles: { realm: [{ id: 'r', name: 'role', attributes: lists }], client: { app: [{ id: 'q', name: 'inner', attributes: lists }] } },
    groups: [{ id: 'g', name: 'group', attributes: lists }],
    identityProviders: [{ alias: 'corp', providerId: 'oidc', config: map }],
    requiredActions: [{ alias: 'UPDATE_PASSWORD', name: 'x', providerId: 'UPDATE_PASSWORD', enabled: true, defaultAction: false, priority: 1, config: map }],
    clientProfiles: { profiles: [{ name: 'p', executors: [{ executor: 'x', configuration: { deep: [map] } }] }, { name: 'q', executors: [{ executor: 'x', configuration: map }] }] },
  } as RealmRepresentation;
}

const live = (): RealmState => state(realmWith('live-secret'), 'live');
const evidence = (): RealmState => state(realmWith('good-secret'), 'snapshot:x');

describe.each([['changed', live()], ['lost', state({ realm: 'primary', clients: [], clientScopes: [], roles: { realm: [] }, groups: [], identityProviders: [], requiredActions: [], clientProfiles: { profiles: [] } } as RealmRepresentation, 'live')]] as const)('%s', (_, now) => {
  const differences = compareStates(now, [evidence()]);
  const plan = makePlan({ live: now, evidence: [evidence()], differences, order: orderOwners({ differences, live: now, evidence: [evidence()] }), choices: Object.fromEntries(differences.map(({ id }) => [id, 'restore' as const])) });
  const operations = operationsOf(plan);

  test('neither the comparison nor the plan has one in clear', () => {
    expect(new Set(differences.map(({ kind }) => kind)).size).toBeGreaterThan(8);
    expect(JSON.stringify(differences) + JSON.stringify(plan)).not.toMatch(/(?:good|live)-secret/);
  });

  test.each(operations.filter(({ request }) => request.body !== undefined).map((each) => [each.id, each] as const))('%s sends the values of the evidence, and back those that were live', (_id, { request, inverse, after, before }) => {
    const answers = { id: () => 'id', role: () => ({ id: 'id', name: 'x' }), serviceAccount: () => 'id', secret: (...[id, field, from]: Parameters<NonNullable<Parameters<typeof fillBody>[1]['secret']>>) => findSecret([...(from === 'live' ? [] : [evidence()]), now], id, field) };
    const sent = fillBody(request.body ?? {}, answers);
    expect(sentSecrets(sent).filter((text) => text.includes('sha256:'))).toEqual([]);
    // What is read back is what the plan awaits.
    const masked = after.flatMap(({ value }) => secretsIn(value));
    expect(masked.length === 0 || sentSecrets(sent).some((text) => text.includes('good-secret'))).toBe(true);
    if (inverse?.body === undefined || inverse.body === null || before.every(({ value }) => value === null)) return;
    const back = fillBody(inverse.body, answers);
    expect(sentSecrets(back).filter((text) => text.includes('good-secret') || text.includes('sha256:'))).toEqual([]);
  });
});

function secretsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return value.startsWith('sha256:') ? [value] : [];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap((entry) => secretsIn(entry as Json)) : [];
}

/** Values that stand under the name of a secret. */
function sentSecrets(value: Json, key = ''): readonly string[] {
  if (typeof value === 'string') return isSecretKey(key) ? [value] : [];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((entry) => sentSecrets(entry, key));
  return value !== null && typeof value === 'object' ? Object.entries(value).flatMap(([name, entry]) => sentSecrets(entry as Json, name)) : [];
}

test('every kind whose values can hold a secret knows where it lies', () => {
  for (const object of evidence().objects.values()) {
    if (secretsIn(object.value).length > 0) expect(kindOf(parseId(object.id).kind)?.raw, object.kind).toBeDefined();
  }
});

test('names of secrets, and names that only look like it', () => {
  for (const key of ['clientSecret', 'bindCredential', 'api.password', 'dbPassword', 'API_KEY', 'apiKey', 'x-api-key', 'webhookSecret', 'saml.signing.private.key', 'privateKey', 'bot.token', 'authTokenClientSecret', 'smtp.passphrase']) expect(isSecretKey(key), key).toBe(true);
  for (const key of ['access.token.claim', 'id.token.claim', 'tokenUrl', 'storeToken', 'use.refresh.tokens', 'site.key', 'publicKey', 'jwks.url', 'passwordPolicy', 'resetPasswordAllowed', 'client.secret.creation.time', 'actionTokenGeneratedByUserLifespan.reset-credentials', 'keyAlias', 'monkey', 'secretary']) expect(isSecretKey(key), key).toBe(false);
});
