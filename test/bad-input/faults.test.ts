// A server that fails in the middle: the run stops in a state that `resume` understands, and nothing is written twice.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { readRealm } from '../harness/independent.ts';
import { expectResumable, expectWanted, WRITE_FAULTS } from './faults.ts';
import { startFaultProxy, type Fault } from './faultProxy.ts';
import { expectRefusal, lastLine, recordedIn } from './refusal.ts';
import { confirmed, run, stageOn, type Story } from './story.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const stage = (realm: string): Promise<Story> => stageOn({ url: sandbox.url, ...sandbox.admin }, realm);

describe('a write that goes wrong', () => {
  it.concurrent.each([['500, not done', 1], ['refused, not done', 3], ['500, done', 4], ['hangs up, not done', 2], ['gateway gives up, not done', 6]] as const)('%s, at write %i', async (name, nth) => {
    const { [name]: fault } = WRITE_FAULTS;
    if (!fault) throw new Error(name);
    await expectResumable(await stage(`write-${nth}`), nth, fault);
  });

  it.concurrent('done, but the answer is cut off: the look shows it, and the run goes on', async () => {
    const story = await stage('cut');
    const proxy = await startFaultProxy(story.url);
    proxy.break((passing) => (passing.write && passing.nth === 5 ? { kind: 'hang-up', applied: true } : undefined));
    const done = await run({ ...story, url: proxy.url }, ['recover'], { with: confirmed(story) });
    expect(done).toMatchObject({ exit: 0, stderr: '' });
    await expectWanted(story, proxy);
    await proxy.close();
  });

  it.concurrent('that somebody forbids in the middle names the role and can go on', async () => {
    const story = await stage('forbidden');
    const proxy = await startFaultProxy(story.url);
    const via = { ...story, url: proxy.url };
    proxy.break((passing) => (passing.write && passing.nth === 3 ? { kind: 'answer', status: 403, body: '{"error":"HTTP 403 Forbidden"}' } : undefined));
    const stopped = await run(via, ['recover'], { with: confirmed(story) });
    expectRefusal(stopped, { exit: 3, says: /may not do (?:POST|PUT) .*403 Forbidden\. Nothing was changed/, next: /realm-rescue doctor/ });
    proxy.break();
    const [id = ''] = recordedIn(stopped.sessions).runs;
    expect((await run(via, ['resume', id], { sessions: stopped.sessions })).exit).toBe(0);
    await expectWanted(story, proxy);
    await proxy.close();
  });
});

describe('a read that goes wrong', () => {
  it.concurrent('429 and 503 with Retry-After and slow bodies: repeated, waited for, and the run ends as if nothing had been', async () => {
    const story = await stage('read-again');
    const proxy = await startFaultProxy(story.url);
    const now = { 'retry-after': '0' };
    const faults: readonly (readonly [number, Fault])[] = [[5, { kind: 'answer', status: 429, headers: now }], [7, { kind: 'answer', status: 503, headers: now }], [16, { kind: 'slow', pieces: 10, pause: 30 }]];
    let met = 0;
    proxy.break(({ admin, write, nth }) => {
      const fault = write || !admin ? undefined : faults.find(([every]) => nth % every === 0)?.[1];
      met += fault ? 1 : 0;
      return fault;
    });
    const done = await run({ ...story, url: proxy.url }, ['recover'], { with: confirmed(story) });
    expect(done).toMatchObject({ exit: 0, stderr: '' });
    expect(met).toBeGreaterThan(20);
    await expectWanted(story, proxy);
    await proxy.close();
  });

  it.concurrent('for good: says so and writes nothing', async () => {
    const story = await stage('read-for-good');
    const proxy = await startFaultProxy(story.url);
    proxy.break((passing) => (passing.path.includes('/client-scopes') ? { kind: 'answer', status: 500 } : undefined));
    const stopped = await run({ ...story, url: proxy.url }, ['recover'], { with: confirmed(story) });
    expectRefusal(stopped, { exit: 3, says: /could not be captured whole/, next: /client scopes could not be read: the server fails/ });
    expect(proxy.asked).toEqual([]);
    expect((await readRealm(story.calls)).plain).toEqual(story.destroyed);
    await proxy.close();
  });

  it.concurrent('a token that ends in the middle, before a read and before a write, is renewed once and nothing is sent twice', async () => {
    const story = await stage('token');
    const proxy = await startFaultProxy(story.url);
    proxy.break((passing) => ((passing.write && passing.nth === 3) || (passing.admin && !passing.write && [4, 60].includes(passing.nth)) ? { kind: 'answer', status: 401, body: '{"error":"HTTP 401 Unauthorized"}' } : undefined));
    const done = await run({ ...story, url: proxy.url }, ['recover'], { with: confirmed(story) });
    expect(done).toMatchObject({ exit: 0, stderr: '' });
    expect(lastLine(done)).toMatchObject({ failed: 0, exit: 0 });
    // The refused write came once more, with a new token; the server has got it once.
    expect(proxy.asked.length).toBe(proxy.applied.length + 1);
    await expectWanted(story, proxy);
    await proxy.close();
  });
});
