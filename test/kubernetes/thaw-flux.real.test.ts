import { describe, expect, it } from 'vitest';
import { startKubernetes, type RealKubernetes } from '../harness/kubernetes.ts';
import { useServer } from '../harness/use.ts';
import type { Place } from './freeze-world.ts';
import { pathOf, playHelmRelease, playKustomization, publish, type Controller, type Git, type Manifest } from './scripted-controller.ts';
import { noOps, OTHER, RESUMED, staged, textOf, thawing, told, V2 } from './thaw-world.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'applicationset', 'flux', 'helm'] }));

describe.concurrent('Flux', () => {
  const repository = (place: Place): Manifest => ({ apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata: { name: 'platform', namespace: place.namespace }, spec: { interval: '1m', url: 'https://git.example.com/platform.git' } });
  const source = (place: Place): string => `/apis/source.toolkit.fluxcd.io/v1/namespaces/${place.namespace}/gitrepositories/platform`;
  const labelled = (place: Place, text?: string): Manifest => place.map({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'keycloak', 'kustomize.toolkit.fluxcd.io/namespace': place.namespace } }, text);
  const suspended = async (place: Place): Promise<unknown> => (await place.get(place.kustomization())).spec?.['suspend'];
  const flux = {
    objects: (place: Place) => [labelled(place)],
    play: async ({ admin }: RealKubernetes, place: Place, git: Git): Promise<Controller> => {
      await place.create(place.kustomization());
      await admin.create(source(place).replace(/\/[^/]*$/, ''), repository(place));
      await publish(admin, source(place), git);
      return playKustomization(admin, pathOf(place.kustomization()), git);
    },
  };

  it('a reconciliation that is nothing', () => staged(kubernetes(), async ({ place }) => {
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(0);
    expect(noOps(run)).toEqual({ controller: true, cluster: true, realm: null });
    expect((await place.get(place.kustomization())).spec).toEqual(place.kustomization().spec);
    // It did reconcile since, and not only answer.
    expect((await place.get(place.kustomization())).status).toMatchObject({ history: [{ totalReconciliations: 2 }] });
  }, flux));

  it('a newer revision lands, and then nothing moves', () => staged(kubernetes(), async ({ place, git }) => {
    Object.assign(git, { revision: `main@sha1:${V2}`, objects: [labelled(place, OTHER)] });
    await publish(kubernetes().admin, source(place), git);
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(0);
    expect(told(run).changes).toEqual([expect.stringMatching(/^as announced: configmap:\S+\/keycloak-realm has other content$/)]);
    expect([await textOf(place), await suspended(place)]).toEqual([OTHER, undefined]);
  }, flux));

  it.each<[string, (place: Place) => string]>([['the ConfigMap', (place) => place.from], ['the Kustomization', (place) => `kustomization:${place.namespace}/keycloak`]])('the same revision over what people wrote is no no-op, found from %s: suspended again', (_name, from) => staged(kubernetes(), async ({ place }) => {
    await kubernetes().admin.merge(pathOf(place.map()), { data: { 'realm.json': OTHER } });
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(4);
    expect(told(run).changes.join('\n')).toMatch(/configmap:\S+\/keycloak-realm has other content/);
    expect(await suspended(place)).toBe(true);
    const again = await place.tool(thawing(place));
    expect(again.exit, again.stderr).toBe(0);
    expect((await place.get(place.kustomization())).spec).toEqual(place.kustomization().spec);
  }, { ...flux, from }));

  it('an answer while it is suspended again is not taken for a sync', () => staged(kubernetes(), async ({ place }) => {
    const run = await place.held(thawing(place), RESUMED, () => kubernetes().admin.merge(pathOf(place.kustomization()), { spec: { suspend: true } }));
    expect(run.exit, run.stderr).toBe(4);
    expect(told(run).levels[0]).toMatchObject({ level: 'controller', noOp: false, because: expect.stringContaining('paused again by somebody else') });
    expect((await place.get(place.kustomization())).status).toMatchObject({ history: [{ totalReconciliations: 1 }] });
  }, flux));

  it('one that cannot be built is no no-op, in its own words', () => staged(kubernetes(), async ({ place, git }) => {
    git.broken = 'kustomize build failed: accumulating resources';
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(4);
    expect(told(run).levels[0]?.because).toContain('kustomize build failed: accumulating resources');
    expect(await suspended(place)).toBe(true);
  }, flux));

  describe('HelmRelease', () => {
    const rendered = (place: Place, text?: string): Manifest => place.map({ labels: { 'helm.toolkit.fluxcd.io/name': 'keycloak', 'helm.toolkit.fluxcd.io/namespace': place.namespace } }, text);
    const helm = {
      objects: (place: Place) => [rendered(place)],
      play: async ({ admin }: RealKubernetes, place: Place, git: Git): Promise<Controller> => {
        git.revision = '24.4.1';
        await place.create(place.helmRelease());
        return playHelmRelease(admin, pathOf(place.helmRelease()), git);
      },
    };
    const versions = async (place: Place): Promise<readonly unknown[]> => {
      const { status = {} } = await place.get(place.helmRelease());
      return (status['history'] as readonly { version: number }[]).map(({ version }) => version);
    };
    const bySelf = (place: Place): string => `helmrelease:${place.namespace}/keycloak`;

    it('a reconciliation without a new version is nothing', () => staged(kubernetes(), async ({ place }) => {
      const run = await place.tool(thawing(place));
      expect(run.exit, run.stderr).toBe(0);
      expect(noOps(run)).toEqual({ controller: true, cluster: true, realm: null });
      expect([await versions(place), (await place.get(place.helmRelease())).spec]).toEqual([[1], place.helmRelease().spec]);
    }, helm));

    it.each<[string, ((place: Place) => string) | undefined, string]>([
      ['a newer chart', undefined, '24.4.2'], ['other values of the same chart', undefined, '24.4.1'], ['a newer chart, of the release itself,', bySelf, '24.4.2'], ['other values, of the release itself,', bySelf, '24.4.1'],
    ])('%s is no no-op: suspended again, and the next thaw is one', (_name, from, revision) => staged(kubernetes(), async ({ place, git }) => {
      Object.assign(git, { revision, objects: [rendered(place, OTHER)] });
      const run = await place.tool(thawing(place));
      expect(run.exit, run.stderr).toBe(4);
      expect(told(run).levels[0]).toMatchObject({ level: 'controller', noOp: false });
      expect([await versions(place), (await place.get(place.helmRelease())).spec?.['suspend'], await textOf(place)]).toEqual([[2, 1], true, OTHER]);
      const again = await place.tool(thawing(place));
      expect(again.exit, again.stderr).toBe(0);
      expect((await place.get(place.helmRelease())).spec).toEqual(place.helmRelease().spec);
    }, { ...helm, ...(from === undefined ? {} : { from }) }));
  });
});
