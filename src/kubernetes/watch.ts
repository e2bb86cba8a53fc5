/** The sync after a resume: asked for, awaited and held against what was there before (gitops.md 1.8, verified-kube.md 4). */
import { setTimeout as pause } from 'node:timers/promises';
import { sha256 } from '../realm/canonical.ts';
import { RescueError } from '../realm/errors.ts';
import { TOLD_SINCE, type ClusterSight, type ObjectName } from '../runbook/cluster.ts';
import type { ControllerBefore, SyncAfter, SyncBefore } from '../runner/cluster.ts';
import { comparedRevision, isManual, skipsReconcile } from '../gitops/controllers/argo.ts';
import type { ControllerKind } from '../gitops/controllers/controller.ts';
import { controllerKind } from '../gitops/controllers/index.ts';
import { shown, specOf, type KubeObject } from '../gitops/controllers/object.ts';
import { landAbove, type Landed } from './above.ts';
import { bringers, hasStrayed, isAnnounced, isAnnouncedSpec, isBrought } from './announced.ts';
import { appliersOf, closely, isRolled, readNamed, refresh, settled, type Applier, type WatchTimes } from './answers.ts';
import type { ClusterApi } from './api.ts';
import { awaited, steadily } from './awaited.ts';
import { offeredBySource, type Offer } from './flux-source.ts';
import { jobsOf } from './jobs.ts';
import { marksOf } from './marks.ts';
import { operationsSince } from './operations.ts';
import { frozenRecord } from './pauses.ts';
import { rolledOutAll } from './rollout.ts';
import { settingsDiffer, settingsOf } from './settings.ts';
import { clusterLevel, controllerLevel, isRespecified, movedObjects, named, otherwise, short, type Watched } from './watch-levels.ts';

/**
 * Where everything stands while it is paused. Argo CD compares also then, so it is asked to. What is not to run again is read and otherwise left
 * alone: it may be nobody's who looks here, and of a controller that is gone nothing can be asked.
 * @param token  of the request; null: nothing is written, and the last comparison counts
 * @param isOurs  whether a controller is to run again
 */
export async function syncBefore(api: ClusterApi, sight: ClusterSight, times: WatchTimes, { token, isOurs }: { readonly token: string | null; readonly isOurs: (name: ObjectName) => boolean }): Promise<SyncBefore> {
  const controllers = await Promise.all(appliersOf(sight).map(async (applier): Promise<readonly ControllerBefore[]> => {
    const { name, kind, above } = applier;
    const there = await api.get(name);
    // What is gone brings nothing, and its pause is gone with it.
    if (there === null) return [];
    let object = there;
    const skips = kind.word === 'application' && skipsReconcile(object);
    if (skips && !above && isOurs(name)) throw skipped(name);
    let late = false;
    // A suspended Flux object answers such a request without looking at anything (verified-kube.md 4.2).
    if (kind.word === 'application' && !skips && token !== null && isOurs(name)) {
      const answered = await refresh(api, applier, token, { every: times.every, refresh: times.compare });
      late = answered === null;
      object = answered ?? object;
    }
    const view = kind.view(object);
    const settings = await settingsOf(api, kind, object);
    const { synced, target, brings } = kind.word === 'application' ? { synced: late ? null : view.synced, target: comparedRevision(object), brings: [] } : respecified(await offeredBySource(api, kind, object, view.revision), { object, name, kind, settings });
    const stuck = late ? `${kind.title} ${name.name} did not compare within ${times.compare / 1000} s; check that its controller runs` : skips ? `${kind.title} ${name.name} skips reconciliation` : view.trouble;
    return [{ object: name, mark: view.mark, revision: view.revision, target, synced, running: view.running, differing: [...view.differing.map(named), ...brings], stuck, paused: kind.paused(object), history: view.history, settings, ...(above ? { above } : {}) }];
  }));
  // Who only looks does not wait for an API server to learn who may do what.
  const { uids, unseen } = await jobsOf(api, sight, token === null ? { ...times, refresh: 0 } : times);
  return { controllers: controllers.flat(), objects: await marksOf(api, sight.objects), jobs: uids, ...(unseen.length > 0 ? { jobsUnseen: unseen } : {}) };
}

interface Watching {
  readonly times: WatchTimes;
  readonly token: string;
  readonly onProgress: (text: string) => void;
}

