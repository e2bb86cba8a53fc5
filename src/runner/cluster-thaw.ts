/** The way back from a freeze: the writer runs again, its next sync is judged, and what cannot be judged is paused again. */
import { RescueError, type ErrorCode } from '../realm/errors.ts';
import { ANNOUNCED } from '../runbook/cluster-lines.ts';
import { place } from '../runbook/cluster.ts';
import type { ClusterPatch, ClusterSight, NoOpLevel, Pause } from '../runbook/cluster.ts';
import { heldPauses, isPausedBy, resumedPauses } from '../runbook/cluster-state.ts';
import type { ControllerBefore, SyncAfter, SyncBefore } from './cluster.ts';
import { refuseUntold } from './cluster-failures.ts';
import { leaveToOthers, lookAfter, resumeAll, send, type ClusterWork } from './cluster-work.ts';

/**
 * Lets the writer run again and holds its sync against what was there before. Where it was not a no-op, or nobody can say, the writer is
 * paused again at once. A thaw that was killed is taken up with what it had found before.
 *
 * @param told  what the engineer saw before the word: what git brings beyond that lets nothing run
 * @returns whether it was a no-op at every level that could be looked at; false as well where none could be
 */
export async function thaw(work: ClusterWork, sight: ClusterSight, told: SyncBefore | null = null): Promise<boolean> {
  await lookAfter(work);
  for (const { because } of await leaveToOthers(work)) work.progress(because);
  const held = heldPauses(work.state());
  const cutOff = work.state().awaited?.begun === true;
  const all = [...resumedPauses(work.state()).filter(({ id }) => !held.some((patch) => patch.id === id)), ...held];
  // What an earlier thaw let run is no business of this one, unless that was cut off.
  const ours = cutOff ? all : held;
  const { before: recorded, fingerprint } = await expectation(work, { sight, ours }, told);
  const before = marked(recorded, ours);
  let after: SyncAfter;
  let realm: NoOpLevel;
  try {
    // An operation that a deny window holds back goes on as soon as the window is gone (verified-kube.md 4.1).
    for (const { object, running } of own(before)) if (running) await send(work, () => work.cluster.prepareTerminate(object));
    await resumeAll(work, held);
    // An operation that failed or was ended is never tried again for the same revision (verified-kube.md 4.1).
    for (const { object, stuck, running, synced } of own(before)) if ((stuck !== null || running) && synced === false) await send(work, () => work.cluster.prepareSync(object));
    after = await stillOn(work, ours, await landed(work, { sight, ours }, await work.cluster.watch(sight, before, work.progress)));
    realm = await realmLevel(work, fingerprint);
  } catch (error) {
    const again = await freezeAgain(work, all, error);
    work.dispatch({ type: 'sync.abandoned', because: error instanceof RescueError ? error.message : 'a bug in realm-rescue' });
    throw pausedAgain(work, again, error);
  }
  const levels = [...after.levels, realm];
  // Of what this record had paused, something has to be known: that nothing could be looked at is no proof.
  const ok = levels.every(({ noOp }) => noOp !== false) && (ours.length === 0 || levels.some(({ noOp }) => noOp !== null));
  if (!ok) await freezeAgain(work, all);
  const note = ok && after.changes.length === 0 && work.patched ? unmerged(sight, before) : undefined;
  work.dispatch({ type: 'sync.watched', levels, changes: after.changes, restarted: after.restarted, revisions: after.revisions, ok, ...(note === undefined ? {} : { note }) });
  return ok;
}

/** What another has paused, or nobody, is looked at and otherwise left alone. */
function marked(before: SyncBefore, ours: readonly ClusterPatch[]): SyncBefore {
  return { ...before, controllers: before.controllers.map((controller) => ({ ...controller, ours: isPausedBy(ours, controller.object) })) };
}

/** Those whose syncs are judged. What is above them has work that is none of ours. */
const own = ({ controllers }: SyncBefore): readonly ControllerBefore[] => controllers.filter(({ ours, above }) => ours === true && above !== true);

