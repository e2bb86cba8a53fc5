import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { HELM_RELEASE, KUSTOMIZATION } from '../../src/gitops/controllers/flux.ts';
import { APPLICATION } from '../../src/gitops/controllers/argo.ts';
import type { ControllerKind } from '../../src/gitops/controllers/controller.ts';
import type { KubeObject } from '../../src/gitops/controllers/object.ts';
import { settingsDiffer, settingsOf } from '../../src/kubernetes/settings.ts';
import { fakeApi } from './fake-api.ts';

const told = (kind: string, spec: JsonObject): KubeObject => ({ kind, metadata: { name: 'keycloak', namespace: 'iam' }, spec });
const map = (name: string, data: JsonObject): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'iam' }, data });
const of = (kind: ControllerKind, spec: JsonObject, ...maps: readonly KubeObject[]) => settingsOf(fakeApi(maps), kind, told(kind.title, spec));

const VALUES = { valuesFrom: [{ kind: 'ConfigMap', name: 'values' }, { kind: 'Secret', name: 'passwords' }] };
const SUBSTITUTES = { postBuild: { substituteFrom: [{ kind: 'ConfigMap', name: 'values' }] } };

describe('what a controller is told to do', () => {
  test.each<[string, ControllerKind, JsonObject, JsonObject, boolean]>([
    ['is the same in a pause', HELM_RELEASE, { interval: '1h' }, { interval: '1h', suspend: true }, false],
    ['is the same in a pause of Argo CD', APPLICATION, { project: 'default', syncPolicy: { automated: {} } }, { project: 'default', syncPolicy: { automated: { enabled: false } } }, false],
    ['is the same in another order', KUSTOMIZATION, { path: './a', prune: true }, { prune: true, path: './a' }, false],
    ['is another with other values', HELM_RELEASE, { values: { realm: 'a' } }, { values: { realm: 'b' } }, true],
    ['is another elsewhere', KUSTOMIZATION, { path: './a' }, { path: './b' }, true],
  ])('%s', async (_name, kind, one, other, differs) => expect(settingsDiffer(await of(kind, one), await of(kind, other))).toBe(differs));

  test.each<[string, ControllerKind, JsonObject]>([['values of a release', HELM_RELEASE, VALUES], ['substitutes of a Kustomization', KUSTOMIZATION, SUBSTITUTES]])('counts %s in ConfigMaps', async (_name, kind, spec) => {
    const one = await of(kind, spec, map('values', { 'values.yaml': 'replicas: 1' }));
    expect(settingsDiffer(one, await of(kind, spec, map('values', { 'values.yaml': 'replicas: 1' }), map('other', { a: 'b' })))).toBe(false);
    expect(settingsDiffer(one, await of(kind, spec, map('values', { 'values.yaml': 'replicas: 2' })))).toBe(true);
  });

  test('takes an optional ConfigMap that is not there for what it is', async () => {
    const [none, first, second] = [await of(HELM_RELEASE, VALUES), await of(HELM_RELEASE, VALUES, map('values', { a: 'b' })), await of(HELM_RELEASE, VALUES, map('values', { a: 'c' }))];
    expect([settingsDiffer(none, first), settingsDiffer(first, second), settingsDiffer(none, await of(HELM_RELEASE, VALUES, map('other', {})))]).toEqual([true, true, false]);
  });

  test('is not known to be another where values may be read at one time only', async () => {
    const refused = settingsOf(fakeApi([map('values', { a: 'b' })], { forbidden: (verb, plural) => verb === 'get' && plural === 'configmaps' }), HELM_RELEASE, told('HelmRelease', VALUES));
    expect(settingsDiffer(await refused, await of(HELM_RELEASE, VALUES, map('values', { a: 'b' })))).toBe(false);
    expect(settingsDiffer(await refused, await of(HELM_RELEASE, { ...VALUES, interval: '2h' }, map('values', { a: 'b' })))).toBe(true);
  });

  test('holds nothing of what the values are', async () => expect(await of(HELM_RELEASE, { values: { password: 'correct horse' } })).toMatch(/^sha256:[0-9a-f]{64} sha256:[0-9a-f]{64}$/));
});
