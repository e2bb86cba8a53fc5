/** Kubernetes objects as plain data: what the pure part knows of them. Nothing here talks to a cluster. */
import type { Json, JsonObject } from '../../realm/json.ts';
import { place, type ObjectName, type Resource } from '../../runbook/cluster.ts';

export type { ObjectName, Resource };

export type ManagedFields = JsonObject & {
  readonly manager?: string;
  readonly operation?: string;
  /** ISO time. */
  readonly time?: string;
  readonly fieldsV1?: JsonObject;
  readonly subresource?: string;
};

export type ObjectMeta = JsonObject & {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly (JsonObject & { readonly kind: string; readonly name: string; readonly apiVersion: string })[];
  readonly managedFields?: readonly ManagedFields[];
};

export type KubeObject = JsonObject & { readonly apiVersion?: string; readonly kind?: string; readonly metadata: ObjectMeta };

/** Every kind that this tool reads or patches, by the word that specs and screens use for it. */
export const RESOURCES = {
  configmap: { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' },
  secret: { group: '', version: 'v1', plural: 'secrets', kind: 'Secret' },
  pod: { group: '', version: 'v1', plural: 'pods', kind: 'Pod' },
  service: { group: '', version: 'v1', plural: 'services', kind: 'Service' },
  statefulset: { group: 'apps', version: 'v1', plural: 'statefulsets', kind: 'StatefulSet' },
  deployment: { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment' },
  job: { group: 'batch', version: 'v1', plural: 'jobs', kind: 'Job' },
  cronjob: { group: 'batch', version: 'v1', plural: 'cronjobs', kind: 'CronJob' },
  ingress: { group: 'networking.k8s.io', version: 'v1', plural: 'ingresses', kind: 'Ingress' },
  sealedsecret: { group: 'bitnami.com', version: 'v1alpha1', plural: 'sealedsecrets', kind: 'SealedSecret' },
  externalsecret: { group: 'external-secrets.io', version: 'v1', plural: 'externalsecrets', kind: 'ExternalSecret' },
  application: { group: 'argoproj.io', version: 'v1alpha1', plural: 'applications', kind: 'Application' },
  applicationset: { group: 'argoproj.io', version: 'v1alpha1', plural: 'applicationsets', kind: 'ApplicationSet' },
  appproject: { group: 'argoproj.io', version: 'v1alpha1', plural: 'appprojects', kind: 'AppProject' },
  kustomization: { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', plural: 'kustomizations', kind: 'Kustomization' },
  helmrelease: { group: 'helm.toolkit.fluxcd.io', version: 'v2', plural: 'helmreleases', kind: 'HelmRelease' },
  keycloak: { group: 'k8s.keycloak.org', version: 'v2alpha1', plural: 'keycloaks', kind: 'Keycloak' },
  keycloakrealmimport: { group: 'k8s.keycloak.org', version: 'v2alpha1', plural: 'keycloakrealmimports', kind: 'KeycloakRealmImport' },
  // Three operators have the same kinds: these words are no kinds, so `wordOf` does not take one for the other.
  legacyrealm: { group: 'keycloak.org', version: 'v1alpha1', plural: 'keycloakrealms', kind: 'KeycloakRealm' },
  legacyclient: { group: 'keycloak.org', version: 'v1alpha1', plural: 'keycloakclients', kind: 'KeycloakClient' },
  epamrealm: { group: 'v1.edp.epam.com', version: 'v1', plural: 'keycloakrealms', kind: 'KeycloakRealm' },
  epamclient: { group: 'v1.edp.epam.com', version: 'v1', plural: 'keycloakclients', kind: 'KeycloakClient' },
  epamscope: { group: 'v1.edp.epam.com', version: 'v1', plural: 'keycloakclientscopes', kind: 'KeycloakClientScope' },
  vriesrealm: { group: 'vriesdemichael.github.io', version: 'v1', plural: 'keycloakrealms', kind: 'KeycloakRealm' },
  vriesclient: { group: 'vriesdemichael.github.io', version: 'v1', plural: 'keycloakclients', kind: 'KeycloakClient' },
  epamrole: { group: 'v1.edp.epam.com', version: 'v1', plural: 'keycloakrealmroles', kind: 'KeycloakRealmRole' },
} as const satisfies Record<string, Resource>;
export type ResourceWord = keyof typeof RESOURCES;

/** The word of a kind: `application` for Application; null for one that is not in the table. */
export function wordOf(kind: string): ResourceWord | null {
  const word = kind.toLowerCase();
  return Object.hasOwn(RESOURCES, word) ? (word as ResourceWord) : null;
}

export function nameOf(word: ResourceWord, namespace: string | null, name: string): ObjectName {
  return { resource: RESOURCES[word], namespace, name };
}

/** The group of an object by its apiVersion; empty for the core group. */
export function groupOf({ apiVersion = 'v1' }: KubeObject): string {
  return apiVersion.includes('/') ? apiVersion.split('/')[0] ?? '' : '';
}

/** The name of an object; null for a kind that is not in the table. */
export function nameOfObject({ kind, metadata }: KubeObject): ObjectName | null {
  const word = wordOf(kind ?? '');
  return word === null ? null : nameOf(word, metadata.namespace ?? null, metadata.name);
}

/** `ConfigMap iam/keycloak-realm`: how a person reads it. */
export function shown(object: ObjectName): string {
  return `${object.resource.kind} ${place(object)}`;
}

/** The same of an object of any kind. */
export function shownObject({ kind, metadata }: KubeObject): string {
  return `${kind ?? 'object'} ${place({ namespace: metadata.namespace ?? null, name: metadata.name })}`;
}

/** `application:argocd/keycloak`: how a flag or the journal names it. */
export function specOf(object: ObjectName): string {
  return `${object.resource.kind.toLowerCase()}:${place(object)}`;
}

/** The value at a path; undefined where something on the way is missing. */
export function at(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let here: Json | undefined = value;
  for (const part of path) {
    if (here === null || typeof here !== 'object') return undefined;
    here = Object.hasOwn(here, part) ? (here as Readonly<Record<string | number, Json>>)[part] : undefined;
  }
  return here;
}

export function textAt(value: Json | undefined, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function listAt(value: Json | undefined, ...path: readonly (string | number)[]): readonly Json[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
