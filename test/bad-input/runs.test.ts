// Recorded runs that cannot go on, or not here, or not now.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startCountingProxy, type CountingProxy } from '../harness/proxy.ts';
import { readRealm } from '../harness/independent.ts';
import { runTool, sessionPlace, type ToolRun } from '../harness/tool.ts';
import { loaded } from './disk-kinds.ts';
import { expectRefusal, lastLine, recordedIn } from './refusal.ts';
import { confirmed, decided, run, stageSandbox, type Story } from './story.ts';

let story: Story;
let proxy: CountingProxy;
let stop: () => Promise<void>;
/** A place with one run that waits for its confirmation. */
let sessions: string;
let id: string;
beforeAll(async () => {
  const staged = await stageSandbox();
  proxy = await startCountingProxy(staged.url);
  story = { ...staged, url: proxy.url };
  stop = () => staged.sandbox.close();
  const waiting = await run(story, ['recover'], { with: decided(story) });
  sessions = waiting.sessions;
  [id = ''] = recordedIn(sessions).runs;
});
afterAll(async () => {
  await proxy.close();
  await stop();
});

/** A copy of the place, so that what is done to it harms no other case. */
async function copy(): Promise<string> {
  const to = join(sessionPlace(), 'sessions');
  await cp(sessions, to, { recursive: true });
  return to;
}

const offline = (args: readonly string[], place: string): Promise<ToolRun> => runTool([...args, '--session-dir', place, '--json']);

describe('a run that is not there', () => {
  it.each([['resume'], ['undo'], ['transcript', 'show'], ['transcript', 'verify'], ['transcript', 'export'], ['export']])('%s %s', async (...command) => {
    const more = command[0] === 'export' ? ['--repo', '.'] : [];
    const nowhere = join(sessionPlace(), 'sessions');
    expectRefusal(await offline([...command, 'beef', ...more], nowhere), { exit: 64, says: /no recorded run "beef"/, next: /realm-rescue sessions/ });
    const empty = sessionPlace();
    mkdirSync(join(empty, 'beef'));
    expectRefusal(await offline([...command, 'beef', ...more], empty), { exit: 64, says: /no recorded run beef: .*journal\.jsonl does not exist/, next: /realm-rescue sessions/ });
  });

  it('or is one of several', async () => {
    const several = sessionPlace();
    for (const name of ['beef', 'beea']) mkdirSync(join(several, name));
    expectRefusal(await offline(['resume', 'bee'], several), { exit: 64, says: /Several recorded runs start with "bee": beea, beef/, next: /realm-rescue sessions/ });
  });

  it('undo of a run that wrote nothing, or without the word', async () => {
    expectRefusal(await run(story, ['undo', id], { sessions, with: ['--confirm', 'primary'] }), { exit: 64, says: /has written nothing that could be taken back/, next: /transcript show/ });
  });
});

describe('a record that was changed', () => {
  const broken = async (change: (journal: string) => string): Promise<string> => {
    const place = await copy();
    const file = join(place, id, 'journal.jsonl');
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    return place;
  };
  const alter = (journal: string) => journal.replace('"realm":"primary"', '"realm":"secondary"');

  it.each([['resume'], ['undo'], ['transcript', 'show'], ['transcript', 'export']])('%s %s names the first altered line and does nothing', async (...command) => {
    const place = await broken(alter);
    const writes = proxy.writes.length;
    expectRefusal(await offline([...command, id], place), { exit: 1, says: new RegExp(`record of run ${id} was changed after it was written: line 1 `), next: /Keep .*it is evidence[^]*realm-rescue recover/ });
    expect(proxy.writes.length).toBe(writes);
  });

  it('transcript verify says so with 2, sessions lists it as unusable', async () => {
    const place = await broken(alter);
    const verified = await offline(['transcript', 'verify', id], place);
    expect({ exit: verified.exit, ...lastLine(verified) }).toMatchObject({ exit: 2, ok: false, line: 1 });
    const listed = await offline(['sessions'], place);
    expect(listed.exit).toBe(0);
    expect(JSON.parse(listed.stdout)).toMatchObject({ sessions: [{ id, problem: expect.stringContaining('line 1') }] });
  });

  it('transcript verify looks at the snapshots too, and at a journal without a line', async () => {
    const place = await copy();
    const verified = async () => {
      const done = await offline(['transcript', 'verify', id], place);
      return { exit: done.exit, ...lastLine(done) };
    };
    expect(await verified()).toMatchObject({ exit: 0, ok: true });
    const snapshot = join(place, id, 'snapshots', 'live-before.json');
    appendFileSync(snapshot, ' ');
    expect(await verified()).toMatchObject({ exit: 2, ok: false, file: 'snapshots/live-before.json', because: 'it is not what the journal says was written' });
    rmSync(snapshot);
    expect(await verified()).toMatchObject({ exit: 2, ok: false, file: 'snapshots/live-before.json', because: 'it is not there' });
    writeFileSync(join(place, id, 'journal.jsonl'), '');
    expectRefusal(await offline(['transcript', 'verify', id], place), { exit: 64, says: /has no line in its journal/, next: /nothing to verify/ });
  });

  it('by a newer version: that one has to go on', async () => {
    const place = await broken((journal) => journal.replaceAll('{"v":1,', '{"v":2,'));
    expectRefusal(await offline(['resume', id], place), { exit: 64, says: /newer realm-rescue/, next: /that version/ });
  });

  it('a torn last line is cut off and the run goes on; a lost snapshot is named', async () => {
    const place = await copy();
    appendFileSync(join(place, id, 'journal.jsonl'), '{"v":1,"seq":99,"at":"2026');
    expect((await run(story, ['resume', id], { sessions: place })).exit).toBe(5);
    const damaged = await copy();
    appendFileSync(join(damaged, id, 'snapshots', 'live-before.json'), ' ');
    expectRefusal(await run(story, ['resume', id], { sessions: damaged, with: ['--confirm', 'primary'] }), { exit: 1, says: /snapshot .*live-before\.json cannot be used: it is not what the journal says/, next: /realm-rescue recover/ });
    expect(proxy.writes).toEqual([]);
  });
});

