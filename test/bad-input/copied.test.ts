// A session directory that was copied from another machine, and what a kill -9 leaves beside files: it is private, clean and good to go on with.
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { readRealm } from '../harness/independent.ts';
import { runTool, sessionPlace, type ToolRun } from '../harness/tool.ts';
import { leftovers, loaded, openTo } from './disk-kinds.ts';
import { expectRefusal, recordedIn } from './refusal.ts';
import { confirmed, run, stageOn, type Attempt, type Story } from './story.ts';

let sandbox: Sandbox;
let story: Story;
let staged = 0;
beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(async () => {
  staged += 1;
  story = await stageOn({ url: sandbox.url, ...sandbox.admin }, `copied-${staged}`);
});
afterAll(() => sandbox.close());

const killed = (at: Readonly<Record<string, string>>, attempt: Attempt = {}) => run(story, ['recover'], { with: confirmed(story), ...attempt, env: { NODE_OPTIONS: loaded('kill-at.mjs'), ...at } });
const offline = (place: string, ...args: string[]): Promise<ToolRun> => runTool([...args, '--session-dir', place]);

/** As a stick or an archive brings it to another machine: open to everybody, at another path; the files of the first machine are not there. */
function carry(sessions: string): string {
  const to = join(sessionPlace(), 'brought', 'here');
  cpSync(sessions, to, { recursive: true });
  rmSync(sessions, { recursive: true });
  rmSync(story.directory, { recursive: true });
  for (const name of ['', ...readdirSync(to, { recursive: true, encoding: 'utf8' })]) chmodSync(join(to, name), statSync(join(to, name)).isDirectory() ? 0o755 : 0o644);
  return to;
}

describe('a copy that was taken while the run was alive', () => {
  it('with a torn line, half a snapshot and open modes: read as it is, refused under a foreign lock, then brought to its end and taken back', async () => {
    const { sessions, signal } = await killed({ REALM_RESCUE_TEST_KILL_AT: '20' });
    expect(signal).toBe('SIGKILL');
    const [id = ''] = recordedIn(sessions).runs;
    const [lock = ''] = readdirSync(join(sessions, 'locks'));
    const place = carry(sessions);
    const journal = join(place, id, 'journal.jsonl');
    writeFileSync(journal, `${readFileSync(journal, 'utf8')}{"v":1,"seq":21,"at":"20`);
    writeFileSync(join(place, id, 'snapshots', 'live-after.json.4711.tmp'), '{"half":');
    const held = join(place, 'locks', lock);
    writeFileSync(held, JSON.stringify({ ...JSON.parse(readFileSync(held, 'utf8')) as object, host: 'the-first-machine' }));

    // Those that only read change nothing, not even the modes.
    expect((await offline(place, 'sessions')).stdout).toContain('stopped at');
    expect((await offline(place, 'transcript', 'show', id)).exit).toBe(0);
    expect((await offline(place, 'transcript', 'verify', id)).stdout).toMatch(/^TORN {2}line 21/);
    expect(leftovers(place).length).toBe(2);

    for (const command of ['resume', 'undo']) {
      expectRefusal(await run(story, [command, id], { sessions: place, with: ['--confirm', story.realm] }), { exit: 6, says: /process \d+ on the-first-machine/, next: /If that process is gone for certain, remove / });
    }
    rmSync(held);
    const resumed = await run(story, ['resume', id], { sessions: place });
    expect(resumed, resumed.stderr).toMatchObject({ exit: 0, stderr: '' });
    expect((await readRealm(story.calls)).plain).toEqual(story.wanted);
    expect(openTo(join(place, id))).toEqual([]);
    expect(statSync(join(place, id)).mode & 0o777).toBe(0o700);
    expect(leftovers(place)).toEqual([]);
    expect(existsSync(join(place, id, 'journal.torn-21'))).toBe(true);

    const out = join(sessionPlace(), 'out');
    expect((await offline(place, 'transcript', 'export', id, '--out', out)).exit).toBe(0);
    expect(readdirSync(out).toSorted()).toEqual(['transcript.cast', 'transcript.json', 'transcript.md']);
    const undone = await run(story, ['undo', id], { sessions: place, with: ['--confirm', story.realm] });
    expect(undone.exit, undone.stderr).toBe(0);
    expect((await readRealm(story.calls)).plain).toEqual(story.destroyed);
  });

  it('before the evidence was read: names the file that is not here; nothing was written, and a new run takes it from where it is', async () => {
    const { sessions } = await killed({ REALM_RESCUE_TEST_KILL_AT: '3' });
    const [id = ''] = recordedIn(sessions).runs;
    const brought = join(sessionPlace(), 'realm.json');
    cpSync(story.evidence, brought);
    const place = carry(sessions);
    rmSync(join(place, 'locks'), { recursive: true });
    expectRefusal(await run(story, ['resume', id], { sessions: place }), { exit: 64, says: `${story.evidence} does not exist or cannot be opened`, next: /resume [0-9a-f]{4}/ });
    expect((await readRealm(story.calls)).plain).toEqual(story.destroyed);
    const resumed = await run(story, ['recover'], { sessions: place, with: [...confirmed(story), '--evidence', brought].filter((word, index, all) => word !== story.evidence && all[index + 1] !== story.evidence) });
    expect(resumed, resumed.stderr).toMatchObject({ exit: 0, stderr: '' });
    expect((await readRealm(story.calls)).plain).toEqual(story.wanted);
  });

  it('without its snapshots, or without the repository that it names, says what is missing', async () => {
    const repo = join(story.directory, 'repo');
    mkdirSync(repo);
    for (const args of [['init', '-q'], ['config', 'user.name', 'x'], ['config', 'user.email', 'x@example.com'], ['commit', '-q', '--allow-empty', '-m', 'x']]) execFileSync('git', ['-C', repo, ...args]);
    const { sessions } = await killed({ REALM_RESCUE_TEST_KILL_AT: '20' }, { with: [...confirmed(story), '--repo', repo] });
    const [id = ''] = recordedIn(sessions).runs;
    const place = carry(sessions);
    const stopped = await run(story, ['resume', id], { sessions: place });
    expectRefusal(stopped, { exit: 64, says: `The git working tree ${repo} does not exist here`, next: /--repo DIR[^]*resume/ });
    expect((await readRealm(story.calls)).plain).toEqual(story.wanted);
    renameSync(join(place, id, 'snapshots'), join(place, 'aside'));
    expectRefusal(await run(story, ['resume', id], { sessions: place, with: ['--repo', sessionPlace()] }), { exit: 1, says: /live-\w+\.json cannot be used: it is not there/, next: /copy its snapshots directory/ });
    renameSync(join(place, 'aside'), join(place, id, 'snapshots'));
    const out = join(sessionPlace(), 'out');
    expect((await run(story, ['resume', id], { sessions: place, with: ['--repo', sessionPlace(), '--out', out] })).exit).toBe(0);
  });
});

