/** HelmReleases of Flux that take their values from a ConfigMap or Secret: a change of it is an upgrade, whoever applies the object itself. */
import { takesValuesFrom } from '../gitops/controllers/flux.ts';
import { otherCluster } from '../gitops/controllers/destination.ts';
import { RESOURCES, type KubeObject } from '../gitops/controllers/object.ts';
import { RescueError } from '../realm/errors.ts';
import type { ClusterApi } from './api.ts';
import { FATAL_TO_A_LIST, tolerated } from './permitted.ts';

/** Reads the list of a namespace once. Who may not list them hears nothing of it, for few objects hold values; of any other failure `notes` gets a line. */
export function openReaders(api: ClusterApi, notes: string[]): (object: KubeObject) => Promise<readonly KubeObject[]> {
  const lists = new Map<string, Promise<readonly KubeObject[]>>();
  const read = async (namespace: string): Promise<readonly KubeObject[]> => {
    const list = await tolerated(() => api.list(RESOURCES.helmrelease, { namespace }), FATAL_TO_A_LIST);
    if (list instanceof RescueError && list.code !== 'missing-role') notes.push(`whether a HelmRelease of namespace ${namespace} takes its values from what carries the realm is not known: ${list.message}`);
    return list === null || list instanceof RescueError ? [] : list.items;
  };
  return async (object) => {
    const { namespace } = object.metadata;
    if (namespace === undefined || !['ConfigMap', 'Secret'].includes(object.kind ?? '')) return [];
    const list = lists.get(namespace) ?? read(namespace);
    lists.set(namespace, list);
    return (await list).filter((release) => takesValuesFrom(release, object) && otherCluster(release, api.server) === null);
  };
}