describe('a run that belongs elsewhere', () => {
  it('does not go on with another realm', async () => {
    for (const command of ['resume', 'undo']) {
      expectRefusal(await run(story, [command, id], { sessions, with: ['--realm', 'secondary', '--confirm', 'secondary'] }), { exit: 64, says: /is of realm primary; it cannot go on with realm secondary/, next: /realm-rescue recover/ });
    }
  });

  it('does not go on with a realm of the same name on another server', async () => {
    const other = await stageSandbox();
    const tried = await run({ ...other }, ['resume', id], { sessions, with: ['--confirm', 'primary'] });
    expectRefusal(tried, { exit: 64, says: /has the id .* here, and the recorded run was at work on/, next: /--url/ });
    expect((await readRealm(other.calls)).plain).toEqual(other.destroyed);
    await other.sandbox.close();
  });

  it('does not go on while another one is at work: 6, who and since when', async () => {
    const place = await copy();
    // It stands still while the others try.
    const held = join(sessionPlace(), 'held');
    const first = run(story, ['recover'], { sessions: place, with: decided(story), env: { NODE_OPTIONS: loaded('hold-at.mjs'), REALM_RESCUE_TEST_HOLD_AT: '"type":"connect\\.succeeded"', REALM_RESCUE_TEST_HOLD_FILE: held } });
    await vi.waitFor(() => expect(existsSync(held)).toBe(true), { timeout: 60_000 });
    const second = await Promise.all([run(story, ['recover'], { sessions: place, with: confirmed(story) }), run(story, ['resume', id], { sessions: place }), run(story, ['undo', id], { sessions: place })]);
    // As the refusal says: one may look meanwhile.
    expect((await run(story, ['recover'], { sessions: place, with: [...confirmed(story), '--read-only'] })).exit).toBe(2);
    rmSync(held);
    expect((await first).exit).toBe(5);
    for (const tried of second) {
      expectRefusal(tried, { exit: 6, says: /^realm-rescue: Run [0-9a-f]{4,8} works on realm primary of http:\S+ since \d\d:\d\d:\d\d UTC on \d{4}-\d\d-\d\d \(process \d+ on /, next: /Let it end/ });
    }
    expect(recordedIn(place)).toMatchObject({ runs: expect.objectContaining({ length: 3 }), others: [] });
    expect(proxy.writes).toEqual([]);
  });
});

// Last, because it writes.
describe('a run that was finished', () => {
  it('goes on to the same end without a write, and is undone only with the word', async () => {
    const done = await run(story, ['recover'], { with: confirmed(story) });
    expect(done).toMatchObject({ exit: 0, stderr: '' });
    const [finished = ''] = recordedIn(done.sessions).runs;
    const writes = proxy.writes.length;
    expect((await run(story, ['resume', finished], { sessions: done.sessions })).exit).toBe(0);
    for (const flags of [[], ['--confirm', 'Primary']]) {
      const tried = await run(story, ['undo', finished], { sessions: done.sessions, with: flags });
      expectRefusal(tried, { exit: 5, says: /nobody confirmed it|--confirm says "Primary"/, next: /--confirm primary/ });
    }
    expect(proxy.writes.length).toBe(writes);
    expect((await run(story, ['undo', finished], { sessions: done.sessions, with: ['--confirm', 'primary'] })).exit).toBe(0);
    expect((await readRealm(story.calls)).plain).toEqual(story.destroyed);
  });
});
