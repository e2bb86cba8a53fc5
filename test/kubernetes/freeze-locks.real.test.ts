// Two runs at one application, whatever --from each was given: the second is told who is at it, and sends nothing.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { expectRefusal } from '../bad-input/refusal.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import type { ToolRun } from '../harness/tool.ts';
import { useServer } from '../harness/use.ts';
import { eventually, off, openPlace, POLICY, type Place } from './freeze-world.ts';
import { pathOf } from './scripted-controller.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo'] }));

const freeze = (from: string, ...more: readonly string[]): readonly string[] => ['freeze', '--from', from, '--confirm', 'keycloak', ...more];
const INTENDED = /"type":"patch\.intended"/;
const application = ({ namespace }: Place) => `application:${namespace}/keycloak`;
const isDone = (run: ToolRun): void => { expect(run, run.stderr).toMatchObject({ exit: 0 }); };

async function usual(policy: JsonObject = POLICY): Promise<Place> {
  const place = await openPlace(kubernetes());
  await place.create(place.tracked(), place.application('keycloak', policy));
  return place;
}

it('a freeze by its ConfigMap and one of the application itself: the second names the record of the first, and leaves none', async () => {
  const place = await usual();
  let second: ToolRun | undefined;
  let first = '';
  isDone(await place.held(freeze(place.from), INTENDED, async () => {
    [first = ''] = place.records();
    second = await place.tool(freeze(application(place), '--json'));
  }));
  expectRefusal(second as ToolRun, { exit: 6, says: new RegExp(`Run ${first} pauses or resumes application:${place.namespace}/keycloak in the cluster at ${kubernetes().url} since`), next: /Let it end, then start the same again/ });
  expect([await place.policy(), place.records(), await place.frozen()]).toEqual([off(), [first], { [first]: [application(place)] }]);
  // Afterwards it is free.
  isDone(await place.tool(['thaw', first, '--confirm', 'keycloak', '--no-watch']));
  isDone(await place.tool(freeze(application(place))));
});

it('freeze --read-only looks on while another one is at it; a thaw, which has no such flag, is not told of it', async () => {
  const place = await usual();
  // What the API server remembers is recorded also then.
  await kubernetes().admin.merge(pathOf(place.application()), { spec: { syncPolicy: { retry: { limit: 9 } } } });
  const runs: ToolRun[] = [];
  isDone(await place.held(freeze(place.from), INTENDED, async () => {
    const [id = ''] = Object.keys(await place.frozen());
    for (const args of [['freeze', '--from', place.from, '--read-only'], freeze(place.from, '--json'), ['thaw', id, '--json']]) runs.push(await place.tool(args));
  }));
  const [looked, second, refused] = runs as [ToolRun, ToolRun, ToolRun];
  expect(looked, looked.stderr).toMatchObject({ exit: 2, stderr: expect.stringMatching(/Still remembered by the API server: .*\n(?:.*\n)*Read-only: 1 object would be patched, and nothing was sent\./) });
  expectRefusal(second, { exit: 6, says: /works on realm/, next: /^ {2}Let it end, or look meanwhile with --read-only\./ });
  expectRefusal(refused, { exit: 6, says: /works on realm/, next: /^ {2}Let it end, then start the same again/ });
});

it('a freeze while a thaw lets it run again', async () => {
  const place = await usual();
  isDone(await place.tool(freeze(place.from)));
  const [id = ''] = place.records();
  let second: ToolRun | undefined;
  isDone(await place.held(['thaw', id, '--confirm', 'keycloak', '--no-watch'], /"type":"patch\.sent","id":"resume/, async () => { second = await place.tool(freeze(application(place), '--json')); }));
  expectRefusal(second as ToolRun, { exit: 6, says: new RegExp(`Run ${id} pauses or resumes application:`), next: /Let it end/ });
  expect(await place.policy()).toEqual(POLICY);
});

it('freezes of two applications run beside each other', async () => {
  const place = await usual();
  await place.create(place.application('grafana'));
  let second: ToolRun | undefined;
  isDone(await place.held(freeze(place.from), INTENDED, async () => { second = await place.tool(['freeze', '--from', `application:${place.namespace}/grafana`, '--confirm', 'grafana']); }));
  isDone(second as ToolRun);
  expect([await place.policy(), await place.policy('grafana')]).toEqual([off(), off()]);
});

describe.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('left by %s, the locks are given back', (signal) => {
  const locks = (place: Place): readonly string[] => (existsSync(join(place.sessions, 'locks')) ? readdirSync(join(place.sessions, 'locks')).filter((name) => name.endsWith('.lock')) : []);
  /** Waits until the command itself and what it is about are locked, and then for something more. */
  async function leave(place: Place, running: Promise<ToolRun>, sees: () => void = () => undefined): Promise<ToolRun> {
    await eventually(async () => {
      expect(locks(place)).toHaveLength(2);
      sees();
    });
    const { pid } = JSON.parse(readFileSync(join(place.sessions, 'locks', locks(place)[0] ?? ''), 'utf8')) as { pid: number };
    process.kill(pid, signal);
    return running;
  }

  it('by a freeze that watches, and by a thaw that waits for a controller', async () => {
    const place = await usual();
    const watching = place.tool(freeze(place.from, '--watch'));
    const left = await leave(place, watching, () => expect(place.events()).toContainEqual(expect.objectContaining({ type: 'pause.checked' })));
    expect([left.exit, locks(place), await place.policy()], left.stderr).toEqual([130, [], off()]);
    const [id = ''] = place.records();
    const thaw = await leave(place, place.tool(['thaw', id, '--confirm', 'keycloak']));
    expect([thaw.exit, locks(place)], thaw.stderr).toEqual([130, []]);
    isDone(await place.tool(['thaw', id, '--confirm', 'keycloak', '--no-watch']));
    expect(await place.policy()).toEqual(POLICY);
  });
});
