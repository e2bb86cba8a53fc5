/** The sync after a resume: asked for, awaited and held against what was there before (gitops.md 1.8, verified-kube.md 4). */
import { RescueError } from '../realm/errors.ts';
import type { ClusterSight, ObjectName, SeenController } from '../runbook/cluster.ts';
import type { ObjectMark, SyncAfter, SyncBefore } from '../runner/cluster.ts';
import type { ControllerKind, SyncedObject } from '../gitops/controllers/controller.ts';
import { comparedRevision, isManual, skipsReconcile } from '../gitops/controllers/argo.ts';
import { controllerKind } from '../gitops/controllers/index.ts';
import { at, shown, specOf, textAt, type KubeObject } from '../gitops/controllers/object.ts';
import type { ClusterApi } from './api.ts';
import { awaited, steadily } from './awaited.ts';
import { offeredBySource } from './flux-source.ts';
import { jobsOf } from './jobs.ts';
import { markOf, marksOf } from './marks.ts';
import { operationsSince } from './operations.ts';
import { clusterLevel, controllerLevel, movedObjects, named, short, type Watched } from './watch-levels.ts';

export interface WatchTimes {
  /** Between two looks, in milliseconds. */
  readonly every: number;
  /** Longer than an ApplicationSet takes to write its child again: half a second (verified-kube.md 4.1). */
  readonly settle: number;
  /** How long a controller may take to compare while it is paused, to answer after a resume, and to sync, in milliseconds. */
  readonly compare: number;
  readonly refresh: number;
  readonly sync: number;
}

export const USUAL_TIMES: WatchTimes = { every: 500, settle: 2000, compare: 20_000, refresh: 60_000, sync: 300_000 };

/** Between two looks at a controller that has just been let run, in milliseconds. */
const CLOSE = 200;

interface Applier {
  readonly name: ObjectName;
  readonly kind: ControllerKind;
}

function appliersOf(sight: ClusterSight): readonly Applier[] {
  return sight.controllers.filter(({ role }) => role === 'applies').flatMap(({ object }: SeenController) => {
    const kind = controllerKind(object.resource.kind);
    return kind ? [{ name: object, kind }] : [];
  });
}

/**
 * Where everything stands while it is paused. Argo CD compares also then, so it is asked to. What is not to run again is read and otherwise left
 * alone: it may be nobody's who looks here, and of a controller that is gone nothing can be asked.
 * @param token  of the request; null: nothing is written, and the last comparison counts
 * @param isOurs  whether a controller is to run again
 */
export async function syncBefore(api: ClusterApi, sight: ClusterSight, times: WatchTimes, { token, isOurs }: { readonly token: string | null; readonly isOurs: (name: ObjectName) => boolean }): Promise<SyncBefore> {
  const controllers = await Promise.all(appliersOf(sight).map(async ({ name, kind }) => {
    let object = await read(api, name);
    if (kind.word === 'application' && skipsReconcile(object) && isOurs(name)) throw skipped(name);
    let late = false;
    // A suspended Flux object answers such a request without looking at anything (verified-kube.md 4.2).
    if (kind.word === 'application' && token !== null && isOurs(name)) {
      const answered = await refresh(api, { name, kind }, token, { every: times.every, refresh: times.compare });
      late = answered === null;
      object = answered ?? object;
    }
    const view = kind.view(object);
    const { synced, target, brings } = kind.word === 'application' ? { synced: late ? null : view.synced, target: comparedRevision(object), brings: [] } : await offeredBySource(api, kind, object, view.revision);
    return { object: name, mark: view.mark, revision: view.revision, target, synced, running: view.running, differing: [...view.differing.map(named), ...brings], stuck: late ? `${kind.title} ${name.name} did not compare within ${times.compare / 1000} s; check that its controller runs` : view.trouble, paused: kind.paused(object), history: view.history };
  }));
  // Who only looks does not wait for an API server to learn who may do what.
  const { uids, unseen } = await jobsOf(api, sight, token === null ? { ...times, refresh: 0 } : times);
  return { controllers, objects: await marksOf(api, sight.objects), jobs: uids, ...(unseen.length > 0 ? { jobsUnseen: unseen } : {}) };
}

