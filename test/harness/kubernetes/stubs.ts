import type { JsonObject } from '../../../src/realm/json.ts';

/** A kind whose own CRD no Go module carries, or is too big to load in every test. */
export interface Stub {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
}

export const APPLICATION_SET: Stub = { group: 'argoproj.io', version: 'v1alpha1', kind: 'ApplicationSet', plural: 'applicationsets' };

export const HELM: readonly Stub[] = [
  { group: 'helm.toolkit.fluxcd.io', version: 'v2', kind: 'HelmRelease', plural: 'helmreleases' },
];

/** Of Keycloak's own operator. */
export const KEYCLOAK: readonly Stub[] = [
  { group: 'k8s.keycloak.org', version: 'v2alpha1', kind: 'Keycloak', plural: 'keycloaks' },
  { group: 'k8s.keycloak.org', version: 'v2alpha1', kind: 'KeycloakRealmImport', plural: 'keycloakrealmimports' },
];

/** Of the operator of EPAM. */
export const EPAM: readonly Stub[] = [
  { group: 'v1.edp.epam.com', version: 'v1', kind: 'KeycloakRealm', plural: 'keycloakrealms' },
  { group: 'v1.edp.epam.com', version: 'v1', kind: 'KeycloakClient', plural: 'keycloakclients' },
];

/** Of vriesdemichael/keycloak-operator. */
export const VRIESDEMICHAEL: readonly Stub[] = [
  { group: 'vriesdemichael.github.io', version: 'v1', kind: 'KeycloakRealm', plural: 'keycloakrealms' },
  { group: 'vriesdemichael.github.io', version: 'v1', kind: 'KeycloakClient', plural: 'keycloakclients' },
];

/** Of the operator that Keycloak had before. */
export const LEGACY: readonly Stub[] = [
  { group: 'keycloak.org', version: 'v1alpha1', kind: 'KeycloakRealm', plural: 'keycloakrealms' },
  { group: 'keycloak.org', version: 'v1alpha1', kind: 'KeycloakClient', plural: 'keycloakclients' },
];

/** What makes Secrets. */
export const MAKERS: readonly Stub[] = [
  { group: 'bitnami.com', version: 'v1alpha1', kind: 'SealedSecret', plural: 'sealedsecrets' },
  { group: 'external-secrets.io', version: 'v1beta1', kind: 'ExternalSecret', plural: 'externalsecrets' },
];

/** A CRD that takes any spec and has a status of its own, which is all that these tests need of such a kind. */
export function stubOf({ group, version, kind, plural }: Stub): JsonObject {
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: anything, status: anything } } },
        subresources: { status: {} },
      }],
    },
  };
}
