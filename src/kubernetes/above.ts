/**
 * What applies the controllers that apply the realm: a Kustomization above a HelmRelease, an application of applications. What git says of the
 * lower one comes through it, so that its sync comes first and the lower one's after it.
 */
import { RescueError } from '../realm/errors.ts';
import { bringsBelow, shortRevision } from '../runbook/cluster.ts';
import { skipsReconcile } from '../gitops/controllers/argo.ts';
import { specOf, type KubeObject, type ObjectName } from '../gitops/controllers/object.ts';
import type { SyncView } from '../gitops/controllers/controller.ts';
import type { ControllerBefore, SyncBefore } from '../runner/cluster.ts';
import { closely, refresh, settled, type Applier, type WatchTimes } from './answers.ts';
import type { ClusterApi } from './api.ts';
import { awaited } from './awaited.ts';

/** One of them, looked at again after the resume. */
export interface Landed {
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
 * Waits until those that run again, or never stood still, have done what they do, the topmost first. One that is stuck, or late, holds nothing up: it may have nothing to
 * do with the realm. Only what it had to bring is not known to have come then.
 */
export async function landAbove(api: ClusterApi, appliers: readonly Applier[], before: SyncBefore, { times, token, read, onProgress }: Landing): Promise<readonly Landed[]> {
  const landed: Landed[] = [];
  for (const applier of appliers.filter(({ above }) => above).toReversed()) {
    const was = before.controllers.find(({ object }) => specOf(object) === specOf(applier.name));
    if (was === undefined || (was.ours !== true && !isComing(was))) continue;
    onProgress(`${applier.kind.title} ${applier.name.name}, above it: ${was.ours === true ? 'asked to look again' : `waited for, until it has applied ${shortRevision(was.target ?? '')}`}`);
    const brings = bringsBelow(before, was).length > 0;
    // It may wait for the health of what it applies; but who brings nothing, or did not answer before, is not waited for that long.
    const patience = (brings || was.synced === null) && was.stuck === null ? times.sync : Math.min(times.refresh, times.sync);
    const { view, trouble } = await (was.ours === true ? asked(api, applier, was, { times: { ...times, sync: patience }, token, read, onProgress }) : coming(applier, was, { times, read })).catch((error: unknown): Outcome => {
      if (!(error instanceof RescueError) || !['not-proven', 'object-not-found'].includes(error.code)) throw error;
      return { view: null, trouble: `${applier.name.name}, above it: ${error.message.replace(/\.$/, '')}` };
    });
    landed.push({ was, view, open: brings ? trouble : null });
  }
  return landed;
}

interface Outcome {
  readonly view: SyncView | null;
  /** Why it may not have come; null where it has. */
  readonly trouble: string | null;
}

/** Nobody has paused it, and it applies a newer revision by itself as soon as its source has it (kustomize-controller watches that). */
const isComing = ({ object, paused, synced, revision, target }: ControllerBefore): boolean => object.resource.kind === 'Kustomization' && paused !== true && synced === false && (target ?? null) !== null && target !== revision;

async function coming({ name, kind }: Applier, { revision, target }: ControllerBefore, { times, read }: Pick<Landing, 'times' | 'read'>): Promise<Outcome> {
  const quick = closely(times);
  const view = await awaited(times.sync, quick.every, async () => {
    const now = kind.view(await read(name));
    return !now.running && (now.revision !== revision || now.trouble !== null) ? now : null;
  });
  if (view !== null && view.revision !== revision) return { view, trouble: null };
  return { view, trouble: `${name.name}, above it, has not applied ${shortRevision(target ?? '')} yet, and may still change it${view === null ? '' : `: ${view.trouble ?? ''}`}` };
}

async function asked(api: ClusterApi, applier: Applier, was: ControllerBefore, { times, token, read, onProgress }: Landing): Promise<Outcome> {
  const { name, kind } = applier;
  const quick = closely(times);
  const look = async (): Promise<KubeObject> => read(name);
  // It neither looks at git nor takes up a wish to.
  if (kind.word === 'application' && skipsReconcile(await look())) return { view: null, trouble: `${name.name}, above it, skips reconciliation, and may change it when that ends` };
  const answered = await refresh(api, applier, token, { ...quick, refresh: times.sync }, look);
  if (answered === null) return { view: null, trouble: `${name.name}, above it, did not look at git again within ${times.sync / 1000} s` };
  // What Argo CD has failed at once, it never tries again for the same revision.
  const object = was.stuck === null ? await settled(api, applier, was, { times: quick, look, onProgress }) : answered;
  const view = kind.view(object);
  return { view, trouble: view.trouble === null ? null : `${name.name}, above it, is stuck, and may still change it: ${view.trouble}` };
}
