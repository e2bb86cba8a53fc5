// A thaw below another controller: what that one brings changes the one that applies the realm, and is part of the sync that is watched.
import { describe, expect, it } from 'vitest';
import { startKubernetes } from '../harness/kubernetes.ts';
import { useServer } from '../harness/use.ts';
import type { ToolRun } from '../harness/tool.ts';
import { beside, eventually, openPlace, REALM, V1, type Place } from './freeze-world.ts';
import { pathOf, playHelmRelease, playKustomization, publish, type Controller, type Git, type Manifest } from './scripted-controller.ts';
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
    readonly upper: Controller;
    /** What source-controller sees next. */
    push(revision: string, text: string): Promise<void>;
  }

  /** The release suspended, and the ConfigMap made of its values. The Kustomization goes on, because git does not state the suspend. */
  async function above(work: (above: Above) => Promise<void>): Promise<void> {
    const { admin } = kubernetes();
    const place = await openPlace(kubernetes());
    const git: Git = { revision: `main@sha1:${V1}`, objects: [release(place)] };
    await admin.create(source(place).replace(/\/[^/]*$/, ''), repository(place));
    await publish(admin, source(place), git);
    await place.create(apps(place), release(place));
    const rendered = (values: unknown): readonly Manifest[] => [place.map({ labels: labels(place, 'helm', 'keycloak') }, (values as { readonly realm: string }).realm)];
    const upper = playKustomization(admin, pathOf(apps(place)), git);
    await beside([upper, playHelmRelease(admin, pathOf(release(place)), { revision: '24.4.1', objects: [] }, { rendered })], async () => {
      await eventually(async () => expect([await textOf(place), (await place.get(apps(place))).status?.['lastAppliedRevision']]).toEqual([REALM, git.revision]));
      await freeze(place);
      await work({
        place, git, upper,
        push: async (revision, text) => {
          Object.assign(git, { revision: `main@sha1:${revision}`, objects: [release(place, text)] });
          await publish(admin, source(place), git);
        },
      });
    });
  }

  const suspended = async (place: Place): Promise<readonly unknown[]> => Promise.all([apps(place), release(place)].map(async (manifest) => (await place.get(manifest)).spec?.['suspend']));
  const thaw = (place: Place): Promise<ToolRun> => place.tool(thawing(place));

  const valuesOf = async (place: Place): Promise<unknown> => (await place.get(release(place))).spec?.['values'];
  const landed = (place: Place): Promise<void> => eventually(async () => expect(await valuesOf(place)).toEqual({ realm: OTHER }));
  const inWords = (place: Place): readonly string[] => thawing(place).filter((flag) => flag !== '--json');

  it('has got other values while it was suspended: announced, installed, and then nothing moves', () => above(async ({ place, push }) => {
    await push(V2, OTHER);
    await landed(place);
    expect(await textOf(place)).toBe(REALM);
    const run = await place.tool(inWords(place));
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stderr).toMatch(/\/keycloak: the next sync brings what it has been told since the pause \([0-9a-f]{7}\)\.$/m);
    const watched = place.events().findLast(({ type }) => type === 'sync.watched');
    expect(watched?.['levels']).toMatchObject([{ level: 'controller', noOp: true }, { level: 'cluster', noOp: true }, { level: 'realm', noOp: null }]);
    expect(watched?.['changes']).toContain('as announced: a new version of the release of HelmRelease keycloak');
    expect([await textOf(place), await suspended(place)]).toEqual([OTHER, [undefined, undefined]]);
  }));

  it('gets them while the thaw watches: what is above it is waited for, and the release after it', () => above(async ({ place, upper, push }) => {
    await upper.hold();
    await push(V2, OTHER);
    const run = await place.held(inWords(place), RESUMED, async () => upper.go());
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stderr).toMatch(/\/apps, above it: git has main@sha1:4f1d2c7 → main@sha1:b77e90a; that comes first, and may change what it applies\.$/m);
    expect(run.stderr).toContain('Flux Kustomization apps, above it: waited for, until it has applied main@sha1:b77e90a\n');
    expect(place.events().findLast(({ type }) => type === 'sync.watched')?.['levels']).toMatchObject([{ level: 'controller', noOp: true }, { level: 'cluster', noOp: true }, { level: 'realm', noOp: null }]);
    expect([await textOf(place), await suspended(place)]).toEqual([OTHER, [undefined, undefined]]);
  }));

  it('gets nothing: nothing moves', () => above(async ({ place }) => {
    const run = await thaw(place);
    expect(run.exit, run.stderr).toBe(0);
    expect([told(run).changes, noOps(run)['controller'], await textOf(place), await suspended(place)]).toEqual([[], true, REALM, [undefined, undefined]]);
  }));

  it('gets what was pushed between what was shown and the word: nothing runs', () => above(async ({ place, push }) => {
    const run = await place.held(thawing(place), /"type":"thaw\.begun"/, async () => {
      await push(V2, OTHER);
      await landed(place);
    });
    expect(run.exit, run.stderr).toBe(5);
    expect(run.stderr).toContain('git differs in more than was shown: what it has been told since the pause');
    expect([await textOf(place), await suspended(place)]).toEqual([REALM, [undefined, true]]);
  }));

  it('would get what does not build above: nothing moves, and it is said that it may still come', () => above(async ({ place, git, push }) => {
    git.broken = 'kustomize build failed: accumulating resources';
    await push(V2, OTHER);
    const run = await thaw(place);
    expect(run.exit, run.stderr).toBe(0);
    expect(told(run).levels[0]).toEqual({ level: 'controller', noOp: null, because: expect.stringContaining('apps, above it, has not applied main@sha1:b77e90a yet, and may still change it: kustomize build failed') });
    expect([await textOf(place), await suspended(place)]).toEqual([REALM, [undefined, undefined]]);
  }));

  it('gets nothing of that, and something else: what is stuck above excuses nothing', () => above(async ({ place, git, push }) => {
    git.broken = 'kustomize build failed: accumulating resources';
    await push(V2, OTHER);
    const run = await place.held(thawing(place), RESUMED, () => kubernetes().admin.merge(pathOf(release(place)), { spec: { values: { realm: OTHER } } }));
    expect(run.exit, run.stderr).toBe(4);
    expect(await suspended(place)).toEqual([undefined, true]);
  }));

  it('has got what was shown as coming, before the word was typed: that is no other thing', () => above(async ({ place, upper, push }) => {
    await upper.hold();
    await push(V2, OTHER);
    const run = await place.held(thawing(place), /"type":"thaw\.begun"/, async () => {
      upper.go();
      await landed(place);
      await eventually(async () => expect((await place.get(apps(place))).status).toMatchObject({ lastAppliedRevision: `main@sha1:${V2}` }));
    });
    expect(run.exit, run.stderr).toBe(0);
    expect([await textOf(place), await suspended(place)]).toEqual([OTHER, [undefined, undefined]]);
  }));

  it('gets what nobody was told of: suspended again', () => above(async ({ place, upper }) => {
    const run = await place.held(thawing(place), RESUMED, async () => {
      // It would take the edit back before anybody has seen it.
      await upper.hold();
      await kubernetes().admin.merge(pathOf(release(place)), { spec: { values: { realm: OTHER } } });
    });
    expect(run.exit, run.stderr).toBe(4);
    expect(await suspended(place)).toEqual([undefined, true]);
  }));
});

