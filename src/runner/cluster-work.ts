/** Freeze and thaw, step by step: each patch intended on disk, sent once, looked at. The same for a recovery and for the two commands alone. */
import { RescueError, type ErrorCode } from '../realm/errors.ts';
import { ANNOUNCED } from '../runbook/cluster-lines.ts';
import { place } from '../runbook/cluster.ts';
import type { ClusterPatch, ClusterSight, NoOpLevel, ObjectName, Pause, PauseCheck, Remembered } from '../runbook/cluster.ts';
import type { ClusterEvent } from '../runbook/cluster-events.ts';
import { danglingPatches, endable, heldPauses, resumedPauses, type ClusterState } from '../runbook/cluster-state.ts';
import type { Cluster, Prepared, SyncAfter, SyncBefore } from './cluster.ts';
import { mayNotPause, refuseUntold, undone } from './cluster-failures.ts';
import { asFailure } from './failure.ts';
import type { SessionStore } from './ports.ts';

/** What this work needs of whoever does it. */
export interface ClusterWork {
  readonly cluster: Cluster;
  readonly store: Pick<SessionStore, 'id' | 'writeText'>;
  state(): ClusterState;
  /** Journals an event before it counts. */
  dispatch(event: ClusterEvent): void;
  progress(text: string): void;
  /** The fingerprint of the realm as it is now; null where no Keycloak is asked. */
  readonly fingerprint: (() => Promise<string>) | null;
  readonly hash: (text: string) => string;
  /** The fingerprint of the realm as this run has accounted for it; null where it has not. */
  readonly accounted: string | null;
  /** The export of this run changed what carries the realm in git. */
  readonly patched: boolean;
}

/** How often a patch is made anew after somebody else wrote to the same object: controllers write their status all the time. */
const TRIES = 30;

/** First of all. What is read goes to disk before anything is said of it. */
export async function remember(work: ClusterWork, from: string): Promise<void> {
  recordRemembered(work, await work.cluster.remember(from));
}

export function recordRemembered(work: ClusterWork, { versions, notes }: Awaited<ReturnType<Cluster['remember']>>): void {
  const kept = versions.map(({ name, text, ...version }): Remembered => {
    const file = `cluster/${name}.json`;
    work.store.writeText(file, text);
    return { ...version, file, sha256: work.hash(text) };
  });
  work.dispatch({ type: 'cluster.remembered', versions: kept, notes });
}

export async function findWriter(work: ClusterWork, from: string): Promise<ClusterSight> {
  const sight = await work.cluster.look(from);
  work.dispatch({ type: 'cluster.seen', sight });
  return sight;
}

/**
 * Pauses everything that the sight names, owners first, and looks whether it holds. Where one of them fails, those that were paused
 * before it run again: nothing is left half done.
 *
 * @throws RescueError what kept a patch from being sent, `missing-role` before anything is sent, `changed-meanwhile` where a pause was taken back at once
 */
export async function pauseAll(work: ClusterWork, sight: ClusterSight): Promise<void> {
  await lookAfter(work);
  const { pauses, mayPause } = sight;
  if (!mayPause && pauses.length > 0) throw mayNotPause(sight);
  const made: ClusterPatch[] = [];
  const already: PauseCheck[] = [];
  try {
    for (const pause of pauses) {
      const sent = await send(work, () => work.cluster.preparePause(pause, work.store.id));
      if ('already' in sent) already.push({ id: `pause ${pause.id}`, holds: true, because: sent.already });
      else made.push(sent.patch);
    }
  } catch (error) {
    await resumeAll(work, made).catch(() => undefined);
    throw halfDone(work, error);
  }
  if (made.length > 0) {
    await refuseUndone(work);
    await work.cluster.settle();
  }
  await checkHeld(work, already);
}

