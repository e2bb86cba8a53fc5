import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Target } from '../keycloak/target.ts';
import { acquireLock, holderText, lockHolder, type LockInfo } from '../journal/lock.ts';
import { defaultSessionDirectory } from '../journal/place.ts';
import { readJournal } from '../journal/read.ts';
import { newSessionId, sessionIds } from '../journal/sessions.ts';
import { createSession, openSession } from '../journal/store.ts';
import { RescueError } from '../realm/errors.ts';
import type { Snapshot } from '../realm/snapshot.ts';
import type { JournalLine, LockHolder, RunEvent, RunInfo, RunSettings } from '../runbook/model.ts';
import type { Cluster } from '../runner/cluster.ts';
import type { Keycloak, Ports, SessionStore } from '../runner/ports.ts';
import { startRun } from '../runner/run.ts';
import type { Terminal } from '../ui/terminal.ts';
import { sanitise } from '../ui/text.ts';
import { VERSION } from '../version.ts';
import { reconnect } from '../runner/reconnect.ts';
import { stayFrugal } from './frugal.ts';
import { jsonLine, prepareFrontEnd } from './front-end.ts';
import { clusterOfRun } from './cluster-of-run.ts';
import { lazyClusterEvidence, lazyEvidence, lazyExporter, lazyKeycloak } from './lazy.ts';
import { giveBack } from './locks.ts';
import { CLUSTER, type Flags, type OptionName } from './options.ts';
import { refreshToken } from './refresh-token.ts';
import { catchSignals, dieInBackground } from './signals.ts';
import type { Invocation } from './table.ts';

export interface SessionRequest {
  readonly invocation: Invocation;
  readonly terminal: Terminal;
  readonly target: Target;
  readonly settings: RunSettings;
  readonly demo: boolean;
  /** Directory that relative evidence paths are meant from. */
  readonly cwd: string;
}

/** Where this invocation keeps its runs. */
export function sessionDirectory({ flags, environment }: Invocation): string {
  return resolve(flags['session-dir'] ?? defaultSessionDirectory(environment));
}

/** What a person has to type besides the id to find a run again: nothing when it lies in the usual place. */
export function sessionFlag({ flags }: Invocation): string {
  return typed(flags, ['session-dir']);
}

/** The same for `resume`, `undo` and `thaw`, which have to find the cluster as well. */
export function againFlags({ flags }: Invocation): string {
  return typed(flags, ['session-dir', ...CLUSTER]);
}

/** Flags with a text, as they can be typed into a shell; those that were given. */
function typed(flags: Flags, names: readonly OptionName[]): string {
  return names.map((name) => {
    const given = flags[name];
    if (typeof given !== 'string') return '';
    return ` --${name} ${/^[\w@%+=:,./-]+$/.test(given) ? given : `'${given.replaceAll("'", String.raw`'\''`)}'`}`;
  }).join('');
}

/** Makes the directory of a new run. */
export function newSession(invocation: Invocation, id = freshId(invocation)): SessionStore {
  return createSession({ directory: sessionDirectory(invocation), id, now: Date.now });
}

/** An id that no recorded run has. */
export function freshId(invocation: Invocation): string {
  return newSessionId(Math.random, sessionIds(sessionDirectory(invocation)));
}

/** A new recorded run, from the lock to the exit code. What can be known to be wrong is said before anything is made. */
export async function newRun(given: SessionRequest, made?: SessionStore): Promise<number> {
  const evidence = await checkEvidence(given);
  const request = besideAnother(given);
  const id = made?.id ?? freshId(request.invocation);
  return recorded(request, id, (lockTakenFrom) => ({
    store: made ?? newSession(request.invocation, id),
    first: { type: 'run.started', run: runInfo(request, id), ...lockTakenFrom },
  }), { evidence });
}