describe('what a kill -9 leaves beside a file', () => {
  it.each(['live-before\\.json', 'transcript\\.json'])('in the middle of writing %s goes with the next resume', async (file) => {
    const { sessions, signal } = await killed({ REALM_RESCUE_TEST_KILL_FILE: file });
    expect(signal).toBe('SIGKILL');
    expect(leftovers(sessions).filter((name) => name.endsWith('.tmp'))).toHaveLength(1);
    expect(openTo(sessions)).toEqual([]);
    const resumed = await run(story, ['resume', recordedIn(sessions).runs[0] ?? ''], { sessions });
    expect(resumed, resumed.stderr).toMatchObject({ exit: 0, stderr: '' });
    expect(leftovers(sessions)).toEqual([]);
    expect((await readRealm(story.calls)).plain).toEqual(story.wanted);
  });

  it('in the middle of taking the lock goes with the next lock of that realm', async () => {
    const { sessions, signal } = await killed({ REALM_RESCUE_TEST_KILL_FILE: '/locks/' });
    expect(signal).toBe('SIGKILL');
    expect(leftovers(sessions)).toHaveLength(1);
    expect((await run(story, ['recover'], { sessions, with: confirmed(story) })).exit).toBe(0);
    expect(leftovers(sessions)).toEqual([]);
  });

  it('in the middle of a commit goes with the next export', async () => {
    const repo = sessionPlace();
    const { sessions } = await run(story, ['recover'], { with: confirmed(story) });
    execFileSync('cp', [story.evidence, join(repo, 'realm.json')]);
    for (const args of [['init', '-q'], ['config', 'user.name', 'x'], ['config', 'user.email', 'x@example.com'], ['add', '-A'], ['commit', '-q', '-m', 'x']]) execFileSync('git', ['-C', repo, ...args]);
    const out = join(sessionPlace(), 'out');
    mkdirSync(out, { mode: 0o755 });
    for (const name of ['.git-index', '.git-index.lock']) writeFileSync(join(out, name), 'half an index');
    writeFileSync(join(out, 'COMMIT_MESSAGE'), 'of an earlier run', { mode: 0o644 });
    const exported = await runTool(['export', 'last', '--repo', repo, '--branch', 'mended', '--out', out, '--session-dir', sessions]);
    expect(exported.exit, exported.stderr).toBe(0);
    expect(leftovers(out)).toEqual([]);
    expect(openTo(out)).toEqual([]);
    expect(execFileSync('git', ['-C', repo, 'log', '--format=%s', 'mended'], { encoding: 'utf8' })).toMatch(/^Bring realm/);
  });
});

