// Letting it run again: what is put back, and what becomes of it when the sync is no no-op.
import { describe, expect, test } from 'vitest';
import { FROZEN_ANNOTATION } from '../../src/gitops/controllers/controller.ts';
import { at } from '../../src/gitops/controllers/object.ts';
import { RescueError } from '../../src/realm/errors.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import type { ClusterSight } from '../../src/runbook/cluster.ts';
import { thaw } from '../../src/runner/cluster-thaw.ts';
import { leaveToOthers, pauseAll } from '../../src/runner/cluster-work.ts';
import { kustomization, realmMap } from '../gitops/controllers/objects.ts';
import { failure } from '../harness/failure.ts';
import { APP, appSetWorld, argoWorld, frozen, held, isOff, MAP, markOf, open, POLICY, policyOf, PROJECT, ROOT, ROOT_POLICY, staleWorld, STS, told, watchedOf } from './cluster-worlds.ts';
import { openWorld, type World } from './fake-cluster.ts';

describe('the thaw', () => {
  const levelsOf = (world: World) => Object.fromEntries((watchedOf(world)?.levels ?? []).map(({ level, noOp }) => [level, noOp]));

  test('puts back exactly what was there, the owner last, and a sync that is nothing is a no-op at three levels', async () => {
    const world = argoWorld();
    const before = [world.get(APP)['spec'], world.get(ROOT)['spec'], world.get(MAP)];
    const { sight } = await frozen(world);
    const work = world.start();
    expect(await thaw(work, sight)).toBe(true);
    expect([world.get(APP)['spec'], world.get(ROOT)['spec'], world.get(MAP)]).toEqual(before);
    expect([markOf(world), markOf(world, ROOT), held(work), open(work)]).toEqual([undefined, undefined, [], []]);
    expect(told(world).filter((line) => line.includes('intended resume'))).toEqual([`patch.intended resume ${APP}`, `patch.intended resume ${ROOT}`]);
    expect([levelsOf(world), watchedOf(world)?.changes]).toEqual([{ controller: true, cluster: true, realm: true }, []]);
  });

  test('of Flux as well', async () => {
    const world = openWorld([realmMap({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'keycloak', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' } }), kustomization({ metadata: { labels: null } })]);
    world.git.set('controller kustomization:flux-system/keycloak', { objects: [MAP] });
    const before = world.get('kustomization:flux-system/keycloak')['spec'];
    const sight = await world.look(MAP);
    await pauseAll(world.start(), sight);
    expect(await thaw(world.start(), sight)).toBe(true);
    expect(world.get('kustomization:flux-system/keycloak')['spec']).toEqual(before);
    expect(levelsOf(world)).toEqual({ controller: true, cluster: true, realm: true });
  });

  test('without a Keycloak the realm is not looked at, and that is said', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    expect(await thaw({ ...world.start(), fingerprint: null }, sight)).toBe(true);
    expect(levelsOf(world)).toEqual({ controller: true, cluster: true, realm: null });
  });

  test('what somebody else has changed meanwhile stays', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    world.write(APP, { spec: { syncPolicy: { retry: { limit: 9 } }, source: { targetRevision: 'release' } } });
    expect(await thaw(world.start(), sight)).toBe(true);
    expect(policyOf(world)).toEqual({ ...POLICY, retry: { ...(POLICY['retry'] as JsonObject), limit: 9 } });
    expect(at(world.get(APP), 'spec', 'source', 'targetRevision')).toBe('release');
  });

  test('what somebody has resumed by hand is left as he made it, without our mark', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    world.write(APP, { spec: { syncPolicy: { automated: { enabled: true, prune: false } } } });
    const theirs = policyOf(world);
    const work = world.start();
    expect(await thaw(work, sight)).toBe(true);
    expect([policyOf(world), markOf(world), held(work)]).toEqual([theirs, undefined, []]);
  });

  describe('of what somebody has resumed, and another record has paused since', () => {
    const FLUX = 'kustomization:flux-system/keycloak';
    const fluxWorld = (): World => {
      const world = openWorld([realmMap({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'keycloak', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' } }), kustomization({ metadata: { labels: null } })]);
      world.git.set(`controller ${FLUX}`, { objects: [MAP] });
      return world;
    };
    const noWindows = (world: World): void => world.write(PROJECT, { spec: { syncWindows: null } });
    const windows = (world: World): unknown => at(world.get(PROJECT), 'spec', 'syncWindows');

    test.each<[string, { readonly open: () => World; readonly resume: (world: World) => void; readonly pause: (world: World) => unknown }]>([
      ['an application', { open: argoWorld, resume: (world) => world.write(APP, { spec: { syncPolicy: { automated: { enabled: null } } } }), pause: (world) => [policyOf(world), markOf(world)] }],
      ['a Kustomization', { open: fluxWorld, resume: (world) => world.write(FLUX, { spec: { suspend: null } }), pause: (world) => [at(world.get(FLUX), 'spec', 'suspend'), markOf(world, FLUX)] }],
      ['a deny window', { open: appSetWorld, resume: noWindows, pause: windows }],
    ])('%s: it is left to that record', async (_name, { open: opened, resume, pause }) => {
      const world = opened();
      const sight = await world.look(MAP);
      await pauseAll(world.start(), sight);
      const journal = world.journal.splice(0);
      resume(world);
      await pauseAll({ ...world.start(), store: { id: 'beef', writeText: () => undefined } }, await world.look(MAP));
      const before = pause(world);
      expect(JSON.stringify(before)).toContain('beef');
      world.journal.splice(0, Infinity, ...journal);
      const work = world.start();
      expect(await thaw(work, sight)).toBe(true);
      expect(pause(world)).toEqual(before);
      expect(told(world).filter((line) => line.startsWith('patch.sent resume') && line.endsWith('answer') && !line.includes(ROOT))).toEqual([]);
      expect(held(work)).toEqual([]);
      expect(world.said.join()).toMatch(/ of record beef for application argocd\/keycloak now: | is paused by record beef now: /);
      expect(world.said.join()).toContain('it is left to that record, and realm-rescue thaw beef (or thaw --from ');
    });

    test('and whoever has resumed that as well leaves nothing to do: the mark of the other record stays', async () => {
      const world = fluxWorld();
      const sight = await world.look(MAP);
      await pauseAll(world.start(), sight);
      const mark = markOf(world, FLUX)?.replace('8f2c', 'beef') ?? '';
      world.write(FLUX, { metadata: { annotations: { [FROZEN_ANNOTATION]: mark } }, spec: { suspend: false } });
      await thaw(world.start(), sight);
      expect([markOf(world, FLUX), held(world.start())]).toEqual([mark, []]);
    });

    test('a thaw of the first that was cut off before anything ran awaits no sync any more', async () => {
      const world = argoWorld();
      const { sight } = await frozen(world);
      const work = world.start();
      work.dispatch({ type: 'sync.awaited', before: await work.cluster.before(sight, () => true), fingerprint: null });
      for (const spec of [APP, ROOT]) world.write(spec, { metadata: { annotations: { [FROZEN_ANNOTATION]: markOf(world, spec)?.replace('8f2c', 'beef') ?? '' } } });
      expect((await leaveToOthers(work)).map(({ object, heldBy }) => [object.name, heldBy])).toEqual([['root', 'beef'], ['keycloak', 'beef']]);
      expect([held(work), work.state().awaited?.begun]).toEqual([[], false]);
    });
  });

  test('what git brings was announced: then a second sync has to be nothing', async () => {
    const world = argoWorld();
    const fixed = '{"realm":"primary","clients":["auth-service"]}';
    const { sight } = await frozen(world);
    world.git.set(MAP, { data: { 'realm.json': fixed } });
    world.revision = 'b77e90a1c2d3e4f5061728394a5b6c7d8e9f0a1b';
    expect(await thaw(world.start(), sight)).toBe(true);
    expect([at(world.get(MAP), 'data', 'realm.json'), policyOf(world)]).toEqual([fixed, POLICY]);
    expect(levelsOf(world)).toEqual({ controller: true, cluster: true, realm: true });
    expect(watchedOf(world)?.changes).toEqual(['as announced: ConfigMap iam/keycloak-realm (configmap/keycloak-realm configured)', 'as announced: configmap:iam/keycloak-realm has other content']);
  });
});

describe('a thaw that is no no-op', () => {
  /** Paused again, and nothing of the policy lost: a later thaw brings it back. */
  async function expectFrozenAgain(world: World, sight: ClusterSight): Promise<void> {
    const work = world.start();
    expect([isOff(world), isOff(world, ROOT), held(work), open(work)]).toEqual([true, true, ['root', 'keycloak'], []]);
    world.onSync = () => undefined;
    world.keycloakDown = false;
    world.mishaps = [];
    world.git.delete(MAP);
    world.git.set(`controller ${APP}`, { objects: [MAP, STS] });
    world.idle = false;
    expect(await thaw(world.start(), sight)).toBe(true);
    expect([policyOf(world), policyOf(world, ROOT), markOf(world), markOf(world, ROOT)]).toEqual([POLICY, ROOT_POLICY, undefined, undefined]);
  }

  test('the realm is another one after it', async () => {
    const world = staleWorld();
    const { sight } = await frozen(world);
    expect(await thaw(world.start(), sight)).toBe(false);
    expect(watchedOf(world)).toMatchObject({ ok: false, levels: [{ level: 'controller' }, { level: 'cluster' }, { level: 'realm', noOp: false }] });
    await expectFrozenAgain(world, sight);
  });

  test('something moved that nobody had announced', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    world.git.set(MAP, { data: { 'realm.json': '{}' } });
    world.onSync = () => world.write(STS, { spec: { template: { metadata: { annotations: { checksum: '2' } } } } });
    expect(await thaw(world.start(), sight)).toBe(false);
    expect(watchedOf(world)?.changes).toContain('statefulset:iam/keycloak has another pod template: its pods restart');
    await expectFrozenAgain(world, sight);
  });

  test('something moved whose name only begins like what was announced', async () => {
    const world = argoWorld();
    const extra = 'configmap:iam/keycloak-realm-extra';
    world.add({ ...realmMap({ name: 'keycloak-realm-extra' }), data: {} });
    const { sight } = await frozen(world);
    world.git.delete(MAP);
    world.git.set(`controller ${APP}`, { objects: [MAP, STS, extra] });
    world.git.set(extra, { data: { a: 'b' } });
    world.onSync = () => world.write(MAP, { data: { 'realm.json': '{}' } });
    expect(await thaw(world.start(), sight)).toBe(false);
    world.git.delete(extra);
    await expectFrozenAgain(world, sight);
  });

  test.each<[string, (world: World) => void, string]>([
    ['a hook', (world) => void world.git.set(`controller ${APP}`, { objects: [MAP, STS], hooks: ['realm-import'] }), 'hook Job iam/realm-import (PreSync Succeeded)'],
    ['a Job', (world) => { world.onSync = () => world.add({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'realm-import', namespace: 'iam', uid: 'j1' } }); }, 'a new Job'],
  ])('%s ran', async (_name, happens, change) => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    world.git.set(MAP, { data: { 'realm.json': '{"realm":"primary","enabled":true}' } });
    happens(world);
    expect(await thaw(world.start(), sight)).toBe(false);
    expect(watchedOf(world)?.changes).toContain(change);
    await expectFrozenAgain(world, sight);
  });

  test('the controller does not answer', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    world.idle = true;
    const error = await failure(thaw(world.start(), sight));
    expect(error.code).toBe('not-proven');
    expect(watchedOf(world)).toBeUndefined();
    await expectFrozenAgain(world, sight);
  });

  test('nobody can say what became of the realm, because Keycloak does not answer any more', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    world.git.set(MAP, { data: { 'realm.json': '{}' } });
    world.onSync = () => { world.keycloakDown = true; };
    expect((await failure(thaw(world.start(), sight))).code).toBe('unreachable');
    expect(watchedOf(world)).toBeUndefined();
    await expectFrozenAgain(world, sight);
  });

  test('and what became of it then is held against what it was before, not against what it is now', async () => {
    const world = staleWorld();
    const { sight } = await frozen(world);
    world.onSync = () => { world.realm = 'overwritten'; world.keycloakDown = true; };
    await failure(thaw(world.start(), sight));
    world.keycloakDown = false;
    expect(await thaw(world.start(), sight)).toBe(false);
    expect(watchedOf(world)).toMatchObject({ levels: [{ level: 'controller' }, { level: 'cluster' }, { level: 'realm', noOp: false }] });
    expect([isOff(world), isOff(world, ROOT)]).toEqual([true, true]);
  });

  test('one of them cannot be paused again: the other one is, and it is said', async () => {
    const world = staleWorld();
    const { sight } = await frozen(world);
    // The first write to it is the one that lets it run again.
    world.mishaps = [{ of: 'root', first: () => world.mishaps.push({ of: 'root', times: 100, refused: new RescueError('write-failed', 'The cluster refuses patching Application argocd/root.') }) }];
    const error = await failure(thaw(world.start(), sight));
    expect(isOff(world)).toBe(true);
    expect(error.message).toMatch(/argocd\/root/);
    expect(watchedOf(world)?.ok ?? false).toBe(false);
  });

  test('an answer is lost on the way back: it is paused again, and the next start looks', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    world.mishaps = [{ of: 'keycloak', lost: 'after' }];
    expect((await failure(thaw(world.start(), sight))).code).toBe('no-answer');
    expect([isOff(world), isOff(world, ROOT)]).toEqual([true, true]);
    const work = world.start();
    await pauseAll(work, sight);
    await expectFrozenAgain(world, sight);
  });

  test('what was paused is gone, and nothing else is known of it: not proven', async () => {
    const world = openWorld([kustomization({ metadata: { labels: null } })]);
    const sight = await world.look('kustomization:flux-system/keycloak');
    await pauseAll(world.start(), sight);
    world.remove('kustomization:flux-system/keycloak');
    const work = { ...world.start(), fingerprint: null };
    expect(await thaw(work, sight)).toBe(false);
    expect([watchedOf(world)?.levels.map(({ noOp }) => noOp), watchedOf(world)?.ok, held(work), open(work)]).toEqual([[null, null, null], false, [], []]);
    // And then there is nothing left to let run.
    expect(await thaw(work, sight)).toBe(true);
  });

  test('it is deleted while it is let run: nobody says that it runs, or is paused', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    world.mishaps.push({ of: 'keycloak', first: () => world.remove(APP) });
    const error = await failure(thaw(world.start(), sight));
    expect(error).toMatchObject({ code: 'object-not-found', message: 'There is no Application argocd/keycloak. Application argocd/root is paused again.' });
    expect(isOff(world, ROOT)).toBe(true);
  });

  test('before it runs again: nothing has changed where the cluster cannot be asked', async () => {
    const world = argoWorld();
    const { sight } = await frozen(world);
    const before = [world.get(APP), world.journal.length];
    world.keycloakDown = true;
    await failure(thaw(world.start(), sight));
    expect([world.get(APP), world.journal.length]).toEqual(before);
  });
});
