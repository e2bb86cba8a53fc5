/** Patches of a cluster, step by step: each intended on disk, sent once, looked at. The same for a recovery and for freeze and thaw alone. */
import { RescueError } from '../realm/errors.ts';
import { endable, place, withoutOwn } from '../runbook/cluster.ts';
import type { ClusterPatch, ClusterSight, ObjectName, PauseCheck, Remembered } from '../runbook/cluster.ts';
import type { ClusterEvent } from '../runbook/cluster-events.ts';
import { danglingPatches, heldPauses, type ClusterState } from '../runbook/cluster-state.ts';
import type { Cluster, Prepared } from './cluster.ts';
import { mayNotPause, undone } from './cluster-failures.ts';
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
  /** The flags with which a thaw finds this record and its cluster; absent in a recovery, whose end names them. */
  readonly again?: string;
}

/** What was paused by this record, and is not any more. */
export interface LeftToOthers {
  readonly object: ObjectName;
  /** The record that holds it now; null: it runs. */
  readonly heldBy: string | null;
  /** In words, with the command that lets it run again. */
  readonly because: string;
}

/** How often a patch is made anew after somebody else wrote to the same object: controllers write their status all the time. */
const TRIES = 30;

/** First of all. What is read goes to disk before anything is said of it. */
export async function remember(work: ClusterWork, from: string): Promise<void> {
  recordRemembered(work, await work.cluster.remember(from, work.progress));
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
  const sight = withoutOwn(await work.cluster.look(from, work.progress), heldPauses(work.state()));
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
  return new RescueError(error.code, [error.message, ...said].join(' '), [...error.next, `To let them run again: realm-rescue thaw ${work.store.id}${work.again ?? ''}`], { cause: error });
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

/**
 * Strikes off what another record has paused since somebody took the pause of this one back: nothing is sent for it, now or later.
 * @param alsoResumed  what is simply not paused any more as well
 */
export async function leaveToOthers(work: ClusterWork, alsoResumed = false): Promise<readonly LeftToOthers[]> {
  const { awaited } = work.state();
  const left: LeftToOthers[] = [];
  for (const patch of heldPauses(work.state())) {
    const found = await work.cluster.prepareResume(patch);
    // Of what is gone something may still be known: that is for whoever watches.
    if (!('already' in found) || found.gone === true || (found.heldBy === undefined && !alsoResumed)) continue;
    resumedByOthers(work, patch, found.already);
    left.push({ object: patch.object, heldBy: found.heldBy ?? null, because: found.already });
  }
  // Only what another record holds does not run for that.
  if (left[0] && left.every(({ heldBy }) => heldBy !== null) && awaited?.begun === false) work.dispatch({ type: 'sync.abandoned', because: left[0].because });
  return left;
}

/** Somebody else has let it run again: a record that did not say so would call it paused for ever. */
function resumedByOthers(work: ClusterWork, paused: ClusterPatch, title: string): void {
  const patch: ClusterPatch = { ...paused, id: paused.id.replace(/^pause /, 'resume '), purpose: 'resume', title, body: {}, previous: paused.value, value: paused.previous };
  work.dispatch({ type: 'patch.intended', patch });
  work.dispatch({ type: 'patch.sent', id: patch.id, resourceVersion: '', found: 'look' });
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