describe('whatever is there before', () => {
  it.each([['000']])('umask %s, a directory of mode 0755 behind a link: private files', async (umask) => {
    const real = join(sessionPlace(), 'real');
    mkdirSync(real);
    chmodSync(real, 0o755);
    const link = join(sessionPlace(), 'link');
    symlinkSync(real, link);
    const bundle = fileURLToPath(new URL('../../dist/realm-rescue.js', import.meta.url));
    const args = ['recover', '--url', story.url, '--realm', story.realm, '--username', story.user, '--session-dir', link, ...confirmed(story), '--json'];
    // Not spawnSync: the server is in this process.
    const exit = await new Promise<number>((resolve) => {
      execFile('sh', ['-c', `umask ${umask}; exec "$@"`, 'sh', process.execPath, bundle, ...args], { env: { PATH: process.env['PATH'], HOME: real, KEYCLOAK_PASSWORD: story.password }, maxBuffer: 64 * 1024 * 1024 }, (error) => resolve(typeof error?.code === 'number' ? error.code : error ? -1 : 0));
    });
    expect(exit).toBe(0);
    expect(openTo(real)).toEqual([]);
    expect(leftovers(real)).toEqual([]);
    expect((await offline(link, 'sessions')).stdout).toContain('finished, exit 0');
  });

  it('a link that leads nowhere: one sentence', async () => {
    const link = join(sessionPlace(), 'link');
    symlinkSync(join(sessionPlace(), 'gone', 'deeper'), link);
    expectRefusal(await run(story, ['recover'], { sessions: link, with: confirmed(story) }), { exit: 1, says: /session files at .* cannot be used: /, next: /--session-dir DIR/ });
  });

  it('files of another user that stay open to others: goes on, and says so', async () => {
    expect(process.getuid?.(), 'this test works as another user: run it as root').toBe(0);
    const { sessions } = await killed({ REALM_RESCUE_TEST_KILL_AT: '12' });
    const [id = ''] = recordedIn(sessions).runs;
    const [dist, place] = [join(sessionPlace(), 'dist'), join(sessionPlace(), 'sessions')];
    cpSync(fileURLToPath(new URL('../../dist', import.meta.url)), dist, { recursive: true });
    cpSync(sessions, place, { recursive: true });
    for (const top of [join(dist, '..'), join(place, '..'), story.directory]) chmodSync(top, 0o755);
    chmodSync(story.evidence, 0o644);
    rmSync(join(place, 'locks'), { recursive: true });
    for (const name of ['', ...readdirSync(place, { recursive: true, encoding: 'utf8' })]) chmodSync(join(place, name), statSync(join(place, name)).isDirectory() ? 0o777 : 0o666);
    const child = spawn(process.execPath, [join(dist, 'realm-rescue.js'), 'resume', id, '--username', story.user, '--session-dir', place, '--confirm', story.realm, '--json'], { cwd: '/', uid: 65_534, gid: 65_534, env: { PATH: process.env['PATH'] ?? '', HOME: '/', KEYCLOAK_PASSWORD: story.password }, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString('utf8'); });
    const exit = await new Promise((resolve) => { child.on('close', resolve); });
    expect(exit, said).toBe(0);
    expect(said).toMatch(/^Others can read \S+ and \d+ more, which belongs to another user\. Snapshots hold secrets: have them made private \(chmod -R go= DIR\)\.\n$/);
    expect((await readRealm(story.calls)).plain).toEqual(story.wanted);
  });
});
