/** Argo CD applications (argoproj.io/v1alpha1; fields of gitops.md 1.4, behaviour of verified-kube.md 4.1). */
import type { Json, JsonObject } from '../../realm/json.ts';
import type { ControllerKind, SyncedObject } from './controller.ts';
import { at, isObject, listAt, textAt, type KubeObject } from './object.ts';

const REFRESH = 'argocd.argoproj.io/refresh';
const SKIP = 'argocd.argoproj.io/skip-reconcile';

/** Words of a result that changed nothing, and those of server-side apply, which are the same whether it did or not: what objects hold decides then. */
const TELLS_NO_CHANGE = /\b(?:unchanged|serverside-applied)$/;

/** timeout.reconciliation and its jitter as they come with Argo CD, in seconds (gitops.md 2). */
const RECONCILIATION = 120 + 60;

export const APPLICATION: ControllerKind = {
  word: 'application',
  title: 'Argo CD application',
  field: ['spec', 'syncPolicy'],
  automation: (object) => {
    const automated = at(object, 'spec', 'syncPolicy', 'automated');
    if (skipsReconcile(object)) return 'reconciliation skipped';
    if (!isObject(automated)) return 'no automation';
    const on = ['prune', 'selfHeal', 'allowEmpty'].filter((name) => automated[name] === true);
    return `${automated['enabled'] === false ? 'automation off' : 'automated'} {${on.join(', ')}}`;
  },
  // null counts as on (Argo CD documentation, auto_sync).
  paused: (object) => {
    const automated = at(object, 'spec', 'syncPolicy', 'automated');
    return !isObject(automated) || automated['enabled'] === false;
  },
  interval: () => RECONCILIATION,
  pauses: (object) => {
    const policy = at(object, 'spec', 'syncPolicy');
    if (!isObject(policy) || !isObject(policy['automated'])) return [];
    const { automated, ...rest } = policy;
    return [{ ...rest, automated: { ...(automated as JsonObject), enabled: false } }, rest];
  },
  running: (object) => {
    const phase = textAt(object, 'status', 'operationState', 'phase') ?? '';
    const asked = isObject(at(object, 'operation'));
    if (!asked && phase !== 'Running' && phase !== 'Terminating') return null;
    const running = phase === 'Running' || phase === 'Terminating';
    return { since: running ? textAt(object, 'status', 'operationState', 'startedAt') ?? null : null, phase: running ? phase : 'Running', message: running ? textAt(object, 'status', 'operationState', 'message') ?? '' : 'asked for, not begun yet' };
  },
  view: (object) => {
    const sync = textAt(object, 'status', 'sync', 'status');
    const state = at(object, 'status', 'operationState');
    const phase = textAt(state, 'phase') ?? '';
    const results = listAt(state, 'syncResult', 'resources');
    const isHook = (result: Json) => textAt(result, 'hookType') !== undefined && textAt(result, 'hookType') !== '';
    const condition = listAt(object, 'status', 'conditions').find((entry) => (textAt(entry, 'type') ?? '').endsWith('Error'));
    const failed = phase === 'Failed' || phase === 'Error' ? textAt(state, 'message') ?? phase : null;
    return {
      // What it compared with moves before anything is applied, and a self-heal leaves no history (verified-kube.md 4.1).
      revision: revisionOf(at(state, 'syncResult')) ?? revisionOf(listAt(object, 'status', 'history').at(-1)),
      synced: sync === undefined || sync === 'Unknown' ? null : sync === 'Synced',
      idle: sync === 'OutOfSync' && isIdle(object),
      differing: listAt(object, 'status', 'resources').filter((entry) => textAt(entry, 'status') === 'OutOfSync').map((entry) => synced(entry, 'OutOfSync')),
      mark: textAt(state, 'startedAt') ?? 'never',
      changed: results.filter((result) => !isHook(result) && textAt(result, 'status') !== 'PruneSkipped' && !TELLS_NO_CHANGE.test(textAt(result, 'message') ?? '')).map((result) => synced(result, textAt(result, 'message') ?? '')),
      hooks: results.filter(isHook).map((result) => synced(result, `${textAt(result, 'hookType') ?? 'hook'} ${textAt(result, 'hookPhase') ?? ''}`.trim())),
      whole: isObject(state) && failed === null && listAt(state, 'operation', 'sync', 'resources').length === 0,
      history: newestEntry(object),
      entries: listAt(object, 'status', 'history').flatMap((entry) => { const number = at(entry, 'id'); return typeof number === 'number' ? [{ number, began: textAt(entry, 'deployStartedAt') ?? null }] : []; }),
      running: phase === 'Running' || phase === 'Terminating' || isObject(at(object, 'operation')),
      trouble: failed ?? (condition === undefined ? null : textAt(condition, 'message') ?? null),
    };
  },
  refresh: () => ({ metadata: { annotations: { [REFRESH]: 'normal' } } }),
  // The controller takes the annotation away in the very patch that brings the new status. Its time has whole seconds, and may be the same.
  refreshed: (object, before) => object.metadata.annotations?.[REFRESH] === undefined && (textAt(object, 'status', 'reconciledAt') ?? '') >= (textAt(before, 'status', 'reconciledAt') ?? ''),
};

