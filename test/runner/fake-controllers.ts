/** The controllers of the cluster in memory. */
import { at, isObject, listAt, textAt, type KubeObject } from '../../src/gitops/controllers/object.ts';
import { rfc7386 } from '../gitops/controllers/rfc7386.ts';
import type { World } from './fake-cluster.ts';

export const REFRESH = 'argocd.argoproj.io/refresh';
export const REQUESTED = 'reconcile.fluxcd.io/requestedAt';

/** Time passes: every controller has its turn. */
export function step(world: World, clock: () => string): void {
  if (world.idle) return;
  for (const spec of [...world.git.keys()].filter((one) => one.startsWith('controller '))) {
    const controller = spec.slice('controller '.length);
    if (hasOr(world, controller) === undefined) continue;
    if (controller.startsWith('application:')) argo(world, controller, clock);
    else flux(world, controller, clock);
  }
}

/** The objects that a controller applies: `git.set('controller application:argocd/keycloak', {objects: […]})`. */
function appliedBy(world: World, controller: string): readonly string[] {
  return listAt(world.git.get(`controller ${controller}`), 'objects').map(String);
}

function differing(world: World, specs: readonly string[]): readonly string[] {
  return specs.filter((spec) => {
    const wanted = world.git.get(spec);
    return wanted !== undefined && JSON.stringify(rfc7386(world.get(spec), wanted)) !== JSON.stringify(world.get(spec));
  });
}

function apply(world: World, specs: readonly string[], manager: string): readonly string[] {
  const changed = differing(world, specs);
  for (const spec of changed) world.write(spec, world.git.get(spec) ?? {}, manager);
  if (changed.length > 0) world.onSync(changed);
  return changed;
}

/** Argo CD's application controller: verified-kube.md 4.1. It compares when it is asked to, and syncs what differs where automation is on. */
function argo(world: World, spec: string, clock: () => string): void {
  const app = world.get(spec);
  const specs = appliedBy(world, spec).filter((one) => hasOr(world, one) !== undefined);
  const manager = 'argocd-application-controller';
  const kinds = specs.map((one) => ({ kind: world.get(one).kind ?? '', namespace: world.get(one).metadata.namespace ?? '', name: world.get(one).metadata.name, spec: one }));
  if (textAt(app, 'status', 'operationState', 'phase') === 'Terminating' && isObject(at(app, 'operation'))) {
    world.write(spec, { operation: null, status: { operationState: { phase: 'Failed', message: 'Operation terminated' } } }, manager);
    return;
  }
  if (app.metadata.annotations?.[REFRESH] !== undefined) {
    const open = new Set(differing(world, specs));
    world.write(spec, {
      metadata: { annotations: { [REFRESH]: null } },
      status: { reconciledAt: clock(), sync: { status: open.size === 0 ? 'Synced' : 'OutOfSync', revision: world.revision }, resources: kinds.map(({ kind, namespace, name, spec: one }) => ({ kind, namespace, name, status: open.has(one) ? 'OutOfSync' : 'Synced' })) },
    }, manager);
    return;
  }
  const automated = at(app, 'spec', 'syncPolicy', 'automated');
  const project = `appproject:${app.metadata.namespace ?? ''}/${textAt(app, 'spec', 'project') ?? 'default'}`;
  const denied = listAt(hasOr(world, project), 'spec', 'syncWindows').some((window) => textAt(window, 'kind') === 'deny' && listAt(window, 'applications').includes(app.metadata.name));
  const asked = isObject(at(app, 'operation'));
  if (denied || (!asked && (!isObject(automated) || automated['enabled'] === false || textAt(app, 'status', 'sync', 'status') !== 'OutOfSync'))) return;
  const changed = new Set(apply(world, specs, 'argocd-controller'));
  const hooks = listAt(world.git.get(`controller ${spec}`), 'hooks').map((name) => ({ kind: 'Job', namespace: 'iam', name: String(name), status: '', hookType: 'PreSync', hookPhase: 'Succeeded', message: `job.batch/${String(name)} created` }));
  world.write(spec, {
    operation: null,
    status: {
      operationState: { phase: 'Succeeded', message: 'successfully synced (all tasks run)', startedAt: clock(), syncResult: { revision: world.revision, resources: [...kinds.map(({ kind, namespace, name, spec: one }) => ({ kind, namespace, name, status: 'Synced', message: `${kind.toLowerCase()}/${name} ${changed.has(one) ? 'configured' : 'unchanged'}` })), ...hooks] } },
      sync: { status: 'Synced', revision: world.revision }, resources: kinds.map(({ kind, namespace, name }) => ({ kind, namespace, name, status: 'Synced' })),
    },
  }, manager);
}

/** Flux's kustomize controller: verified-kube.md 4.2. It answers a wish while suspended too, and applies nothing then. */
function flux(world: World, spec: string, clock: () => string): void {
  const object = world.get(spec);
  const wish = object.metadata.annotations?.[REQUESTED];
  if (wish === undefined || textAt(object, 'status', 'lastHandledReconcileAt') === wish) return;
  const manager = 'gotk-kustomize-controller';
  if (at(object, 'spec', 'suspend') === true) return world.write(spec, { status: { lastHandledReconcileAt: wish } }, manager);
  apply(world, appliedBy(world, spec), 'kustomize-controller');
  const total = Number(at(listAt(object, 'status', 'history')[0], 'totalReconciliations') ?? 0);
  world.write(spec, { status: { lastHandledReconcileAt: wish, lastAppliedRevision: `main@sha1:${world.revision}`, lastAttemptedRevision: `main@sha1:${world.revision}`, history: [{ digest: 'sha256:11', totalReconciliations: total + 1, lastReconciled: clock() }] } }, manager);
}

/** The ApplicationSet controller: it makes its children what its template says, within half a second. */
export function regenerate(world: World): void {
  for (const [spec, wanted] of world.generated) {
    const { annotations = {} } = world.get(spec).metadata;
    world.write(spec, { metadata: { annotations: Object.fromEntries(Object.keys(annotations).map((name) => [name, null])) }, spec: { syncPolicy: null } }, 'argocd-applicationset-controller');
    world.write(spec, { spec: wanted }, 'argocd-applicationset-controller');
  }
}

function hasOr(world: World, spec: string): KubeObject | undefined {
  try {
    return world.get(spec);
  } catch {
    return undefined;
  }
}
