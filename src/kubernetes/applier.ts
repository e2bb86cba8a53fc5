/** The controller that an object names, where it applies objects of this cluster. */
import { goesByName, otherCluster } from '../gitops/controllers/destination.ts';
import { nameOf, nameOfObject, RESOURCES, shownObject, specOf, textAt, type KubeObject } from '../gitops/controllers/object.ts';
import { listsObject, type OwnerLink } from '../gitops/controllers/owners.ts';
import type { ClusterApi } from './api.ts';
import { readable } from './readable.ts';

/** Argo CD's usual homes, for users who may not list applications everywhere. */
const ARGO_NAMESPACES = ['argocd', 'openshift-gitops', 'argo-cd'];

/** Why there is none: these credentials may not read it, this cluster has none, or what it has applies to another cluster. */
export type NoApplier = 'refused' | 'nowhere' | 'elsewhere';

/**
 * Of several applications of one name, which two instances of Argo CD may have, the one that lists the object is meant, and never one that goes to another cluster:
 * that lists objects of the same names there. One that says its cluster by name alone is taken where there is no other.
 *
 * @param of  the object that names it
 */
export async function applierOf(api: ClusterApi, link: OwnerLink & { readonly word: Exclude<OwnerLink['word'], 'helm'> }, of: KubeObject, notes: string[]): Promise<KubeObject | NoApplier> {
  const tried = (await named(api, link)).filter((object) => object === null || object === 'refused' || !isElsewhereNamed(object, link));
  const found = tried.flatMap((object) => (object === null || object === 'refused' ? [] : [object]));
  const [here, elsewhere] = [found.filter((object) => otherCluster(object, api.server) === null), found.filter((object) => otherCluster(object, api.server) !== null)];
  // The object lies here and carries its tracking id: most likely it is this cluster that has that name.
  const byName = link.certain && here.length === 0 ? elsewhere.filter(goesByName) : [];
  for (const object of byName) notes.push(byNameNote(api, object, of));
  // A label that charts set as well says nothing of an application that does not know the object.
  for (const object of elsewhere) if (!byName.includes(object) && (link.certain || listsObject(object, of))) notes.push(elsewhereNote(api, object, of));
  const listing = here.filter((object) => listsObject(object, of));
  const chosen = [listing, here, byName].find((some) => some.length > 0) ?? [];
  if (chosen.length > 1) notes.push(`${chosen.length} applications are called ${link.name}: ${chosen.map(({ metadata }) => metadata.namespace ?? '').join(', ')}; the first is taken`);
  return chosen[0] ?? (tried.includes('refused') ? 'refused' : elsewhere.length > 0 ? 'elsewhere' : 'nowhere');
}

/** Objects of an application outside of Argo CD's own namespace call it `NAMESPACE_NAME`: one that says a bare name does not mean it. */
function isElsewhereNamed({ metadata, status }: KubeObject, { word, namespace }: OwnerLink): boolean {
  const own = textAt(status, 'controllerNamespace');
  return word === 'application' && namespace === null && own !== undefined && own !== metadata.namespace;
}

/** What it lists has the name of the object, and lies in another cluster. */
export function elsewhereNote(api: ClusterApi, controller: KubeObject, of: KubeObject): string {
  const name = nameOfObject(controller);
  return `${shownObject(controller)} goes to another cluster (${otherCluster(controller, api.server) ?? ''}) and is left alone: it does not apply ${shownObject(of)} here, unless that is this cluster under another name; then name it: --from ${name === null ? '' : specOf(name)}`;
}

function byNameNote(api: ClusterApi, controller: KubeObject, of: KubeObject): string {
  return `${shownObject(controller)} goes to the cluster that Argo CD calls ${otherCluster(controller, api.server) ?? ''}, which is taken for this one, because ${shownObject(of)} lies here and names it; where that is another cluster, leave it`;
}

/** How to go on where what is named is in no namespace of this cluster; empty for what no hub has. */
export function hubNote({ word, namespace, name }: OwnerLink): string {
  const program = word === 'application' ? 'an Argo CD' : word === 'kustomization' || word === 'helmrelease' ? 'a Flux' : null;
  return program === null ? '' : `. This cluster has none of that name, so ${program} of another cluster (a hub) may apply it: freeze it there with --context HUB --from ${word}:${namespace ?? 'NAMESPACE'}/${name}`;
}

async function named(api: ClusterApi, { word, namespace, name }: OwnerLink & { readonly word: Exclude<OwnerLink['word'], 'helm'> }): Promise<readonly (KubeObject | null | 'refused')[]> {
  const get = (within: string | null) => readable(async () => {
    const object = await api.get(nameOf(word, within, name));
    return object && { kind: RESOURCES[word].kind, ...object };
  });
  if (namespace !== null) return [await get(namespace)];
  const everywhere = await readable(() => api.list(RESOURCES.application, { namespace: null, fieldSelector: `metadata.name=${name}` }));
  return everywhere === 'refused' ? Promise.all([...new Set([...ARGO_NAMESPACES, api.namespace])].map(get)) : everywhere?.items ?? [];
}
