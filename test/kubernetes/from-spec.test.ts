import { describe, expect, test } from 'vitest';
import { parseFrom } from '../../src/kubernetes/from-spec.ts';

describe('what --from names', () => {
  test.each<[string, string, string, string | null]>([
    ['configmap:iam/keycloak-realm', 'ConfigMap iam', 'keycloak-realm', null],
    ['configmap:iam/keycloak-realm/realm.json', 'ConfigMap iam', 'keycloak-realm', 'realm.json'],
    ['configmap:iam/keycloak-realm/a/b', 'ConfigMap iam', 'keycloak-realm', 'a/b'],
    ['configmap:keycloak-realm', 'ConfigMap default', 'keycloak-realm', null],
    ['secret:iam/realm/realm.json', 'Secret iam', 'realm', 'realm.json'],
    ['job:iam/keycloak-import', 'Job iam', 'keycloak-import', null],
    ['realmimport:iam/primary', 'KeycloakRealmImport iam', 'primary', null],
    ['keycloakrealmimport:iam/primary', 'KeycloakRealmImport iam', 'primary', null],
    ['application:argocd/keycloak', 'Application argocd', 'keycloak', null],
    ['kustomization:flux-system/keycloak', 'Kustomization flux-system', 'keycloak', null],
    ['helmrelease:iam/keycloak', 'HelmRelease iam', 'keycloak', null],
  ])('%s', (spec, where, name, key) => {
    const { objects: [object, ...others], namespace, key: of } = parseFrom(spec, 'default');
    expect([`${object.resource.kind} ${object.namespace}`, object.name, of]).toEqual([where, name, key]);
    expect([namespace, others]).toEqual([object.namespace, []]);
  });

  // Which of the operators has it, only the cluster can say.
  test.each([['keycloakrealm', 'keycloakrealms'], ['keycloakclient', 'keycloakclients']])('%s: of any operator', (word, plural) => {
    const { objects } = parseFrom(`${word}:iam/primary`, 'default');
    expect(objects.map(({ resource, namespace, name }) => `${resource.plural}.${resource.group} ${namespace}/${name}`)).toEqual([`${plural}.keycloak.org iam/primary`, `${plural}.v1.edp.epam.com iam/primary`, `${plural}.vriesdemichael.github.io iam/primary`]);
  });

  test.each(['', 'configmap', 'configmap:', 'configmap:/x', 'ConfigMap:iam/x', 'deployment:iam/x', 'appproject:argocd/default', 'application:argocd/keycloak/key', 'job:iam/import/key', 'keycloakrealm:iam/primary/key', 'constructor:iam/x', 'file:realm.json', 'iam/keycloak-realm'])('%j is refused', (spec) => {
    expect(() => parseFrom(spec, 'default')).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
