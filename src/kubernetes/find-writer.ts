/** From what carries the realm to what applies it, and on to whoever would take back a pause (gitops.md 1.3 and 1.5). */
import { place, type ObjectName, type Pause, type SeenController } from '../runbook/cluster.ts';
import { keepsAnnotation, toleratesPause } from '../gitops/controllers/argo.ts';
import { FROZEN_ANNOTATION } from '../gitops/controllers/controller.ts';
import { otherCluster } from '../gitops/controllers/destination.ts';
import { controllerKind } from '../gitops/controllers/index.ts';
import { nameOf, nameOfObject, RESOURCES, shown, shownObject, specOf, textAt, type KubeObject } from '../gitops/controllers/object.ts';
import { inInventory, listsObject, ownersOf, type OwnerLink } from '../gitops/controllers/owners.ts';
import type { ClusterApi } from './api.ts';
import { applierOf, elsewhereNote, hubNote } from './applier.ts';
import { makersOf, type Findings } from './makers.ts';
import { applierNeeds, searchNeeds, type Need } from './needs.ts';
import { frozenRecord } from './pauses.ts';
import { readable } from './readable.ts';

export interface FoundWriter {
  /** Those that apply first, then their owners. */
  readonly controllers: readonly SeenController[];
  /** Owners first: a pause of a child that its owner reverts is none. */
  readonly pauses: readonly Pause[];
  readonly notes: readonly string[];
  /** What could not be read of what applies the carriers: who that is, or how to pause it, is not known. */
  readonly unread: readonly Need[];
  /** The controllers that apply, as they were read: their last operation tells of hooks that are gone. */
  readonly appliers: readonly KubeObject[];
}

interface Found {
  readonly object: KubeObject;
  readonly name: ObjectName;
  readonly role: SeenController['role'];
  readonly because: string;
  /** The ApplicationSet that takes back a change of this application. */
  applicationSet: KubeObject | null;
}

/**
 * @param carriers  what carries the realm and the workloads that read it; or the controller itself
 */
export async function findWriter(api: ClusterApi, carriers: readonly KubeObject[]): Promise<FoundWriter> {
  const notes: string[] = [];
  const unread: Need[] = [];
  const found = new Map<string, Found>();
  const queue: { readonly link: OwnerLink; readonly of: KubeObject; readonly role: SeenController['role'] }[] = [];
  const add = (object: KubeObject, role: SeenController['role'], because: string): void => {
    const name = nameOfObject(object);
    if (!name || found.has(specOf(name))) return;
    found.set(specOf(name), { object, name, role, because, applicationSet: null });
    for (const link of ownersOf(object)) queue.push({ link, of: object, role: 'owner' });
  };
  for (const carrier of carriers) {
    if (controllerKind(carrier.kind ?? '')) {
      add(carrier, 'applies', 'named with --from');
      continue;
    }
    const makers = await makersOf(api, carrier, { notes, unread });
    const links = [carrier, ...makers].flatMap((of) => ownersOf(of).map((link) => ({ link, of })));
    queue.push(...links.map((each) => ({ ...each, role: 'applies' as const })));
    if (links.some(({ link }) => link.certain)) continue;
    for (const listed of makers.length > 0 ? makers : [carrier]) for (const holder of await holdersOf(api, listed, { notes, unread })) add(holder.object, 'applies', holder.because);
  }
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { link, of, role } = next;
    const because = `${link.because} of ${shownObject(of)}`;
    if (link.word === 'helm' || link.word === 'keycloak') {
      if (link.word === 'helm' && !ownersOf(of).some(({ word }) => word === 'helmrelease' || word === 'application')) notes.push(`${shownObject(of)} belongs to Helm release ${link.namespace ?? ''}/${link.name}: whoever runs helm upgrade applies it, and nothing in the cluster can be paused for that`);
      continue;
    }
    const object = await applierOf(api, { ...link, word: link.word }, of, notes);
    if (link.word === 'applicationset' && (object === 'refused' || typeof object === 'object')) {
      const child = found.get(specOf(nameOfObject(of) ?? nameOf('application', null, '')));
      if (!child) continue;
      // By default it takes back every change of a child, and a deny window does no harm where it would not.
      child.applicationSet = object === 'refused' ? { kind: 'ApplicationSet', metadata: { name: link.name } } : object;
      if (toleratesPause(child.applicationSet, child.name.name)) continue;
      const project = await readable(() => api.get(projectOf(child)));
      // A window in a project that states its windows in git does not last.
      if (project === null || project === 'refused') continue;
      for (const above of ownersOf(project)) queue.push({ link: above, of: project, role: 'owner' });
      continue;
    }
    if (object === 'refused' && link.certain && role === 'applies') unread.push(...applierNeeds(link.namespace === null ? null : nameOf(link.word as 'application', link.namespace, link.name)));
    if (typeof object === 'string') {
      const missing = `${because} names ${link.word} ${link.namespace === null ? '' : `${link.namespace}/`}${link.name}, which cannot be found or read: it may apply it again`;
      if (link.certain && object !== 'elsewhere') notes.push(object === 'nowhere' ? `${missing}${hubNote(link)}` : missing);
      continue;
    }
    if (!link.certain && !listsObject(object, of)) continue;
    add(object, role, because);
  }
  const all = [...found.values()];
  return { controllers: all.map(seen), pauses: all.toReversed().flatMap((entry) => pauseOf(entry, notes)), notes: [...new Set(notes)], unread, appliers: all.flatMap(({ object, role }) => (role === 'applies' ? [object] : [])) };
}

