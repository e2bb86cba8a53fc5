/** Jobs, before and after a sync: a hook is one, and so is most of what imports a realm. */
import type { ClusterSight } from '../runbook/cluster.ts';
import { RESOURCES, type KubeObject } from '../gitops/controllers/object.ts';
import type { ClusterApi } from './api.ts';
import { steadily } from './awaited.ts';
import { permitted } from './permitted.ts';

export interface SeenJobs {
  readonly uids: readonly string[];
  /** Namespaces whose Jobs these credentials may not list. */
  readonly unseen: readonly string[];
}

/** Namespaces that were refused for longer than an API server takes to learn who may do what: that is not waited for again. */
const REFUSED = new WeakMap<ClusterApi, Set<string>>();

/**
 * The Jobs of the namespaces of a sight. Those of a CronJob come by the clock, not by a sync.
 * @param skipped  namespaces that are not looked at, because there is nothing to hold their Jobs against
 */
export async function jobsOf(api: ClusterApi, sight: ClusterSight, times: { readonly every: number; readonly refresh: number }, skipped: readonly string[] = []): Promise<SeenJobs> {
  const namespaces = [...new Set(sight.objects.flatMap(({ namespace }) => namespace ?? []))];
  const lists = await Promise.all(namespaces.map(async (namespace) => ({ namespace, items: skipped.includes(namespace) ? null : await listed(api, namespace, times) })));
  return {
    uids: lists.flatMap(({ items }) => (items ?? []).filter(({ metadata }) => !(metadata.ownerReferences ?? []).some(({ kind }) => kind === 'CronJob')).map(({ metadata }) => metadata.uid ?? '')),
    unseen: lists.flatMap(({ namespace, items }) => (items === null ? [namespace] : [])),
  };
}

/** null: they may not be listed. */
async function listed(api: ClusterApi, namespace: string, times: { readonly every: number; readonly refresh: number }): Promise<readonly KubeObject[] | null> {
  const list = async (): Promise<readonly KubeObject[]> => (await api.list(RESOURCES.job, { namespace }))?.items ?? [];
  const refused = REFUSED.get(api) ?? new Set();
  REFUSED.set(api, refused);
  if (refused.has(namespace)) return permitted(list);
  const items = await permitted(() => steadily(times, list));
  if (items === null && times.refresh > 0) refused.add(namespace);
  return items;
}
