/** Clusters with a writer to freeze, and what is left on their objects and in the journal afterwards. */
import { FROZEN_ANNOTATION } from '../../src/gitops/controllers/controller.ts';
import { at, type KubeObject } from '../../src/gitops/controllers/object.ts';
import type { Json, JsonObject } from '../../src/realm/json.ts';
import { danglingPatches, heldPauses } from '../../src/runbook/cluster-state.ts';
import type { ClusterSight } from '../../src/runbook/cluster.ts';
import { pauseAll, type ClusterWork } from '../../src/runner/cluster-work.ts';
import { application, realmMap } from '../gitops/controllers/objects.ts';
import { openWorld, type World } from './fake-cluster.ts';

export const APP = 'application:argocd/keycloak';
export const ROOT = 'application:argocd/root';
export const MAP = 'configmap:iam/keycloak-realm';
export const STS = 'statefulset:iam/keycloak';
export const PROJECT = 'appproject:argocd/default';
const TRACKING = 'argocd.argoproj.io/tracking-id';
export const POLICY = at(application(), 'spec', 'syncPolicy') as JsonObject;
export const ROOT_POLICY = { automated: { selfHeal: true } };
const map = realmMap({ annotations: { [TRACKING]: 'keycloak:/ConfigMap:iam/keycloak-realm' } });
const statefulSet: KubeObject = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'keycloak', namespace: 'iam', annotations: { [TRACKING]: 'keycloak:apps/StatefulSet:iam/keycloak' } }, spec: { replicas: 2, template: { spec: { containers: [{ name: 'keycloak', image: 'quay.io/keycloak/keycloak:26.4' }] } } }, status: { observedGeneration: 9, updatedReplicas: 2, readyReplicas: 2 } };
const root: KubeObject = { ...application(), metadata: { name: 'root', namespace: 'argocd' }, spec: { project: 'default', source: { path: 'apps' }, syncPolicy: ROOT_POLICY } };

/** Argo CD with an application of applications above; git says what is live. */
export function argoWorld(child: JsonObject = {}): World {
  const world = openWorld([map, statefulSet, application({ metadata: { annotations: { [TRACKING]: 'root:argoproj.io/Application:argocd/keycloak' } }, ...child }), root]);
  world.git.set(`controller ${ROOT}`, { objects: [APP] });
  world.git.set(`controller ${APP}`, { objects: [MAP, STS] });
  world.git.set(MAP, { data: { 'realm.json': '{"realm":"primary"}' } });
  return world;
}

/** Git has another realm than live. A sync puts it there, and pods that start import it. */
export function staleWorld(): World {
  const world = argoWorld();
  world.write(MAP, { data: { 'realm.json': '{"realm":"primary","clients":["auth-service"]}' } });
  world.onSync = () => { world.realm = 'overwritten'; };
  return world;
}

/** An application that an ApplicationSet writes again. */
export function appSetWorld(spec: JsonObject = {}): World {
  const child = application({ metadata: { ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: 'platform' }] } });
  const world = openWorld([map, child, { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', metadata: { name: 'platform', namespace: 'argocd' }, spec }, { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name: 'default', namespace: 'argocd' }, spec: { destinations: [] } }]);
  world.git.set(`controller ${APP}`, { objects: [MAP] });
  world.git.set(MAP, { data: { 'realm.json': '{"realm":"primary"}' } });
  world.generated.set(APP, child['spec'] as JsonObject);
  return world;
}

export const policyOf = (world: World, spec = APP): Json | undefined => at(world.get(spec), 'spec', 'syncPolicy');
export const isOff = (world: World, spec = APP): boolean => at(world.get(spec), 'spec', 'syncPolicy', 'automated', 'enabled') === false;
export const markOf = (world: World, spec = APP): string | undefined => world.get(spec).metadata.annotations?.[FROZEN_ANNOTATION];
export const held = (work: ClusterWork): readonly string[] => heldPauses(work.state()).map(({ object }) => object.name);
export const open = (work: ClusterWork): readonly string[] => danglingPatches(work.state()).map(({ id }) => id);
export const told = (world: World): readonly string[] => world.journal.map((event) => `${event.type}${event.type === 'patch.intended' ? ` ${event.patch.id}` : 'id' in event ? ` ${event.id}` : ''}${event.type === 'patch.failed' ? ` ${event.failure.code}` : event.type === 'patch.sent' ? ` ${event.found}` : event.type === 'sync.watched' ? ` ${event.ok}` : ''}`);
export const watchedOf = (world: World) => world.journal.findLast((event) => event.type === 'sync.watched');

/** Frozen, with everything held. */
export async function frozen(world: World): Promise<{ readonly sight: ClusterSight; readonly work: ClusterWork }> {
  const sight = await world.look(MAP, STS);
  const work = world.start();
  await pauseAll(work, sight);
  return { sight, work };
}
