/** What a controller that was named itself says it applied, as the cluster has it. Reads only; what these credentials may not read is left out and said. */
import type { ObjectName } from '../runbook/cluster.ts';
import { otherCluster } from '../gitops/controllers/destination.ts';
import { controllerKind } from '../gitops/controllers/index.ts';
import { nameOf, shown, shownObject, textAt, type KubeObject } from '../gitops/controllers/object.ts';
import { appliedObjects } from '../gitops/controllers/owners.ts';
import { operatorsOf } from '../gitops/live/operator-notes.ts';
import { containersOf, isKeycloakImage, podSources } from '../gitops/live/pods.ts';
import type { ClusterApi } from './api.ts';
import { namesController, type FromSpec } from './from-spec.ts';
import { WORKLOADS } from './needs.ts';
import { permitted } from './permitted.ts';

export interface Applied {
  /** Of the kinds that carry a realm or import one: its next sync is held against these. */
  readonly objects: readonly ObjectName[];
  /** Those of them that start pods. */
  readonly workloads: readonly KubeObject[];
  /** Those of the workloads that look like Keycloak, or like a program that imports into it: what is not seen of the others matters to nobody here. */
  readonly keycloaks: readonly KubeObject[];
  /** What their variables and scripts come from. */
  readonly configMaps: readonly KubeObject[];
  readonly notes: readonly string[];
}

/** Of anything but a controller, nothing. */
export async function appliedBy(api: ClusterApi, controller: KubeObject): Promise<Applied> {
  const isController = controllerKind(controller.kind ?? '') !== undefined;
  const elsewhere = isController ? otherCluster(controller, api.server) : null;
  // Here there may be others of the same names.
  if (elsewhere !== null) return { objects: [], workloads: [], keycloaks: [], configMaps: [], notes: [`${shownObject(controller)} goes to another cluster (${elsewhere}): what carries the realm there, and what imports at a start of a pod, is not looked at from here`] };
  const read = await Promise.all((isController ? appliedObjects(controller) : []).map(async (name) => ({ name, answer: await lookedUp(api, name) })));
  const workloads = read.flatMap(({ name: { resource }, answer }) => (answer?.object && WORKLOADS.some(({ kind }) => kind === resource.kind) ? [{ kind: resource.kind, ...answer.object }] : []));
  const sources = workloads.flatMap((workload) => podSources(workload).filter(({ kind }) => kind === 'ConfigMap').map(({ name }) => nameOf('configmap', workload.metadata.namespace ?? null, name)));
  const maps = await Promise.all([...new Map(sources.map((name) => [shown(name), name])).values()].map(async (name) => (await lookedUp(api, name))?.object ?? null));
  return {
    objects: read.flatMap(({ name, answer }) => (answer === null ? [] : [name])), workloads, keycloaks: workloads.filter((workload) => containersOf(workload).some(({ image }) => isKeycloakImage(image))),
    configMaps: maps.flatMap((object) => (object === null ? [] : [{ apiVersion: 'v1', kind: 'ConfigMap', ...object }])),
    notes: [...read.flatMap(({ name, answer }) => (answer === null ? [`These credentials may not read ${shown(name)}: what a sync does to it is not seen`] : [])), ...(isController ? operatorsOf(controller) : [])],
  };
}

const lookedUp = (api: ClusterApi, name: ObjectName) => permitted(async () => ({ object: await api.get(name) }));

/** Objects of a controller whose earlier versions are asked for: an application may be about hundreds. */
const MOST_REMEMBERED = 30;

/** What of it may have been overwritten in the last minutes; no Secret, which nobody has named. */
export function worthRemembering({ objects }: Pick<Applied, 'objects'>): readonly ObjectName[] {
  const rank = ({ resource: { kind } }: ObjectName): number => (WORKLOADS.some((workload) => workload.kind === kind) ? 1 : 0);
  return objects.filter(({ resource }) => resource.kind !== 'Secret').toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_REMEMBERED);
}

/** Namespaces in which evidence may lie: that of what was named; of a controller, those that it applies to. None of what goes to another cluster. */
export async function namespacesOf(api: ClusterApi, spec: FromSpec): Promise<readonly string[]> {
  if (!namesController(spec)) return [spec.namespace];
  const [name] = spec.objects;
  const found = await permitted(() => api.get(name));
  if (found === null) return [spec.namespace];
  const controller = { kind: name.resource.kind, ...found };
  if (otherCluster(controller, api.server) !== null) return [];
  const stated = [['destination', 'namespace'], ['targetNamespace'], ['storageNamespace']].map((path) => textAt(controller, 'spec', ...path));
  // Helm keeps its records beside the HelmRelease, where nothing else is said.
  const own = controller.kind === 'HelmRelease' ? [spec.namespace] : [];
  const all = [...stated, ...appliedObjects(controller).map(({ namespace }) => namespace), ...own].filter((namespace) => typeof namespace === 'string' && namespace !== '');
  return all.length === 0 ? [spec.namespace] : [...new Set(all as readonly string[])];
}
