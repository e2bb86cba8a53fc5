/** Which rights of the cluster each step takes, as data for the review beforehand (rights.ts). */
import type { ObjectName, Resource, RestartRisk } from '../runbook/cluster.ts';
import { controllerKind } from '../gitops/controllers/index.ts';
import { RESOURCES, shown } from '../gitops/controllers/object.ts';

export interface Need {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Plural, as a Role has it. */
  readonly resource: string;
  /** null: at the cluster scope, for all namespaces. */
  readonly namespace: string | null;
  /** Only this one object; left out: all of the namespace. */
  readonly name?: string;
  /** `pause Application argocd/keycloak`. */
  readonly why: string;
}

/** What starts pods, and so imports. */
export const WORKLOADS: readonly Resource[] = [RESOURCES.statefulset, RESOURCES.deployment, RESOURCES.job, RESOURCES.cronjob];
const CARRIERS: readonly Resource[] = [RESOURCES.configmap, RESOURCES.secret];

/** What starts pods around a carrier, as far as it is known beforehand. */
export interface ScopeAround {
  readonly workloads: readonly ObjectName[];
  /** The ConfigMaps that their pods read; null: not all of them may be listed, so it may be any of the namespace. */
  readonly configMaps: readonly ObjectName[] | null;
  /** What carries the realm beside what was named: what a Job reads. */
  readonly carriers?: readonly ObjectName[];
}

export interface FreezeScope {
  /** What `--from` names: what carries the realm or imports it, or the controller itself. An empty name: any of that kind. */
  readonly source: ObjectName;
  readonly around: ScopeAround;
  /** What applies it, and what is above that. */
  readonly controllers: readonly ObjectName[];
  /** What is patched: the controllers, or an AppProject in the place of one. */
  readonly pauses: readonly ObjectName[];
}

/** Looking around, remembering what the API server still knows (a list at an old moment, verified-kube.md 3.1), pausing and reading back. */
export function freezeNeeds({ source, around, controllers, pauses }: FreezeScope): readonly Need[] {
  return [...carrierNeeds(source, around), ...objectNeeds(['get', 'list'], controllers, 'look at'), ...objectNeeds(['get', 'patch'], pauses, 'pause')];
}

/** Ending what runs under a pause patches the application itself, whatever is patched in its place to pause it. */
export function endNeeds(running: readonly ObjectName[]): readonly Need[] {
  return objectNeeds(['get', 'patch'], running, 'end the operation of');
}

/** The way back takes what the way in took; the next sync is watched by what it writes and the Jobs that it starts. */
export function thawNeeds({ source, around, controllers, appliers, pauses }: FreezeScope & { readonly appliers: readonly ObjectName[] }): readonly Need[] {
  return [...carrierNeeds(source, around), ...objectNeeds(['get'], around.workloads, 'watch'), ...objectNeeds(['get', 'list'], controllers, 'watch'), ...objectNeeds(['patch'], appliers, 'resume'), ...objectNeeds(['get', 'patch'], pauses, 'resume')];
}

/** What a namespace says of its realm: ConfigMaps, Secrets (Helm's releases lie in them), and what imports at a start. */
export function evidenceNeeds(namespace: string): readonly Need[] {
  return [
    ...CARRIERS.flatMap((resource) => needsOf(['get', 'list'], resource, namespace, 'read what carries the realm, and what it was before')),
    ...WORKLOADS.flatMap((resource) => needsOf(['get', 'list'], resource, namespace, 'see what imports when a pod starts')),
  ];
}

/**
 * To find Keycloak and its first administrator, where neither is named; the workloads are read as for the evidence.
 * @param customs  the kinds of operators that this cluster serves
 */
export function keycloakNeeds(namespace: string, customs: readonly Resource[]): readonly Need[] {
  const why = 'find Keycloak and its administrator';
  return [
    ...[...customs, RESOURCES.statefulset, RESOURCES.deployment, RESOURCES.service, RESOURCES.ingress].flatMap((resource) => needsOf(['list'], resource, namespace, why)),
    ...[RESOURCES.secret, RESOURCES.configmap].flatMap((resource) => needsOf(['get'], resource, namespace, why)),
  ];
}

/** Only where an object does not say who applies it; without it that writer is not found, and nothing fails. */
export function searchNeeds(): readonly Need[] {
  return [RESOURCES.application, RESOURCES.kustomization].flatMap((resource) => needsOf(['list'], resource, null, 'find a controller that its objects do not name'));
}

/** What applies a carrier and cannot be read; null: an application of a namespace that nobody names. */
export function applierNeeds(object: ObjectName | null): readonly Need[] {
  return object === null ? searchNeeds().slice(0, 1) : objectNeeds(['get', 'list', 'patch'], [object], 'find and pause');
}

/** What makes a carrier out of itself and cannot be read. */
export function makerNeeds(maker: ObjectName): readonly Need[] {
  return objectNeeds(['get'], [maker], 'follow to what applies');
}

/** Where a Secret comes out of a store, and does not say of which object. */
export function storeNeeds(namespace: string): readonly Need[] {
  return needsOf(['list'], RESOURCES.externalsecret, namespace, 'find what makes a Secret');
}

/** The live patches that are offered. */
export function safeNeeds(risks: readonly RestartRisk[]): readonly Need[] {
  return objectNeeds(['get', 'patch'], risks.filter(({ safe }) => safe !== null).map(({ object }) => object), 'make safe');
}

/** What carries the realm, what its pods import by, and nothing else of its namespace: a Secret is asked for where one is named, or read by a Job that is. */
function carrierNeeds(source: ObjectName, { configMaps, carriers = [] }: ScopeAround): readonly Need[] {
  const { resource, namespace, name } = source;
  if (namespace === null || controllerKind(resource.kind) !== undefined) return [];
  const why = 'read what carries the realm, and what it was before';
  const imports = 'see what imports when a pod starts';
  return [
    ...(name === '' ? needsOf(['get', 'list'], resource, namespace, why) : [source, ...carriers].flatMap((object) => needsOf(['get', 'list'], object.resource, namespace, why).map((need) => ({ ...need, name: object.name })))),
    ...WORKLOADS.flatMap((kind) => needsOf(['list'], kind, namespace, imports)),
    ...(configMaps === null ? needsOf(['get'], RESOURCES.configmap, namespace, imports) : objectNeeds(['get'], configMaps, 'see what imports by')),
  ];
}

/** Bound to the one object: a Role grants no more than the step takes. A list by name is what resourceNames allow. */
function objectNeeds(verbs: readonly string[], objects: readonly ObjectName[], doing: string): readonly Need[] {
  return objects.flatMap((object) => needsOf(verbs, object.resource, object.namespace, `${doing} ${shown(object)}`).map((need) => ({ ...need, name: object.name })));
}

function needsOf(verbs: readonly string[], { group, plural }: Resource, namespace: string | null, why: string): readonly Need[] {
  return verbs.map((verb) => ({ verb, group, resource: plural, namespace, why }));
}
