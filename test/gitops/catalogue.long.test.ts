import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lintFile } from '../../src/gitops/lint.ts';
import { KEYCLOAK_VERSION, startKeycloak, type RealKeycloak } from '../harness/keycloak.ts';
import { OLDER_VERSIONS } from '../harness/releases.ts';
import { composeFile, launchCases, type LaunchCase } from './launches.ts';

// What lint says of a file is what a real server then does: to a realm that people have edited, and to one that is not there yet.
const EDITED = 'edited in the console';
const STALE = { realm: 'edited', enabled: true, displayName: 'as git has it' };
const FILE = path.join(tmpdir(), 'realm-rescue-catalogue', 'realms.json');
const nameOf = ({ words, env }: LaunchCase) => [...Object.entries(env).map(([name, value]) => `${name}=${value}`), 'kc.sh', ...words].join(' ').replaceAll(FILE, 'F');

describe.each([KEYCLOAK_VERSION, ...OLDER_VERSIONS])('Keycloak %s', (version) => {
  let keycloak: RealKeycloak;

  beforeAll(async () => {
    await mkdir(path.dirname(FILE), { recursive: true });
    keycloak = await startKeycloak({ version, database: 'postgres' });
    expect((await keycloak.calls('master').call('POST', '/admin/realms', { ...STALE, displayName: EDITED })).status).toBe(201);
  });
  afterAll(async () => {
    await keycloak.stop();
    await rm(path.dirname(FILE), { recursive: true, force: true });
  });

  test.each(launchCases(FILE).map((launch) => ({ launch, name: nameOf(launch) })))('$name', async ({ launch }) => {
    const { verdict } = lintFile('compose.yaml', composeFile(launch, version), null);
    expect(await happens(launch)).toBe(launch.otherwise?.[version] ?? (verdict === 'none' ? 'inert' : verdict));
  });

  test.each(['OVERWRITE', 'SKIP', 'FAIL'])('a partial import with %s', async (ifResourceExists) => {
    const calls = keycloak.calls('edited');
    const body = { ifResourceExists, clients: [{ clientId: 'app', enabled: true }] };
    const { verdict } = lintFile('import.sh', `curl -X POST "$URL/admin/realms/edited/partialImport" -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'\n`, version);
    await calls.call('POST', '/clients', { clientId: 'app' });
    const idOf = async () => ((await calls.call('GET', '/clients?clientId=app')).body as { id: string }[])[0]?.id;
    const before = await idOf();
    await calls.call('POST', '/partialImport', body);
    expect({ before: before !== undefined, verdict }).toEqual({ before: true, verdict: (await idOf()) === before ? 'seed-only' : 'destructive' });
  });

  async function happens(launch: LaunchCase): Promise<string> {
    const seed = `seed-${path.basename(await mkdtemp(path.join(path.dirname(FILE), 's')))}`;
    const text = JSON.stringify([STALE, { realm: seed, enabled: true }]);
    await writeFile(FILE, text);
    await mkdir(keycloak.importDirectory, { recursive: true });
    await writeFile(path.join(keycloak.importDirectory, 'realms.json'), text);
    expect((await keycloak.calls('edited').call('PUT', '', { displayName: EDITED })).status).toBe(204);
    const done = await run(launch);
    const now = await outcome(seed);
    return done ? now : now === 'inert' ? 'refused' : `refused, and ${now}`;
  }

  /** false: the server, or the command, ended with an error; then the node runs again without what it was given. */
  async function run({ words, env }: LaunchCase): Promise<boolean> {
    const [command, ...args] = words;
    try {
      await (command === 'start' ? keycloak.restart({ args, env }) : keycloak.command(words, env));
      return true;
    } catch (error) {
      expect(String(error)).toMatch(/ended before it was ready|Invalid value|Unknown option|not usable/);
      await keycloak.start();
      return false;
    }
  }

  /** What became of the realm that was there and of the one that was not, in the words of lint. */
  async function outcome(seed: string): Promise<string> {
    // A node that kept running during an import still shows what it knew.
    for (const realm of ['edited', 'master']) await keycloak.calls(realm).call('POST', '/clear-realm-cache');
    const { body } = await keycloak.calls('edited').call('GET', '');
    const { displayName } = body as { readonly displayName: string };
    const seeded = (await keycloak.calls(seed).call('GET', '')).status === 200;
    if (displayName === EDITED) return seeded ? 'seed-only' : 'inert';
    expect({ displayName, seeded }).toEqual({ displayName: STALE.displayName, seeded: true });
    return 'destructive';
  }
});
