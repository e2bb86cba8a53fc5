/** Flux Kustomizations and HelmReleases (gitops.md 1.9, behaviour of verified-kube.md 4.2). */
import type { Json } from '../../realm/json.ts';
import { FIELD_MANAGER, FROZEN_ANNOTATION, type ControllerKind } from './controller.ts';
import { at, isObject, listAt, textAt, type KubeObject } from './object.ts';

const REQUESTED = 'reconcile.fluxcd.io/requestedAt';

const condition = (object: KubeObject, type: string): Json | undefined => listAt(object, 'status', 'conditions').find((entry) => textAt(entry, 'type') === type);
const isTrue = (entry: Json | undefined): boolean => textAt(entry, 'status') === 'True';
/** One that has failed and waits for its next try calls itself reconciling as well, for as long as it fails (kustomize-controller 1.9.5). */
const isAtWork = (entry: Json | undefined): boolean => isTrue(entry) && textAt(entry, 'reason') !== 'ProgressingWithRetry';

/** A duration as Go writes it: `1h2m3.5s`. */
function seconds(duration: string): number | null {
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== duration) return null;
  return parts.reduce((sum, [, number = '0', unit = 's']) => sum + Number(number) * ({ h: 3600, m: 60, s: 1, ms: 0.001 }[unit] ?? 0), 0);
}

/** What both kinds share. A controller that is suspended still answers a request to reconcile, and does nothing. */
const SUSPENDING: Omit<ControllerKind, 'word' | 'title' | 'view'> = {
  field: ['spec', 'suspend'],
  automation: (object) => (at(object, 'spec', 'suspend') === true ? 'suspended' : `every ${textAt(object, 'spec', 'interval') ?? '?'}`),
  paused: (object) => at(object, 'spec', 'suspend') === true,
  interval: (object) => seconds(textAt(object, 'spec', 'interval') ?? ''),
  pauses: (object) => (at(object, 'spec', 'suspend') === true ? [] : [true]),
  running: (object) => {
    const reconciling = condition(object, 'Reconciling');
    return isAtWork(reconciling) ? { since: textAt(reconciling, 'lastTransitionTime') ?? null, phase: 'Running', message: textAt(reconciling, 'message') ?? '' } : null;
  },
  refresh: (token) => ({ metadata: { annotations: { [REQUESTED]: token } } }),
  refreshed: (object, _before, token) => textAt(object, 'status', 'lastHandledReconcileAt') === token && !isAtWork(condition(object, 'Reconciling')),
};

export const KUSTOMIZATION: ControllerKind = {
  ...SUSPENDING,
  word: 'kustomization',
  title: 'Flux Kustomization',
  view: (object) => {
    const ready = condition(object, 'Ready');
    const counts = listAt(object, 'status', 'history').map((entry) => `${textAt(entry, 'digest') ?? ''}:${String(at(entry, 'totalReconciliations') ?? '')}`);
    return {
      revision: textAt(object, 'status', 'lastAppliedRevision') ?? null,
      synced: ready === undefined ? null : isTrue(ready) && textAt(object, 'status', 'lastAppliedRevision') === textAt(object, 'status', 'lastAttemptedRevision'),
      // Flux does not say which objects it changed: their own resourceVersion does.
      idle: false, differing: [], changed: [], hooks: [], whole: false, history: null, entries: [],
      mark: `${textAt(object, 'status', 'lastAppliedRevision') ?? 'never'} ${counts.join(' ')}`.trim(),
      running: isAtWork(condition(object, 'Reconciling')),
      trouble: textAt(ready, 'status') === 'False' ? textAt(ready, 'message') ?? null : null,
    };
  },
};

export const HELM_RELEASE: ControllerKind = {
  ...SUSPENDING,
  word: 'helmrelease',
  title: 'Flux HelmRelease',
  view: (object) => {
    const ready = condition(object, 'Ready');
    const newest = listAt(object, 'status', 'history')[0];
    const version = String(at(newest, 'version') ?? '');
    return {
      revision: textAt(object, 'status', 'lastAttemptedRevision') ?? textAt(newest, 'chartVersion') ?? null,
      synced: ready === undefined ? null : isTrue(ready),
      idle: false, differing: [], changed: [], hooks: [], whole: false, history: null, entries: [],
      // A new revision of the release is an upgrade; a reconciliation without one changed nothing but what had drifted.
      mark: isObject(newest) ? `${version} ${textAt(newest, 'digest') ?? ''}`.trim() : 'never',
      running: isAtWork(condition(object, 'Reconciling')),
      trouble: textAt(ready, 'status') === 'False' ? textAt(ready, 'message') ?? null : null,
    };
  },
};

/** Whether a HelmRelease takes values from an object of its own namespace. */
export function takesValuesFrom(helmRelease: KubeObject, { kind, metadata }: KubeObject): boolean {
  return helmRelease.metadata.namespace === metadata.namespace && listAt(helmRelease, 'spec', 'valuesFrom').some((entry) => textAt(entry, 'kind') === kind && textAt(entry, 'name') === metadata.name);
}

/** What kustomize-controller takes over as its own, and so away where git does not state it (its --override-manager may name more). */
const TAKEN_OVER = /^(?:kubectl|before-first-apply)/;

/**
 * Whether the Kustomization above puts back the field of a pause: where git states it, or kubectl wrote it. All else is left alone, because Flux applies on the server's
 * side (seen with kustomize-controller 1.9.5). Whoever suspends it by a plain update takes the entry of an older owner over, so that of one that is suspended
 * only our own record tells what stood there before.
 */
export function losesSuspend({ spec, metadata }: KubeObject): boolean {
  const suspend = at(spec, 'suspend');
  if (suspend === undefined) return false;
  const owners = (metadata.managedFields ?? []).filter(({ fieldsV1 }) => at(fieldsV1, 'f:spec', 'f:suspend') !== undefined);
  if (owners.length === 0 || owners.some(({ operation, manager = '' }) => operation === 'Apply' || TAKEN_OVER.test(manager))) return true;
  return suspend === true && !(owners.every(({ manager }) => manager === FIELD_MANAGER) && wasSilent(metadata.annotations?.[FROZEN_ANNOTATION]));
}

/** Nothing stood there before our pause. */
function wasSilent(record: string | undefined): boolean {
  try {
    return at(JSON.parse(record ?? 'null') as Json, 'previous') === null;
  } catch {
    return false;
  }
}
