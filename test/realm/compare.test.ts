import { describe, expect, test } from 'vitest';
import { compareStates, toContractJson } from '../../src/realm/compare.ts';
import type { Difference, ObjectId } from '../../src/realm/model.ts';
import { after, before, git, mapper, state, withClient } from './incident.ts';
import { placeholdersIn } from '../../src/realm/unknowns.ts';

const ids = (differences: readonly Difference[], change?: Difference['change']): readonly string[] => differences.filter((difference) => change === undefined || difference.change === change).map((difference) => difference.id);
const one = (differences: readonly Difference[], id: ObjectId): Difference => {
  const found = differences.find((difference) => difference.id === id);
  if (found === undefined) throw new Error(`${id} is not among ${ids(differences).join(', ')}`);
  return found;
};

describe('the incident', () => {
  const differences = compareStates(state(after()), [state(before(), 'snapshot:before.json')]);

  test('every lost edit is found, and what was unmapped in the console is live-only', () => {
    expect(ids(differences, 'lost')).toEqual(expect.arrayContaining([
      'client-mapper:auth-service/groups', 'client-mapper:auth-service/tenant', 'client-mapper:api-gateway/aud-timeline', 'client-mapper:web-app/groups',
      'client-scope-link:api-gateway/gateway-context', 'client-scope-link:timeline-service/timeline-read', 'client-scope-link:web-app/moderation',
      'client-scope:moderation', 'client-scope-mapper:moderation/moderation-level', 'client:feed-service', 'client-mapper:feed-service/aud-timeline', 'realm-role:moderator',
      'scope-mapping:billing-service/internal-service', 'scope-mapping:billing-service/timeline-service/read', 'service-account-role:timeline-service/internal-service',
      'service-account-role:timeline-service/auth-service/introspect', 'service-account-role:feed-service/timeline-service/read', 'group-role:%2Fsupport/moderator',
    ]));
    expect(ids(differences, 'live-only')).toEqual([]);
    expect(ids(differences, 'changed')).toEqual([]);
  });

  test('effects name claims, tokens and clients', () => {
    expect(one(differences, 'client-mapper:auth-service/groups')).toMatchObject({ effect: 'claim groups missing from access, id and userinfo of auth-service', suggest: 'restore', source: 'snapshot:before.json' });
    expect(one(differences, 'client-mapper:api-gateway/aud-timeline').effect).toBe('audience timeline-service missing from access of api-gateway');
    expect(one(differences, 'service-account-role:timeline-service/internal-service').effect).toContain('role internal-service missing from access of timeline-service');
  });

  test('a lost client scope belongs to the client that lost its link', () => {
    expect(one(differences, 'client-scope:moderation').owner).toBe('web-app');
    expect(one(differences, 'client-scope-mapper:moderation/moderation-level').owner).toBe('web-app');
  });

  test('settings of a lost client are said by the client', () => {
    expect(ids(differences).filter((id) => id.startsWith('client-setting:feed-service'))).toEqual([]);
  });
});

