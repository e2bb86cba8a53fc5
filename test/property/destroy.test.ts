import { afterAll, beforeAll, describe, it } from 'vitest';
import { openAdminCalls } from '../../src/sandbox/incident/calls.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { FAMILIES } from '../harness/rich/index.ts';
import { sessionPlace } from '../harness/tool.ts';
import { buildWorld, destroyAndRecover } from './destroy.ts';
import type { World } from './trial.ts';

const SEEDS = [11, 12, 13];

/** The property of destroy.real.test.ts, held in the sandbox: what the heart plans leads back there too. */
describe('any set of damages over all kinds, in the sandbox', () => {
  let sandbox: Sandbox;
  let world: World;

  beforeAll(async () => {
    sandbox = await startSandbox();
    const server = { url: sandbox.url, ...sandbox.admin };
    world = { server, calls: openAdminCalls({ ...server, realm: 'property' }), directory: sessionPlace(), families: FAMILIES };
    await buildWorld(world);
  });
  afterAll(() => sandbox.close());

  it.each(SEEDS)('seed %i: recovered equal, taken back equal, recovered again', (seed) => destroyAndRecover(world, seed));
});
