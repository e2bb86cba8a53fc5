import { describe, expect, test } from 'vitest';
import { nameOf } from '../../src/gitops/controllers/object.ts';
import { RescueError } from '../../src/realm/errors.ts';
import { restart } from '../../src/runner/cluster-pods.ts';
import { thaw } from '../../src/runner/cluster-thaw.ts';
import { argoWorld, frozen, isOff, ROOT, told } from './cluster-worlds.ts';
import type { World } from './fake-cluster.ts';

const SET = nameOf('statefulset', 'iam', 'keycloak');
const MAY_NOT = new RescueError('missing-role', 'oncall may not patch statefulsets.apps in namespace iam, which patching StatefulSet iam/keycloak takes.', ['Have somebody apply the Role.']);

/** Everything runs again, and nothing was restarted. */
async function thawed(): Promise<World> {
  const world = argoWorld();
  const { sight } = await frozen(world);
  expect(await thaw(world.start(), sight)).toBe(true);
  return world;
}

const failure = async (work: Promise<unknown>): Promise<RescueError> => work.then(() => { throw new Error('nothing was thrown'); }, (error: RescueError) => error);
const restarts = (world: World): number => told(world).filter((line) => line.startsWith('patch.sent restart ')).length;

describe('one restart on purpose', () => {
  test('that may not be made restarts no pod, and pauses nothing for it', async () => {
    const world = await thawed();
    world.mishaps = [{ of: 'keycloak', refused: MAY_NOT }];
    const error = await failure(restart(world.start(), [SET]));
    expect([error.code, error.message]).toEqual(['missing-role', `${MAY_NOT.message} No pod was restarted, and nothing was paused for it.`]);
    expect([isOff(world), isOff(world, ROOT), restarts(world)]).toEqual([false, false, 0]);
  });

  test('whose second workload may not be restarted pauses the writer again, and says so', async () => {
    const world = await thawed();
    world.add({ ...world.get('statefulset:iam/keycloak'), metadata: { name: 'worker', namespace: 'iam' } });
    world.mishaps = [{ of: 'worker', refused: MAY_NOT }];
    const error = await failure(restart(world.start(), [SET, nameOf('statefulset', 'iam', 'worker')]));
    expect(error.message).toBe(`${MAY_NOT.message} Application argocd/root, Application argocd/keycloak are paused again.`);
    expect(error.next).toEqual([...MAY_NOT.next, 'To let them run again: realm-rescue thaw 8f2c']);
    expect([isOff(world), isOff(world, ROOT), restarts(world)]).toEqual([true, true, 1]);
  });

  test('is made anew with every thaw, and not taken for the one of an earlier thaw', async () => {
    const world = await thawed();
    expect([await restart(world.start(), [SET]), await restart(world.start(), [SET])]).toEqual([true, true]);
    expect(restarts(world)).toBe(2);
  });
});
