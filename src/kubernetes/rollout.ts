/** Pods that start anew with a new template: that is when an import would run. */
import { RescueError } from '../realm/errors.ts';
import type { ObjectName } from '../runbook/cluster.ts';
import type { ObjectMark } from '../runner/cluster.ts';
import { at, shown, specOf, textAt, type KubeObject } from '../gitops/controllers/object.ts';
import { readNamed, type WatchTimes } from './answers.ts';
import type { ClusterApi } from './api.ts';
import { awaited } from './awaited.ts';
import { markOf } from './marks.ts';

/** Waits for the pods of each workload that has another template than before: it counts only when they have started. */
export async function rolledOutAll(api: ClusterApi, objects: readonly ObjectName[], before: Readonly<Record<string, ObjectMark>>, times: WatchTimes, onProgress: (text: string) => void): Promise<void> {
  for (const name of objects) {
    const first = await api.get(name);
    if (first && markOf(first).template !== before[specOf(name)]?.template) await rolledOut(api, name, times, onProgress);
  }
}

/** Waits until the pods of a StatefulSet or Deployment are those of its template; anything else has none to wait for. */
export async function rolledOut(api: ClusterApi, name: ObjectName, times: WatchTimes, onProgress: (text: string) => void): Promise<void> {
  if (!['StatefulSet', 'Deployment'].includes(name.resource.kind)) return;
  onProgress(`${shown(name)}: its pods restart`);
  const done = await awaited(times.sync, times.every, async () => {
    const object = await readNamed(api, name);
    const number = (field: string) => Number(at(object, 'status', field) ?? 0);
    const wanted = Number(at(object, 'spec', 'replicas') ?? 1);
    if (!restartsPods(object)) return true;
    // As `kubectl rollout status`: an old pod that still serves beside the new one is not the end of it.
    const all = number('observedGeneration') >= (object.metadata.generation ?? 0) && number('updatedReplicas') >= wanted && number('replicas') <= number('updatedReplicas');
    return all && number('readyReplicas') >= wanted ? true : null;
  });
  if (done === null) throw new RescueError('not-proven', `The pods of ${shown(name)} did not all become ready within ${times.sync / 1000} s.`, [`Look with: kubectl rollout status ${name.resource.kind.toLowerCase()}/${name.name}${name.namespace === null ? '' : ` -n ${name.namespace}`}`]);
}

/** Whether a new template restarts pods by itself: not where there are none, where the roll-out is halted, or where somebody deletes them by hand. */
function restartsPods(object: KubeObject): boolean {
  const strategy = at(object, 'spec', 'updateStrategy');
  return Number(at(object, 'spec', 'replicas') ?? 1) > 0 && at(object, 'spec', 'paused') !== true && textAt(strategy, 'type') !== 'OnDelete' && Number(at(strategy, 'rollingUpdate', 'partition') ?? 0) === 0;
}