/** Automated sync does not act on a revision that it has synced once, unless it heals itself; and never prunes unless it may (gitops.md 1.8). */
function isIdle(object: KubeObject): boolean {
  const automated = at(object, 'spec', 'syncPolicy', 'automated');
  if (!isObject(automated)) return false;
  const differing = listAt(object, 'status', 'resources').filter((entry) => textAt(entry, 'status') === 'OutOfSync');
  // Not even for a revision that it has not synced (Argo CD 3.2.0, autoSync).
  if (automated['prune'] !== true && differing.length > 0 && differing.every((entry) => at(entry, 'requiresPruning') === true)) return true;
  const state = at(object, 'status', 'operationState');
  const done = textAt(state, 'phase') === 'Succeeded' && revisionOf(at(state, 'syncResult')) === revisionOf(at(object, 'status', 'sync'));
  return done && automated['selfHeal'] !== true;
}

function newestEntry(object: KubeObject): number | null {
  const id = at(listAt(object, 'status', 'history').at(-1), 'id');
  return typeof id === 'number' ? id : null;
}

/** Of one source, or those of several in their order. */
function revisionOf(result: Json | undefined): string | null {
  const one = textAt(result, 'revision');
  if (one !== undefined && one !== '') return one;
  const several = listAt(result, 'revisions').filter((revision) => typeof revision === 'string');
  return several.length === 0 ? null : several.join(' ');
}

/** The revision that it compared with, and that its next sync would bring. */
export function comparedRevision(object: KubeObject): string | null {
  return revisionOf(at(object, 'status', 'sync'));
}

/** It has no automation that somebody could have switched off: it syncs when a person asks it to. */
export function isManual(object: KubeObject): boolean {
  return !isObject(at(object, 'spec', 'syncPolicy', 'automated'));
}

/** It neither compares nor syncs, nor takes up a wish to (verified-kube.md 4.1). */
export function skipsReconcile(object: KubeObject): boolean {
  return object.metadata.annotations?.[SKIP] === 'true';
}

/** Ends the operation that is running; it must still be there. What it had begun is not taken back, and Argo CD never tries that revision again by itself. */
export function terminatePatch(object: KubeObject): JsonObject {
  const { resourceVersion } = object.metadata;
  return { ...(resourceVersion === undefined ? {} : { metadata: { resourceVersion } }), status: { operationState: { phase: 'Terminating' } } };
}

/**
 * One sync of the revision that the application follows, on our name; the earlier result goes, or it would be blamed on both (verified-kube.md 4.1).
 * The controller takes options and pruning from the operation alone, never from the policy (Argo CD 3.2.0, controller/sync.go): without
 * ServerSideApply a realm of 256 KB could not be applied.
 */
export function syncPatch(object: KubeObject): JsonObject {
  const { resourceVersion } = object.metadata;
  const policy = at(object, 'spec', 'syncPolicy');
  const syncOptions = listAt(policy, 'syncOptions');
  const sync: JsonObject = { ...(at(policy, 'automated', 'prune') === true ? { prune: true } : {}), ...(syncOptions.length > 0 ? { syncOptions } : {}) };
  return { ...(resourceVersion === undefined ? {} : { metadata: { resourceVersion } }), status: { operationState: null }, operation: { initiatedBy: { username: 'realm-rescue' }, info: [{ name: 'Reason', value: 'realm-rescue thaw' }], sync } };
}

/**
 * Whether the ApplicationSet leaves a pause of its child alone: by ignoring the field, or by never updating children
 * (gitops.md 1.3; the controller's --policy flag can win over the latter and cannot be seen from here).
 */
export function toleratesPause(applicationSet: KubeObject, application: string): boolean {
  if (leavesChildren(applicationSet)) return true;
  // No field of the child keeps it from starting an operation.
  if (syncsItself(applicationSet)) return false;
  return listAt(applicationSet, 'spec', 'ignoreApplicationDifferences').some((entry) => {
    const name = textAt(entry, 'name');
    if (name !== undefined && name !== '' && name !== application) return false;
    return listAt(entry, 'jsonPointers').some((pointer) => pointer === '/spec/syncPolicy' || pointer === '/spec/syncPolicy/automated' || pointer === '/spec')
      || listAt(entry, 'jqPathExpressions').some((path) => path === '.spec.syncPolicy' || path === '.spec.syncPolicy.automated');
  });
}

/** It makes children and never updates them. */
function leavesChildren(applicationSet: KubeObject): boolean {
  const policy = textAt(applicationSet, 'spec', 'syncPolicy', 'applicationsSync');
  return policy === 'create-only' || policy === 'create-delete';
}

/**
 * With a RollingSync it takes the automation off its children and writes their operations itself, so that one that looks paused is synced all
 * the same (Argo CD 3.2.0, applicationset_controller.go, syncDesiredApplications).
 */
export function syncsItself(applicationSet: KubeObject): boolean {
  return textAt(applicationSet, 'spec', 'strategy', 'type') === 'RollingSync' && !leavesChildren(applicationSet);
}

/** Whether an annotation of a child outlives the ApplicationSet's next look at it, which takes away what it did not write (gitops.md 1.3). */
export function keepsAnnotation(applicationSet: KubeObject, annotation: string): boolean {
  return leavesChildren(applicationSet) || listAt(applicationSet, 'spec', 'preservedFields', 'annotations').includes(annotation);
}

function synced(entry: Json, message: string): SyncedObject {
  return { kind: textAt(entry, 'kind') ?? '', namespace: textAt(entry, 'namespace') ?? '', name: textAt(entry, 'name') ?? '', message };
}
