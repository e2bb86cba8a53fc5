/**
 * Hook Jobs that ran and are gone: a hook-delete-policy takes them away when they have succeeded, and no object in the cluster shows that they will run again.
 * An application names those of its last sync, without what they do; that is what the API server still remembers of them. The record of a Helm release has the whole of its hooks.
 */
import type { RestartRisk } from '../runbook/cluster.ts';
import { controllerKind } from '../gitops/controllers/index.ts';
import { otherCluster } from '../gitops/controllers/destination.ts';
import { nameOf, shown, shownObject, specOf, textAt, type KubeObject, type ObjectName } from '../gitops/controllers/object.ts';
import { ownersOf } from '../gitops/controllers/owners.ts';
import type { ClusterApi } from './api.ts';
import { readBy } from './carrier.ts';
import { hookJobs, releaseName } from './helm.ts';
import { newestRecord } from './helm-records.ts';
import { permitted } from './permitted.ts';
import { readable } from './readable.ts';
import { remember, type ToRemember } from './remember.ts';
import { restartRisks } from './risks.ts';

export interface GoneHooks {
  /** Of hooks that are known to import. Nothing can be patched there. */
  readonly risks: readonly RestartRisk[];
  /** What ran and is gone without a trace of what it does, and what could not be looked at. */
  readonly notes: readonly string[];
}

/**
 * @param appliers  the controllers that apply the realm's carriers
 * @param carriers  these, which name the release that they belong to
 */
export async function goneHooks(api: ClusterApi, appliers: readonly KubeObject[], carriers: readonly KubeObject[]): Promise<GoneHooks> {
  const found = await Promise.all([...appliers.map((applier) => ofLastSync(api, applier)), ...releasesOf(appliers, carriers).map((release) => ofRelease(api, release))]);
  return { risks: [...new Map(found.flatMap(({ risks }) => risks).map((risk) => [specOf(risk.object), risk])).values()], notes: found.flatMap(({ notes }) => notes) };
}

/** The Jobs that a controller ran as hooks in its last sync, with what it says of them: `PostSync Succeeded`. What a hub did in another cluster is none of this one. */
export function lastHooks(api: ClusterApi, applier: KubeObject): readonly { readonly job: ObjectName; readonly message: string }[] {
  if (otherCluster(applier, api.server) !== null) return [];
  const hooks = controllerKind(applier.kind ?? '')?.view(applier).hooks ?? [];
  return hooks.flatMap(({ kind, namespace, name, message }) => (kind === 'Job' && namespace !== '' ? [{ job: nameOf('job', namespace, name), message }] : []));
}

async function ofLastSync(api: ClusterApi, applier: KubeObject): Promise<GoneHooks> {
  const looked = await Promise.all(lastHooks(api, applier).map(async ({ job, message }): Promise<GoneHooks> => {
    const there = await readable(() => api.get(job));
    if (there === 'refused') return { risks: [], notes: [`These credentials may not read hook ${shown(job)} of ${shownObject(applier)}: what it does at the next sync is not seen`] };
    if (there !== null) return { risks: [], notes: [] };
    const ran = `Hook ${shown(job)} (${message}) ran in the last sync of ${shownObject(applier)} and is gone; it runs again with the next sync, also one that is started by hand or changes nothing`;
    const remembered = await template(api, applier, job);
    return remembered === null ? { risks: [], notes: [`${ran}. Whether it imports is not seen here any more: look for it in git`] } : { risks: await imports(api, remembered, `${ran}. What it does is read off the Job as the API server still remembers it.`), notes: [] };
  }));
  return { risks: looked.flatMap(({ risks }) => risks), notes: looked.flatMap(({ notes }) => notes) };
}

/** The last version of a Job that is gone; null where it is forgotten, or may not be asked for. */
async function template(api: ClusterApi, applier: KubeObject, job: ObjectName): Promise<KubeObject | null> {
  const [newest] = (await remember(api, [await hookToRemember(api, applier, job)])).versions;
  return newest === undefined ? null : (JSON.parse(newest.text) as KubeObject);
}

/** Versions of an application that are looked through: in the minutes that are remembered, it writes its status with each step of an operation and each comparison. */
const MOST_VERSIONS = 30;

