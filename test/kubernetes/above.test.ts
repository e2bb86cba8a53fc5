// What a thaw makes of the controllers above those that apply the realm, where its clock and their answers can be chosen.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { thaw } from '../../src/runner/cluster-thaw.ts';
import { APP, argoWorld, frozen, held, isOff, MAP, policyOf, POLICY, ROOT, ROOT_POLICY, STS, watchedOf } from '../runner/cluster-worlds.ts';
import type { World } from '../runner/fake-cluster.ts';
import { at } from '../../src/gitops/controllers/object.ts';

const MERGED = '{"realm":"primary","clients":["auth-service"]}';
/** Git sends the lower application to another folder, which holds another realm. */
function merged(world: World): void {
  const spec = world.get(APP)['spec'] as JsonObject;
  world.git.set(APP, { spec: { source: { ...spec['source'] as JsonObject, path: 'elsewhere' } } });
}
/** The lower one follows its specification. */
function follows(world: World): void {
  const usual = { data: { 'realm.json': '{"realm":"primary"}' } };
  Object.defineProperty(world.git, 'get', { value: (key: string) => (key === MAP ? (at(world.get(APP), 'spec', 'source', 'path') === 'elsewhere' ? { data: { 'realm.json': MERGED } } : usual) : Map.prototype.get.call(world.git, key)) });
}
const text = (world: World): unknown => at(world.get(MAP), 'data', 'realm.json');
const levelOf = (world: World): unknown => watchedOf(world)?.levels[0];

describe('an application of applications', () => {
  test('lands first, and what it changes of the lower one is no surprise, nor what that one applies then', async () => {
    const world = argoWorld();
    follows(world);
    const { sight, work } = await frozen(world);
    merged(world);
    expect(await thaw(work, sight)).toBe(true);
    expect(text(world)).toBe(MERGED);
    expect(watchedOf(world)?.changes).toEqual(expect.arrayContaining([`as announced: ${APP} has another specification or other values`]));
    expect([policyOf(world), policyOf(world, ROOT)]).toEqual([POLICY, ROOT_POLICY]);
  });

  test('that differs from git by our pause alone announces nothing: what the lower one changes all the same is a surprise', async () => {
    const world = argoWorld();
    world.git.set(APP, { spec: { syncPolicy: { automated: { ...POLICY['automated'] as JsonObject, enabled: true } } } });
    const { sight, work } = await frozen(world);
    world.write(MAP, { data: { 'realm.json': MERGED } });
    world.onSync = (changed) => { if (changed.includes(MAP)) world.write(STS, { spec: { template: { metadata: { annotations: { checksum: '2' } } } } }); };
    expect(await thaw(work, sight)).toBe(false);
    expect([isOff(world), isOff(world, ROOT)]).toEqual([true, true]);
  });

  test('that has failed holds nothing up, and it is said that it may still bring something', async () => {
    const world = argoWorld();
    follows(world);
    const { sight, work } = await frozen(world);
    merged(world);
    world.git.delete(`controller ${ROOT}`);
    world.write(ROOT, { status: { sync: { status: 'OutOfSync', revision: world.revision }, resources: [{ kind: 'Application', namespace: 'argocd', name: 'keycloak', status: 'OutOfSync' }], operationState: { phase: 'Failed', message: 'one or more objects failed to apply', startedAt: '2026-11-20T22:00:00Z' } } });
    expect(await thaw(work, sight)).toBe(true);
    expect(levelOf(world)).toEqual({ level: 'controller', noOp: null, because: expect.stringMatching(/^keycloak is Synced without a new operation; root, above it, /) });
    expect([text(world), policyOf(world, ROOT)]).toEqual(['{"realm":"primary"}', ROOT_POLICY]);
  });

  test('that does not answer, and has nothing to bring, is nobody\'s business', async () => {
    const world = argoWorld();
    const { sight, work } = await frozen(world);
    world.git.delete(`controller ${ROOT}`);
    expect(await thaw(work, sight)).toBe(true);
    expect(levelOf(world)).toEqual({ level: 'controller', noOp: true, because: 'keycloak is Synced without a new operation' });
  });

  test('that skips reconciliation is not waited for, and it is said that it may still bring something', async () => {
    const world = argoWorld();
    const { sight, work } = await frozen(world);
    merged(world);
    world.write(ROOT, { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': 'true' } }, status: { sync: { status: 'OutOfSync', revision: world.revision }, resources: [{ kind: 'Application', namespace: 'argocd', name: 'keycloak', status: 'OutOfSync' }] } });
    world.git.delete(`controller ${ROOT}`);
    expect(await thaw(work, sight)).toBe(true);
    expect(levelOf(world)).toEqual({ level: 'controller', noOp: null, because: 'keycloak is Synced without a new operation; root, above it, skips reconciliation, and may change it when that ends' });
    expect(world.get(ROOT).metadata.annotations).not.toHaveProperty('argocd.argoproj.io/refresh');
  });

  test('that is gone by now keeps nothing from running again', async () => {
    const world = argoWorld();
    const { sight, work } = await frozen(world);
    world.remove(ROOT);
    expect(await thaw(work, sight)).toBe(true);
    expect([policyOf(world), held(world.start()), world.said]).toEqual([POLICY, [], expect.arrayContaining(['Application argocd/root is gone, and its pause with it'])]);
  });

  test('its own operation is not ended, and nothing is asked for in its name', async () => {
    const world = argoWorld();
    const { sight, work } = await frozen(world);
    world.git.delete(`controller ${ROOT}`);
    world.write(ROOT, { operation: { sync: { revision: world.revision } }, status: { operationState: { phase: 'Running', message: 'syncing others', startedAt: '2026-11-20T23:00:00Z' } } });
    await thaw(work, sight);
    expect(world.journal.flatMap((event) => (event.type === 'patch.intended' && event.patch.object.name === 'root' ? [event.patch.purpose] : []))).toEqual(['pause', 'resume']);
    expect(at(world.get(ROOT), 'status', 'operationState', 'phase')).toBe('Running');
  });
});
