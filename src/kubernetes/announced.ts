/** What of a sync a person was told of before the word. Pure. */
import type { SyncedObject, SyncView } from '../gitops/controllers/controller.ts';
import { bringsBelow, differsIn, type ObjectName } from '../runbook/cluster.ts';
import type { ControllerBefore, SyncBefore } from '../runner/cluster.ts';
import type { Landed } from './above.ts';

/** What could change something: what stays paused brings nothing by itself, and what is above and has not moved since has brought nothing. */
export function bringers({ controllers }: SyncBefore, above: readonly Landed[]): SyncBefore['controllers'] {
  const moved = ({ view, was }: Landed): boolean => view !== null && (was.object.resource.kind === 'Application' ? view.mark !== was.mark : view.revision !== was.revision);
  return controllers.filter((controller) => (controller.ours !== false || controller.paused !== true) && (controller.above !== true || above.some((landed) => landed.was === controller && moved(landed))));
}

/** Argo CD names what differs from git before it syncs; Flux only tells that there is a newer revision, which may change anything. */
export function isAnnounced(bringing: readonly ControllerBefore[], { kind, namespace, name }: SyncedObject): boolean {
  return bringing.some((controller) => differsIn(controller, `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`));
}

/** The same of a line about an object of the cluster: `configmap:iam/realm has other content`. */
export function isAnnouncedSpec(bringing: readonly ControllerBefore[], line: string): boolean {
  const [, word = '', namespace = '', name = ''] = /^([a-z]+):(?:([^/ ]+)\/)?([^ ]+)/.exec(line) ?? [];
  if (bringing.some(({ object, synced }) => object.resource.kind !== 'Application' && synced === false)) return true;
  return bringing.some(({ differing }) => differing.some((text) => text.toLowerCase().replace(/ \(.*$/s, '') === `${word} ${namespace === '' ? '' : `${namespace}/`}${name}`));
}

/**
 * Whether what a controller did came through another one, as had been said: from above it, or a release from values that are applied beside it.
 *
 * @param of.respecified  it is told to do something else now. An application can be brought nothing else, and Argo CD brings nothing else; Flux may
 *   have brought values that cannot be read
 */
export function isBrought(before: SyncBefore, bringing: readonly ControllerBefore[], { name, respecified }: { readonly name: ObjectName; readonly respecified: boolean }): boolean {
  const isRelease = name.resource.kind === 'HelmRelease';
  return bringing.some((controller) => {
    const isFlux = controller.object.resource.kind !== 'Application';
    if (isRelease && respecified && !isFlux && controller.differing.some((line) => line.startsWith(`ConfigMap ${name.namespace ?? ''}/`))) return true;
    const mayBring = controller.above === true || (isRelease && controller.object.resource.kind === 'Kustomization');
    return mayBring && (respecified || (isFlux && name.resource.kind !== 'Application')) && bringsBelow(before, controller).length > 0;
  });
}

/** Somebody has pushed since: nobody was told of that commit, whatever it changes. */
export function hasStrayed({ view, was }: { readonly view: SyncView; readonly was: ControllerBefore | undefined }): boolean {
  return view.mark !== was?.mark && (was?.target ?? null) !== null && view.revision !== was?.target;
}
