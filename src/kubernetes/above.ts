/**
 * What applies the controllers that apply the realm: a Kustomization above a HelmRelease, an application of applications. What git says of the
 * lower one comes through it, so that its sync comes first and the lower one's after it.
 */
import { RescueError } from '../realm/errors.ts';
import { bringsBelow } from '../runbook/cluster.ts';
import { specOf, type KubeObject, type ObjectName } from '../gitops/controllers/object.ts';
import type { SyncView } from '../gitops/controllers/controller.ts';
import type { ControllerBefore, SyncBefore } from '../runner/cluster.ts';
import { closely, refresh, settled, type Applier, type WatchTimes } from './answers.ts';
import type { ClusterApi } from './api.ts';

/** One of them, looked at again after the resume. */
export interface Landed {
  readonly applier: Applier;
  readonly was: ControllerBefore;
  /** null where it did not answer in time. */
  readonly view: SyncView | null;
  /** Why what it had to bring may still come; null where it has come. */
  readonly open: string | null;
}

interface Landing {
  readonly times: WatchTimes;
  readonly token: string;
  readonly read: (name: ObjectName) => Promise<KubeObject>;
  readonly onProgress: (text: string) => void;
}

/**
 * Waits until those that run again have done what they do, the topmost first. One that is stuck, or late, holds nothing up: it may have nothing to
 * do with the realm. Only what it had to bring is not known to have come then.
 */
export async function landAbove(api: ClusterApi, appliers: readonly Applier[], before: SyncBefore, { times, token, read, onProgress }: Landing): Promise<readonly Landed[]> {
  const landed: Landed[] = [];
  for (const applier of appliers.filter(({ above }) => above).toReversed()) {
    const was = before.controllers.find(({ object }) => specOf(object) === specOf(applier.name));
    if (was?.ours !== true) continue;
    onProgress(`${applier.kind.title} ${applier.name.name}, above it: asked to look again`);
    const brings = bringsBelow(before, was).length > 0;
    const { view, trouble } = await outcome(api, applier, was, { times, token, read, onProgress });
    landed.push({ applier, was, view, open: brings ? trouble : null });
  }
  return landed;
}

async function outcome(api: ClusterApi, applier: Applier, was: ControllerBefore, { times, token, read, onProgress }: Landing): Promise<Pick<Landed, 'view'> & { readonly trouble: string | null }> {
  const { name, kind } = applier;
  const quick = closely(times);
  const look = (): Promise<KubeObject> => read(name);
  try {
    // It may wait for the health of what it applies.
    const answered = await refresh(api, applier, token, { ...quick, refresh: times.sync }, look);
    if (answered === null) return { view: null, trouble: `${name.name}, above it, did not look at git again within ${times.sync / 1000} s` };
    // What Argo CD has failed at once, it never tries again for the same revision.
    const object = was.stuck === null ? await settled(api, applier, was, { times: quick, look, onProgress }) : answered;
    const view = kind.view(object);
    return { view, trouble: view.trouble === null ? null : `${name.name}, above it, is stuck, and may still change it: ${view.trouble}` };
  } catch (error) {
    if (!(error instanceof RescueError) || !['not-proven', 'object-not-found'].includes(error.code)) throw error;
    return { view: null, trouble: `${name.name}, above it: ${error.message.replace(/\.$/, '')}` };
  }
}
