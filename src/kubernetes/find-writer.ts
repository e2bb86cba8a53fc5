/** From what carries the realm to what applies it, and on to whoever would take back a pause (gitops.md 1.3 and 1.5). */
import { place, type ObjectName, type Pause, type SeenController } from '../runbook/cluster.ts';
import { keepsAnnotation, syncsItself, toleratesPause } from '../gitops/controllers/argo.ts';
import { FROZEN_ANNOTATION } from '../gitops/controllers/controller.ts';
import { losesSuspend } from '../gitops/controllers/flux.ts';
import { controllerKind } from '../gitops/controllers/index.ts';
import { listAt, nameOf, nameOfObject, shown, shownObject, specOf, textAt, type KubeObject } from '../gitops/controllers/object.ts';
import { othersOf } from '../gitops/controllers/others.ts';
import { listsObject, ownersOf, type OwnerLink } from '../gitops/controllers/owners.ts';
import type { ClusterApi } from './api.ts';
import { applierOf, hubNote } from './applier.ts';
import { openControllerLists, type ControllerLists } from './controller-lists.ts';
import { openHolders } from './holders.ts';
import { makersOf } from './makers.ts';
import { applierNeeds, type Need } from './needs.ts';
import { frozenRecord, wayBack } from './pauses.ts';
import { readable } from './readable.ts';
import { openReaders } from './values-readers.ts';

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

export interface Searching {
  readonly lists: ControllerLists;
  readonly onProgress: (text: string) => void;
}

interface Found {
  readonly object: KubeObject;
  readonly name: ObjectName;
  readonly role: SeenController['role'];
  readonly because: string;
  /** The ApplicationSet that takes back a change of this application. */
  applicationSet: KubeObject | null;
  /** Those that apply it, by their spec. */
  readonly owners: Set<string>;
}

interface Claim {
  readonly link: OwnerLink;
  readonly of: KubeObject;
  readonly role: SeenController['role'];
  /** Spec of the controller that would be paused in vain without this one; null for a carrier. */
  readonly above: string | null;
}

/**
 * @param carriers  what carries the realm and the workloads that read it; or the controller itself
 * @param searching  the lists of an earlier look, where there was one, and who is told how far it is where that takes long
 */
export async function findWriter(api: ClusterApi, carriers: readonly KubeObject[], { lists = openControllerLists(api), onProgress = () => undefined }: Partial<Searching> = {}): Promise<FoundWriter> {
  const notes: string[] = [];
  const unread: Need[] = [];
  const found = new Map<string, Found>();
  const queue: Claim[] = [];
  const add = (object: KubeObject, role: SeenController['role'], because: string, above: string | null): void => {
    const name = nameOfObject(object);
    if (!name) return;
    const spec = specOf(name);
    if (above !== null && above !== spec) found.get(above)?.owners.add(spec);
    if (found.has(spec)) return;
    found.set(spec, { object, name, role, because, applicationSet: null, owners: new Set() });
    for (const link of ownersOf(object)) queue.push({ link, of: object, role: 'owner', above: spec });
  };
  const follow = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) await followClaim(api, next, { found, queue, notes, unread, add });
  };

  const carried: { readonly object: KubeObject; readonly claimed: boolean }[] = [];
  for (const carrier of carriers) {
    if (controllerKind(carrier.kind ?? '')) {
      add(carrier, 'applies', 'named with --from', null);
      continue;
    }
    const makers = await makersOf(api, carrier, { notes, unread });
    const claims = [carrier, ...makers].flatMap((of) => ownersOf(of).map((link): Claim => ({ link, of, role: 'applies', above: null })));
    queue.push(...claims);
    for (const object of makers.length > 0 ? makers : [carrier]) carried.push({ object, claimed: claims.some(({ link }) => link.certain) });
  }
  const holdersOf = openHolders(api, { lists, onProgress, carriers: carried.map(({ object }) => object) });
  await follow();
  // Two controllers may apply one object, which names one of them; and what an object names may be gone.
  for (const { object, claimed } of carried) {
    const held = await holdersOf(object);
    for (const holder of held.holders) add(holder.object, 'applies', holder.because, null);
    if (!claimed || held.holders.length > 0) notes.push(...held.notes);
    if (!claimed && held.failed !== null) throw held.failed;
    if (held.failed !== null) notes.push(`whether others apply it as well is not known: ${held.failed.message}`);
    if (claimed || held.holders.length > 0) continue;
    notes.push(`no controller claims ${shownObject(object)}${held.unread.length > 0 ? ', as far as these credentials can see' : ''}`);
    unread.push(...held.unread);
  }
  const readersOf = openReaders(api, notes);
  for (const carrier of carriers) for (const release of await readersOf(carrier)) add(release, 'applies', `its valuesFrom has ${shownObject(carrier)}`, null);
  await follow();
  // With a label of its own choice Argo CD leaves nothing that could be told from others' labels. What is found here is looked at in turn.
  for (const [spec, { object, owners }] of found) {
    if (owners.size > 0) continue;
    const held = await holdersOf(object);
    for (const holder of held.holders) add(holder.object, 'owner', holder.because, spec);
    if (held.unread.length > 0) notes.push(...sharing(object));
    await follow();
  }
  const all = [...found.values()];
  notes.push(...[...carriers, ...all.map(({ object }) => object)].flatMap(othersOf));
  const pauses = ownersFirst(found, notes).flatMap((entry) => pauseOf(entry, notes));
  return { controllers: all.map(seen), pauses, notes: [...new Set(notes)], unread, appliers: all.flatMap(({ object, role }) => (role === 'applies' ? [object] : [])) };
}

