/** From an object to what makes it, read from the cluster. What may not be read is said, and stops nothing. */
import { isFromStore, makerNote, makerOf, targetOf } from '../gitops/controllers/makers.ts';
import { RESOURCES, shown, shownObject, type KubeObject, type ObjectName } from '../gitops/controllers/object.ts';
import type { ClusterApi } from './api.ts';
import { makerNeeds, storeNeeds, type Need } from './needs.ts';
import { readable } from './readable.ts';

export interface Findings {
  readonly notes: string[];
  /** What could not be read of what applies the carriers. */
  readonly unread: Need[];
}

/** What made an object. One that may not be read has nothing but its name: controllers that list it are found by that. */
export async function makersOf(api: ClusterApi, object: KubeObject, findings: Findings): Promise<readonly KubeObject[]> {
  const named = makerOf(object);
  const makers = named === null ? await fromStore(api, object, findings) : await one(api, named, object, findings);
  for (const maker of makers) {
    const note = makerNote(object, maker);
    if (note !== null) findings.notes.push(note);
  }
  return makers;
}

async function one(api: ClusterApi, name: ObjectName, of: KubeObject, { notes, unread }: Findings): Promise<readonly KubeObject[]> {
  const { resource: { group, version, kind }, namespace } = name;
  const maker = await readable(() => api.get(name));
  if (maker === null) notes.push(`${shownObject(of)} says that ${shown(name)} makes it, which this cluster does not have: who applies it is not known from there`);
  if (maker !== 'refused') return maker === null ? [] : [{ apiVersion: `${group}/${version}`, kind, ...maker }];
  notes.push(`These credentials may not read ${shown(name)}, which makes ${shownObject(of)}: who applies it is looked for in the lists of the controllers alone`);
  unread.push(...makerNeeds(name));
  return [{ apiVersion: `${group}/${version}`, kind, metadata: { name: name.name, ...(namespace === null ? {} : { namespace }) } }];
}

/** Several ExternalSecrets may write into one Secret (creationPolicy Merge). */
async function fromStore(api: ClusterApi, object: KubeObject, { notes, unread }: Findings): Promise<readonly KubeObject[]> {
  const { namespace, name } = object.metadata;
  if (!isFromStore(object) || namespace === undefined) return [];
  const listed = await readable(() => api.list(RESOURCES.externalsecret, { namespace }));
  if (listed === 'refused') {
    notes.push(`${shownObject(object)} is made by an ExternalSecret, by its annotations, and these credentials may not list those of its namespace: its store and its writer are not known`);
    unread.push(...storeNeeds(namespace));
    return [];
  }
  const found = (listed?.items ?? []).filter((each) => targetOf(each) === name);
  if (found.length === 0) notes.push(`${shownObject(object)} is made by an ExternalSecret, by its annotations, and none of its namespace names it: who writes it is not known from there`);
  return found;
}
