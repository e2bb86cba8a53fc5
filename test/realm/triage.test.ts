import { describe, expect, test } from 'vitest';
import type { LiveFacts, RealmKey, SessionFact } from '../../src/realm/snapshot.ts';
import { triage } from '../../src/realm/triage.ts';
import { before, state } from './incident.ts';

const AT = Date.UTC(2026, 10, 20, 22, 43, 7);
const key = (kid: string, madeAt: number | null): RealmKey => ({ kid, algorithm: 'RS256', use: 'SIG', status: 'ACTIVE', providerId: 'rsa', madeAt });
const session = (id: string, start: number): SessionFact => ({ id, userId: `u-${id}`, username: id, start, lastAccess: start + 1000, clients: ['web-app'] });
const OLD = AT - 90 * 24 * 3600_000;
const SESSIONS = Array.from({ length: 212 }, (_, index) => session(`s${index}`, AT - 3600_000));

function facts(over: Partial<LiveFacts> = {}): LiveFacts {
  return {
    realmId: before().id ?? '', notBefore: 0, keys: [key('old', OLD), key('hmac', null)], sessions: SESSIONS, offlineSessions: [], usersCount: 12, sessionStats: [{ clientId: 'web-app', active: 212, offline: 0 }],
    builtinSecretTimes: [{ clientId: 'realm-management', epochSeconds: AT / 1000 }, { clientId: 'broker', epochSeconds: AT / 1000 }], keyComponents: [{ id: 'kc', providerId: 'rsa-generated' }],
    adminEvents: { enabled: true, details: true }, recentAdminEvents: [], stale: [], ...over,
  };
}
const quiet = { builtinSecretTimes: [] };
const live = state(before());
const earlier = { state: state(before(), 'snapshot:before'), facts: facts(quiet) };
const newKeys = [key('new', AT + 2000), key('hmac2', null)];
/** Service accounts as a file without users leaves them: made by the import. */
const madeByImport = state({ ...before(), users: (before().users ?? []).map((user) => ({ ...user, createdTimestamp: AT + 1000 })) });

describe('a hand-written file that leaves the built-in clients out', () => {
  const remade = facts({ ...quiet, keys: newKeys, sessions: [], offlineSessions: [], usersCount: 0, sessionStats: [] });

  test('leaves no mark, but everything in the realm is of one moment', () => {
    const found = triage({ facts: remade, live: madeByImport, evidence: [] });
    expect(found).toMatchObject({ class: 'import-new-identity', sessionsAlive: false, at: '2026-11-20T22:43:09.000Z' });
    expect(found.promise).toBe('sessions and keys from before 22:43:09 UTC are gone: the realm itself was made then, so everybody who logged in before has to log in again');
  });

  test('is not seen where a session or an older service account is left', () => {
    expect(triage({ facts: { ...remade, sessions: SESSIONS }, live: madeByImport, evidence: [] }).sessionsAlive).not.toBe(false);
    expect(triage({ facts: remade, live, evidence: [] }).class).not.toBe('import-new-identity');
  });
});

describe('the columns, with a snapshot from before', () => {
  test('(a) full export: all kept', () => {
    expect(triage({ facts: facts(), live, evidence: [earlier] })).toMatchObject({
      class: 'import-all-kept', title: 'a whole-realm import, about 22:43:07 UTC, from a file with ids, keys and users', at: '2026-11-20T22:43:07.000Z', sessionsAlive: true,
      promise: 'nobody has to log in again: 212 sessions are alive', gone: [],
    });
  });

  test('(a2) partial export: ids kept, keys and users gone, statistics lie', () => {
    const found = triage({ facts: facts({ keys: newKeys, sessions: [], usersCount: 0 }), live, evidence: [earlier] });
    expect(found).toMatchObject({ class: 'import-sessions-gone', sessionsAlive: false });
    expect(found.promise).toMatch(/^sessions and keys are gone: /);
    expect(found.gone).toEqual(expect.arrayContaining(['signing keys', 'users', 'sessions']));
    expect(found.because).toEqual(expect.arrayContaining(['the statistics still count 212 sessions, but no row belongs to a user', 'key providers kept their ids while the keys changed: the file was a partial export']));
  });

  test('(c) masked secrets are named', () => {
    const masked = state({ ...before(), clients: (before().clients ?? []).map((client) => ('secret' in client ? { ...client, secret: '**********' } : client)) });
    expect(triage({ facts: facts({ keys: newKeys, sessions: [] }), live: masked, evidence: [earlier] }).gone).toContain('client secrets');
  });

  test('(b) hand-written: a new realm', () => {
    const renewed = state({ ...before(), clients: (before().clients ?? []).map((client) => ({ ...client, id: `new-${client.clientId ?? ''}` })) });
    expect(triage({ facts: facts({ realmId: 'new', keys: newKeys, sessions: [], sessionStats: [] }), live: renewed, evidence: [earlier] })).toMatchObject({ class: 'import-new-identity', sessionsAlive: false, kept: ['users'] });
  });

  test('one client with a new id: partialImport', () => {
    const renewed = state({ ...before(), clients: (before().clients ?? []).map((client, index) => (index === 0 ? { ...client, id: 'new' } : client)) });
    const event = { time: AT, operationType: 'UPDATE', resourceType: 'REALM', resourcePath: 'clients/new', client: 'admin-cli' };
    expect(triage({ facts: facts({ ...quiet, recentAdminEvents: [event] }), live: renewed, evidence: [earlier] })).toMatchObject({ class: 'piecewise', title: 'a partialImport of single objects', sessionsAlive: true });
  });

  test('an import that the snapshot knows already is not the incident', () => {
    expect(triage({ facts: facts(), live, evidence: [{ ...earlier, facts: facts() }] })).toMatchObject({ class: 'none-seen', at: null });
  });
});

