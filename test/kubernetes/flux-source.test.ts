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
    ['of an ExternalArtifact, whose chart is not known before it is opened', release({ chartRef: { kind: 'ExternalArtifact', name: 'iam-keycloak' } }), '24.4.1', [chart()]],
  ])('nothing is said %s', async (_name, of, applied, objects) => expect(await offered(of, applied, ...objects)).toEqual(NOTHING));

  test('nothing is said, and nothing fails, where the chart may not be read', async () => {
    expect(await offeredBySource(fakeApi([chart()], { forbidden: (verb, plural) => verb === 'get' && plural === 'helmcharts' }), HELM_RELEASE, release(), '24.4.1')).toEqual(NOTHING);
  });
});

describe('of a HelmRelease with an OCIRepository', () => {
  const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
  const build = (digit: string) => digit.repeat(12);
  const of = (lastAttemptedRevisionDigest?: string) => release({ chartRef: { kind: 'OCIRepository', name: 'kc', namespace: 'charts' } }, lastAttemptedRevisionDigest === undefined ? {} : { lastAttemptedRevisionDigest });
  const repository = (revision: string, observedGeneration = 3) => object('OCIRepository', 'source.toolkit.fluxcd.io/v1', 'kc', { spec: { url: 'oci://ghcr.io/acme/charts/keycloak' }, status: { observedGeneration, artifact: { revision } } }, { namespace: 'charts', generation: 3 });
  const announced = (from: string, to: string) => ({ synced: false, target: to, brings: [`chart keycloak ${from} → ${to}`] });

  test.each<[string, string, string | undefined, string, string]>([
    ['another version', `24.4.1+${build('a')}`, digest('a'), `24.4.2@${digest('b')}`, `24.4.2+${build('b')}`],
    ['the same version, pushed again', `24.4.2+${build('a')}`, digest('a'), `24.4.2@${digest('b')}`, `24.4.2+${build('b')}`],
    ['of a controller that does not yet keep the digest', `24.4.1+${build('a')}`, undefined, `24.4.2@${digest('b')}`, `24.4.2+${build('b')}`],
    ['a chart with a build of its own, which gives way', `24.4.1+${build('a')}`, digest('a'), `24.4.2-rc.1_build.7@${digest('b')}`, `24.4.2-rc.1+${build('b')}`],
    ['where digests are not tracked', '24.4.1', digest('a'), `24.4.2@${digest('b')}`, '24.4.2'],
    ['where they are not, with a build', '24.4.1+build.6', digest('a'), `24.4.2_build.7@${digest('b')}`, '24.4.2+build.7'],
  ])('%s is announced as the release will name it', async (_name, applied, before, revision, target) => {
    expect(await offered(of(before), applied, repository(revision))).toEqual(announced(applied, target));
  });

  test.each<[string, KubeObject, string, readonly KubeObject[]]>([
    ['of what is installed', of(digest('a')), `24.4.1+${build('a')}`, [repository(`24.4.1@${digest('a')}`)]],
    ['of what is installed, where digests are not tracked', of(digest('a')), '24.4.1', [repository(`24.4.1@${digest('a')}`)]],
    ['of a tag that is no version', of(digest('a')), `24.4.1+${build('a')}`, [repository(`latest@${digest('b')}`)]],
    ['of a digest alone', of(digest('a')), `24.4.1+${build('a')}`, [repository(digest('b'))]],
    ['while it is being looked at', of(digest('a')), `24.4.1+${build('a')}`, [repository(`24.4.2@${digest('b')}`, 2)]],
    ['where there is none', of(digest('a')), `24.4.1+${build('a')}`, []],
  ])('nothing is said %s', async (_name, release_, applied, objects) => expect(await offered(release_, applied, ...objects)).toEqual(NOTHING));
});

describe('of a Kustomization', () => {
  const kustomization = object('Kustomization', 'kustomize.toolkit.fluxcd.io/v1', 'apps', { spec: { sourceRef: { kind: 'GitRepository', name: 'platform' } } });
  const repository = object('GitRepository', 'source.toolkit.fluxcd.io/v1', 'platform', { status: { artifact: { revision: 'main@sha1:aa' } } });
  test.each<[string, readonly KubeObject[], string, unknown]>([
    ['the same revision', [repository], 'main@sha1:aa', { synced: true, target: 'main@sha1:aa', brings: [] }],
    ['a newer one', [repository], 'main@sha1:00', { synced: false, target: 'main@sha1:aa', brings: [] }],
    ['none that can be seen', [], 'main@sha1:00', NOTHING],
  ])('%s', async (_name, objects, applied, expected) => expect(await offeredBySource(fakeApi(objects), KUSTOMIZATION, kustomization, applied)).toEqual(expected));

  test.each(['OCIRepository', 'Bucket'])('a newer one of an %s, which may lie in another namespace', async (kind) => {
    const made = object('Kustomization', 'kustomize.toolkit.fluxcd.io/v1', 'apps', { spec: { sourceRef: { kind, name: 'platform', namespace: 'flux-system' } } });
    const source = object(kind, 'source.toolkit.fluxcd.io/v1', 'platform', { status: { artifact: { revision: 'latest@sha256:bb' } } }, { namespace: 'flux-system' });
    expect(await offeredBySource(fakeApi([source]), KUSTOMIZATION, made, 'latest@sha256:aa')).toEqual({ synced: false, target: 'latest@sha256:bb', brings: [] });
  });
});
