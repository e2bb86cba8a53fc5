/** Asking a controller to look at git and cluster, and waiting until it has done what it does (gitops.md 1.8, verified-kube.md 4). */
import { RescueError } from '../realm/errors.ts';
import type { ClusterSight, ControllerBefore, ObjectName } from '../runbook/cluster.ts';
import type { ControllerKind } from '../gitops/controllers/controller.ts';
import { isManual } from '../gitops/controllers/argo.ts';
import { controllerKind } from '../gitops/controllers/index.ts';
import { shown, specOf, type KubeObject } from '../gitops/controllers/object.ts';
import type { ClusterApi } from './api.ts';
import { awaited, steadily } from './awaited.ts';
import { heldByWindow } from './window-notes.ts';

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

/** After which it is asked why a sync that is due has not begun: Argo CD takes a few seconds, in milliseconds. */
const WONDERS = 15_000;

/** A self-heal follows a sync at once, and writes over what that did (verified-kube.md 4.1). */
export const closely = (times: WatchTimes): WatchTimes => ({ ...times, every: Math.min(times.every, CLOSE) });

export interface Applier {
  readonly name: ObjectName;
  readonly kind: ControllerKind;
  /** It applies one of the others, and not what carries the realm. */
  readonly above: boolean;
}

/** Those that apply first, then those above them, the topmost last. */
export function appliersOf(sight: ClusterSight): readonly Applier[] {
  return sight.controllers.flatMap(({ object, role }) => {
    const kind = controllerKind(object.resource.kind);
    return kind ? [{ name: object, kind, above: role === 'owner' }] : [];
  });
}

/** Asks, and waits for the answer; null where none comes within `times.refresh`. */
export async function refresh(api: ClusterApi, { name, kind }: Applier, token: string, times: Pick<WatchTimes, 'every' | 'refresh'>, look = (): Promise<KubeObject> => readNamed(api, name)): Promise<KubeObject | null> {
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

/** Without automation, and paused by this record all the same: its ApplicationSet starts its syncs (RollingSync). */
export const isRolled = (object: KubeObject, was: ControllerBefore | undefined): boolean => was?.ours === true && was.object.resource.kind === 'Application' && isManual(object);

/** It was to bring a newer revision, and has not come to it. */
function isBehind(kind: ControllerKind, was: ControllerBefore | undefined, object: KubeObject): boolean {
  if (kind.word !== 'kustomization' || was?.synced !== false || was.ours === false || kind.paused(object)) return false;
  const { revision, trouble } = kind.view(object);
  return trouble === null && revision === was.revision && revision !== (was.target ?? revision);
}

export interface Settling {
  readonly times: WatchTimes;
  readonly look: () => Promise<KubeObject>;
  readonly onProgress: (text: string) => void;
}

/**
 * Waits until nothing runs, and until what differs from git has been synced or is said to be stuck.
 * @throws RescueError `not-proven` where that takes longer than `times.sync`
 */
export async function settled(api: ClusterApi, { name, kind }: Applier, was: ControllerBefore | undefined, { times, look, onProgress }: Settling): Promise<KubeObject> {
  let said = false;
  let last: KubeObject | null = null;
  let idleSince: number | null = null;
  let held: string | null | undefined;
  const done = await awaited(times.sync, times.every, async () => {
    const object = await look();
    last = object;
    const view = kind.view(object);
    if (view.running && !said) onProgress(`${kind.title} ${name.name}: syncing`);
    said = view.running;
    // Flux has told all there is when it has answered, but it may not have heard yet of the revision that its source has.
    const due = kind.word === 'application' && view.synced === false && !view.idle && view.mark === (was?.mark ?? '') && (!kind.paused(object) || isRolled(object, was)) && was?.ours !== false;
    const waiting = due || isBehind(kind, was, object);
    // A window of the project leaves no trace in the application that it keeps from syncing.
    if (due && !view.running) idleSince ??= performance.now();
    if (held === undefined && idleSince !== null && performance.now() - idleSince >= Math.min(WONDERS, times.sync / 2)) {
      held = await heldByWindow(api, object);
      if (held !== null) onProgress(held);
    }
    return view.running || waiting ? null : object;
  });
  if (done !== null) return done;
  // Its set may wait for somebody, or for others, before it comes to this step.
  if (last !== null && isRolled(last, was) && !kind.view(last).running) return last;
  throw new RescueError('not-proven', `${kind.title} ${specOf(name)} did not finish its sync within ${times.sync / 1000} s.`, [...(held ? [`${held}. Thaw when they allow it, or let it run again without watching: thaw --no-watch`] : []), 'Look at it with its own tools, and wait until it has settled.']);
}

/** @throws RescueError `object-not-found` where it is gone */
export async function readNamed(api: ClusterApi, name: ObjectName): Promise<KubeObject> {
  const object = await api.get(name);
  if (!object) throw new RescueError('object-not-found', `${shown(name)} is gone.`, ['Look for it in the cluster; what was there before the pause is in the record.']);
  return object;
}
