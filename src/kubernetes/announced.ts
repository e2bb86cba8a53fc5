/** What of a sync a person was told of before the word. Pure. */
import type { SyncedObject, SyncView } from '../gitops/controllers/controller.ts';
import { bringsBelow, differsIn, type ObjectName } from '../runbook/cluster.ts';
import type { ControllerBefore, SyncBefore } from '../runner/cluster.ts';

/** What stays paused brings nothing by itself: nobody was told that it would. */
const bringing = ({ controllers }: SyncBefore): readonly ControllerBefore[] => controllers.filter(({ ours, paused }) => ours !== false || paused !== true);

/** Argo CD names what differs from git before it syncs; Flux only tells that there is a newer revision, which may change anything. */
export function isAnnounced(before: SyncBefore, { kind, namespace, name }: SyncedObject): boolean {
  return bringing(before).some((controller) => differsIn(controller, `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`));
}

/** The same of a line about an object of the cluster: `configmap:iam/realm has other content`. */
export function isAnnouncedSpec(before: SyncBefore, line: string): boolean {
  const [, word = '', namespace = '', name = ''] = /^([a-z]+):(?:([^/ ]+)\/)?([^ ]+)/.exec(line) ?? [];
  if (bringing(before).some(({ object, synced }) => object.resource.kind !== 'Application' && synced === false)) return true;
  return bringing(before).some(({ differing }) => differing.some((text) => text.toLowerCase().replace(/ \(.*$/s, '') === `${word} ${namespace === '' ? '' : `${namespace}/`}${name}`));
}

/**
 * Whether what a controller did came from above it, or a release from what a Kustomization applies beside it, as had been said.
 *
 * @param of.respecified  it is told to do something else now: what Argo CD brings to a controller is that and nothing else, while Flux may have
 *   brought values that cannot be read
 */
export function isBrought(before: SyncBefore, { name, respecified }: { readonly name: ObjectName; readonly respecified: boolean }): boolean {
  const mayBring = ({ above, object }: ControllerBefore): boolean => above === true || (name.resource.kind === 'HelmRelease' && object.resource.kind === 'Kustomization');
  return bringing(before).some((controller) => mayBring(controller) && (respecified || controller.object.resource.kind !== 'Application') && bringsBelow(before, controller).length > 0);
}

/** Somebody has pushed since: nobody was told of that commit, whatever it changes. */
export function hasStrayed({ view, was }: { readonly view: SyncView; readonly was: ControllerBefore | undefined }): boolean {
  return view.mark !== was?.mark && (was?.target ?? null) !== null && view.revision !== was?.target;
}
