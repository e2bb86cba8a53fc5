import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/realm/json.ts';
import { isFromStore, makerNote, makerOf, targetOf } from '../../../src/gitops/controllers/makers.ts';
import { specOf, type KubeObject, type ObjectMeta } from '../../../src/gitops/controllers/object.ts';

const secret = (metadata: Partial<ObjectMeta> = {}): KubeObject => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'realm', namespace: 'iam', ...metadata } as ObjectMeta });
const owned = (kind: string, apiVersion: string) => secret({ ownerReferences: [{ apiVersion, kind, name: 'maker', uid: '1' }] });
const external = (spec: JsonObject): KubeObject => ({ apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', metadata: { name: 'vault-realm', namespace: 'iam' }, spec });

describe('what an owner reference says', () => {
  test.each<[string, string, string | null]>([
    ['SealedSecret', 'bitnami.com/v1alpha1', 'sealedsecret:iam/maker'],
    ['ExternalSecret', 'external-secrets.io/v1', 'externalsecret:iam/maker'],
    ['ExternalSecret', 'external-secrets.io/v1beta1', 'externalsecret:iam/maker'],
    ['CronJob', 'batch/v1', 'cronjob:iam/maker'],
    ['KeycloakRealmImport', 'k8s.keycloak.org/v2alpha1', 'keycloakrealmimport:iam/maker'],
    ['SealedSecret', 'example.com/v1', null],
    ['ExternalSecret', 'external-secrets.io.example.com/v1', null],
    ['ReplicaSet', 'apps/v1', null],
  ])('%s of %s', (kind, apiVersion, spec) => {
    const maker = makerOf(owned(kind, apiVersion));
    expect(maker && specOf(maker)).toBe(spec);
  });

  test('none says nothing', () => expect(makerOf(secret())).toBeNull());
});

test.each<[string, KubeObject, boolean]>([
  ['its hash', secret({ annotations: { 'reconcile.external-secrets.io/data-hash': '1' } }), true],
  ['its label', secret({ labels: { 'reconcile.external-secrets.io/created-by': '1' } }), true],
  ['nothing', secret({ labels: { app: 'x' } }), false],
  ['the label on something else', { ...secret({ labels: { 'reconcile.external-secrets.io/created-by': '1' } }), kind: 'ConfigMap' }, false],
])('the operator of a store is known by %s', (_name, object, known) => expect(isFromStore(object)).toBe(known));

test('an ExternalSecret writes the Secret of its name unless it says another', () => {
  expect([external({}), external({ target: { name: '' } }), external({ target: { name: 'realm' } })].map(targetOf)).toEqual(['vault-realm', 'vault-realm', 'realm']);
});

describe('what a pause does not stop', () => {
  const said = (spec: JsonObject) => makerNote(secret(), external(spec)) ?? '';
  test.each<[string, JsonObject, string]>([
    ['the usual hour', { secretStoreRef: { name: 'vault' } }, 'from SecretStore vault, again every 1h and whenever somebody edits the Secret'],
    ['a store of the cluster, a time of its own', { secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' }, refreshInterval: '5m0s' }, 'from ClusterSecretStore vault, again every 5m0s'],
    ['stores of single keys', { data: [{ sourceRef: { storeRef: { name: 'a' } } }], dataFrom: [{ sourceRef: { storeRef: { name: 'b' } } }, { sourceRef: { storeRef: { name: 'b' } } }] }, 'from SecretStore a and SecretStore b, '],
    ['no store', {}, 'from its store, '],
    ['an interval of nothing', { refreshInterval: '0' }, ', once, and again whenever somebody edits the Secret'],
    ['an interval of nothing in parts', { refreshInterval: '0h0m0s' }, ', once, and again'],
    ['an interval that begins with nothing', { refreshInterval: '0h30m0s' }, ', again every 0h30m0s'],
    ['CreatedOnce', { refreshPolicy: 'CreatedOnce', refreshInterval: '1h' }, ', once, and again'],
    ['OnChange', { refreshPolicy: 'OnChange' }, ', again when the ExternalSecret changes and whenever'],
  ])('%s', (_name, spec, words) => expect(said(spec)).toContain(words));

  test('is the controller of sealed text, and nothing of a CronJob', () => {
    const maker = (kind: string): KubeObject => ({ kind, metadata: { name: 'maker', namespace: 'iam' } });
    expect(makerNote(secret(), maker('SealedSecret'))).toMatch(/^Secret iam\/realm is made by SealedSecret iam\/maker: its controller writes it again/);
    expect(makerNote(secret(), maker('CronJob'))).toBeNull();
  });
});