/**
 * Waits until every controller has looked again and nothing is running, and says what that did.
 * @throws RescueError `not-proven` where a controller does not answer in time
 */
export async function watchSync(api: ClusterApi, sight: ClusterSight, before: SyncBefore, { times, token, onProgress }: { readonly times: WatchTimes; readonly token: string; readonly onProgress: (text: string) => void }): Promise<SyncAfter> {
  const wasOf = (name: ObjectName): Watched['was'] => before.controllers.find(({ object }) => specOf(object) === specOf(name));
  const watched = async (applier: Applier): Promise<Watched> => {
    const { name, kind } = applier;
    const was = wasOf(name);
    const operations = operationsSince(was);
    const look = async (): Promise<KubeObject> => {
      const object = await read(api, name);
      operations.see(kind.view(object));
      return object;
    };
    if (was?.ours !== false) onProgress(`${kind.title} ${name.name}: asked to look again`);
    // A self-heal follows a sync at once, and writes over what that did (verified-kube.md 4.1).
    const quick = { ...times, every: Math.min(times.every, CLOSE) };
    const refreshed = was?.ours === false ? await steadily(quick, look) : await refresh(api, applier, token, quick, look);
    if (refreshed === null) throw new RescueError('not-proven', `${kind.title} ${specOf(name)} did not look at git again within ${times.refresh / 1000} s.`, ['Check that its controller runs.']);
    const object = await settled(applier, was, { times: quick, look, onProgress });
    if (operations.did().unseen > 0) onProgress(`${kind.title} ${name.name}: synced between two looks; whether a hook ran shows only in Jobs that are still there`);
    const rolled = isRolled(object, was);
    return { name, kind, was, did: operations.did(), view: kind.view(object), paused: kind.paused(object), manual: kind.word === 'application' && isManual(object) && !rolled, rolled };
  };
  const appliers = appliersOf(sight);
  // What others had paused is looked at when ours have done what they do.
  const [mine, others] = [appliers.filter(({ name }) => wasOf(name)?.ours !== false), appliers.filter(({ name }) => wasOf(name)?.ours === false)];
  const after = [...await Promise.all(mine.map(watched)), ...await Promise.all(others.map(watched))];
  await rolledOutAll(api, sight.objects, before.objects, times, onProgress);
  const objects = await steadily(times, () => marksOf(api, sight.objects));
  const jobs = await jobsOf(api, sight, times, before.jobsUnseen);
  const moved = movedObjects(before.objects, objects);
  const fresh = jobs.uids.filter((uid) => !before.jobs.includes(uid));
  const synced = after.flatMap(({ did }) => did.changed);
  const hooks = after.flatMap(({ did }) => did.hooks).map((hook) => `hook ${named(hook)}`);
  // Somebody has pushed since: nobody was told of that commit, whatever it changes.
  const strayed = after.some(({ view, was }) => view.mark !== was?.mark && (was?.target ?? null) !== null && view.revision !== was?.target);
  // An upgrade is something, whatever it changed; a Kustomization applies a revision also where it says what is live.
  const releases = after.filter(({ kind, view, was }) => kind.word === 'helmrelease' && view.mark !== was?.mark);
  const upgrade = ({ name }: { readonly name: ObjectName }): string => `a new version of the release of HelmRelease ${name.name}`;
  const upgraded = releases.map(upgrade);
  return {
    levels: [controllerLevel(after), clusterLevel(before.objects, objects, { moved, jobs: fresh, unseen: jobs.unseen })],
    changes: [...new Set([...upgraded, ...synced.map(named), ...hooks, ...moved, ...fresh.map(() => 'a new Job')])],
    unannounced: [...releases.filter(({ was }) => strayed || was?.synced !== false).map(upgrade), ...synced.filter((object) => strayed || !isAnnounced(before, object)).map(named), ...hooks, ...moved.filter((line) => strayed || !isAnnouncedSpec(before, line)), ...fresh.map(() => 'a new Job')],
    restarted: sight.objects.filter((name) => objects[specOf(name)]?.template !== before.objects[specOf(name)]?.template),
    revisions: after.flatMap(({ was, view }) => (was?.revision ?? view.revision ?? null) === null ? [] : [`${short(was?.revision ?? null)} → ${short(view.revision)}`]).join(', '),
  };
}