/**
 * Waits until every controller has looked again and nothing is running, and says what that did.
 * @throws RescueError `not-proven` where a controller does not answer in time
 */
export async function watchSync(api: ClusterApi, sight: ClusterSight, before: SyncBefore, watching: Watching): Promise<SyncAfter> {
  const { times, onProgress } = watching;
  const [above, after] = await watchAll(api, sight, before, watching);
  await rolledOutAll(api, sight.objects, before.objects, times, onProgress);
  const objects = await steadily(times, () => marksOf(api, sight.objects));
  const jobs = await jobsOf(api, sight, times, before.jobsUnseen);
  const moved = movedObjects(before.objects, objects);
  const fresh = jobs.uids.filter((uid) => !before.jobs.includes(uid));
  const bringing = bringers(before, above);
  const brought = (one: Watched): boolean => isBrought(before, bringing, { ...one, respecified: isRespecified(one) });
  // What it follows may be another revision only where it was told to follow something else.
  const strayed = [...after.filter((one) => !(brought(one) && isRespecified(one))), ...above.flatMap(({ was, view }) => (view === null ? [] : [{ was, view }]))].some(hasStrayed);
  const told = (one: Watched, said: boolean): boolean => !strayed && (said || brought(one));
  const hooks = after.flatMap(({ did }) => did.hooks).map((hook) => `hook ${named(hook)}`);
  // An upgrade is something, whatever it changed; a Kustomization applies a revision also where it says what is live.
  const done = after.flatMap((one): readonly { readonly line: string; readonly isTold: boolean }[] => [
    ...(isRespecified(one) ? [{ line: otherwise(one.name), isTold: told(one, false) }] : []),
    ...(one.kind.word === 'helmrelease' && one.view.mark !== one.was?.mark ? [{ line: `a new version of the release of HelmRelease ${one.name.name}`, isTold: told(one, one.was?.synced === false) }] : []),
    ...one.did.changed.map((object) => ({ line: named(object), isTold: told(one, isAnnounced(bringing, object)) })),
  ]);
  const anyBrought = after.some(brought);
  return {
    levels: [controllerLevel(after, above), clusterLevel(before.objects, objects, { moved, jobs: fresh, unseen: jobs.unseen })],
    changes: [...new Set([...done.map(({ line }) => line), ...hooks, ...moved, ...fresh.map(() => 'a new Job')])],
    unannounced: [...done.filter(({ isTold }) => !isTold).map(({ line }) => line), ...hooks, ...moved.filter((line) => strayed || !(anyBrought || isAnnouncedSpec(bringing, line))), ...fresh.map(() => 'a new Job')],
    restarted: sight.objects.filter((name) => objects[specOf(name)]?.template !== before.objects[specOf(name)]?.template),
    revisions: after.flatMap(({ was, view }) => (was?.revision ?? view.revision ?? null) === null ? [] : [`${short(was?.revision ?? null)} → ${short(view.revision)}`]).join(', '),
  };
}

/** Those above land first, while the others are looked at. The first failure ends it for all. */
async function watchAll(api: ClusterApi, sight: ClusterSight, before: SyncBefore, { times, token, onProgress }: Watching): Promise<readonly [above: readonly Landed[], after: readonly Watched[]]> {
  const wasOf = (name: ObjectName): Watched['was'] => before.controllers.find(({ object }) => specOf(object) === specOf(name));
  // What was gone already is nobody to ask.
  const appliers = appliersOf(sight).filter(({ name }) => wasOf(name) !== undefined);
  let over = false;
  const read = async (name: ObjectName): Promise<KubeObject> => {
    if (over) throw new RescueError('interrupted', 'The look at the other controllers has ended.');
    return readNamed(api, name);
  };
  const landing = landAbove(api, appliers, before, { times, token, read, onProgress });
  // What others had paused is looked at when ours have done what they do.
  const [mine, others] = [true, false].map((ours) => appliers.filter(({ name, above }) => !above && (wasOf(name)?.ours !== false) === ours));
  const watched = (landed: Promise<unknown> | null) => (applier: Applier): Promise<Watched> => watchOne(api, applier, wasOf(applier.name), landed, { times, token, read, onProgress });
  // A release may take its values from what the others apply.
  const [plain, releases] = [false, true].map((isRelease) => (mine ?? []).filter(({ kind }) => (kind.word === 'helmrelease') === isRelease));
  const hasAbove = appliers.some(({ above }) => above);
  const early = (plain ?? []).map(watched(hasAbove ? landing : null));
  try {
    const [above, ...first] = await Promise.all([landing, ...early, ...(releases ?? []).map(watched(hasAbove || early.length > 0 ? Promise.allSettled([landing, ...early]) : null))]);
    return [above, [...first, ...await Promise.all((others ?? []).map(watched(null)))]];
  } finally {
    over = true;
  }
}

