/** Freeze and thaw, step by step: each patch intended on disk, sent once, looked at. The same for a recovery and for the two commands alone. */
import { RescueError } from '../realm/errors.ts';
import { ANNOUNCED } from '../runbook/cluster-lines.ts';
import type { ClusterPatch, ClusterSight, NoOpLevel, Pause, ObjectName, PauseCheck, Remembered, RestartRisk } from '../runbook/cluster.ts';
import type { ClusterEvent } from '../runbook/cluster-events.ts';
import { danglingPatches, heldPauses, resumedPauses, type ClusterState } from '../runbook/cluster-state.ts';
import type { Cluster, Prepared, SyncAfter } from './cluster.ts';
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
}

/** How often a patch is made anew after somebody else wrote to the same object: controllers write their status all the time. */
const TRIES = 8;

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
export async function pauseAll(work: ClusterWork, { pauses, mayPause, role, user }: ClusterSight): Promise<void> {
  await lookAfter(work);
  if (!mayPause && pauses.length > 0) throw new RescueError('missing-role', `${user} may not pause the writer; nothing was sent.`, ['Have somebody apply this, or pause it by hand and state it with --frozen TEXT:', ...(role ?? '').trimEnd().split('\n')]);
  const made: ClusterPatch[] = [];
  try {
    for (const pause of pauses) {
      const sent = await send(work, () => work.cluster.preparePause(pause, work.store.id));
      if (sent) made.push(sent);
    }
  } catch (error) {
    await resumeAll(work, made).catch(() => undefined);
    const left = heldPauses(work.state());
    if (left.length === 0 || !(error instanceof RescueError)) throw error;
    throw new RescueError(error.code, `${error.message} Paused by now: ${left.map(({ object }) => object.name).join(', ')}.`, [...error.next, `To let them run again: realm-rescue thaw ${work.store.id}`], { cause: error });
  }
  await checkHeld(work);
  if (made.length === 0) return;
  await work.cluster.settle();
  await checkHeld(work);
}

/** Looks whether what is paused still is. Throws RescueError `changed-meanwhile` where it is not. */
export async function checkHeld(work: ClusterWork): Promise<void> {
  const checks = await work.cluster.check(heldPauses(work.state()));
  work.dispatch({ type: 'pause.checked', checks });
  const broken = checks.filter(({ holds }) => !holds);
  if (broken.length > 0) throw undone(broken);
}

function undone(broken: readonly PauseCheck[]): RescueError {
  return new RescueError('changed-meanwhile', `A pause was taken back: ${broken.map(({ because }) => because).join('; ')}.`, ['Pause what takes it back as well, or have its owner pause it; then try again: it is looked at anew.']);
}

/** Ends operations that a pause does not stop; only where somebody asked for it. */
export async function terminateRunning(work: ClusterWork, sight: ClusterSight): Promise<void> {
  for (const { object, running } of sight.controllers) if (running !== null) await send(work, () => work.cluster.prepareTerminate(object));
}

/** What `pauseAll` made, made undone, in the opposite order. */
export async function resumeAll(work: ClusterWork, held: readonly ClusterPatch[]): Promise<void> {
  for (const patch of held.toReversed()) await send(work, () => work.cluster.prepareResume(patch));
}

/**
 * Lets the writer run again and holds its sync against what was there before. Where it was not a no-op, the writer is paused again at once.
 *
 * @returns whether it was a no-op at every level that could be looked at
 */
export async function thaw(work: ClusterWork, sight: ClusterSight): Promise<boolean> {
  await lookAfter(work);
  const held = heldPauses(work.state());
  const fingerprint = work.fingerprint === null ? null : await work.fingerprint();
  const before = await work.cluster.before(sight);
  for (const { object, stuck, running } of before.controllers) {
    // An operation that a deny window holds back goes on as soon as the window is gone (verified-kube.md 4.1).
    if (running) await send(work, () => work.cluster.prepareTerminate(object));
    if (stuck !== null) work.progress(stuck);
  }
  let after: SyncAfter | null = null;
  let failed: unknown = null;
  try {
    await resumeAll(work, held);
    // An operation that failed or was ended is never tried again for the same revision (verified-kube.md 4.1).
    for (const { object, stuck, synced } of before.controllers) if (stuck !== null && synced === false) await send(work, () => work.cluster.prepareSync(object));
    after = await landed(work, sight, await work.cluster.watch(sight, before, work.progress));
  } catch (error) {
    failed = error;
  }
  const realm = await realmLevel(work, fingerprint);
  const levels = [...(after?.levels ?? []), realm];
  const ok = failed === null && levels.every(({ noOp }) => noOp !== false);
  if (!ok) await freezeAgain(work, held);
  if (failed !== null) throw failed;
  work.dispatch({ type: 'sync.watched', levels, changes: after?.changes ?? [], revisions: after?.revisions ?? '', ok });
  return ok;
}

