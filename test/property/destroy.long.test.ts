import { afterAll, beforeAll, describe, it } from 'vitest';
import { KEYCLOAK_VERSION, startKeycloak, type RealKeycloak } from '../harness/keycloak.ts';
import { OLDER_VERSIONS } from '../harness/releases.ts';
import { familiesOn } from '../harness/rich/index.ts';
import { sessionPlace } from '../harness/tool.ts';
import type { Column } from './evidence.ts';
import { buildWorld, destroyAndRecover } from './destroy.ts';
import type { World } from './trial.ts';

const COLUMNS: readonly Column[] = ['snapshot', 'full', 'partial', 'stated'];

/** Seeds of their own, apart from those of CI; every fourth has the same kind of evidence. */
const seeds = (count: number) => Array.from({ length: count }, (_, index) => [100 + index, COLUMNS[index % COLUMNS.length] ?? 'snapshot'] as const);

describe.each([[KEYCLOAK_VERSION, 56], ...OLDER_VERSIONS.map((version) => [version, 8] as const)] as const)('any set of damages over all kinds, on Keycloak %s', (version, count) => {
  let keycloak: RealKeycloak;
  let world: World;

  beforeAll(async () => {
    keycloak = await startKeycloak({ version, database: 'postgres' });
    const calls = keycloak.calls('property');
    world = {
      server: { url: keycloak.url, ...keycloak.admin }, calls, directory: sessionPlace(), families: familiesOn(version),
      exportTo: async (file) => {
        await keycloak.export(calls.realm, file);
      },
    };
    await buildWorld(world);
  });
  afterAll(() => keycloak?.stop());

  it.each(seeds(count))('seed %i from %s: recovered equal, taken back equal, recovered again', (seed, column) => destroyAndRecover(world, seed, column));
});
