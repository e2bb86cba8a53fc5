import { describe, expect, test } from 'vitest';
import type { AdminEventFact, LiveFacts, Snapshot } from '../../src/realm/snapshot.ts';
import type { Operation } from '../../src/realm/model.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { alsoWritten, lasting, strikeOf } from '../../src/realm/strike.ts';
import { mapper, withClient } from './incident.ts';

const AT = Date.UTC(2026, 10, 20, 23, 10, 0);
const facts: LiveFacts = {
  realmId: 'r', notBefore: 0, keys: [{ kid: 'k', algorithm: 'RS256', use: 'SIG', status: 'ACTIVE', providerId: 'rsa', madeAt: null }], sessions: [], offlineSessions: [], usersCount: 3, sessionStats: [], builtinSecretTimes: [],
  keyComponents: [], adminEvents: { enabled: false, details: false }, recentAdminEvents: [], stale: [],
};
const taken = (representation: RealmRepresentation, more: Partial<LiveFacts> = {}): Snapshot => ({
  schema: 'realm-rescue/snapshot/v1', source: 'live', capturedAt: '2026-11-20T23:00:00.000Z', completeness: 'full', realm: 'primary', serverVersion: '26.7.4', fingerprint: '', notes: [], representation: { id: 'r', ...representation }, facts: { ...facts, ...more },
});
const config = { 'claim.name': 'groups', 'access.token.claim': 'true', 'introspection.token.claim': 'true' };
const GROUPS = mapper('groups', 'oidc-group-membership-mapper', config);
const TEAM = mapper('team', 'oidc-group-membership-mapper', config);
const app = (protocolMappers: readonly unknown[], id = 'c1'): RealmRepresentation => ({ realm: 'primary', clients: [...(withClient({ id, protocolMappers }).clients ?? []), { id: 'c0', clientId: 'other' }] });
const made = (name: string): Operation => ({
  id: `create client-mapper:app/${name}`, covers: [`client-mapper:app/${name}`], owner: 'app', title: `protocol mapper ${name}`, request: { method: 'POST', path: ['clients', { $id: 'client:app' }, 'protocol-mappers', 'models'] },
  before: [{ id: `client-mapper:app/${name}`, value: null }], after: [{ id: `client-mapper:app/${name}`, value: { protocol: 'openid-connect', provider: 'oidc-group-membership-mapper', config } }], inverse: null, dependsOn: [], needs: [],
});
const verified = [made('groups'), made('team')];
const sent = [{ method: 'POST', path: '/admin/realms/primary/clients/c1/protocol-mappers/models' }, { method: 'PUT', path: '/admin/realms/primary/clients/c1' }];
const event = (operationType: string, resourcePath: string, client: string, time = AT): AdminEventFact => ({ time, operationType, resourceType: 'PROTOCOL_MAPPER', resourcePath, client });
const judged = (now: RealmRepresentation, more: Partial<LiveFacts> = {}) => strikeOf({ before: taken(app([])), now: taken(now, more), verified, sent });

describe('what overwrites a realm again', () => {
  test('nothing is gone: nothing is said to be', () => {
    expect(judged(app([GROUPS, TEAM]))).toMatchObject({ gone: [], of: 2, renewed: false });
  });

  test('everything restored, with ids and keys as before: a program that goes object by object', () => {
    expect(judged(app([]))).toMatchObject({ looks: 'a program that applies its own state object by object through REST, as keycloak-config-cli, Terraform and Ansible do', gone: verified, renewed: false });
  });

  test('one of two: cannot be told from a person', () => {
    expect(judged(app([TEAM]))).toMatchObject({ looks: expect.stringMatching(/^single edits through REST: a person in the admin console, or a program/), gone: [{ id: 'create client-mapper:app/groups' }] });
  });

  test('admin events name the writer; those of this run name nobody', () => {
    const enabled = { adminEvents: { enabled: true, details: false } };
    const own = event('CREATE', 'clients/c1/protocol-mappers/models/new', 'admin-cli');
    expect(judged(app([]), { ...enabled, recentAdminEvents: [own] })).toMatchObject({ looks: expect.not.stringContaining('admin-cli'), because: expect.arrayContaining(['no admin event names another writer']) });
    expect(judged(app([]), { ...enabled, recentAdminEvents: [own, event('DELETE', 'clients/c1/protocol-mappers/models/new', 'config-robot')] }).looks).toMatch(/^a program .*: the admin events name the client config-robot$/);
    expect(judged(app([]), { ...enabled, recentAdminEvents: [event('DELETE', 'clients/c1/protocol-mappers/models/new', 'security-admin-console')] }).looks).toBe('a person in the admin console');
  });

  test('clients with other ids in the same realm: a partialImport', () => {
    expect(judged(app([], 'c2'))).toMatchObject({ looks: 'a partialImport with OVERWRITE, or a client that was deleted and made anew: app', renewed: true });
  });

  test('a mark of a whole-realm import that the first capture did not have', () => {
    expect(judged(app([]), { builtinSecretTimes: [{ clientId: 'realm-management', epochSeconds: AT / 1000 }] }).looks).toMatch(/^a whole-realm import, about 23:10:00 UTC/);
  });

  test('a cache that has become stale: the ids that the run knows are not those of the database', () => {
    expect(judged(app([GROUPS, TEAM]), { stale: [{ test: 'client-only-by-name', text: 'app answers by name but is not in the list' }] })).toMatchObject({ renewed: true, looks: expect.stringContaining('a whole-realm import') });
  });
});

test('a write that a later one of the run builds on is no witness', () => {
  const again = { ...made('groups'), id: 'update client-mapper:app/groups' };
  expect(lasting([...verified, again]).map(({ id }) => id)).toEqual(['create client-mapper:app/team']);
});

test('what others updated that the run updated too is told, once for each beyond its own', () => {
  const put = event('UPDATE', 'clients/c1', 'admin-cli');
  const theirs = event('UPDATE', 'clients/c1', 'security-admin-console', AT + 1);
  const raced = (recentAdminEvents: readonly AdminEventFact[], before: readonly AdminEventFact[] = []) => alsoWritten({ before: taken(app([]), { recentAdminEvents: before }), now: taken(app([]), { recentAdminEvents }), sent });
  expect(raced([put])).toEqual([]);
  expect(raced([put, theirs])).toEqual([theirs]);
  expect(raced([event('UPDATE', 'clients/c9', 'security-admin-console')])).toEqual([]);
  expect(raced([put, event('UPDATE', 'clients/c1', 'security-admin-console', AT - 9)], [event('UPDATE', 'x', 'y', AT - 9)])).toEqual([]);
});
