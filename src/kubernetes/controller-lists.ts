/**
 * The lists of all controllers of a cluster. There may be thousands of large objects in them, so that only those are held that can have what is looked for. Who looks
 * a second time, as a freeze does after it has asked what the API server remembers, reads the versions of all, and what has another one than before.
 */
import { RescueError } from '../realm/errors.ts';
import { groupOf, shownObject, type KubeObject, type Resource } from '../gitops/controllers/object.ts';
import { inInventory, listsController, listsObject } from '../gitops/controllers/owners.ts';
import type { ClusterApi } from './api.ts';

export interface ControllerLists {
  /**
   * Those of a kind that list one of these objects or some controller, as they are now; null where the server does not serve the kind.
   * @param onRead  called with how many have been looked through
   * @throws RescueError as a list does
   */
  holding(resource: Resource, objects: readonly KubeObject[], onRead: (seen: number) => void): Promise<readonly KubeObject[] | null>;
}

interface Search {
  /** What is looked for. */
  readonly ids: ReadonlySet<string>;
  keep(entry: KubeObject): boolean;
}

/** What the lists of a kind have told last. */
interface Known {
  readonly ids: ReadonlySet<string>;
  /** Of all of them, by namespace and name, in the order of the list. */
  readonly versions: ReadonlyMap<string, string>;
  /** Those that are held, by the same. */
  readonly held: ReadonlyMap<string, KubeObject>;
}

/** Where more than this part of them has changed, the whole list is the shorter way. */
const MOST_CHANGED = 0.1;

export function openControllerLists(api: ClusterApi): ControllerLists {
  const known = new Map<Resource, Known>();
  return {
    holding: async (resource, objects, onRead) => {
      const search: Search = { ids: new Set(objects.map(idOf)), keep: (entry) => listsController(entry) || objects.some((object) => listsObject(entry, object) || inInventory(entry, object)) };
      const before = known.get(resource);
      const now = (before && [...search.ids].every((id) => before.ids.has(id)) ? await again(api, resource, { before, search }) : null) ?? (await whole(api, resource, { search, onRead }));
      if (now === null) return null;
      known.set(resource, now);
      return [...now.held.values()];
    },
  };
}

async function whole(api: ClusterApi, resource: Resource, { search: { ids, keep }, onRead }: { readonly search: Search; readonly onRead: (seen: number) => void }): Promise<Known | null> {
  const versions = new Map<string, string>();
  const listed = await api.list(resource, {
    namespace: null,
    keep: (entry) => {
      versions.set(keyOf(entry), versionOf(entry));
      onRead(versions.size);
      return keep(entry);
    },
  });
  return listed && { ids, versions, held: new Map(listed.items.map((entry) => [keyOf(entry), entry])) };
}

/** null where the whole list has to be read. */
async function again(api: ClusterApi, resource: Resource, { before, search: { ids, keep } }: { readonly before: Known; readonly search: Search }): Promise<Known | null> {
  try {
    const versions = new Map<string, string>();
    const changed = new Map<string, Pick<KubeObject['metadata'], 'name' | 'namespace'>>();
    // None of them is held: a server that cannot leave out the rest gives whole objects.
    const listed = await api.list(resource, {
      namespace: null, metadataOnly: true,
      keep: (entry) => {
        versions.set(keyOf(entry), versionOf(entry));
        if (before.versions.get(keyOf(entry)) !== versionOf(entry)) changed.set(keyOf(entry), { name: entry.metadata.name, ...(entry.metadata.namespace === undefined ? {} : { namespace: entry.metadata.namespace }) });
        return false;
      },
    });
    if (listed === null) return null;
    if (changed.size > versions.size * MOST_CHANGED) return null;
    const read = await Promise.all([...changed.values()].map(async ({ name, namespace = null }) => (await api.list(resource, { namespace, fieldSelector: `metadata.name=${name}` }))?.items ?? []));
    const fresh = new Map(read.flat().map((entry) => [keyOf(entry), entry]));
    for (const key of changed.keys()) {
      const entry = fresh.get(key);
      if (entry === undefined) versions.delete(key);
      else versions.set(key, versionOf(entry));
    }
    const entries = [...versions.keys()].flatMap((key) => (changed.has(key) ? fresh.get(key) : before.held.get(key)) ?? []);
    return { ids, versions, held: new Map(entries.filter(keep).map((entry) => [keyOf(entry), entry])) };
  } catch (error) {
    // Whatever is wrong shows with the whole list as well.
    if (error instanceof RescueError) return null;
    throw error;
  }
}

const idOf = (object: KubeObject): string => `${groupOf(object)} ${shownObject(object)}`;
const keyOf = ({ metadata: { namespace = '', name } }: KubeObject): string => `${namespace}/${name}`;
/** One that was made anew under its name is another one. */
const versionOf = ({ metadata: { uid = '', resourceVersion = '' } }: KubeObject): string => `${uid} ${resourceVersion}`;
