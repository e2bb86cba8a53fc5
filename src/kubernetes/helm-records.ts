/** Where a cluster keeps the records of Helm's releases. */
import { nameOf, RESOURCES, type KubeObject } from '../gitops/controllers/object.ts';
import type { ClusterApi } from './api.ts';
import { releaseName } from './helm.ts';

/** HELM_DRIVER=configmap is rare: Secrets are asked first. */
const DRIVERS = ['secret', 'configmap'] as const;

/** A record by its name; null where there is none. */
export async function oneRecord(api: ClusterApi, namespace: string, name: string): Promise<KubeObject | null> {
  for (const word of DRIVERS) {
    const record = await api.get(nameOf(word, namespace, name));
    if (record) return record;
  }
  return null;
}

/** That of the newest revision of a release; null where there is none. */
export async function newestRecord(api: ClusterApi, namespace: string, name: string): Promise<KubeObject | null> {
  for (const word of DRIVERS) {
    const listed = await api.list(RESOURCES[word], { namespace, labelSelector: `owner=helm,name=${name}` });
    const [newest] = (listed?.items ?? []).flatMap((record) => {
      const named = releaseName(record.metadata.name);
      return named ? [{ record, revision: named.revision }] : [];
    }).sort((a, b) => b.revision - a.revision);
    if (newest) return newest.record;
  }
  return null;
}