interface Findings {
  readonly found: ReadonlyMap<string, Found>;
  readonly queue: Claim[];
  readonly notes: string[];
  readonly unread: Need[];
  add(object: KubeObject, role: SeenController['role'], because: string, above: string | null): void;
}

async function followClaim(api: ClusterApi, { link, of, role, above }: Claim, { found, queue, notes, unread, add }: Findings): Promise<void> {
  const because = `${link.because} of ${shownObject(of)}`;
  if (link.word === 'helm' || link.word === 'keycloak') {
    // Charts set the label of an application themselves: it says nothing of who installs them.
    if (link.word === 'helm' && !ownersOf(of).some(({ word, certain }) => certain && (word === 'helmrelease' || word === 'application'))) notes.push(`${shownObject(of)} belongs to Helm release ${link.namespace ?? ''}/${link.name}: whoever runs helm upgrade applies it, and nothing in the cluster can be paused for that`);
    return;
  }
  const object = await applierOf(api, { ...link, word: link.word }, of, notes);
  if (link.word === 'applicationset' && (object === 'refused' || typeof object === 'object')) {
    const child = found.get(specOf(nameOfObject(of) ?? nameOf('application', null, '')));
    if (!child) return;
    // By default it takes back every change of a child, and a deny window does no harm where it would not.
    child.applicationSet = object === 'refused' ? { kind: 'ApplicationSet', metadata: { name: link.name } } : object;
    if (object === 'refused' && controllerKind(child.name.resource.kind)?.paused(child.object) === true) notes.push(`ApplicationSet ${link.name} may not be read by these credentials: one with a RollingSync syncs ${shown(child.name)} although that has no automation`);
    if (toleratesPause(child.applicationSet, child.name.name)) return;
    const project = await readable(() => api.get(projectOf(child)));
    // A window in a project that states its windows in git does not last.
    if (project === null || project === 'refused') return;
    for (const owner of ownersOf(project)) queue.push({ link: owner, of: project, role: 'owner', above: specOf(child.name) });
    return;
  }
  if (object === 'refused' && link.certain && role === 'applies') unread.push(...applierNeeds(link.namespace === null ? null : nameOf(link.word as 'application', link.namespace, link.name)));
  if (typeof object === 'string') {
    const missing = `${because} names ${link.word} ${link.namespace === null ? '' : `${link.namespace}/`}${link.name}, which cannot be found or read: it may apply it again`;
    if ((link.certain || link.own) && object !== 'elsewhere') notes.push(object === 'nowhere' ? `${missing}${hubNote(link)}` : missing);
    return;
  }
  if (!link.certain && !listsObject(object, of)) {
    if (link.own) notes.push(`${because} names ${shownObject(object)}, which does not list it: a copy, or not synced yet; where it is to be paused, name it: --from ${specOf(nameOfObject(object) ?? nameOf('application', null, link.name))}`);
    return;
  }
  add(object, role, because, above);
}

/** Argo CD's own account of who else applies what this application does, for whoever may not see the others (gitops.md 1.4). */
const sharing = (application: KubeObject): readonly string[] => {
  const name = nameOfObject(application);
  return listAt(application, 'status', 'conditions').flatMap((entry) => (textAt(entry, 'type') === 'SharedResourceWarning' && name !== null ? [`Argo CD says of ${shown(name)}: ${textAt(entry, 'message') ?? ''}; what else applies it is not paused here`] : []));
};

