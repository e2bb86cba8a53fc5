/** What restarts pods: the live patch that makes a workload safe, and one restart on purpose. */
import { RescueError } from '../realm/errors.ts';
import { objectKey, resumedPauses, type ClusterState } from '../runbook/cluster-state.ts';
import type { NoOpLevel, ObjectName, RestartRisk } from '../runbook/cluster.ts';
import { freezeAgain, pausedAgain, realmLevel } from './cluster-thaw.ts';
import { lookAfter, send, type ClusterWork } from './cluster-work.ts';

/** Live patches of workloads, each waited for until its pods are the new ones. */
export async function makeSafe(work: ClusterWork, risks: readonly RestartRisk[]): Promise<void> {
  for (const risk of risks) {
    await lookAfter(work);
    const sent = await send(work, () => work.cluster.prepareSafe(risk));
    if ('patch' in sent) await work.cluster.rolledOut(risk.object, work.progress);
    // What needs no patch any more is answered for good.
    else work.dispatch({ type: 'safe.answered', object: risk.object, safe: false, by: 'dependency' });
  }
}

/**
 * One restart on purpose: a start of a pod is when an import would run. Where the realm is another then, or nobody can say, the writer is paused
 * again, unless no pod has gone. A restart that was cut off is taken up: what was sent is waited for, and held against what was there before it.
 *
 * @throws RescueError what kept it from being judged, with what is paused for it
 */
export async function restart(work: ClusterWork, objects: readonly ObjectName[]): Promise<boolean> {
  await lookAfter(work);
  const resumed = resumedPauses(work.state());
  let { restartAwaited: awaited } = work.state();
  // One of an earlier thaw was another restart.
  const cutOff = awaited !== null;
  if (!awaited) {
    awaited = { fingerprint: work.fingerprint === null ? null : await work.fingerprint() };
    work.dispatch({ type: 'restart.awaited', ...awaited });
  }
  let realm: NoOpLevel;
  try {
    for (const object of objects) {
      if (!cutOff || !isRestarted(work.state(), object)) await send(work, () => work.cluster.prepareRestart(object));
      await work.cluster.rolledOut(object, work.progress);
    }
    realm = await realmLevel(work, awaited.fingerprint);
  } catch (error) {
    // Nothing has started that could import: there is nothing to hold back.
    if (error instanceof RescueError && error.code === 'missing-role' && !objects.some((object) => isBegun(work.state(), object))) throw new RescueError(error.code, `${error.message} No pod was restarted, and nothing was paused for it.`, error.next, { cause: error });
    throw pausedAgain(work, await freezeAgain(work, resumed, error), error);
  }
  if (realm.noOp === false) await freezeAgain(work, resumed);
  work.dispatch({ type: 'restart.checked', objects, realm });
  return realm.noOp !== false;
}

/** A patch without an answer may be there. */
const isBegun = ({ patches }: ClusterState, object: ObjectName): boolean =>
  Object.values(patches).some(({ patch, status }) => patch.purpose === 'restart' && status !== 'failed' && objectKey(patch.object) === objectKey(object));

const isRestarted = ({ patches }: ClusterState, object: ObjectName): boolean =>
  Object.values(patches).some(({ patch, status }) => patch.purpose === 'restart' && status === 'sent' && objectKey(patch.object) === objectKey(object));
