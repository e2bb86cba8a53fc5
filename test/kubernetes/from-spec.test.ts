import { describe, expect, test } from 'vitest';
import { parseFrom } from '../../src/kubernetes/from-spec.ts';

describe('what --from names', () => {
  test.each<[string, string, string, string | null]>([
    ['configmap:iam/keycloak-realm', 'ConfigMap iam', 'keycloak-realm', null],
    ['configmap:iam/keycloak-realm/realm.json', 'ConfigMap iam', 'keycloak-realm', 'realm.json'],
    ['configmap:iam/keycloak-realm/a/b', 'ConfigMap iam', 'keycloak-realm', 'a/b'],
    ['configmap:keycloak-realm', 'ConfigMap default', 'keycloak-realm', null],
    ['secret:iam/realm/realm.json', 'Secret iam', 'realm', 'realm.json'],
    ['application:argocd/keycloak', 'Application argocd', 'keycloak', null],
    ['kustomization:flux-system/keycloak', 'Kustomization flux-system', 'keycloak', null],
    ['helmrelease:iam/keycloak', 'HelmRelease iam', 'keycloak', null],
  ])('%s', (spec, where, name, key) => {
    const { object, key: of } = parseFrom(spec, 'default');
    expect([`${object.resource.kind} ${object.namespace}`, object.name, of]).toEqual([where, name, key]);
  });

  test.each(['', 'configmap', 'configmap:', 'configmap:/x', 'ConfigMap:iam/x', 'deployment:iam/x', 'appproject:argocd/default', 'application:argocd/keycloak/key', 'file:realm.json', 'iam/keycloak-realm'])('%j is refused', (spec) => {
    expect(() => parseFrom(spec, 'default')).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
