import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { HELM_RELEASE, KUSTOMIZATION } from '../../src/gitops/controllers/flux.ts';
import type { KubeObject } from '../../src/gitops/controllers/object.ts';
import { offeredBySource } from '../../src/kubernetes/flux-source.ts';
import { fakeApi } from './fake-api.ts';

const NOTHING = { synced: null, target: null, brings: [] };
const TEMPLATE = { chart: 'keycloak', version: '24.x', sourceRef: { kind: 'HelmRepository', name: 'bitnami' } };
const object = (kind: string, apiVersion: string, name: string, rest: JsonObject, metadata: JsonObject = {}): KubeObject => ({ apiVersion, kind, metadata: { name, namespace: 'iam', ...metadata }, ...rest }) as KubeObject;
const release = (spec: JsonObject = { chart: { spec: TEMPLATE } }, status: JsonObject = { helmChart: 'flux-system/iam-keycloak' }) => object('HelmRelease', 'helm.toolkit.fluxcd.io/v2', 'keycloak', { spec, status });
/** As source-controller leaves it (helmcharts.md of source-controller 1.9.6). */
const chart = (revision = '24.4.2', { spec = {}, observedGeneration = 2, name = 'iam-keycloak', namespace = 'flux-system' }: { readonly spec?: JsonObject; readonly observedGeneration?: number; readonly name?: string; readonly namespace?: string } = {}) =>
  object('HelmChart', 'source.toolkit.fluxcd.io/v1', name, { spec: { ...TEMPLATE, reconcileStrategy: 'ChartVersion', interval: '10m', ...spec }, status: { observedGeneration, observedChartName: 'keycloak', artifact: { revision, digest: 'sha256:11' } } }, { namespace, generation: 2 });
const offered = (of: KubeObject, applied: string | null, ...objects: readonly KubeObject[]) => offeredBySource(fakeApi(objects), HELM_RELEASE, of, applied);
const ANNOUNCED = { synced: false, target: '24.4.2', brings: ['chart keycloak 24.4.1 → 24.4.2'] };

describe('of a HelmRelease', () => {
  test('another chart is announced by its version', async () => expect(await offered(release(), '24.4.1', chart())).toEqual(ANNOUNCED));

  test('so is one of a HelmChart that it names itself', async () => {
    const named = release({ chartRef: { kind: 'HelmChart', name: 'kc' } }, {});
    expect(await offered(named, '24.4.1', chart('24.4.2', { name: 'kc', namespace: 'iam', spec: { version: '24.4.2' } }))).toEqual(ANNOUNCED);
    expect(await offered(release({ chartRef: { kind: 'HelmChart', name: 'kc', namespace: 'charts' } }, {}), '24.4.1', chart('24.4.2', { name: 'kc', namespace: 'charts' }))).toEqual(ANNOUNCED);
  });

  test.each<[string, KubeObject, string | null, readonly KubeObject[]]>([
    ['of the same chart: other values would be a new version as well', release(), '24.4.2', [chart()]],
    ['before the first release', release(), null, [chart()]],
    ['where the template is another by now, which a suspended release does not hand on', release({ chart: { spec: { ...TEMPLATE, version: '25.x' } } }), '24.4.1', [chart()]],
    ['where values files of the chart are others by now', release({ chart: { spec: { ...TEMPLATE, valuesFiles: ['prod.yaml'] } } }), '24.4.1', [chart()]],
    ['where the chart is still being looked at', release(), '24.4.1', [chart('24.4.2', { observedGeneration: 1 })]],
    ['without an artifact', release(), '24.4.1', [object('HelmChart', 'source.toolkit.fluxcd.io/v1', 'iam-keycloak', { spec: TEMPLATE, status: { observedGeneration: 2 } }, { namespace: 'flux-system', generation: 2 })]],
    ['without a chart', release(), '24.4.1', []],
    ['of an OCIRepository, whose chart is not known before it is opened', release({ chartRef: { kind: 'OCIRepository', name: 'iam-keycloak' } }), '24.4.1', [chart()]],
  ])('nothing is said %s', async (_name, of, applied, objects) => expect(await offered(of, applied, ...objects)).toEqual(NOTHING));

  test('nothing is said, and nothing fails, where the chart may not be read', async () => {
    expect(await offeredBySource(fakeApi([chart()], { forbidden: (verb, plural) => verb === 'get' && plural === 'helmcharts' }), HELM_RELEASE, release(), '24.4.1')).toEqual(NOTHING);
  });
});

describe('of a Kustomization', () => {
  const kustomization = object('Kustomization', 'kustomize.toolkit.fluxcd.io/v1', 'apps', { spec: { sourceRef: { kind: 'GitRepository', name: 'platform' } } });
  const repository = object('GitRepository', 'source.toolkit.fluxcd.io/v1', 'platform', { status: { artifact: { revision: 'main@sha1:aa' } } });
  test.each<[string, readonly KubeObject[], string, unknown]>([
    ['the same revision', [repository], 'main@sha1:aa', { synced: true, target: 'main@sha1:aa', brings: [] }],
    ['a newer one', [repository], 'main@sha1:00', { synced: false, target: 'main@sha1:aa', brings: [] }],
    ['none that can be seen', [], 'main@sha1:00', NOTHING],
  ])('%s', async (_name, objects, applied, expected) => expect(await offeredBySource(fakeApi(objects), KUSTOMIZATION, kustomization, applied)).toEqual(expected));
});