/** A pause of what its owner would put back is none, and the owner may be found after what it applies. One that leaves the pause alone goes on, for all else that it applies. */
function ownersFirst(found: ReadonlyMap<string, Found>, notes: string[]): readonly Found[] {
  const ordered = new Set<Found>();
  const begun = new Set<Found>();
  const spared: (readonly [Found, Found])[] = [];
  const take = (entry: Found): void => {
    if (begun.has(entry)) return;
    begun.add(entry);
    for (const owner of entry.owners) {
      const above = found.get(owner);
      if (above === undefined) continue;
      if (takesBack(above, entry)) take(above);
      else spared.push([above, entry]);
    }
    ordered.add(entry);
  };
  for (const entry of [...found.values()].toReversed()) if (entry.role === 'applies') take(entry);
  for (const [above, entry] of spared) if (!ordered.has(above) && controllerKind(above.name.resource.kind)?.paused(above.object) !== true) notes.push(`${shown(above.name)} is not paused: git does not state the suspend of ${shown(entry.name)}, which it therefore leaves alone`);
  return [...ordered];
}

/** Flux applies on the server's side, where a field that git does not state stays as it is. */
function takesBack(above: Found, { name: { resource }, object }: Found): boolean {
  return above.name.resource.kind !== 'Kustomization' || !['Kustomization', 'HelmRelease'].includes(resource.kind) || losesSuspend(object);
}

function seen({ object, name, role, because, applicationSet }: Found): SeenController {
  const rolling = applicationSet !== null && syncsItself(applicationSet);
  const kind = controllerKind(name.resource.kind);
  if (!kind) throw new Error(`${name.resource.kind} is no controller`);
  const view = kind.view(object);
  return {
    object: name, title: kind.title, role, because: applicationSet === null ? because : `${because}; made by ApplicationSet ${applicationSet.metadata.name}`,
    automation: rolling ? `synced by ApplicationSet ${applicationSet.metadata.name} (RollingSync)` : kind.automation(object), paused: kind.paused(object) && !rolling, interval: kind.interval(object), running: kind.running(object), revision: view.revision,
  };
}

function pauseOf({ object, name, applicationSet }: Found, notes: string[]): readonly Pause[] {
  const kind = controllerKind(name.resource.kind);
  if (!kind) return [];
  const rolling = applicationSet !== null && syncsItself(applicationSet);
  if (kind.paused(object) && !rolling) {
    const record = frozenRecord(object, name);
    // Anybody may write annotations.
    if (record !== null && /^[\w-]{1,40}$/.test(record.session)) notes.push(`${shown(name)} was paused by record ${record.session}: it is left to that record, and ${wayBack(record.session, specOf(name))} lets it run again`);
    return [];
  }
  const was = rolling ? 'synced by its ApplicationSet' : kind.automation(object);
  if (kind.word !== 'application') return [{ id: specOf(name), object: name, means: 'suspend', title: `suspend ${kind.title} ${place(name)} (${was})` }];
  if (applicationSet === null || toleratesPause(applicationSet, name.name)) {
    if (applicationSet !== null && !keepsAnnotation(applicationSet, FROZEN_ANNOTATION)) notes.push(`ApplicationSet ${applicationSet.metadata.name} takes annotations off ${shown(name)}: what was there before the pause will be known to the record on this machine alone`);
    return [{ id: specOf(name), object: name, means: 'automation-off', title: `automation off on ${kind.title} ${place(name)} (${was})` }];
  }
  // The ApplicationSet takes back a change of its child within half a second (verified-kube.md 4.1).
  const project = projectOf({ object, name });
  const why = rolling ? `starts the syncs of ${shown(name)} itself (RollingSync)` : `takes back every change of ${shown(name)}`;
  notes.push(`ApplicationSet ${applicationSet.metadata.name} ${why}: a deny window in AppProject ${project.name} stops its syncs instead, for as long as it stands there`);
  return [{ id: specOf(name), object: project, means: 'deny-window', application: name.name, title: `deny window for ${kind.title} ${place(name)} in AppProject ${place(project)} (${was})` }];
}

function projectOf({ object, name }: Pick<Found, 'object' | 'name'>): ObjectName {
  return nameOf('appproject', textAt(object, 'status', 'controllerNamespace') ?? name.namespace, textAt(object, 'spec', 'project') ?? 'default');
}
