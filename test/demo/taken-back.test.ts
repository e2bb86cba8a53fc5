// What resume makes of a run that undo took back: it restores and proves again, or says that it has not.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { confirmed, decided, run, stageSandbox, type Story } from '../bad-input/story.ts';
import { recordedIn } from '../bad-input/refusal.ts';
import { readRealm } from '../harness/independent.ts';
import { killedAt, runTool, summaryOf } from '../harness/tool.ts';

let story: Story & { readonly sandbox: Sandbox };
beforeAll(async () => {
  story = await stageSandbox();
});
afterAll(() => story.sandbox.close());

const word = ['--confirm', 'primary'];
const listed = async (sessions: string): Promise<string> => (await runTool(['sessions', '--session-dir', sessions])).stdout;
/** What the story's recovery comes to. */
const DONE = { restored: 14, proven: 11, failed: 0, left: 0, exit: 0 };
const stands = async (realm: 'wanted' | 'destroyed'): Promise<void> => expect((await readRealm(story.calls)).plain).toEqual(story[realm]);

describe('a run that was taken back', () => {
  let sessions: string;
  let id: string;
  beforeAll(async () => {
    const first = await run(story, ['recover'], { with: confirmed(story) });
    expect(summaryOf(first)).toMatchObject(DONE);
    ({ sessions } = first);
    [id = ''] = recordedIn(sessions).runs;
    await stands('wanted');
  });

  it('is restored by resume only with the word, and done only when it is proven again', async () => {
    expect((await run(story, ['undo', id], { sessions, with: word })).exit).toBe(0);
    expect(await listed(sessions)).toMatch(new RegExp(`taken back \\(\\d+ writes\\), stands at restore; restore again with: realm-rescue resume ${id}`));
    const unasked = await run(story, ['resume', id], { sessions });
    expect(unasked.exit).toBe(5);
    expect(unasked.stderr).toContain('--confirm primary');
    expect(summaryOf(unasked)).toMatchObject({ restored: 0, proven: 0, exit: 5 });
    await stands('destroyed');
    const again = await run(story, ['resume', id], { sessions, with: word });
    expect(again.exit, again.stderr).toBe(0);
    expect(summaryOf(again)).toMatchObject({ ...DONE, sessionsAfter: 0 });
    await stands('wanted');
    expect(await listed(sessions)).toContain('finished, exit 0');
  });

  it('in part says so, and gets that part back', async () => {
    expect((await run(story, ['undo', id], { sessions, with: [...word, '--client', 'api-gateway'] })).exit).toBe(0);
    expect(await listed(sessions)).toMatch(/taken back in part \(1 write; 9 left in place\), stands at /);
    const again = await run(story, ['resume', id], { sessions, with: word });
    expect(again.exit, again.stderr).toBe(0);
    expect(again.stdout.match(/"write\.intended"/g)).toHaveLength(1);
    expect(summaryOf(again)).toMatchObject(DONE);
    await stands('wanted');
  });

  it('twice is taken back once: the second undo sends nothing, and says so', async () => {
    await run(story, ['undo', id], { sessions, with: word });
    const second = await run(story, ['undo', id], { sessions, with: word });
    expect(second).toMatchObject({ exit: 0, stderr: expect.stringContaining('All of it was taken back before; nothing was sent.') });
    expect(JSON.parse(second.stdout)).toMatchObject({ undone: 0, left: [] });
    await stands('destroyed');
  });

  it('names the client of which there is nothing to take back', async () => {
    const tried = await run(story, ['undo', id], { sessions, with: [...word, '--client', 'nope'] });
    expect(tried.exit).toBe(64);
    expect(tried.stderr).toMatch(/planned nothing for nope[^]*It planned writes for .*api-gateway/);
  });
});

describe('a run that was stopped, and then taken back', () => {
  it('says where it stopped; goes on to the same end', async () => {
    const open = await run(story, ['recover'], { with: ['--evidence', story.evidence, ...word] });
    expect(open.exit).toBe(5);
    expect(await listed(open.sessions)).toContain('stopped at choose; go on with:');
    const { sessions } = await run(story, ['recover'], { with: decided(story) });
    const [id = ''] = recordedIn(sessions).runs;
    expect(await listed(sessions)).toContain('stopped at restore; go on with:');
    const killed = await run(story, ['resume', id], { sessions, with: word, env: killedAt('prove.done') });
    expect(killed.signal).toBe('SIGKILL');
    expect((await run(story, ['undo', id], { sessions, with: word })).exit).toBe(0);
    await stands('destroyed');
    const resumed = await run(story, ['resume', id], { sessions, with: word });
    expect(summaryOf(resumed)).toMatchObject(DONE);
    await stands('wanted');
  });
});
