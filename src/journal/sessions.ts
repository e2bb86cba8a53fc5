import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RescueError } from '../realm/errors.ts';
import type { JournalLine, RunEvent, StepName } from '../runbook/model.ts';
import { brokenPauses, heldPauses } from '../runbook/cluster-state.ts';
import { takenBackOf, type TakenBack } from '../runbook/taken-back.ts';
import { replay } from '../runbook/transition.ts';
import { GENESIS } from './chain.ts';
import { codeOf, onDisk } from './files.ts';
import { readJournal } from './read.ts';

/** One row of `realm-rescue sessions`. What a journal does not say (or cannot be believed to say) is null. */
export interface SessionSummary {
  readonly id: string;
  readonly directory: string;
  readonly realm: string | null;
  readonly url: string | null;
  readonly envTag: string | null;
  /** ISO time of the first and of the last event. */
  readonly startedAt: string | null;
  readonly lastAt: string | null;
  readonly last: RunEvent['type'] | null;
  readonly events: number;
  /** The step at which the run stands: where it would go on, or its last one. */
  readonly step: StepName | null;
  readonly finished: boolean;
  /** Exit code of a finished run. */
  readonly exit: number | null;
  /** What was taken back by an undo and not restored since; null where nothing was. */
  readonly undone: TakenBack | null;
  /** What this run has paused in a cluster and not let run again: `application:argocd/keycloak`. */
  readonly frozen: readonly string[];
  /** Of these, what ran again, by nobody's word, when it was looked at last. */
  readonly takenBack: readonly string[];
  /** Whether it has ever paused anything, also what runs again by now. */
  readonly hasPaused: boolean;
  /** A thaw let the writer run, and nobody has judged its sync yet. */
  readonly unjudged: boolean;
  /** What a record of a freeze alone is of: `configmap:iam/keycloak-realm in prod-eu (https://…)`; null for a run. */
  readonly freeze: string | null;
  readonly head: string;
  /** Why the journal cannot be used, in one sentence. */
  readonly problem: string | null;
}

/** What a session's directory is called; anything else in the root (`locks`) is not a session. */
const SESSION_ID = /^[0-9a-f]{4,8}$/;

/**
 * All recorded runs below a session directory, the newest first. Reads only; a run that is alive is listed as it stands.
 *
 * @throws RescueError disk (a directory that does not exist yet simply has no sessions)
 */
export function listSessions(directory: string): SessionSummary[] {
  return sessionIds(directory)
    .map((id) => summariseSession(directory, id))
    .sort((left, right) => (right.startedAt ?? '').localeCompare(left.startedAt ?? '') || left.id.localeCompare(right.id));
}

/** Ids of all recorded runs, in no order that means something. */
export function sessionIds(directory: string): string[] {
  return onDisk(directory, () => {
    try {
      return readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory() && SESSION_ID.test(entry.name)).map((entry) => entry.name).sort();
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  });
}

/**
 * The one recorded run whose id starts with what was typed; `last` is the newest.
 *
 * @param preferred  which of them `last` is rather, the first wish first; where none fits, the newest of all
 * @throws RescueError session-not-found (also when several fit: they are named)
 */
export function findSession(directory: string, typed: string, preferred: readonly ((session: SessionSummary) => boolean)[] = []): SessionSummary {
  const wanted = typed.trim().toLowerCase();
  const ids = sessionIds(directory);
  if (wanted === 'last') {
    const all = listSessions(directory);
    const [newest] = [...preferred.flatMap((fits) => all.find(fits) ?? []), ...all];
    if (newest) return newest;
  }
  const fitting = ids.includes(wanted) ? [wanted] : ids.filter((id) => wanted !== '' && id.startsWith(wanted));
  const [only, another] = fitting;
  if (only !== undefined && another === undefined) return summariseSession(directory, only);
  const title = another === undefined ? `There is no recorded run ${JSON.stringify(typed)} in ${directory}.` : `Several recorded runs start with ${JSON.stringify(typed)}: ${fitting.join(', ')}.`;
  throw new RescueError('session-not-found', title, ['List the recorded runs with: realm-rescue sessions', 'If they lie elsewhere, name the place with --session-dir DIR.']);
}

/**
 * A new id: four hex digits that no other id starts with, longer when those are rare.
 * Random and not a count, so that two machines that share a directory do not meet.
 *
 * @param random as Math.random
 * @param taken  ids that exist
 */
export function newSessionId(random: () => number, taken: readonly string[]): string {
  for (let attempt = 0; ; attempt += 1) {
    const length = Math.min(8, 4 + Math.floor(attempt / 8));
    const id = Math.floor(random() * 16 ** length).toString(16).padStart(length, '0');
    // `last` is no hex; a run of digits only would be read as a number by a person and by YAML.
    if (/[a-f]/.test(id) && !taken.some((other) => other.startsWith(id) || id.startsWith(other))) return id;
  }
}

function summariseSession(directory: string, id: string): SessionSummary {
  const place = join(directory, id);
  try {
    const { lines, head } = readJournal(place, id);
    return { ...told(lines), id, directory: place, head, problem: lines.length === 0 ? 'It ended before its first event was on disk.' : null };
  } catch (error) {
    if (!(error instanceof RescueError)) throw error;
    return { ...told([]), id, directory: place, head: GENESIS, problem: error.message };
  }
}

function told(lines: readonly JournalLine[]): Omit<SessionSummary, 'id' | 'directory' | 'head' | 'problem'> {
  const state = replay(lines.map((line) => line.event));
  const last = lines.at(-1);
  const begun = lines[0]?.event;
  return {
    realm: state.run?.realm ?? null,
    url: state.run?.url ?? null,
    envTag: state.run?.envTag ?? null,
    startedAt: lines[0]?.at ?? null,
    lastAt: last?.at ?? null,
    last: last?.event.type ?? null,
    events: lines.length,
    step: !last ? null : begun?.type === 'freeze.begun' ? 'freeze' : state.step,
    finished: state.finished !== null,
    exit: state.finished?.exit ?? null,
    undone: takenBackOf(state),
    frozen: heldPauses(state.cluster).map(paused),
    hasPaused: heldPauses(state.cluster).length > 0 || state.cluster.made.length > 0,
    takenBack: heldPauses(state.cluster).filter(({ id }) => brokenPauses(state.cluster).some((check) => check.id === id)).map(paused),
    unjudged: state.cluster.awaited?.begun === true,
    freeze: begun?.type === 'freeze.begun' ? `${begun.freeze.from} in ${begun.freeze.place}` : null,
  };
}

const paused = ({ id }: { readonly id: string }): string => id.replace(/^pause /, '');
