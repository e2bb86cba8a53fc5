/** What a sync did, at the level of its controller and at that of the cluster. */
import { shortRevision, type NoOpLevel, type ObjectName } from '../runbook/cluster.ts';
import type { ControllerBefore, ObjectMark } from '../runner/cluster.ts';
import { specOf } from '../gitops/controllers/object.ts';
import type { ControllerKind, SyncedObject, SyncView } from '../gitops/controllers/controller.ts';
import type { Landed } from './above.ts';
import { settingsDiffer } from './settings.ts';
import type { Did } from './operations.ts';

/** One controller, looked at again after the resume. */
export interface Watched {
  readonly name: ObjectName;
  readonly kind: ControllerKind;
  /** At the last look. */
  readonly view: SyncView;
  /** Over all looks. */
  readonly did: Did;
  readonly was: ControllerBefore | undefined;
  /** What it is told to do, at the last look. */
  readonly settings: string;
  /** At the last look, and by somebody else: what this record had paused runs again. */
  readonly paused: boolean;
  /** It has no automation at all. */
  readonly manual: boolean;
  /** Its ApplicationSet starts its syncs (RollingSync). */
  readonly rolled: boolean;
}

/** Somebody has changed what it is to do: what is above it, most of all. */
export const isRespecified = ({ was, settings }: Pick<Watched, 'was' | 'settings'>): boolean => was?.settings !== undefined && settingsDiffer(was.settings, settings);
export const otherwise = (name: ObjectName): string => `${specOf(name)} has another specification or other values`;

/** What the controllers say themselves of what they did, and what those above them have still to bring. */
export function controllerLevel(after: readonly Watched[], above: readonly Pick<Landed, 'open'>[]): NoOpLevel {
  const others = [
    ...after.filter(isRespecified).map(({ name }): Pick<NoOpLevel, 'noOp' | 'because'> => ({ noOp: false, because: otherwise(name) })),
    ...above.flatMap(({ open }): readonly Pick<NoOpLevel, 'noOp' | 'because'>[] => (open === null ? [] : [{ noOp: null, because: open }])),
  ];
  const own = after.map(({ name, kind, view, did, was, paused, manual, rolled }): Pick<NoOpLevel, 'noOp' | 'because'> => {
    const quiet = !did.acted;
    if (quiet && manual) return { noOp: view.synced === null ? null : true, because: `${name.name} ${view.synced === null ? 'is not automated, and does not say whether it agrees with git' : view.synced ? 'is not automated, and Synced without a new operation' : `differs from git in ${view.differing.map(named).join(', ')}, is not automated, and leaves that as it is`}` };
    // A request to reconcile is answered also while it is suspended (verified-kube.md 4.2).
    if (quiet && paused) return { noOp: null, because: `${name.name} is still paused (not by this record); nothing is known of its next sync` };
    if (quiet && rolled && view.synced !== true) return { noOp: null, because: `${name.name} differs from git, and its ApplicationSet has not started its sync; when it does is not known` };
    if (quiet && was?.ours === false && was.stuck !== null && view.trouble !== null) return { noOp: null, because: `${name.name}, which this record had not paused, is stuck as before: ${view.trouble}` };
    // It was not asked to look.
    if (quiet && was?.ours === false && view.synced !== true) return { noOp: null, because: `${name.name}, which this record had not paused, does not agree with git and has not synced` };
    if (kind.word !== 'application') {
      // Other values make a new version of a release with the same chart.
      const same = kind.word === 'helmrelease' ? view.mark === was?.mark : view.revision === was?.revision;
      return { noOp: view.trouble === null ? same : false, because: `${name.name} ${view.trouble ?? (same ? `reconciled ${short(view.revision)} again` : kind.word === 'helmrelease' ? `made version ${view.mark.split(' ')[0] ?? ''} of the release with chart ${short(view.revision)}` : `applied ${short(view.revision)} over ${short(was?.revision ?? null)}`)}` };
    }
    // The failure of an operation before this one stays in the status until the next one.
    if (view.trouble !== null && (did.acted || view.synced === null)) return { noOp: false, because: `${name.name}: ${view.trouble}` };
    if (quiet && view.idle) return { noOp: true, because: `${name.name} differs from git in ${view.differing.map(named).join(', ')}, and leaves that as it is` };
    if (quiet) return { noOp: view.synced === true, because: view.synced === true ? `${name.name} is Synced without a new operation` : view.synced === null ? `${name.name} does not say whether it agrees with git` : `${name.name} differs from git and has not synced` };
    if (did.changed.length === 0 && did.hooks.length === 0 && did.unseen > 0) return { noOp: null, because: `${name.name} synced ${did.unseen === 1 ? 'once' : `${did.unseen} times`} between two looks; whether a hook ran shows only in Jobs that are still there` };
    if (did.changed.length === 0 && did.hooks.length === 0) return { noOp: true, because: `${name.name} synced, changed no object by its own account, and ran no hook` };
    return { noOp: false, because: `${name.name} synced ${[...new Set([...did.changed, ...did.hooks].map(named))].join(', ')}` };
  });
  const parts = [...own, ...others];
  if (parts.length === 0) return { level: 'controller', noOp: null, because: 'no controller is known that applies it' };
  return { level: 'controller', noOp: parts.some(({ noOp }) => noOp === false) ? false : parts.some(({ noOp }) => noOp === null) ? null : true, because: parts.map(({ because }) => because).join('; ') };
}

/** What became of the objects that carry the realm or start it, whoever wrote them. */
export function clusterLevel(before: Readonly<Record<string, ObjectMark>>, after: Readonly<Record<string, ObjectMark>>, { moved, jobs, unseen }: { readonly moved: readonly string[]; readonly jobs: readonly string[]; /** Namespaces whose Jobs could not be listed. */ readonly unseen: readonly string[] }): NoOpLevel {
  if (Object.keys(before).length + Object.keys(after).length === 0 && jobs.length === 0) return { level: 'cluster', noOp: null, because: 'no object is known that it applies' };
  const touched = Object.keys(after).filter((spec) => before[spec]?.resourceVersion !== after[spec]?.resourceVersion && !moved.some((line) => line.startsWith(spec)));
  const because = moved.length > 0 || jobs.length > 0
    ? [...moved, ...(jobs.length > 0 ? [`${jobs.length} new ${jobs.length === 1 ? 'Job' : 'Jobs'}`] : [])].join('; ')
    : touched.length > 0 ? `nothing changed in content; written again as it was: ${touched.join(', ')}` : `nothing was written to ${Object.keys(after).join(', ') || 'any object'}`;
  const still = moved.length === 0 && jobs.length === 0;
  if (unseen.length === 0) return { level: 'cluster', noOp: still, because };
  return { level: 'cluster', noOp: still ? null : false, because: `${because}; Jobs may not be listed in ${unseen.join(', ')}: whether one was started there is not known` };
}

/** Objects that are others than before, one line each. */
export function movedObjects(before: Readonly<Record<string, ObjectMark>>, after: Readonly<Record<string, ObjectMark>>): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((spec) => {
    const [was, is] = [before[spec], after[spec]];
    if (!was || !is) return [`${spec} ${was ? 'is gone' : 'is new'}`];
    if (was.template !== is.template) return [`${spec} has another pod template: its pods restart`];
    return was.content === is.content ? [] : [`${spec} has other content`];
  });
}

/** How an object of a sync is told of, with the controller's own word. */
export const named = ({ kind, namespace, name, message }: SyncedObject): string => `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}${message === '' ? '' : ` (${message})`}`;
export const short = (revision: string | null): string => (revision === null ? 'nothing' : shortRevision(revision));