describe('evidence that states', () => {
  test('the file in git says of console edits only that they exist, never that built-ins do', () => {
    const differences = compareStates(state(before()), [state(git(), 'file:realm.json', 'stated')]);
    expect(ids(differences, 'lost')).toEqual([]);
    expect(ids(differences, 'changed')).toEqual([]);
    expect(ids(differences, 'live-only')).toEqual(expect.arrayContaining(['client:feed-service', 'client-mapper:auth-service/groups', 'client-scope-link:web-app/moderation', 'realm-role:moderator']));
    expect(ids(differences).filter((id) => id.startsWith('service-account-role:'))).toEqual([]);
    expect(one(differences, 'client-mapper:auth-service/groups')).toMatchObject({ suggest: 'keep', source: null });
  });

  test('what a hand-written file leaves out is never compared', () => {
    const live = withClient({ fullScopeAllowed: false, description: 'x', redirectUris: ['https://a'], protocolMappers: [mapper('m', 'x', {})], defaultClientScopes: ['profile'], secret: 's' }, { roles: { realm: [{ name: 'r', description: 'd' }] }, clientScopes: [{ name: 'profile' }] });
    const evidence = withClient({ protocolMappers: [mapper('m', 'x', {})] }, { roles: { realm: [{ name: 'r' }] } });
    expect(compareStates(state(live), [state(evidence, 'file:x', 'stated')])).toEqual([]);
  });

  test('a mapper of a client whose file names no mappers is live-only: it has to reach git, and nothing can remove it', () => {
    const live = withClient({ protocolMappers: [mapper('m', 'x', {})] });
    const [found, ...rest] = compareStates(state(live), [state(withClient({}), 'file:x', 'stated')]);
    expect(rest).toEqual([]);
    expect(found).toMatchObject({ id: 'client-mapper:app/m', change: 'live-only', suggest: 'keep', onlyCompared: expect.stringContaining('nothing is removed') });
  });

  test('what it does list is compared element by element and key by key', () => {
    const live = withClient({ redirectUris: ['https://a', 'https://b'], attributes: { one: '1', 'backchannel.logout.session.required': 'true', 'client.secret.creation.time': '1', realm_client: 'false', 'access.token.lifespan': '600', 'client.session.idle.timeout': '0' } });
    const evidence = withClient({ redirectUris: ['https://a', 'https://c'], attributes: { one: '2' } });
    const differences = compareStates(state(live), [state(evidence, 'file:x', 'stated')]);
    expect(ids(differences)).toEqual([
      'client-setting:app/attributes/access.token.lifespan', 'client-setting:app/attributes/one',
      'client-setting:app/redirectUris/https:%2F%2Fb', 'client-setting:app/redirectUris/https:%2F%2Fc',
    ]);
    expect(one(differences, 'client-setting:app/attributes/one').fields).toEqual([{ path: 'attributes/one', live: '1', evidence: '2' }]);
    expect(one(differences, 'client-setting:app/redirectUris/https:%2F%2Fc')).toMatchObject({ change: 'lost', suggest: 'restore' });
  });

  test('built-in clients, scopes and roles of a fresh realm are not live-only', () => {
    const live = withClient({}, {
      clients: [{ clientId: 'app' }, { clientId: 'account', protocolMappers: [mapper('m', 'x', {})] }, { clientId: 'broker' }], clientScopes: [{ name: 'roles' }, { name: 'mine' }],
      roles: { realm: [{ name: 'offline_access' }, { name: 'default-roles-primary', composites: { realm: ['offline_access'] } }] },
    });
    const differences = compareStates(state(live), [state(withClient({}, { clientScopes: [], roles: { realm: [] } }), 'file:x', 'stated')]);
    expect(ids(differences)).toEqual(['client-scope:mine']);
  });
});

describe('silence', () => {
  test('a live realm that could not be read says nothing about what is lost', () => {
    const evidence = state(before(), 'snapshot:x');
    const blind = after();
    delete blind.users;
    delete blind.groups;
    delete blind.scopeMappings;
    delete blind.clientScopeMappings;
    const lost = ids(compareStates(state(blind), [evidence]), 'lost');
    expect(lost.filter((id) => /^(group-role|scope-mapping):/.test(id))).toEqual([]);
    expect(lost.filter((id) => id.startsWith('service-account-role:timeline-service'))).toEqual([]);
  });
});

describe('values that are not known', () => {
  test.each([
    ['**********'], ['${CLIENT_SECRET}'], ['$(env:SECRET)'],
  ])('secret %s is not a change', (secret) => {
    expect(compareStates(state(withClient({ secret: 'live' })), [state(withClient({ secret }), 'file:x', 'stated')])).toEqual([]);
  });

  test('another secret is a change, in fingerprints', () => {
    const differences = compareStates(state(withClient({ secret: 'live-value' })), [state(withClient({ secret: 'other-value' }))]);
    expect(ids(differences)).toEqual(['client-setting:app/secret']);
    expect(JSON.stringify(differences)).not.toMatch(/live-value|other-value/);
    expect(differences[0]?.fields[0]?.live).toMatch(/^sha256:[0-9a-f]{12}$/);
  });

  test('a placeholder is what the deployment made of it, unless it cannot be', () => {
    const live = state(withClient({ rootUrl: 'https://gw.example.com/x', redirectUris: ['https://gw.example.com/*', 'https://new/*'] }));
    const evidence = (rootUrl: string) => state(withClient({ rootUrl, redirectUris: ['https://${HOST}/*'] }), 'file:x', 'stated');
    expect(ids(compareStates(live, [evidence('https://${HOST}/x')]))).toEqual(['client-setting:app/redirectUris/https:%2F%2Fnew%2F*']);
    expect(ids(compareStates(live, [evidence('http://${HOST}/x')]))).toContain('client-setting:app/rootUrl');
  });
});