/** One that applies the realm: looked at from the resume on, and asked to look again when what is above it has landed. */
async function watchOne(api: ClusterApi, applier: Applier, was: ControllerBefore | undefined, landing: Promise<unknown> | null, { times, token, read, onProgress }: Watching & { readonly read: (name: ObjectName) => Promise<KubeObject> }): Promise<Watched> {
  const { name, kind } = applier;
  const quick = closely(times);
  const operations = operationsSince(was);
  const look = async (): Promise<KubeObject> => {
    const object = await read(name);
    operations.see(kind.view(object));
    return object;
  };
  if (landing !== null) await until(landing, quick, look);
  if (was?.ours !== false) onProgress(`${kind.title} ${name.name}: asked to look again`);
  const refreshed = was?.ours === false ? await steadily(quick, look) : await refresh(api, applier, token, quick, look);
  if (refreshed === null) throw new RescueError('not-proven', `${kind.title} ${specOf(name)} did not look at git again within ${times.refresh / 1000} s.`, ['Check that its controller runs.']);
  const object = await settled(api, applier, was, { times: quick, look, onProgress });
  if (operations.did().unseen > 0) onProgress(`${kind.title} ${name.name}: synced between two looks; whether a hook ran shows only in Jobs that are still there`);
  const rolled = isRolled(object, was);
  return { name, kind, was, did: operations.did(), view: kind.view(object), settings: await settingsOf(api, kind, object), paused: kind.paused(object), manual: kind.word === 'application' && isManual(object) && !rolled, rolled };
}

/** Looks again and again until something else has ended, whichever way: who waits for that as well hears of its failure. */
async function until(other: Promise<unknown>, times: WatchTimes, look: () => Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const ending = other.then(() => over.abort(), () => over.abort());
  while (!over.signal.aborted) {
    await steadily(times, look);
    await Promise.race([ending, pause(times.every)]);
  }
}

/** What is above it and was not paused, or a person, has changed it since the pause: it reconciles whatever that brings. */
function respecified(offer: Offer, { object, name, kind, settings }: { readonly object: KubeObject; readonly name: ObjectName; readonly kind: ControllerKind; readonly settings: string }): Offer {
  // Somebody may have let it run since, and it has done all that.
  const before = kind.paused(object) ? frozenRecord(object, name)?.settings ?? null : null;
  if (before === null || !settingsDiffer(before, settings)) return offer;
  return { ...offer, synced: false, brings: [...offer.brings, `${TOLD_SINCE} (${sha256(settings).slice(7, 14)})`] };
}

/** Nothing has been let run: what it would do could not be seen. */
function skipped(name: ObjectName): RescueError {
  return new RescueError('needs-decision', `${shown(name)} skips reconciliation by the annotation argocd.argoproj.io/skip-reconcile: it compares nothing, and its next sync cannot be watched.`, [`Take it off while the pause stands: kubectl annotate application ${name.name}${name.namespace === null ? '' : ` -n ${name.namespace}`} argocd.argoproj.io/skip-reconcile-`, 'Then: realm-rescue thaw. Or let it run again without being watched: realm-rescue thaw --no-watch']);
}

/** Waits until an operation that is being ended has ended; one that goes on for longer is left to whoever looks next. */
export async function ended(api: ClusterApi, name: ObjectName, times: Pick<WatchTimes, 'every' | 'refresh'>, token: string): Promise<boolean> {
  const kind = controllerKind(name.resource.kind);
  if (!kind || kind.running(await readNamed(api, name)) === null) return true;
  // Argo CD looks at an operation when its application changes, and taking a window out changes the project only.
  await api.patch(name, kind.refresh(token));
  return (await awaited(times.refresh, times.every, async () => kind.running(await readNamed(api, name)) === null || null)) === true;
}