describe('without anything from before', () => {
  test('old keys and old sessions: all kept, and it says by what it judged', () => {
    const found = triage({ facts: facts(), live, evidence: [] });
    expect(found).toMatchObject({ class: 'import-all-kept', sessionsAlive: true, kept: ['signing keys', 'users', 'sessions'] });
    expect(found.because).toEqual(expect.arrayContaining([
      'realm-management got a secret at 22:43:07 UTC', 'no admin event around that time although they are on: an import leaves none',
      'nothing from before was read yet, so ids and keys are judged by their dates only', '212 sessions are older than the import',
    ]));
  });

  test.each([[-16_000, false], [-15_000, true], [0, true], [310_000, true], [311_000, false]])('a key made %d ms from the import: renewed %s', (offset, renewed) => {
    expect(triage({ facts: facts({ keys: [key('k', AT + offset)] }), live, evidence: [] }).gone.includes('signing keys')).toBe(renewed);
  });

  test('new keys and service accounts of the import: written by hand; events from before: a partial export', () => {
    const event = { time: AT - 3600_000, operationType: 'CREATE', resourceType: 'PROTOCOL_MAPPER', resourcePath: 'x', client: 'kim' };
    expect(triage({ facts: facts({ keys: newKeys, sessions: [] }), live: madeByImport, evidence: [] }).class).toBe('import-new-identity');
    expect(triage({ facts: facts({ keys: newKeys, sessions: [], recentAdminEvents: [event] }), live: madeByImport, evidence: [] }).class).toBe('import-sessions-gone');
  });

  test('who logged in since is not told to log in again', () => {
    expect(triage({ facts: facts({ keys: newKeys, sessions: [session('x', AT + 60_000)] }), live, evidence: [] }).promise).toMatch(/; 1 session is alive, opened since$/);
  });

  test('keys without a date leave it unknown, and nothing is promised', () => {
    expect(triage({ facts: facts({ keys: [key('k', null)] }), live, evidence: [] })).toMatchObject({ class: 'unknown', sessionsAlive: null });
  });

  test('a realm that was made by an import long ago', () => {
    expect(triage({ facts: facts({ keys: newKeys, sessions: [session('x', AT + 40 * 24 * 3600_000)] }), live, evidence: [] })).toMatchObject({ class: 'none-seen', sessionsAlive: true, promise: 'nobody has to log in again: 1 session is alive' });
  });
});

describe('no import', () => {
  test('a robot wrote through REST', () => {
    const event = { time: AT, operationType: 'DELETE', resourceType: 'PROTOCOL_MAPPER', resourcePath: 'clients/x', client: 'terraform' };
    const found = triage({ facts: facts({ ...quiet, recentAdminEvents: [event] }), live, evidence: [] });
    expect(found).toMatchObject({ class: 'piecewise', sessionsAlive: true });
    expect(found.because).toContain('1 admin event by terraform: objects were changed through REST');
  });

  test('two mappers of one name, as two writers at once make them', () => {
    const twice = { ...before(), clients: (before().clients ?? []).map((client) => (client.clientId === 'auth-service' ? { ...client, protocolMappers: [...(client.protocolMappers ?? []), ...(client.protocolMappers ?? []).slice(0, 1)] } : client)) };
    const found = triage({ facts: facts(quiet), live: state(twice), evidence: [] });
    const [told = '', ...more] = found.because.filter((because) => because.includes('until one is left'));
    expect([told, more]).toEqual([expect.stringMatching(/^auth-service has 2 mappers called \S+, made by two writers at once/), []]);
    expect(triage({ facts: facts(quiet), live, evidence: [] }).because.join('\n')).not.toContain('until one is left');
  });

  test('no trace at all, no session open', () => {
    expect(triage({ facts: facts({ ...quiet, sessions: [], sessionStats: [] }), live, evidence: [] })).toMatchObject({ class: 'none-seen', sessionsAlive: null, promise: 'no session is open, so there is none to lose' });
  });

  test('sessions that may not be listed are not promised', () => {
    expect(triage({ facts: facts({ ...quiet, sessions: null }), live, evidence: [] })).toMatchObject({ sessionsAlive: null });
  });

  test('offline sessions are counted apart', () => {
    expect(triage({ facts: facts({ ...quiet, offlineSessions: [session('o', OLD)] }), live, evidence: [] }).promise).toBe('nobody has to log in again: 212 sessions are alive, and 1 offline');
  });
});

describe('a node that kept running', () => {
  const stale = (test: LiveFacts['stale'][number]['test']) => ({ ...quiet, stale: [{ test, text: 'feed-service answers by name but is not in the list' }] });
  test('only a client is missing from the list: everything else is kept', () => {
    expect(triage({ facts: facts(stale('client-only-by-name')), live, evidence: [] })).toMatchObject({ class: 'import-all-kept', sessionsAlive: true });
  });

  test.each(['users-gone-from-list', 'partial-export-500'] as const)('%s: what still works is memory, and nothing is claimed as kept', (test) => {
    const found = triage({ facts: facts(stale(test)), live, evidence: [earlier] });
    expect(found).toMatchObject({ sessionsAlive: false, kept: [] });
    expect(found.promise).toContain('memory of this node');
  });
});
