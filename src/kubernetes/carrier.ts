/** What `--from` names, as the cluster has it, and what lies around it: what else carries the realm, and the workloads that read it. */
import { RescueError } from '../realm/errors.ts';
import type { ObjectName } from '../runbook/cluster.ts';
import { nameOf, shown, specOf, type KubeObject } from '../gitops/controllers/object.ts';
import { podSources } from '../gitops/live/pods.ts';
import type { ClusterApi } from './api.ts';
import { namesController, type FromSpec } from './from-spec.ts';
import { WORKLOADS } from './needs.ts';
import { permitted } from './permitted.ts';
import { NOTHING_AROUND, workloadsOf, type Around } from './workloads.ts';

export interface Carrier {
  readonly name: ObjectName;
  readonly object: KubeObject;
}

/**
 * The object that a spec names, of whichever operator has one of that name.
 * @throws RescueError `object-not-found`, `missing-role`, `usage` where two operators have one
 */
export async function readCarrier(api: ClusterApi, { objects }: FromSpec): Promise<Carrier> {
  const tried = await Promise.all(objects.map(async (name) => {
    try {
      return { name, object: await api.get(name), refusal: null };
    } catch (error) {
      // Whoever may not read those of one operator may mean that of the other.
      if (objects.length > 1 && error instanceof RescueError && error.code === 'missing-role') return { name, object: null, refusal: error };
      throw error;
    }
  }));
  const [first, second] = tried.flatMap(({ name, object }) => (object === null ? [] : [{ name, object: { kind: name.resource.kind, ...object } }]));
  if (first === undefined) throw tried.find(({ refusal }) => refusal !== null)?.refusal ?? (await missing(api, objects));
  if (second !== undefined) throw new RescueError('usage', `${shown(first.name)} is there twice: of ${first.name.resource.group} and of ${second.name.resource.group}.`, ['Name what applies it: --from application:NAMESPACE/NAME, kustomization:NAMESPACE/NAME or helmrelease:NAMESPACE/NAME.']);
  return first;
}

/** The same for what may be gone by now: where none is there, those of every kind that the cluster serves. */
export async function carrierNames(api: ClusterApi, { objects }: FromSpec): Promise<FromSpec['objects']> {
  if (objects.length === 1) return objects;
  const looked = await Promise.all(objects.map(async (name) => ({ name, served: (await api.version(name.resource.group)) !== null, there: (await permitted(() => api.get(name))) !== null })));
  const [there, served] = [looked.filter((each) => each.there), looked.filter((each) => each.served)];
  const [first = objects[0], ...others] = (there.length > 0 ? there : served).map(({ name }) => name);
  return [first, ...others];
}

async function missing(api: ClusterApi, objects: readonly [ObjectName, ...ObjectName[]]): Promise<RescueError> {
  const [first] = objects;
  const served = (await Promise.all(objects.map(async (name) => ((await api.version(name.resource.group)) === null ? [] : [name.resource])))).flat();
  if (served.length === 0) return new RescueError('object-not-found', `The cluster of context ${api.context} has no ${first.resource.kind} at all: it does not serve ${objects.map(({ resource }) => resource.group).join(' or ')}.`, ['Check --context.', ...(objects.length > 1 ? [OTHER_OPERATORS] : [])]);
  const several = objects.length > 1;
  return new RescueError('object-not-found', `There is no ${shown(first)}${several ? ` of ${served.map(({ group }) => group).join(' or ')}` : ''} in the cluster of context ${api.context}.`, [
    ...(await hashed(api, first)),
    'Check the name, the namespace and --context.',
    ...served.map(({ group, plural }) => `See what is there with: kubectl get ${several ? `${plural}.${group}` : plural} -A`),
    ...(several ? [OTHER_OPERATORS] : []),
    ...(first.resource.kind === 'Job' ? ['A Job is often deleted once it has ended: name the ConfigMap that it read, or what applies it: --from application:NAMESPACE/NAME.'] : []),
  ]);
}

