import { afterAll, beforeAll, describe, it } from 'vitest';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { FAMILIES } from '../harness/rich/index.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { sessionPlace } from '../harness/tool.ts';
import { buildWorld, destroyAndRecover } from './destroy.ts';
import type { World } from './trial.ts';

/** The long suite does the same with fifty seeds, from full exports too, and on older servers. */
const SEEDS = [[1, 'snapshot'], [2, 'partial'], [3, 'stated'], [4, 'snapshot'], [5, 'stated']] as const;

describe('any set of damages over all kinds, on a real Keycloak', () => {
  const calls = sharedCalls('property');
  let world: World;

  beforeAll(async () => {
    world = { server: sharedKeycloak(), calls, directory: sessionPlace(), families: FAMILIES };
    await buildWorld(world);
  });
  afterAll(() => wipeRealm(calls));

  it.each(SEEDS)('seed %i from %s: recovered equal, taken back equal, recovered again', (seed, column) => destroyAndRecover(world, seed, column));
});
