/** What a controller of Flux or Argo CD is told to do, as a text that can be held against another: hashes, because values may be secret. */
import { canonicalJson, sha256 } from '../realm/canonical.ts';
import type { ControllerKind } from '../gitops/controllers/controller.ts';
import { at, isObject, listAt, nameOf, textAt, type KubeObject } from '../gitops/controllers/object.ts';
import type { ClusterApi } from './api.ts';
import { permitted } from './permitted.ts';

const UNREAD = '?';

/**
 * Two hashes: of the specification without the field that a pause changes, and of the ConfigMaps that it takes values from (`valuesFrom` of a HelmRelease,
 * `postBuild.substituteFrom` of a Kustomization); `?` for those where one of them may not be read. Secrets are left out.
 */
export async function settingsOf(api: ClusterApi, { field: [, paused = ''] }: ControllerKind, object: KubeObject): Promise<string> {
  const spec = at(object, 'spec');
  const own = sha256(canonicalJson(isObject(spec) ? Object.fromEntries(Object.entries(spec).filter(([name]) => name !== paused)) : {}));
  const maps = [...listAt(object, 'spec', 'valuesFrom'), ...listAt(object, 'spec', 'postBuild', 'substituteFrom')].flatMap((entry) => (textAt(entry, 'kind') === 'ConfigMap' ? [textAt(entry, 'name') ?? ''] : []));
  const read = await Promise.all(maps.map((name) => permitted(async () => ({ map: await api.get(nameOf('configmap', object.metadata.namespace ?? null, name)) }))));
  const values = read.includes(null) ? UNREAD : sha256(canonicalJson(read.map((found) => [at(found?.map ?? undefined, 'data') ?? null, at(found?.map ?? undefined, 'binaryData') ?? null])));
  return `${own} ${values}`;
}

/** Whether one of both is known to be another. */
export function settingsDiffer(one: string, other: string): boolean {
  const [left, right] = [one.split(' '), other.split(' ')];
  return left.some((part, index) => part !== right[index] && part !== UNREAD && right[index] !== UNREAD);
}