/** What stays paused brings nothing by itself: nobody was told that it would. */
const bringing = ({ controllers }: SyncBefore): SyncBefore['controllers'] => controllers.filter(({ ours, paused }) => ours !== false || paused !== true);

/** Argo CD names what differs from git before it syncs; Flux only tells that there is a newer revision, which may change anything. */
function isAnnounced(before: SyncBefore, { kind, namespace, name }: SyncedObject): boolean {
  const start = `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
  return bringing(before).some(({ differing }) => differing.some((line) => line === start || line.startsWith(`${start} (`)));
}

function isAnnouncedSpec(before: SyncBefore, line: string): boolean {
  const [, word = '', namespace = '', name = ''] = /^([a-z]+):(?:([^/ ]+)\/)?([^ ]+)/.exec(line) ?? [];
  if (bringing(before).some(({ object, synced }) => object.resource.kind !== 'Application' && synced === false)) return true;
  return bringing(before).some(({ differing }) => differing.some((text) => text.toLowerCase().replace(/ \(.*$/s, '') === `${word} ${namespace === '' ? '' : `${namespace}/`}${name}`));
}

/** A new pod template counts only when its pods have started: that is when an import would run. */
async function rolledOutAll(api: ClusterApi, objects: readonly ObjectName[], before: Readonly<Record<string, ObjectMark>>, times: WatchTimes, onProgress: (text: string) => void): Promise<void> {
  for (const name of objects) {
    const first = await api.get(name);
    if (first && markOf(first).template !== before[specOf(name)]?.template) await rolledOut(api, name, times, onProgress);
  }
}

/** Waits until the pods of a StatefulSet or Deployment are those of its template; anything else has none to wait for. */
export async function rolledOut(api: ClusterApi, name: ObjectName, times: WatchTimes, onProgress: (text: string) => void): Promise<void> {
  if (!['StatefulSet', 'Deployment'].includes(name.resource.kind)) return;
  onProgress(`${shown(name)}: its pods restart`);
  const done = await awaited(times.sync, times.every, async () => {
    const object = await read(api, name);
    const number = (field: string) => Number(at(object, 'status', field) ?? 0);
    const wanted = Number(at(object, 'spec', 'replicas') ?? 1);
    if (!restartsPods(object)) return true;
    // As `kubectl rollout status`: an old pod that still serves beside the new one is not the end of it.
    const all = number('observedGeneration') >= (object.metadata.generation ?? 0) && number('updatedReplicas') >= wanted && number('replicas') <= number('updatedReplicas');
    return all && number('readyReplicas') >= wanted ? true : null;
  });
  if (done === null) throw new RescueError('not-proven', `The pods of ${shown(name)} did not all become ready within ${times.sync / 1000} s.`, [`Look with: kubectl rollout status ${name.resource.kind.toLowerCase()}/${name.name}${name.namespace === null ? '' : ` -n ${name.namespace}`}`]);
}

/** Whether a new template restarts pods by itself: not where there are none, where the roll-out is halted, or where somebody deletes them by hand. */
export function restartsPods(object: KubeObject): boolean {
  const strategy = at(object, 'spec', 'updateStrategy');
  return Number(at(object, 'spec', 'replicas') ?? 1) > 0 && at(object, 'spec', 'paused') !== true && textAt(strategy, 'type') !== 'OnDelete' && Number(at(strategy, 'rollingUpdate', 'partition') ?? 0) === 0;
}

/** Asks, and waits for the answer; null where none comes. */
async function refresh(api: ClusterApi, { name, kind }: Applier, token: string, times: Pick<WatchTimes, 'every' | 'refresh'>, look = (): Promise<KubeObject> => read(api, name)): Promise<KubeObject | null> {
  const before = await steadily(times, look);
  let asked = false;
  return awaited(times.refresh, times.every, async () => {
    // A wish without an answer is told again: it asks for a look and for nothing else.
    if (!asked) await api.patch(name, kind.refresh(token));
    asked = true;
    const object = await look();
    return kind.refreshed(object, before, token) ? object : null;
  });
}

/** Nothing has been let run: what it would do could not be seen. */
function skipped(name: ObjectName): RescueError {
  return new RescueError('needs-decision', `${shown(name)} skips reconciliation by the annotation argocd.argoproj.io/skip-reconcile: it compares nothing, and its next sync cannot be watched.`, [`Take it off while the pause stands: kubectl annotate application ${name.name}${name.namespace === null ? '' : ` -n ${name.namespace}`} argocd.argoproj.io/skip-reconcile-`, 'Then: realm-rescue thaw. Or let it run again without being watched: realm-rescue thaw --no-watch']);
}

/** Waits until an operation that is being ended has ended; one that goes on for longer is left to whoever looks next. */
export async function ended(api: ClusterApi, name: ObjectName, times: Pick<WatchTimes, 'every' | 'refresh'>, token: string): Promise<boolean> {
  const kind = controllerKind(name.resource.kind);
  if (!kind || kind.running(await read(api, name)) === null) return true;
  // Argo CD looks at an operation when its application changes, and taking a window out changes the project only.
  await api.patch(name, kind.refresh(token));
  return (await awaited(times.refresh, times.every, async () => kind.running(await read(api, name)) === null || null)) === true;
}

/** Without automation, and paused by this record all the same: its ApplicationSet starts its syncs (RollingSync). */
const isRolled = (object: KubeObject, was: Watched['was']): boolean => was?.ours === true && was.object.resource.kind === 'Application' && isManual(object);

/** Until nothing runs, and until what differs from git has been synced or is said to be stuck. */
async function settled({ name, kind }: Applier, was: Watched['was'], { times, look, onProgress }: { readonly times: WatchTimes; readonly look: () => Promise<KubeObject>; readonly onProgress: (text: string) => void }): Promise<KubeObject> {
  let said = false;
  let last: KubeObject | null = null;
  const done = await awaited(times.sync, times.every, async () => {
    const object = await look();
    last = object;
    const view = kind.view(object);
    if (view.running && !said) onProgress(`${kind.title} ${name.name}: syncing`);
    said = view.running;
    // Flux has told all there is when it has answered.
    const waiting = kind.word === 'application' && view.synced === false && !view.idle && view.mark === (was?.mark ?? '') && (!kind.paused(object) || isRolled(object, was)) && was?.ours !== false;
    return view.running || waiting ? null : object;
  });
  if (done !== null) return done;
  // Its set may wait for somebody, or for others, before it comes to this step.
  if (last !== null && isRolled(last, was) && !kind.view(last).running) return last;
  throw new RescueError('not-proven', `${kind.title} ${specOf(name)} did not finish its sync within ${times.sync / 1000} s.`, ['Look at it with its own tools, and wait until it has settled.']);
}

async function read(api: ClusterApi, name: ObjectName): Promise<KubeObject> {
  const object = await api.get(name);
  if (!object) throw new RescueError('object-not-found', `${shown(name)} is gone.`, ['Look for it in the cluster; what was there before the pause is in the record.']);
  return object;
}
