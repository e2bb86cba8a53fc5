/** Controllers that list an object among what they applied, whether or not the object says anything of them. */
import { RescueError } from '../realm/errors.ts';
import { otherCluster } from '../gitops/controllers/destination.ts';
import { RESOURCES, shownObject, type KubeObject } from '../gitops/controllers/object.ts';
import { inInventory, listsObject } from '../gitops/controllers/owners.ts';
import type { ClusterApi } from './api.ts';
import { elsewhereNote } from './applier.ts';
import type { ControllerLists } from './controller-lists.ts';
import { searchNeeds, type Need } from './needs.ts';
import { FATAL_TO_A_LIST, tolerated } from './permitted.ts';
import { readable } from './readable.ts';

export interface Holder {
  readonly object: KubeObject;
  readonly because: string;
}

export interface Held {
  readonly holders: readonly Holder[];
  /** What these credentials may not list: who applies it may be among that. */
  readonly unread: readonly Need[];
  /** Why a list could not be read for another reason: a cluster that is too large or too busy, a gateway that refuses. */
  readonly failed: RescueError | null;
  /** Of those that list an object of this name in another cluster. */
  readonly notes: readonly string[];
}

const KINDS = [RESOURCES.application, RESOURCES.kustomization];
/** How often somebody who waits is told how far it is, in milliseconds. */
const TELLS = 3000;

/**
 * Reads the lists of the whole cluster once, when they are first asked for.
 * @param carriers  what is asked for beside controllers
 */
export function openHolders(api: ClusterApi, { lists: listed, onProgress, carriers }: { readonly lists: ControllerLists; readonly onProgress: (text: string) => void; readonly carriers: readonly KubeObject[] }): (object: KubeObject) => Promise<Held> {
  const read = async () => {
    const seen = KINDS.map(() => 0);
    const telling = setInterval(() => onProgress(`looking for all that may apply it: ${KINDS.map(({ plural }, index) => `${(seen[index] ?? 0).toLocaleString('en')} ${plural}`).join(' and ')} so far`), TELLS);
    try {
      return await Promise.all(KINDS.map((resource, index) => tolerated(() => readable(() => listed.holding(resource, carriers, (count) => { seen[index] = count; })), FATAL_TO_A_LIST)));
    } finally {
      clearInterval(telling);
    }
  };
  let lists: ReturnType<typeof read> | null = null;
  return async (object) => {
    const all = await (lists ??= read());
    const [applications, kustomizations] = all.map((list) => (list === 'refused' || list === null || list instanceof RescueError ? [] : list));
    const holding = [
      ...(applications ?? []).filter((entry) => listsObject(entry, object)).map((entry) => ({ object: entry, because: `its list of resources has ${shownObject(object)}` })),
      ...(kustomizations ?? []).filter((entry) => inInventory(entry, object)).map((entry) => ({ object: entry, because: `its inventory has ${shownObject(object)}` })),
    ];
    return {
      holders: holding.filter((holder) => otherCluster(holder.object, api.server) === null),
      unread: searchNeeds().filter((_, index) => all[index] === 'refused'),
      failed: all.find((list) => list instanceof RescueError) ?? null,
      notes: holding.flatMap((holder) => (otherCluster(holder.object, api.server) === null ? [] : [elsewhereNote(api, holder.object, object)])),
    };
  };
}