/** A person who comes second looks on, and is told who works; a script is refused with the exit code for it. */
function besideAnother(request: SessionRequest): SessionRequest {
  const { target, terminal, invocation } = request;
  const taken = runMode(terminal) === 'interactive' && lockHolder({ directory: sessionDirectory(invocation), url: target.url, realm: target.realm }) !== null;
  return taken ? { ...request, target: { ...target, readOnly: true } } : request;
}

/** A recorded run goes on. */
export async function oldRun(request: SessionRequest, id: string): Promise<number> {
  return recorded(request, id, (lockTakenFrom) => ({
    store: openRecorded(sessionDirectory(request.invocation), id),
    first: { type: 'run.resumed', pid: process.pid, tool: VERSION, mode: runMode(request.terminal), settings: request.settings, ...lockTakenFrom },
  }), { lines: () => readJournal(`${sessionDirectory(request.invocation)}/${id}`, id).lines });
}

/** A recorded run, opened to go on with; says on standard error when others may read it and this user cannot change that. Hold its lock. */
export function openRecorded(directory: string, id: string): SessionStore {
  const { store, exposed } = openSession({ directory, id, now: Date.now });
  if (exposed.length > 0) process.stderr.write(`${sanitise(`Others can read ${exposed[0]}${exposed.length > 1 ? ` and ${exposed.length - 1} more` : ''}, which belongs to another user. Snapshots hold secrets: have them made private (chmod -R go= DIR).`)}\n`);
  return store;
}

/** What there is before the record is opened: evidence that was read, and what the record of a run that goes on says. */
interface Earlier {
  readonly evidence?: Map<string, Snapshot>;
  readonly lines?: () => readonly JournalLine[];
}

interface Opened {
  readonly store: SessionStore;
  readonly first: RunEvent;
}

/** Holds the lock from before the journal is opened until after it is closed: opening may cut off a torn line. */
async function recorded(request: SessionRequest, id: string, open: (taken: { readonly lockTakenFrom?: LockHolder }) => Opened, { evidence, lines = () => [] }: Earlier): Promise<number> {
  const { target, settings, terminal, cwd } = request;
  // What can be wrong with files that flags name comes before the lock: it would stay behind.
  const refresh = refreshToken(request.invocation.flags);
  const keycloak = target.caFile ? (await import('../keycloak/keycloak.ts')).openKeycloak(target) : lazyKeycloak(target);
  const drive = await prepareFrontEnd(terminal);
  const held = { directory: sessionDirectory(request.invocation), url: target.url, realm: target.realm };
  // Who writes nothing may stand beside a run that does.
  const lock = target.readOnly ? null : acquireLock({ ...held, session: id, mayLook: true, now: Date.now });
  if (!lock) sayWhoWorks(lockHolder(held), terminal);
  let store: SessionStore | undefined;
  let cluster: Cluster | undefined;
  const goOn = `The run can go on: realm-rescue resume ${id}${againFlags(request.invocation)}`;
  const signals = catchSignals({ title: 'Left before the run went on; nothing was done.', get next() { return store || lines().length > 0 ? [goOn] : ['Start the same again.']; } });
  // Whoever leaves at once must not wait for a server that does not answer.
  let patient = true;
  try {
    const asks = runMode(terminal) === 'interactive';
    const place = clusterOfRun(request.invocation, { from: settings.from, lines: lines(), asks, directory: sessionDirectory(request.invocation), session: id });
    ({ cluster } = place);
    await Promise.race([signals.left, place.handOver()]);
    const opened = open(lock?.takenOver ? { lockTakenFrom: { session: lock.takenOver.session, host: lock.takenOver.host, pid: lock.takenOver.pid, since: lock.takenOver.since } } : {});
    store = opened.store;
    const ports: Ports = { keycloak, ...(cluster ? { cluster } : {}), evidence: lazyEvidence(cwd, target, evidence, place.evidence), exporter: lazyExporter(), store, now: Date.now, settings, refresh };
    const connection = await Promise.race([signals.left, reconnect(keycloak, store.lines)]);
    const handle = startRun({ ports, first: opened.first, onQuiet: () => void keycloak.close().catch(() => undefined), ...(connection ? { reconnected: connection } : {}), evidenceFiles: async () => (await import('../evidence/reader.ts')).specFiles(settings.evidence, cwd), sessionFlag: sessionFlag(request.invocation), againFlags: againFlags(request.invocation), ...(terminal.mode === 'json' ? { onLine: jsonLine } : {}) });
    const exit = await drive(handle, signals);
    const { state } = handle.snapshot();
    patient = state.finished !== null || state.stopped !== null;
    return exit;
  } catch (error) {
    patient = !(error instanceof RescueError && error.code === 'interrupted');
    if (!(error instanceof RescueError) || error.code !== 'disk' || !store?.lines.length) throw error;
    throw new RescueError('disk', error.message, [...error.next, goOn.replace('The', 'Then the')], { cause: error });
  } finally {
    try {
      // A record that is closed takes no intent, so nothing more can be sent.
      if (!patient) store?.close();
      await logOut(keycloak, patient, signals.left);
      await cluster?.close();
      store?.close();
    } finally {
      if (lock) giveBack(lock);
      signals.release();
      // Somebody who is asked can only have left in the background by killing a stopped job.
      if (terminal.mode === 'ink' || terminal.mode === 'plain-prompts') dieInBackground();
    }
  }
}