/** What is left of pauses where something failed after them; a patch without an answer may be there or not. */
function halfDone(work: ClusterWork, error: unknown): unknown {
  const unknown = new Set(danglingPatches(work.state()).map(({ id }) => id));
  const held = heldPauses(work.state());
  const named = (patches: readonly ClusterPatch[]) => patches.map(({ object, means, application }) => `${means === 'deny-window' ? `application ${application ?? ''}, by a deny window in ` : ''}${object.resource.kind} ${place(object)}`).join(', ');
  const sure = held.filter(({ id }) => !unknown.has(id));
  const unsure = held.filter(({ id }) => unknown.has(id));
  if (held.length === 0 || !(error instanceof RescueError)) return error;
  const said = [...(sure.length > 0 ? [`Still paused: ${named(sure)}.`] : []), ...(unsure.length > 0 ? [`Whether ${named(unsure)} is paused is not known.`] : [])];
  return new RescueError(error.code, [error.message, ...said].join(' '), [...error.next, `To let them run again: realm-rescue thaw ${work.store.id}`], { cause: error });
}

/** Looks whether what is paused still is. Throws RescueError `changed-meanwhile` where it is not. */
export async function checkHeld(work: ClusterWork, already: readonly PauseCheck[] = []): Promise<void> {
  const checks = [...(await work.cluster.check(heldPauses(work.state()))), ...already];
  work.dispatch({ type: 'pause.checked', checks });
  const broken = checks.filter(({ holds }) => !holds);
  if (broken.length > 0) throw undone(broken);
}

/** A first look, which proves nothing yet where it finds nothing. */
async function refuseUndone(work: ClusterWork): Promise<void> {
  const broken = (await work.cluster.check(heldPauses(work.state()))).filter(({ holds }) => !holds);
  if (broken.length === 0) return;
  work.dispatch({ type: 'pause.checked', checks: broken });
  throw undone(broken);
}

/** Ends operations that a pause does not stop, and looks whether they have ended; only where somebody asked for it. Where that fails, what stands paused is named. */
export async function terminateRunning(work: ClusterWork, sight: ClusterSight): Promise<void> {
  const running = endable(sight).map(({ object }) => object);
  const failed = (error: unknown): never => { throw halfDone(work, error); };
  for (const object of running) await send(work, () => work.cluster.prepareTerminate(object)).catch(failed);
  const ended: ObjectName[] = [];
  for (const object of running) if (await work.cluster.ended(object).catch(failed)) ended.push(object);
  work.dispatch({ type: 'operations.ended', ended, running: running.filter((object) => !ended.includes(object)) });
}

/** What `pauseAll` made, made undone, in the opposite order. */
export async function resumeAll(work: ClusterWork, held: readonly ClusterPatch[]): Promise<void> {
  for (const patch of held.toReversed()) {
    const done = await send(work, () => work.cluster.prepareResume(patch));
    if ('already' in done && heldPauses(work.state()).some(({ id }) => id === patch.id)) resumedByOthers(work, patch, done.already);
  }
}

/** Somebody else has let it run again: a record that did not say so would call it paused for ever. */
function resumedByOthers(work: ClusterWork, paused: ClusterPatch, title: string): void {
  const patch: ClusterPatch = { ...paused, id: paused.id.replace(/^pause /, 'resume '), purpose: 'resume', title, body: {}, previous: paused.value, value: paused.previous };
  work.dispatch({ type: 'patch.intended', patch });
  work.dispatch({ type: 'patch.sent', id: patch.id, resourceVersion: '', found: 'look' });
}

/**
 * Lets the writer run again and holds its sync against what was there before. Where it was not a no-op, or nobody can say, the writer is
 * paused again at once. A thaw that was killed is taken up with what it had found before.
 *
 * @param told  what the engineer saw before the word: what git brings beyond that lets nothing run
 * @returns whether it was a no-op at every level that could be looked at
 */
export async function thaw(work: ClusterWork, sight: ClusterSight, told: SyncBefore | null = null): Promise<boolean> {
  await lookAfter(work);
  const held = heldPauses(work.state());
  const { before, fingerprint } = await expectation(work, sight, told);
  const all = [...resumedPauses(work.state()).filter(({ id }) => !held.some((patch) => patch.id === id)), ...held];
  let after: SyncAfter;
  let realm: NoOpLevel;
  try {
    // An operation that a deny window holds back goes on as soon as the window is gone (verified-kube.md 4.1).
    for (const { object, running } of before.controllers) if (running) await send(work, () => work.cluster.prepareTerminate(object));
    await resumeAll(work, held);
    // An operation that failed or was ended is never tried again for the same revision (verified-kube.md 4.1).
    for (const { object, stuck, running, synced } of before.controllers) if ((stuck !== null || running) && synced === false) await send(work, () => work.cluster.prepareSync(object));
    after = await stillOn(work, all, await landed(work, sight, await work.cluster.watch(sight, before, work.progress)));
    realm = await realmLevel(work, fingerprint);
  } catch (error) {
    await freezeAgain(work, all, error);
    work.dispatch({ type: 'sync.abandoned', because: error instanceof RescueError ? error.message : 'a bug in realm-rescue' });
    throw error;
  }
  const levels = [...after.levels, realm];
  const ok = levels.every(({ noOp }) => noOp !== false);
  if (!ok) await freezeAgain(work, all);
  const note = ok && after.changes.length === 0 && work.patched ? unmerged(sight, before) : undefined;
  work.dispatch({ type: 'sync.watched', levels, changes: after.changes, restarted: after.restarted, revisions: after.revisions, ok, ...(note === undefined ? {} : { note }) });
  return ok;
}

