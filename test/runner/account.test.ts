import { expect, it } from 'vitest';
import type { LiveFacts, Snapshot } from '../../src/realm/snapshot.ts';
import { accountLine } from '../../src/runbook/lines.ts';
import { accountFor } from '../../src/runner/account.ts';

const facts: LiveFacts = { keys: [], sessions: [], offlineSessions: [], usersCount: 0, recentAdminEvents: [], stale: [] } as unknown as LiveFacts;
const taken = (more: Partial<LiveFacts>): Snapshot => ({
  schema: 'realm-rescue/snapshot/v1', source: 'live', capturedAt: '2026-11-20T23:00:00.000Z', completeness: 'full', realm: 'primary', serverVersion: '26.7.4', fingerprint: '', notes: [],
  representation: { realm: 'primary', clients: [{ id: 'c1', clientId: 'app' }] }, facts: { ...facts, ...more },
});
const account = (before: Partial<LiveFacts>, after: Partial<LiveFacts>) => accountFor({ before: taken(before), after: taken(after), evidence: [], verified: [], now: 0 });
const GONE = { test: 'client-only-by-name', text: 'app answers by name or id but is not in the list' } as const;

it('is equal when nothing moved', () => {
  expect(account({}, {})).toMatchObject({ ok: true, notes: [], moved: [], overwritten: [] });
});

it('is not equal when the writer struck again underneath the cache of the node, where every read by id looks untouched', () => {
  const again = account({}, { stale: [GONE] });
  expect(again).toMatchObject({ ok: false, moved: [] });
  expect(again.notes).toEqual([expect.stringMatching(/^app answers by name or id but is not in the list: the realm was overwritten again during this run/)]);
  expect(accountLine(again)).toContain('OVERWRITTEN AGAIN');
});

it('does not count what showed before the run as well', () => {
  expect(account({ stale: [GONE] }, { stale: [GONE] })).toMatchObject({ ok: true, overwritten: [] });
});

it('does not miss a login of its own: a user of the realm has a session by it, which ends with the process', () => {
  const session = { id: 's1', userId: 'u1', username: 'on-call', start: 0, lastAccess: 0, clients: ['admin-cli'] };
  const having = (clients: readonly string[], user: string) => accountFor({ before: taken({ sessions: [{ ...session, clients }] }), after: taken({}), evidence: [], verified: [], now: 0, login: { user, clientId: 'admin-cli' } });
  expect(having(['admin-cli'], 'on-call')).toMatchObject({ ok: true, sessionsLost: [{ username: 'on-call', explained: 'a login of this tool, which ends it by itself' }] });
  expect(having(['admin-cli'], 'somebody')).toMatchObject({ ok: false });
  expect(having(['admin-cli', 'app'], 'on-call')).toMatchObject({ ok: false });
});