/**
 * A hook may be there for seconds among thousands of writes. An earlier version of its application that names it was written while it was there: the application
 * is walked back to that moment (a list at the version before, verified-kube.md 3.1).
 */
export async function hookToRemember(api: ClusterApi, applier: KubeObject, job: ObjectName): Promise<ToRemember> {
  const seenAt = await permitted(() => momentOf(api, applier, job));
  return { name: job, key: null, ...(seenAt === null ? {} : { seenAt }) };
}

async function momentOf(api: ClusterApi, applier: KubeObject, job: ObjectName): Promise<string | null> {
  const at = async ({ resource, namespace, name }: ObjectName, exactly: string): Promise<KubeObject | undefined> => (await api.list(resource, { namespace, fieldSelector: `metadata.name=${name}`, exactly }))?.items[0];
  const application = nameOf('application', applier.metadata.namespace ?? null, applier.metadata.name);
  let version: KubeObject | undefined = applier;
  for (let looked = 0; looked < MOST_VERSIONS; looked += 1) {
    const { resourceVersion = '' } = version.metadata;
    if (!/^[1-9]\d*$/.test(resourceVersion)) return null;
    if (lastHooks(api, version).some((hook) => specOf(hook.job) === specOf(job)) && (await at(job, resourceVersion)) !== undefined) return resourceVersion;
    version = await at(application, String(BigInt(resourceVersion) - 1n));
    // Forgotten, made after that, or a server that takes no notice of the moment.
    if (version === undefined || version.metadata.resourceVersion === resourceVersion) return null;
  }
  return null;
}

interface Release {
  readonly namespace: string;
  readonly name: string;
}

/** By the annotations of Helm, and by what a HelmRelease says of its own. */
function releasesOf(appliers: readonly KubeObject[], carriers: readonly KubeObject[]): readonly Release[] {
  const annotated = carriers.flatMap(ownersOf).flatMap(({ word, namespace, name }) => (word === 'helm' && namespace !== null ? [{ namespace, name }] : []));
  const own = appliers.filter(({ kind }) => kind === 'HelmRelease').flatMap((applier) => {
    const name = textAt(applier, 'status', 'history', 0, 'name');
    const namespace = textAt(applier, 'status', 'storageNamespace') ?? applier.metadata.namespace;
    return name === undefined || namespace === undefined ? [] : [{ namespace, name }];
  });
  return [...new Map([...annotated, ...own].map((release) => [`${release.namespace}/${release.name}`, release])).values()];
}

async function ofRelease(api: ClusterApi, { namespace, name }: Release): Promise<GoneHooks> {
  const record = await readable(() => newestRecord(api, namespace, name));
  if (record === 'refused') return { risks: [], notes: [`These credentials may not read the record of Helm release ${namespace}/${name}: hooks of it that ran and are gone are not seen`] };
  if (record === null) return { risks: [], notes: [] };
  const revision = releaseName(record.metadata.name)?.revision ?? '?';
  const risks = await Promise.all(hookJobs(record).map(async (job) => {
    const object = nameOf('job', job.metadata.namespace ?? namespace, job.metadata.name);
    const there = await readable(() => api.get(object));
    // One that is there is judged among the workloads.
    if (there !== null && there !== 'refused') return [];
    const state = there === 'refused' ? 'may not be read with these credentials' : 'is gone';
    return imports(api, job, `Hook ${shown(object)} (${job.metadata.annotations?.['helm.sh/hook'] ?? ''}) of Helm release ${namespace}/${name} ${state}; it runs again with the next upgrade, as revision ${revision} has it.`);
  }));
  return { risks: risks.flat(), notes: [] };
}

async function imports(api: ClusterApi, job: KubeObject, gone: string): Promise<readonly RestartRisk[]> {
  const maps = await Promise.all(readBy(job).filter(({ resource }) => resource.kind === 'ConfigMap').map((name) => permitted(() => api.get(name))));
  const configMaps = maps.flatMap((map) => (map === null ? [] : [{ apiVersion: 'v1', kind: 'ConfigMap', ...map }]));
  // A patch of what such a Job reads would be made from the Job, which is not there.
  return restartRisks([job], { configMaps, gone }).map(({ object, setting, because }) => ({ object, setting, because, safe: null }));
}