/** Milliseconds that the server gets for a logout when somebody leaves at once. */
const SHORT = 500;

/** Ends our session on the server. A signal cuts it short: the run has its end and its exit code by then. */
export async function logOut(keycloak: Keycloak, patient: boolean, left: Promise<never>): Promise<void> {
  const cut = new AbortController();
  const limit = patient ? [] : [pause(SHORT, undefined, { signal: cut.signal })];
  try {
    await Promise.race([keycloak.close(), left.catch(() => undefined), ...limit]);
  } finally {
    cut.abort();
  }
}

function sayWhoWorks(holder: LockInfo | null, terminal: Terminal): void {
  if (holder && terminal.mode !== 'json') process.stderr.write(`${sanitise(`${holderText(holder)} This one looks on, read-only.`)}\n`);
}

/**
 * Reads what lies on this machine; realms of the server have to wait for the login.
 * @returns what was read, by spec: the run takes it from here instead of reading megabytes again
 */
async function checkEvidence({ settings, cwd, target, invocation }: SessionRequest): Promise<Map<string, Snapshot>> {
  const read = new Map<string, Snapshot>();
  if (settings.evidence.length === 0) return read;
  const [{ createEvidenceReader, specFiles }, { namesClusterObject }] = [await import('../evidence/reader.ts'), await import('../evidence/spec.ts')];
  stayFrugal();
  const reader = createEvidenceReader({ cwd, cluster: lazyClusterEvidence(invocation) });
  specFiles(settings.evidence, cwd);
  // A cluster is asked first for what it will soon have forgotten.
  for (const spec of settings.evidence) if (!spec.startsWith('realm:') && !(settings.from && namesClusterObject(spec))) read.set(spec, await reader.read(spec, target.realm));
  return read;
}

function runMode(terminal: Terminal): RunInfo['mode'] {
  return terminal.mode === 'ink' || terminal.mode === 'plain-prompts' ? 'interactive' : 'headless';
}

function runInfo({ target, settings, terminal, demo, cwd, invocation }: SessionRequest, id: string): RunInfo {
  return {
    id,
    tool: VERSION,
    startedAt: new Date().toISOString(),
    url: target.url,
    realm: target.realm,
    envTag: invocation.flags['env-tag'] ?? (demo ? 'SANDBOX' : null),
    mode: runMode(terminal),
    cwd,
    demo,
    readOnly: target.readOnly,
    settings,
  };
}