/** What the sync is held against, on record before the writer runs. */
async function expectation(work: ClusterWork, sight: ClusterSight, told: SyncBefore | null): Promise<{ readonly before: SyncBefore; readonly fingerprint: string | null }> {
  const { awaited } = work.state();
  // Something ran already in a thaw that was cut off: it is judged by what was there before that.
  if (awaited?.begun) return awaited;
  // The realm may have been overwritten while nobody could look.
  const fingerprint = awaited?.fingerprint ?? work.accounted ?? (work.fingerprint === null ? null : await work.fingerprint());
  const before = await work.cluster.before(sight);
  for (const { stuck } of before.controllers) if (stuck !== null) work.progress(stuck);
  refuseUntold(before, told);
  work.dispatch({ type: 'sync.awaited', before, fingerprint });
  return { before, fingerprint };
}

/**
 * The first sync after a merge brings what git says and the cluster does not: the engineer was told of it, and it is no surprise. What counts
 * is that nothing else moved, and that from then on nothing moves at all.
 */
async function landed(work: ClusterWork, sight: ClusterSight, first: SyncAfter): Promise<SyncAfter> {
  // Flux applies a new revision also where it says what is live already.
  const nothing = first.changes.length === 0 && first.levels.every(({ noOp }) => noOp !== false);
  if (nothing || first.unannounced.length > 0) return first;
  work.progress(first.changes.length === 0 ? 'looked at once more' : `landed as announced: ${first.changes.join('; ')}`);
  const second = await work.cluster.watch(sight, await work.cluster.before(sight), work.progress);
  return { ...second, revisions: first.revisions, restarted: [...first.restarted, ...second.restarted], changes: [...first.changes.map((change) => `${ANNOUNCED}${change}`), ...second.changes] };
}

/** What somebody has paused again meanwhile has answered, and done nothing: that proves nothing (verified-kube.md 4.2). */
async function stillOn(work: ClusterWork, resumed: readonly ClusterPatch[], after: SyncAfter): Promise<SyncAfter> {
  const checks = await work.cluster.check(resumed);
  const off = resumed.filter(({ id }) => checks.some((check) => check.id === id && check.holds)).map(({ object }) => `${object.resource.kind} ${place(object)}`);
  if (off.length === 0) return after;
  return { ...after, levels: after.levels.map((level) => (level.level === 'controller' ? { ...level, noOp: false, because: `${off.join(', ')} was paused again by somebody else before it had synced` } : level)) };
}

export async function realmLevel({ fingerprint }: ClusterWork, before: string | null): Promise<NoOpLevel> {
  if (fingerprint === null || before === null) return { level: 'realm', noOp: null, because: 'no Keycloak was named to read the realm from' };
  const after = await fingerprint();
  return { level: 'realm', noOp: after === before, because: after === before ? `fingerprint ${after.slice(0, 19)}… before and after` : `fingerprint ${before.slice(0, 19)}… → ${after.slice(0, 19)}…` };
}

/** A sync that had nothing to bring, although the export changed what carries the realm, means most of all that nobody has merged it. */
function unmerged({ carrier }: ClusterSight, before: SyncBefore): string | undefined {
  if (!carrier || before.objects[carrier.spec]?.resourceVersion !== carrier.resourceVersion) return undefined;
  return `${carrier.spec} is what it was when this run began: has the patch been merged?`;
}

