import { expect } from 'vitest';
import { readRealm } from '../harness/independent.ts';
import { expectRefusal, lastLine, recordedIn } from './refusal.ts';
import { startFaultProxy, type Fault, type FaultProxy } from './faultProxy.ts';
import { confirmed, run, type Story } from './story.ts';

/** How a server can go wrong at a write, and what the tool then says. */
export const WRITE_FAULTS: Readonly<Record<string, { readonly fault: Fault; readonly says: RegExp }>> = {
  '500, not done': { fault: { kind: 'answer', status: 500 }, says: /answers (?:POST|PUT|DELETE) .* with 500/ },
  '500, done': { fault: { kind: 'answer', status: 500, applied: true }, says: /answers (?:POST|PUT|DELETE) .* with 500/ },
  'refused, not done': { fault: { kind: 'answer', status: 409, body: '{"errorMessage":"Conflict"}' }, says: /refuses (?:POST|PUT|DELETE) .* with 409: Conflict\. Nothing was changed/ },
  'hangs up, not done': { fault: { kind: 'hang-up' }, says: /was lost after a write had been sent.*may or may not have happened/ },
  'gateway gives up, not done': { fault: { kind: 'answer', status: 504, body: '<html>', headers: { 'content-type': 'text/html' } }, says: /answered a write with 504; the write may or may not have happened/ },
};

/**
 * A restore whose k-th write goes wrong: it stops with 3 in a state that `resume` understands; `resume` ends with 0 on
 * the wanted realm; and no write has reached the server twice.
 */
export async function expectResumable(story: Story, nth: number, { fault, says }: { readonly fault: Fault; readonly says: RegExp }): Promise<void> {
  const proxy = await startFaultProxy(story.url);
  try {
    const via = { ...story, url: proxy.url };
    proxy.break((passing) => (passing.write && passing.nth === nth ? fault : undefined));
    const stopped = await run(via, ['recover'], { with: confirmed(story) });
    expectRefusal(stopped, { exit: 3, says, next: /resume [0-9a-f]{4}/ });
    expectIntents(stopped.stdout, proxy, nth);
    proxy.break();
    const [id = ''] = recordedIn(stopped.sessions).runs;
    const resumed = await run(via, ['resume', id], { sessions: stopped.sessions, with: ['--confirm', story.realm] });
    expect(resumed).toMatchObject({ exit: 0, stderr: '' });
    expect(lastLine(resumed)).toMatchObject({ failed: 0, left: 0, exit: 0 });
    await expectWanted(story, proxy);
  } finally {
    await proxy.close();
  }
}

/** Every write that left the tool was on disk as an intent before, and none began once it was known that one had gone wrong. */
function expectIntents(stdout: string, proxy: FaultProxy, nth: number): void {
  const types = stdout.trim().split('\n').map((line) => (JSON.parse(line) as { readonly event?: { readonly type: string } }).event?.type ?? 'summary');
  expect(types.filter((type) => type === 'write.intended').length).toBe(proxy.asked.length);
  expect(proxy.asked.length).toBeGreaterThanOrEqual(nth);
  const wrong = types.findIndex((type) => type === 'write.failed' || type === 'write.unknown');
  expect(wrong).toBeGreaterThan(0);
  expect(types.slice(wrong)).not.toContain('write.intended');
}

/** The independent reader finds the wanted realm, and no two equal writes were applied. */
export async function expectWanted(story: Story, proxy: Pick<FaultProxy, 'applied'>): Promise<void> {
  expect((await readRealm(story.calls)).plain).toEqual(story.wanted);
  expect(proxy.applied.length).toBeGreaterThan(5);
  expect(proxy.applied).toEqual([...new Set(proxy.applied)]);
}