const OTHER_OPERATORS = 'Those of other operators are not read here: name what applies them: --from application:NAMESPACE/NAME, kustomization:NAMESPACE/NAME or helmrelease:NAMESPACE/NAME.';

/** The ten characters that Kustomize puts behind the name of what a generator makes (kustomize api/hasher). */
const HASH = /^-[2456789bcdfghkmt]{10}$/;

/** Who reads git knows a generated ConfigMap or Secret by its name there. */
async function hashed(api: ClusterApi, { resource, namespace, name }: ObjectName): Promise<readonly string[]> {
  if (!['ConfigMap', 'Secret'].includes(resource.kind)) return [];
  const listed = await permitted(() => api.list(resource, { namespace }));
  const found = (listed?.items ?? []).filter(({ metadata }) => metadata.name.startsWith(name) && HASH.test(metadata.name.slice(name.length)));
  const made = ({ metadata }: KubeObject): string => String(metadata['creationTimestamp'] ?? '');
  const specs = found.toSorted((a, b) => made(b).localeCompare(made(a))).slice(0, 3).map(({ metadata }) => specOf({ resource, namespace, name: metadata.name }));
  return specs.length === 0 ? [] : [`Kustomize puts a hash behind such a name; there is ${specs.join(', ')}${specs.length > 1 ? ' (the newest first)' : ''}.`];
}

/** What lies around a carrier; of a controller that was named itself, nothing. */
export interface Surroundings extends Around {
  /** What carries the realm beside what was named: what a Job reads. */
  readonly carriers: readonly Carrier[];
  /** All of those by name, also such as are not there or may not be read. */
  readonly names: readonly ObjectName[];
}

/**
 * The workloads that read what was named, and, of a Job, what it reads itself.
 * @param object  null where it is gone
 */
export async function around(api: ClusterApi, spec: FromSpec, name: ObjectName, object: KubeObject | null): Promise<Surroundings> {
  if (namesController(spec)) return { ...NOTHING_AROUND, carriers: [], names: [] };
  const names = object === null ? [] : readBy(object);
  const [found, read] = await Promise.all([
    workloadsOf(api, spec.namespace, names.length > 0 ? names : [name]),
    Promise.all(names.map(async (each) => {
      const carrier = await permitted(async () => ({ found: await api.get(each) }));
      return { name: each, object: carrier?.found ? { apiVersion: 'v1', kind: each.resource.kind, ...carrier.found } : null, refused: carrier === null };
    })),
  ]);
  const starts = object !== null && WORKLOADS.some(({ kind }) => kind === name.resource.kind) && !found.workloads.some(({ kind, metadata }) => kind === name.resource.kind && metadata.name === name.name);
  // Of a Job that may not be listed, what it reads was not looked at either.
  const maps = read.flatMap((each) => (each.object === null || each.name.resource.kind !== 'ConfigMap' || found.configMaps.some(({ metadata }) => metadata.name === each.name.name) ? [] : [each.object]));
  return {
    ...found, names, scope: { ...found.scope, carriers: names }, workloads: starts ? [object, ...found.workloads] : found.workloads, configMaps: [...found.configMaps, ...maps],
    carriers: read.flatMap((each) => (each.object === null ? [] : [{ name: each.name, object: each.object }])),
    notes: [...found.notes, ...read.flatMap(({ name: each, refused }) => (refused && each.resource.kind === 'Secret' ? [`These credentials may not read ${shown(each)}, which ${shown(name)} reads: who applies it is not seen`] : []))],
  };
}

/** The files of its pods, and all ConfigMaps: a Secret of variables holds logins, and no realm. */
export function readBy(object: KubeObject): readonly ObjectName[] {
  const names = podSources(object).filter(({ kind, as }) => kind === 'ConfigMap' || as === 'files').map(({ kind, name }) => nameOf(kind === 'Secret' ? 'secret' : 'configmap', object.metadata.namespace ?? null, name));
  return [...new Map(names.map((name) => [specOf(name), name])).values()];
}
