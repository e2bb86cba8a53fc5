/** The workloads around what carries the realm. Reads only; what these credentials may not read is left out and said. */
import { RescueError } from '../realm/errors.ts';
import type { ObjectName } from '../runbook/cluster.ts';
import { nameOf, nameOfObject, type KubeObject } from '../gitops/controllers/object.ts';
import { containersOf, isKeycloakImage, podSources } from '../gitops/live/pods.ts';
import type { ClusterApi } from './api.ts';
import { listOf } from './list-of.ts';
import { WORKLOADS, type ScopeAround } from './needs.ts';

export interface Around {
  readonly workloads: readonly KubeObject[];
  /** What their variables and scripts come from, as far as it may be read. */
  readonly configMaps: readonly KubeObject[];
  readonly notes: readonly string[];
  /** For the review of rights. */
  readonly scope: ScopeAround;
}

/** What a carrier has around it that lies in no namespace, or is a controller. */
export const NOTHING_AROUND: Around = { workloads: [], configMaps: [], notes: [], scope: { workloads: [], configMaps: [] } };

/**
 * The workloads of a namespace whose pods read a carrier as a volume or as variables, and those that look like Keycloak or a program that
 * imports into it, with the ConfigMaps that they refer to.
 *
 * @param carriers  ConfigMaps or Secrets with the realm; none: only what looks like Keycloak
 */
export async function workloadsOf(api: ClusterApi, namespace: string, carriers: readonly ObjectName[]): Promise<Around> {
  const listed = await Promise.all(WORKLOADS.map(async (resource) => ({ resource, ...(await listOf(api, resource, namespace)) })));
  const workloads = listed.flatMap(({ objects }) => objects).filter((workload) => reads(workload, carriers) || containersOf(workload).some(({ image }) => isKeycloakImage(image)));
  const names = [...new Set(workloads.flatMap((workload) => podSources(workload).filter(({ kind }) => kind === 'ConfigMap').map(({ name }) => name)))];
  const read = await Promise.all(names.map(async (name) => ({ name, object: await configMapOf(api, namespace, name) })));
  const refused = listed.filter((list) => list.refused !== undefined);
  return {
    scope: { workloads: workloads.flatMap((workload) => nameOfObject(workload) ?? []), configMaps: refused.length > 0 ? null : names.map((name) => nameOf('configmap', namespace, name)) },
    workloads, configMaps: read.flatMap(({ object }) => (object === null || object === 'refused' ? [] : [object])),
    notes: [
      ...refused.map(({ resource }) => `These credentials may not list ${resource.plural} in namespace ${namespace}: whether one of them imports at a start is not known`),
      ...read.filter(({ object }) => object === 'refused').map(({ name }) => `These credentials may not read ConfigMap ${namespace}/${name}: an import that is set there is not seen`),
    ],
  };
}

function reads(workload: KubeObject, carriers: readonly ObjectName[]): boolean {
  return podSources(workload).some(({ kind, name }) => carriers.some((carrier) => kind === carrier.resource.kind && name === carrier.name));
}

async function configMapOf(api: ClusterApi, namespace: string, name: string): Promise<KubeObject | null | 'refused'> {
  try {
    const found = await api.get(nameOf('configmap', namespace, name));
    return found && { apiVersion: 'v1', kind: 'ConfigMap', ...found };
  } catch (error) {
    if (!(error instanceof RescueError) || error.code !== 'missing-role') throw error;
    return 'refused';
  }
}