/**
 * The first sync after a merge brings what git says and the cluster does not: the engineer was told of it, and it is no surprise. What counts
 * is that nothing else moved, and that from then on nothing moves at all.
 */
async function landed(work: ClusterWork, sight: ClusterSight, first: SyncAfter): Promise<SyncAfter> {
  if (first.changes.length === 0 || first.unannounced.length > 0) return first;
  work.progress(`landed as announced: ${first.changes.join('; ')}`);
  const second = await work.cluster.watch(sight, await work.cluster.before(sight), work.progress);
  return { ...second, revisions: first.revisions, changes: [...first.changes.map((change) => `${ANNOUNCED}${change}`), ...second.changes] };
}

/** Live patches of workloads, each waited for until its pods are the new ones. */
export async function makeSafe(work: ClusterWork, risks: readonly RestartRisk[]): Promise<void> {
  for (const risk of risks) {
    await lookAfter(work);
    const sent = await send(work, () => work.cluster.prepareSafe(risk));
    if (sent) await work.cluster.rolledOut(risk.object, work.progress);
    // What needs no patch any more is answered for good.
    else work.dispatch({ type: 'safe.answered', object: risk.object, safe: false, by: 'dependency' });
  }
}

/** One restart on purpose: a start of a pod is when an import would run. Where the realm is another then, the writer is paused again. */
export async function restart(work: ClusterWork, objects: readonly ObjectName[]): Promise<boolean> {
  await lookAfter(work);
  const before = work.fingerprint === null ? null : await work.fingerprint();
  const resumed = resumedPauses(work.state());
  for (const object of objects) {
    await send(work, () => work.cluster.prepareRestart(object));
    await work.cluster.rolledOut(object, work.progress);
  }
  const realm = await realmLevel(work, before);
  if (realm.noOp === false) await freezeAgain(work, resumed);
  work.dispatch({ type: 'restart.checked', objects, realm });
  return realm.noOp !== false;
}

async function realmLevel({ fingerprint }: ClusterWork, before: string | null): Promise<NoOpLevel> {
  if (fingerprint === null || before === null) return { level: 'realm', noOp: null, because: 'no Keycloak was named to read the realm from' };
  const after = await fingerprint();
  return { level: 'realm', noOp: after === before, because: after === before ? `fingerprint ${after.slice(0, 19)}… before and after` : `fingerprint ${before.slice(0, 19)}… → ${after.slice(0, 19)}…` };
}

/** The same pauses again. What was there before the first of them stays what a later thaw goes back to. */
async function freezeAgain(work: ClusterWork, held: readonly ClusterPatch[]): Promise<void> {
  for (const { id, object, means, application, title } of held) {
    const pause: Pause = { id: id.replace(/^pause /, ''), object, means: means ?? 'automation-off', title, ...(application === undefined ? {} : { application }) };
    await send(work, () => work.cluster.preparePause(pause, work.store.id));
  }
  work.dispatch({ type: 'pause.checked', checks: await work.cluster.check(heldPauses(work.state())) });
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
export async function send(work: ClusterWork, prepare: () => Promise<Prepared>): Promise<ClusterPatch | null> {
  let first: ClusterPatch | null = null;
  for (let attempt = 1; ; attempt += 1) {
    const prepared = await prepare();
    if ('already' in prepared) {
      work.progress(prepared.already);
      return null;
    }
    const { patch } = prepared;
    if (first !== null && JSON.stringify(first.previous) !== JSON.stringify(patch.previous)) {
      throw new RescueError('changed-meanwhile', `Somebody changed ${patch.field.join('.')} of ${patch.object.resource.kind} ${patch.object.name} at the same moment; nothing was written over it.`, ['Start the same again: it is looked at anew.']);
    }
    first = patch;
    work.dispatch({ type: 'patch.intended', patch });
    try {
      const { resourceVersion } = await work.cluster.send(patch, prepared.secret);
      work.dispatch({ type: 'patch.sent', id: patch.id, resourceVersion, found: 'answer' });
      return patch;
    } catch (error) {
      const failure = asFailure(error);
      // Only a look can tell: the intent stays open.
      if (failure.code === 'no-answer') throw error;
      work.dispatch({ type: 'patch.failed', id: patch.id, failure });
      if (failure.code !== 'changed-meanwhile' || attempt >= TRIES) throw error;
    }
  }
}
