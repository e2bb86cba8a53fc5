// What goes wrong around a recovery and not with one request: the server restarts, names are not resolved any more, the clock is wrong.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { destroy } from '../../src/sandbox/incident/destroy.ts';
import { readRealm } from '../harness/independent.ts';
import { startKeycloak, type RealKeycloak } from '../harness/keycloak.ts';
import { sessionPlace } from '../harness/tool.ts';
import { startFaultProxy, type FaultProxy, type Passing } from './faultProxy.ts';
import { expectRefusal, recordedIn } from './refusal.ts';
import { confirmed, run, stageOn, type Story } from './story.ts';

let keycloak: RealKeycloak;
let story: Story;
let proxy: FaultProxy;
beforeAll(async () => {
  keycloak = await startKeycloak({ database: 'postgres' });
  story = await stageOn({ url: keycloak.url, ...keycloak.admin }, 'around');
  proxy = await startFaultProxy(keycloak.url);
});
afterAll(async () => {
  await proxy.close();
  await keycloak.stop();
});

const MOMENTS: readonly (readonly [string, (passing: Passing) => boolean])[] = [
  ['the realm is captured', ({ path, write }) => !write && /\/clients\?first=0/.test(path)],
  ['the third write is on its way', ({ write, nth }) => write && nth === 3],
  ['a token is looked at', ({ path, writes }) => writes > 0 && /generate-example-access-token/.test(path)],
];

/** As before the incident, and nothing done twice; then the incident again. */
async function expectBack(applied: readonly string[]): Promise<void> {
  expect((await readRealm(story.calls)).plain).toEqual(story.wanted);
  expect(applied).toEqual([...new Set(applied)]);
  await destroy(story.calls);
}

describe('the server restarts while', () => {
  it.each(MOMENTS)('%s: the run stops where it is, and resume goes on once the server is there', async (_, fits) => {
    const before = proxy.applied.length;
    let restarted: Promise<void> | undefined;
    proxy.break((passing) => {
      if (restarted === undefined && !fits(passing)) return undefined;
      // What comes while it is down finds nobody; the first request waits until it is.
      const down = restarted === undefined ? keycloak.halt() : Promise.resolve();
      restarted ??= down.then(() => keycloak.start());
      return { kind: 'meanwhile', act: () => down };
    });
    const stopped = await run({ ...story, url: proxy.url }, ['recover'], { with: confirmed(story) });
    await restarted;
    proxy.break();
    const [id = ''] = recordedIn(stopped.sessions).runs;
    // A server that is back before the reads give up is no reason to stop.
    if (stopped.exit !== 0) {
      expectRefusal(stopped, { exit: 3, says: /lost|cannot be reached|no connection|refused/i, next: /resume/ });
      expect(await run({ ...story, url: proxy.url }, ['resume', id], { sessions: stopped.sessions, with: ['--confirm', story.realm] })).toMatchObject({ exit: 0, stderr: '' });
    }
    await expectBack(proxy.applied.slice(before));
  });
});

it('names are not resolved any more in the middle: it stops and says so; resume goes on', async () => {
  const gone = join(sessionPlace(), 'gone');
  const before = proxy.applied.length;
  const byName = { ...story, url: proxy.url.replace('127.0.0.1', 'localhost') };
  proxy.break(({ write, nth }) => {
    if (!write || nth < 3) return undefined;
    writeFileSync(gone, '');
    return { kind: 'hang-up' };
  });
  const module = new URL('../harness/no-names.mjs', import.meta.url).href;
  const stopped = await run(byName, ['recover'], { with: confirmed(story), env: { NODE_OPTIONS: `--import=${module}`, REALM_RESCUE_TEST_NO_NAMES: gone } });
  proxy.break();
  expectRefusal(stopped, { exit: 3, says: /localhost/, next: /resume/ });
  const [id = ''] = recordedIn(stopped.sessions).runs;
  expectRefusal(await run(byName, ['resume', id], { sessions: stopped.sessions, env: { NODE_OPTIONS: `--import=${module}`, REALM_RESCUE_TEST_NO_NAMES: gone } }), { exit: 3, says: /localhost.*(?:name|resolve)|(?:name|resolve).*localhost/i, next: /\S/ });
  expect(await run(byName, ['resume', id], { sessions: stopped.sessions, with: ['--confirm', story.realm] })).toMatchObject({ exit: 0, stderr: '' });
  await expectBack(proxy.applied.slice(before));
});

it.each([['three hours behind', -3 * 3_600_000], ['three hours ahead', 3 * 3_600_000], ['in the wrong year', -400 * 86_400_000]] as const)('a clock that is %s changes nothing', async (_, skew) => {
  const before = proxy.applied.length;
  const module = new URL('../harness/other-clock.mjs', import.meta.url).href;
  expect(await run({ ...story, url: proxy.url }, ['recover'], { with: confirmed(story), env: { NODE_OPTIONS: `--import=${module}`, REALM_RESCUE_TEST_SKEW: String(skew) } })).toMatchObject({ exit: 0, stderr: '' });
  await expectBack(proxy.applied.slice(before));
});
