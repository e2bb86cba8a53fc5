// A thaw below another controller: what that one brings changes the one that applies the realm, and is part of the sync that is watched.
import { describe, expect, it } from 'vitest';
import { startKubernetes } from '../harness/kubernetes.ts';
import { useServer } from '../harness/use.ts';
import type { ToolRun } from '../harness/tool.ts';
import { beside, eventually, openPlace, REALM, V1, type Place } from './freeze-world.ts';
import { pathOf, playHelmRelease, playKustomization, publish, type Git, type Manifest } from './scripted-controller.ts';
import { freeze, noOps, OTHER, RESUMED, textOf, thawing, told, V2 } from './thaw-world.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'applicationset', 'flux', 'helm'] }));

const repository = ({ namespace }: Place): Manifest => ({ apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata: { name: 'platform', namespace }, spec: { interval: '1m', url: 'https://git.example.com/platform.git' } });
const source = (place: Place): string => pathOf(repository(place)).replace('gitrepositorys', 'gitrepositories');

describe.concurrent('a HelmRelease that a Kustomization applies, as most Flux repositories have it', () => {
  const labels = ({ namespace }: Place, controller: string, name: string): Record<string, string> => ({ [`${controller}.toolkit.fluxcd.io/name`]: name, [`${controller}.toolkit.fluxcd.io/namespace`]: namespace });
  const release = (place: Place, text = REALM): Manifest => place.helmRelease('keycloak', { labels: labels(place, 'kustomize', 'apps') }, { values: { realm: text } });
  const apps = (place: Place): Manifest => place.kustomization('apps');

  interface Above {
    readonly place: Place;
    readonly git: Git;
    /** What source-controller sees next. */
    push(revision: string, text: string): Promise<void>;
  }

  /** Both suspended, the ConfigMap made of the values of the release. The upper one takes its time. */
  async function above(work: (above: Above) => Promise<void>): Promise<void> {
    const { admin } = kubernetes();
    const place = await openPlace(kubernetes());
    const git: Git = { revision: `main@sha1:${V1}`, objects: [release(place)] };
    await admin.create(source(place).replace(/\/[^/]*$/, ''), repository(place));
    await publish(admin, source(place), git);
    await place.create(apps(place), release(place));
    const rendered = (values: unknown): readonly Manifest[] => [place.map({ labels: labels(place, 'helm', 'keycloak') }, (values as { readonly realm: string }).realm)];
    await beside([playKustomization(admin, pathOf(apps(place)), git, { every: 1500 }), playHelmRelease(admin, pathOf(release(place)), { revision: '24.4.1', objects: [] }, { rendered })], async () => {
      await eventually(async () => expect([await textOf(place), (await place.get(apps(place))).status?.['lastAppliedRevision']]).toEqual([REALM, git.revision]));
      await freeze(place);
      await work({
        place, git,
        push: async (revision, text) => {
          Object.assign(git, { revision: `main@sha1:${revision}`, objects: [release(place, text)] });
          await publish(admin, source(place), git);
        },
      });
    });
  }

  const suspended = async (place: Place): Promise<readonly unknown[]> => Promise.all([apps(place), release(place)].map(async (manifest) => (await place.get(manifest)).spec?.['suspend']));
  const thaw = (place: Place): Promise<ToolRun> => place.tool(thawing(place));

  it('gets other values by the merge: announced, landed, and then nothing moves', () => above(async ({ place, push }) => {
    await push(V2, OTHER);
    const run = await place.tool(thawing(place).filter((flag) => flag !== '--json'));
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stderr).toMatch(/\/apps, above it: git has main@sha1:4f1d2c7 → main@sha1:b77e90a; that comes first, and may change what it applies\.$/m);
    const watched = place.events().findLast(({ type }) => type === 'sync.watched');
    expect(watched?.['levels']).toMatchObject([{ level: 'controller', noOp: true }, { level: 'cluster', noOp: true }, { level: 'realm', noOp: null }]);
    expect(watched?.['changes']).toEqual(expect.arrayContaining([`as announced: helmrelease:${place.namespace}/keycloak has another specification`, 'as announced: a new version of the release of HelmRelease keycloak']));
    expect([await textOf(place), await suspended(place)]).toEqual([OTHER, [undefined, undefined]]);
  }));

  it('gets nothing: nothing moves', () => above(async ({ place }) => {
    const run = await thaw(place);
    expect(run.exit, run.stderr).toBe(0);
    expect([told(run).changes, noOps(run)['controller'], await textOf(place), await suspended(place)]).toEqual([[], true, REALM, [undefined, undefined]]);
  }));

  it('gets what was pushed between what was shown and the word: nothing runs', () => above(async ({ place, push }) => {
    await push(V2, REALM);
    const run = await place.held(thawing(place), /"type":"thaw\.begun"/, () => push(V1.replace('4', '5'), OTHER));
    expect(run.exit, run.stderr).toBe(5);
    expect(run.stderr).toContain('git differs in more than was shown');
    expect([await textOf(place), await suspended(place)]).toEqual([REALM, [true, true]]);
  }));

  it('would get what does not build above: nothing moves, and it is said that it may still come', () => above(async ({ place, git, push }) => {
    await push(V2, OTHER);
    git.broken = 'kustomize build failed: accumulating resources';
    const run = await thaw(place);
    expect(run.exit, run.stderr).toBe(0);
    expect(told(run).levels[0]).toEqual({ level: 'controller', noOp: null, because: expect.stringContaining('apps, above it, is stuck, and may still change it: kustomize build failed') });
    expect([await textOf(place), await suspended(place)]).toEqual([REALM, [undefined, undefined]]);
  }));

  it('gets what nobody was told of: both are suspended again', () => above(async ({ place }) => {
    // As by a webhook and a push within the same second, or by somebody with kubectl.
    const run = await place.held(thawing(place), RESUMED, () => kubernetes().admin.merge(pathOf(release(place)), { spec: { values: { realm: OTHER } } }));
    expect(run.exit, run.stderr).toBe(4);
    expect(await suspended(place)).toEqual([true, true]);
  }));
});