test.each(['${SECRET}', '$${SECRET}', '$(env:SECRET)', '###SECRET###', '#{SECRET}#', '#{SECRET}'])('%s in place of a value is filled in by somebody else, and never written', (token) => {
  const live = state(withClient({ secret: 'live-value', rootUrl: 'https://gw.example.com/x' }));
  const evidence = state(withClient({ secret: token, rootUrl: `https://${token}/x` }), 'git:a');
  expect(ids(compareStates(live, [evidence]))).toEqual([]);
  expect(placeholdersIn(`https://${token}/x`)).toEqual([token]);
});

test('a hash alone is no token', () => {
  for (const text of ['#', '### title', 'https://x/#/path', '# {', 'a#b#c', '####']) expect(placeholdersIn(text)).toEqual([]);
});

test('the role that every user has by itself is no role of a service account', () => {
  const live = state({ realm: 'Primary', clients: [{ clientId: 'app' }], users: [{ serviceAccountClientId: 'app', realmRoles: ['default-roles-primary', 'mine'] }] });
  expect([...live.objects.keys()].filter((id) => id.startsWith('service-account-role:'))).toEqual(['service-account-role:app/mine']);
});

describe('several sources', () => {
  const live = state(withClient({ protocolMappers: [mapper('m', 'oidc-hardcoded-claim-mapper', { 'claim.value': 'live' })] }));
  const source = (name: string, value: string, completeness: 'stated' | 'full' = 'stated') => state(withClient({ protocolMappers: [mapper('m', 'oidc-hardcoded-claim-mapper', { 'claim.value': value })] }), name, completeness);
  test.each([
    ['one file alone', [source('git:a', 'old')], 'ask', 'git:a'],
    ['two files that agree', [source('git:a', 'old'), source('git:b', 'old')], 'restore', 'git:a'],
    ['a file against one that has what is live', [source('git:a', 'old'), source('git:b', 'live')], 'ask', 'git:a'],
    ['three files that disagree', [source('git:a', 'old'), source('git:b', 'live'), source('git:c', 'old')], 'ask', 'git:a'],
    ['a snapshot', [source('snapshot:s', 'old', 'full'), source('git:a', 'live')], 'restore', 'snapshot:s'],
  ] as const)('%s', (_, evidence, suggest, winner) => {
    const [difference] = compareStates(live, evidence);
    expect(difference).toMatchObject({ change: 'changed', suggest, source: winner });
    expect(difference?.because).not.toBe('');
    expect(difference?.fields).toEqual([{ path: 'config.claim.value', live: 'live', evidence: 'old' }]);
  });
});

test('the contract object has exactly the documented fields', () => {
  const differences = compareStates(state(after()), [state(before(), 'file:realm.json')]);
  const json = toContractJson({ realm: 'primary', live: { capturedAt: '2026-11-23T00:00:00.000Z', fingerprint: 'sha256:x' }, evidence: [{ source: 'file:realm.json', completeness: 'full' }], differences });
  expect(Object.keys(json)).toEqual(['schema', 'realm', 'live', 'evidence', 'differences', 'counts']);
  expect(json['counts']).toEqual({ lost: differences.length, changed: 0, liveOnly: 0 });
  expect((json['differences'] as unknown[])[0]).toEqual({
    id: expect.any(String), kind: expect.any(String), owner: expect.any(String), name: expect.any(String), change: 'lost', fields: [], effect: expect.any(String),
    suggest: 'restore', because: expect.any(String), source: 'file:realm.json',
  });
});

test('an attribute that is called like something every object inherits is not overlooked', () => {
  const role = (attributes: Record<string, string[]>) => ({ realm: 'primary', roles: { realm: [{ name: 'r', attributes }] } });
  const live = state(role({ a: ['1'] }));
  const evidence = state(role(JSON.parse('{"a":["1"],"constructor":["1"]}') as Record<string, string[]>), 'snapshot:a');
  expect(compareStates(live, [evidence]).map(({ id, change }) => `${change} ${id}`)).toEqual(['changed realm-role:r']);
});
