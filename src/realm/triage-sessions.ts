/** Whether anybody has to log in again. Session *lists* are judged, never counts: client-session-stats counts dead rows. */
import type { Triage } from './snapshot.ts';
import { clock, type Marks, type TriageInput } from './triage-marks.ts';

export interface SessionJudgement {
  readonly alive: boolean | null;
  readonly because: readonly string[];
  readonly promise: string;
}

export function judgeSessions({ facts, evidence }: TriageInput, marks: Marks, kind: Triage['class']): SessionJudgement {
  const online = facts.sessions;
  const offline = facts.offlineSessions ?? [];
  const counted = facts.sessionStats.reduce((sum, row) => sum + row.active, 0);
  if (kind === 'import-sessions-gone' || kind === 'import-new-identity') {
    const stale = facts.stale.length > 0;
    if (marks.remadeAt !== null) {
      return { alive: false, because: [`keys and service accounts were all made at ${clock(marks.remadeAt)}, and there is no user and no session`], promise: `sessions and keys from before ${clock(marks.remadeAt)} are gone: the realm itself was made then, so everybody who logged in before has to log in again` };
    }
    const what = marks.keys.renewed === true ? 'sessions and keys are gone' : 'sessions are gone';
    const why = stale ? 'the database holds other users or ids' : marks.keys.renewed === true ? marks.keys.because : kind === 'import-new-identity' ? 'the realm and its clients have new ids' : 'the users were replaced';
    const since = (online ?? []).filter((session) => marks.importedAt !== null && session.start > marks.importedAt).length;
    return {
      alive: false,
      because: counted > 0 && online?.length === 0 ? [`the statistics still count ${counted} sessions, but no row belongs to a user`] : [],
      promise: stale
        ? `${what}: what still works is served from the memory of this node and ends with it, because ${why}`
        : `${what}: everybody who logged in before has to log in again, because ${why}${since > 0 ? `; ${count(since, 'session')} alive, opened since` : ''}`,
    };
  }
  if (marks.keys.renewed === true) return { alive: false, because: [], promise: `sessions and keys are gone: everybody who logged in before has to log in again, because ${marks.keys.because}` };
  if (online === null) return { alive: null, because: ['these credentials may not list sessions'], promise: 'whether sessions are alive is not known: these credentials may not list them' };
  const total = online.length + offline.length;
  if (kind === 'unknown') {
    return { alive: null, because: [], promise: 'whether sessions are alive is not known: nothing from before the import tells which keys and ids there were' };
  }
  if (total === 0) {
    const dead = counted > 0;
    return dead
      ? { alive: false, because: [`the statistics still count ${counted} sessions, but no row belongs to a user`], promise: 'sessions are gone: everybody has to log in again, because their rows belong to no user any more' }
      : { alive: null, because: [], promise: 'no session is open, so there is none to lose' };
  }
  const lost = lostSince(online.map(({ id }) => id), evidence);
  const because = marks.importedAt === null ? [] : [`${online.filter((session) => session.start < (marks.importedAt ?? 0)).length} sessions are older than the import`];
  if (lost > 0) return { alive: true, because: [...because, `${lost} sessions of the earlier snapshot are not listed any more; they may have ended by themselves`], promise: `nobody who is logged in now has to log in again: ${count(online.length, 'session')} alive${tail(offline.length)}` };
  return { alive: true, because, promise: `nobody has to log in again: ${count(online.length, 'session')} alive${tail(offline.length)}` };
}

function lostSince(now: readonly string[], evidence: TriageInput['evidence']): number {
  const before = evidence.find((item) => item.facts?.sessions !== null && item.facts?.sessions !== undefined)?.facts?.sessions ?? [];
  const ids = new Set(now);
  return before.filter((session) => !ids.has(session.id)).length;
}

function count(amount: number, what: string): string {
  return `${amount.toLocaleString('en-US')} ${what}${amount === 1 ? ' is' : 's are'}`;
}

function tail(offline: number): string {
  return offline === 0 ? '' : `, and ${offline.toLocaleString('en-US')} offline`;
}