describe.concurrent('a HelmRelease that takes its values from a ConfigMap, which a Kustomization applies', () => {
  async function beneath(work: (of: { readonly place: Place; readonly git: Git; readonly release: Manifest; merge(text: string): Promise<void>; thaw(): Promise<ToolRun> }) => Promise<void>): Promise<void> {
    const { admin } = kubernetes();
    const place = await openPlace(kubernetes());
    const carrier = (text: string): Manifest => place.map({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'values', 'kustomize.toolkit.fluxcd.io/namespace': place.namespace } }, text);
    const git: Git = { revision: `main@sha1:${V1}`, objects: [carrier(REALM)] };
    const release = place.helmRelease('keycloak', {}, { valuesFrom: [{ kind: 'ConfigMap', name: 'keycloak-realm', valuesKey: 'realm.json' }] });
    await admin.create(source(place).replace(/\/[^/]*$/, ''), repository(place));
    await publish(admin, source(place), git);
    await place.create(place.kustomization('values'), release);
    // What the chart makes of them.
    const made: Git = { revision: '24.4.1', get objects() { return [{ ...place.map({}, values), metadata: { name: 'rendered', namespace: place.namespace } }]; } };
    let values = REALM;
    await beside([playKustomization(admin, pathOf(place.kustomization('values')), git), playHelmRelease(admin, pathOf(release), made)], async () => {
      await eventually(async () => expect([await textOf(place), (await place.get(place.kustomization('values'))).status?.['lastAppliedRevision'], (await place.get(release)).status?.['lastAttemptedRevision']]).toEqual([REALM, git.revision, '24.4.1']));
      const frozen = await place.tool(['freeze', '--from', place.from, '--confirm', 'values']);
      expect(frozen.exit, frozen.stderr).toBe(0);
      await work({
        place, git, release,
        merge: async (text) => {
          Object.assign(git, { revision: `main@sha1:${V2}`, objects: [carrier(text)] });
          await publish(admin, source(place), git);
          values = text;
        },
        thaw: () => place.tool(['thaw', place.records()[0] ?? '', '--confirm', 'values', '--json']),
      });
    });
  }

  it('is paused as well, and comes after it', () => beneath(async ({ place, release, merge, thaw }) => {
    await merge(OTHER);
    const run = await thaw();
    expect(run.exit, run.stderr).toBe(0);
    expect(told(run).changes).toEqual(expect.arrayContaining(['as announced: a new version of the release of HelmRelease keycloak']));
    expect([await textOf(place), (await place.get(release)).spec]).toEqual([OTHER, release.spec]);
  }));

  it('is watched also where it takes them from elsewhere by now', () => beneath(async ({ release, merge, thaw }) => {
    await kubernetes().admin.merge(pathOf(release), { spec: { valuesFrom: [{ kind: 'ConfigMap', name: 'elsewhere' }] } });
    await merge(OTHER);
    const run = await thaw();
    expect(run.exit, run.stderr).toBe(0);
    expect(told(run).changes).toEqual(expect.arrayContaining(['as announced: a new version of the release of HelmRelease keycloak']));
  }));
});
