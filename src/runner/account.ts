import { movedBesides } from '../realm/apply.ts';
import { touchedBy } from '../realm/images.ts';
import { clock } from '../realm/triage-marks.ts';
import { alsoWritten, strikeOf, type StrikeInput } from '../realm/strike.ts';
import type { Operation, RealmState } from '../realm/model.ts';
import type { SessionFact, Snapshot } from '../realm/snapshot.ts';
import { readState } from '../realm/state.ts';
import type { Account, Connection } from '../runbook/model.ts';

export interface AccountRequest {
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** What was restored from. */
  readonly evidence: readonly RealmState[];
  readonly verified: readonly Operation[];
  /** Writes that were left out, because somebody else had changed the same meanwhile and it was kept. */
  readonly kept?: readonly Operation[];
  /** See StrikeInput. */
  readonly sent?: StrikeInput['sent'];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Who this tool logged in as, and through which client: a session that a user of the realm has by that ends with the process. */
  readonly login?: Pick<Connection, 'user' | 'clientId'> | null;
}

/**
 * Accounts for everything that must not move: sessions as sets of ids (client-session-stats counts dead rows,
 * verified-keycloak.md 4), keys by kid, client ids, and the realm against snapshot plus plan. Pure.
 */
export function accountFor({ before, after, evidence, verified, kept = [], sent = [], now, login = null }: AccountRequest): Account {
  const sessions = accountSessions(before, after, now, login);
  const kids = (snapshot: Snapshot) => (snapshot.facts?.keys ?? []).map((key) => key.kid).toSorted().join(' ');
  const keysUnchanged = kids(before) === kids(after);
  const clientIdsUnchanged = [...clientIds(before)].every(([clientId, id]) => clientIds(after).get(clientId) === id);
  const theirs = new Set(kept.flatMap(touchedBy));
  const different = movedBesides({ before: readState(before), after: readState(after), evidence, operations: verified });
  const moved = different.filter(({ id }) => !theirs.has(id));
  // An import under a running node leaves its cache as it was: what is read by id looks untouched, and only these tests show it.
  const known = new Set((before.facts?.stale ?? []).map(({ text }) => text));
  const overwritten = (after.facts?.stale ?? []).map(({ text }) => text).filter((text) => !known.has(text));
  const raced = alsoWritten({ before, now: after, sent });
  const unexplained = sessions.lost.filter((session) => session.explained === null);
  const notes = [
    ...(unexplained.length > 0 ? [`${unexplained.length} sessions ended without a time-out that would explain it; a user may have logged out.`] : []),
    ...(keysUnchanged ? [] : ['The set of keys differs from before the restore. This tool never writes a key.']),
    ...overwritten.map((text) => `${text}: the realm was overwritten again during this run, underneath the cache of this node. Start another run: it captures and compares anew.`),
    ...moved.map((difference) => `${difference.id} is ${difference.change} against the snapshot plus the plan: somebody else wrote meanwhile.`),
    ...(moved.length > 0 ? [`Who wrote cannot be known; it looks like ${strikeOf({ before, now: after, verified, sent }).looks}.`] : []),
    ...raced.map(({ resourcePath, client, time }) => `${resourcePath || 'The realm itself'} was also updated by ${client} at ${clock(time)}, while this run updated it: look whether their edit is still there.`),
    ...different.filter(({ id }) => theirs.has(id)).map((difference) => `${difference.id} is as somebody else made it meanwhile, and was kept.`),
  ];
  return {
    sessionsBefore: sessions.before,
    sessionsAfter: sessions.after,
    sessionsLost: sessions.lost,
    sessionsNew: sessions.fresh,
    keysUnchanged,
    clientIdsUnchanged,
    moved,
    overwritten,
    notes,
    ok: keysUnchanged && clientIdsUnchanged && moved.length === 0 && overwritten.length === 0 && raced.length === 0 && unexplained.length === 0,
  };
}

function clientIds(snapshot: Snapshot): Map<string, string> {
  return new Map((snapshot.representation.clients ?? []).flatMap((client) => (client.clientId && client.id ? [[client.clientId, client.id] as const] : [])));
}

interface Sessions {
  readonly before: number | null;
  readonly after: number | null;
  readonly lost: Account['sessionsLost'];
  readonly fresh: number;
}

function accountSessions(before: Snapshot, after: Snapshot, now: number, login: AccountRequest['login']): Sessions {
  const was = allSessions(before);
  const is = allSessions(after);
  if (!was || !is) return { before: null, after: null, lost: [], fresh: 0 };
  const ids = new Set(is.map((session) => session.id));
  const known = new Set(was.map((session) => session.id));
  const lost = was.filter((session) => !ids.has(session.id)).map((session) => ({ id: session.id, username: session.username, explained: isLogin(session, login) ? 'a login of this tool, which ends it by itself' : explain(session, before, now) }));
  return { before: was.length, after: is.length, lost, fresh: is.filter((session) => !known.has(session.id)).length };
}

function allSessions(snapshot: Snapshot): readonly SessionFact[] | null {
  const { sessions, offlineSessions } = snapshot.facts ?? {};
  return sessions && offlineSessions ? [...sessions, ...offlineSessions] : null;
}

function isLogin({ username, clients }: SessionFact, login: AccountRequest['login']): boolean {
  return login != null && username === login.user && clients.length === 1 && clients[0] === login.clientId;
}

/** Why a session may have ended by itself: idle or maximum lifespan of the realm, in seconds. */
function explain(session: SessionFact, snapshot: Snapshot, now: number): string | null {
  const seconds = (field: string) => {
    const value = snapshot.representation[field];
    return typeof value === 'number' && value > 0 ? value * 1000 : Number.POSITIVE_INFINITY;
  };
  if (session.lastAccess + seconds('ssoSessionIdleTimeout') < now) return 'idle time-out of the realm';
  if (session.start + seconds('ssoSessionMaxLifespan') < now) return 'maximum lifespan of the realm';
  return null;
}