/** Controllers that list the object although it says nothing of them. */
async function holdersOf(api: ClusterApi, carrier: KubeObject, { notes, unread }: Findings): Promise<{ readonly object: KubeObject; readonly because: string }[]> {
  const lists = await Promise.all([RESOURCES.application, RESOURCES.kustomization].map((resource) => readable(() => api.list(resource, { namespace: null }))));
  const [applications, kustomizations] = lists.map((list) => (list === 'refused' ? null : list));
  const holding = [
    ...(applications?.items ?? []).filter((entry) => listsObject(entry, carrier)).map((object) => ({ object, because: `its list of resources has ${shownObject(carrier)}` })),
    ...(kustomizations?.items ?? []).filter((entry) => inInventory(entry, carrier)).map((object) => ({ object, because: `its inventory has ${shownObject(carrier)}` })),
  ];
  const found = holding.filter(({ object }) => otherCluster(object, api.server) === null);
  for (const { object } of holding) if (otherCluster(object, api.server) !== null) notes.push(elsewhereNote(api, object, carrier));
  if (found.length === 0) notes.push(`no controller claims ${shownObject(carrier)}${lists.includes('refused') ? ', as far as these credentials can see' : ''}`);
  if (found.length === 0) unread.push(...searchNeeds().filter((_, index) => lists[index] === 'refused'));
  return found;
}

function seen({ object, name, role, because, applicationSet }: Found): SeenController {
  const kind = controllerKind(name.resource.kind);
  if (!kind) throw new Error(`${name.resource.kind} is no controller`);
  const view = kind.view(object);
  return {
    object: name, title: kind.title, role, because: applicationSet === null ? because : `${because}; made by ApplicationSet ${applicationSet.metadata.name}`,
    automation: kind.automation(object), paused: kind.paused(object), interval: kind.interval(object), running: kind.running(object), revision: view.revision,
  };
}

function pauseOf({ object, name, applicationSet }: Found, notes: string[]): readonly Pause[] {
  const kind = controllerKind(name.resource.kind);
  if (!kind) return [];
  if (kind.paused(object)) {
    const record = frozenRecord(object, name);
    // Anybody may write annotations.
    if (record !== null && /^[\w-]{1,40}$/.test(record.session)) notes.push(`${shown(name)} was paused by record ${record.session}: it is left to that record, and realm-rescue thaw ${record.session} (or thaw --from ${specOf(name)}, from another machine) lets it run again`);
    return [];
  }
  const was = kind.automation(object);
  if (kind.word !== 'application') return [{ id: specOf(name), object: name, means: 'suspend', title: `suspend ${kind.title} ${place(name)} (${was})` }];
  if (applicationSet === null || toleratesPause(applicationSet, name.name)) {
    if (applicationSet !== null && !keepsAnnotation(applicationSet, FROZEN_ANNOTATION)) notes.push(`ApplicationSet ${applicationSet.metadata.name} takes annotations off ${shown(name)}: what was there before the pause will be known to the record on this machine alone`);
    return [{ id: specOf(name), object: name, means: 'automation-off', title: `automation off on ${kind.title} ${place(name)} (${was})` }];
  }
  // The ApplicationSet takes back a change of its child within half a second (verified-kube.md 4.1).
  const project = projectOf({ object, name });
  notes.push(`ApplicationSet ${applicationSet.metadata.name} takes back every change of ${shown(name)}: a deny window in AppProject ${project.name} stops its syncs instead, for as long as it stands there`);
  return [{ id: specOf(name), object: project, means: 'deny-window', application: name.name, title: `deny window for ${kind.title} ${place(name)} in AppProject ${place(project)} (${was})` }];
}

function projectOf({ object, name }: Pick<Found, 'object' | 'name'>): ObjectName {
  return nameOf('appproject', textAt(object, 'status', 'controllerNamespace') ?? name.namespace, textAt(object, 'spec', 'project') ?? 'default');
}