/** What the sync is held against, on record before the writer runs. */
async function expectation(work: ClusterWork, { sight, ours }: { readonly sight: ClusterSight; readonly ours: readonly ClusterPatch[] }, told: SyncBefore | null): Promise<{ readonly before: SyncBefore; readonly fingerprint: string | null }> {
  const { awaited } = work.state();
  // Something ran already in a thaw that was cut off: it is judged by what was there before that.
  if (awaited?.begun) return awaited;
  // The realm may have been overwritten while nobody could look.
  const fingerprint = awaited?.fingerprint ?? work.accounted ?? (work.fingerprint === null ? null : await work.fingerprint());
  const before = await work.cluster.before(sight, (controller) => isPausedBy(ours, controller));
  for (const { stuck } of before.controllers) if (stuck !== null) work.progress(stuck);
  refuseUntold(before, told);
  work.dispatch({ type: 'sync.awaited', before, fingerprint });
  return { before, fingerprint };
}

/**
 * The first sync after a merge brings what git says and the cluster does not: the engineer was told of it, and it is no surprise. What counts
 * is that nothing else moved, and that from then on nothing moves at all.
 */
async function landed(work: ClusterWork, { sight, ours }: { readonly sight: ClusterSight; readonly ours: readonly ClusterPatch[] }, first: SyncAfter): Promise<SyncAfter> {
  // Flux applies a new revision also where it says what is live already.
  const nothing = first.changes.length === 0 && first.levels.every(({ noOp }) => noOp !== false);
  if (nothing || first.unannounced.length > 0) return first;
  work.progress(first.changes.length === 0 ? 'looked at once more' : `landed as announced: ${first.changes.join('; ')}`);
  const second = await work.cluster.watch(sight, marked(await work.cluster.before(sight, (controller) => isPausedBy(ours, controller)), ours), work.progress);
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
 * @returns those of what is still there
 * @throws RescueError naming what runs, where one cannot be paused; @param because  what made it necessary, told with it
 */
export async function freezeAgain(work: ClusterWork, held: readonly ClusterPatch[], because?: unknown): Promise<readonly ClusterPatch[]> {
  const failures: RescueError[] = [];
  const gone = new Set<string>();
  for (const { id, object, means, application, title } of held) {
    const pause: Pause = { id: id.replace(/^pause /, ''), object, means: means ?? 'automation-off', title, ...(application === undefined ? {} : { application }) };
    try {
      await insistently(work, () => send(work, () => work.cluster.preparePause(pause, work.store.id)));
    } catch (error) {
      if (!(error instanceof RescueError) || error.code === 'disk') throw error;
      // What is gone does not run.
      if (error.code === 'object-not-found') gone.add(id);
      else failures.push(new RescueError(error.code, `${object.resource.kind} ${place(object)} RUNS and could not be paused again: ${error.message}`, error.next, { cause: error }));
    }
  }
  const [first] = failures;
  if (first) throw new RescueError(first.code, [...(because instanceof Error ? [because.message] : []), ...failures.map(({ message }) => message)].join(' '), ['Pause it by hand now.', ...first.next], { cause: first });
  work.dispatch({ type: 'pause.checked', checks: await work.cluster.check(heldPauses(work.state())) });
  return held.filter(({ id }) => !gone.has(id));
}

/** What went wrong, and that the writer does not run for it. */
export function pausedAgain(work: ClusterWork, held: readonly ClusterPatch[], error: unknown): unknown {
  if (!(error instanceof RescueError) || held.length === 0) return error;
  const names = held.map(({ object, application }) => (application === undefined ? `${object.resource.kind} ${place(object)}` : `Application ${application}`));
  return new RescueError(error.code, `${error.message} ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} paused again.`, [...error.next, `To let ${names.length === 1 ? 'it' : 'them'} run again: realm-rescue thaw ${work.store.id}${work.again ?? ''}`], { cause: error });
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