/**
 * The same pauses again, as many of them as can be. What was there before the first of them stays what a later thaw goes back to.
 * @throws RescueError naming what runs, where one cannot be paused; @param because  what made it necessary, told with it
 */
export async function freezeAgain(work: ClusterWork, held: readonly ClusterPatch[], because?: unknown): Promise<void> {
  const failures: RescueError[] = [];
  for (const { id, object, means, application, title } of held) {
    const pause: Pause = { id: id.replace(/^pause /, ''), object, means: means ?? 'automation-off', title, ...(application === undefined ? {} : { application }) };
    try {
      await insistently(work, () => send(work, () => work.cluster.preparePause(pause, work.store.id)));
    } catch (error) {
      if (!(error instanceof RescueError) || error.code === 'disk') throw error;
      failures.push(new RescueError(error.code, `${object.resource.kind} ${place(object)} RUNS and could not be paused again: ${error.message}`, error.next, { cause: error }));
    }
  }
  const [first] = failures;
  if (first) throw new RescueError(first.code, [...(because instanceof Error ? [because.message] : []), ...failures.map(({ message }) => message)].join(' '), ['Pause it by hand now.', ...first.next], { cause: first });
  work.dispatch({ type: 'pause.checked', checks: await work.cluster.check(heldPauses(work.state())) });
}

/** What a server says that is away or has just started: it knows nobody's rights for some seconds. */
const PASSING: readonly ErrorCode[] = ['unreachable', 'no-answer', 'server-error', 'missing-role', 'refused-login', 'changed-meanwhile'];
const INSISTING = 15;

/** A writer that runs and should not is worth waiting for the server. */
async function insistently(work: ClusterWork, act: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await lookAfter(work);
      await act();
      return;
    } catch (error) {
      if (!(error instanceof RescueError) || !PASSING.includes(error.code) || attempt >= INSISTING) throw error;
      work.progress(`not paused again yet: ${error.message}`);
      await work.cluster.settle();
    }
  }
}

/** A patch that a crash left open: whether it happened is looked up, and it is never sent unseen. */
export async function lookAfter(work: ClusterWork): Promise<void> {
  for (const patch of danglingPatches(work.state())) {
    if (await work.cluster.happened(patch)) work.dispatch({ type: 'patch.sent', id: patch.id, resourceVersion: '', found: 'look' });
    else work.dispatch({ type: 'patch.failed', id: patch.id, failure: { code: 'interrupted', title: `${patch.title} was not sent before the process ended`, next: [] } });
  }
}

/**
 * One patch: made from what is there now, intended on disk, sent once. Where somebody else wrote in between nothing was written, so it is made
 * anew, as long as what it is about is still the same.
 */
export async function send(work: ClusterWork, prepare: () => Promise<Prepared>): Promise<{ readonly patch: ClusterPatch } | { readonly already: string }> {
  let first: ClusterPatch | null = null;
  for (let attempt = 1; ; attempt += 1) {
    const prepared = await prepare().catch((error: unknown) => {
      // A dry run meets other writers as well.
      if (error instanceof RescueError && error.code === 'changed-meanwhile' && attempt < TRIES) return null;
      throw error;
    });
    if (prepared === null) continue;
    if ('already' in prepared) {
      work.progress(prepared.already);
      return prepared;
    }
    const { patch } = prepared;
    if (first !== null && JSON.stringify(first.previous) !== JSON.stringify(patch.previous)) {
      throw new RescueError('changed-meanwhile', `Somebody changed ${patch.field.join('.')} of ${patch.object.resource.kind} ${patch.object.name} at the same moment; nothing was written over it.`, ['Start the same again: it is looked at anew.']);
    }
    first = patch;
    work.dispatch({ type: 'patch.intended', patch });
    try {
      const { resourceVersion, written } = await work.cluster.send(patch, prepared.secret);
      work.dispatch({ type: 'patch.sent', id: patch.id, resourceVersion, found: 'answer', ...(written === null ? {} : { written }) });
      return { patch };
    } catch (error) {
      const failure = asFailure(error);
      // Only a look can tell: the intent stays open.
      if (failure.code === 'no-answer') throw error;
      work.dispatch({ type: 'patch.failed', id: patch.id, failure });
      if (failure.code !== 'changed-meanwhile' || attempt >= TRIES) throw error;
    }
  }
}
