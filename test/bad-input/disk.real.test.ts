// A disk that does not take the record: nothing is sent whose intent is not on it, and the run goes on when there is room.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { runTool, sessionPlace, type ToolRun } from '../harness/tool.ts';
import { expectWanted } from './faults.ts';
import { startFaultProxy, type FaultProxy } from './faultProxy.ts';
import { expectRefusal, recordedIn } from './refusal.ts';
import { confirmed, run, stageOn, type Story } from './story.ts';

const root = process.getuid?.() === 0;
const nobody = 65534;

let sandbox: Sandbox;
let story: Story;
let proxy: FaultProxy;
let via: Story;
let staged = 0;
beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(async () => {
  staged += 1;
  story = await stageOn({ url: sandbox.url, ...sandbox.admin }, `disk-${staged}`);
  await proxy?.close();
  proxy = await startFaultProxy(story.url);
  via = { ...story, url: proxy.url };
});
afterAll(async () => {
  await proxy.close();
  await sandbox.close();
});

const FULL = { exit: 1, says: /session files at .* cannot be used: .* \((?:ENOSPC|EFBIG)\)/, next: /Make room/ } as const;

/** Runs `recover` below a shell that limits what it may do. */
function limited(shell: string, sessions: string, as?: number): Promise<ToolRun> {
  // Another user may not look into this checkout.
  const dist = join(sessionPlace(), 'dist');
  cpSync(fileURLToPath(new URL('../../dist', import.meta.url)), dist, { recursive: true });
  chmodSync(join(dist, '..'), 0o755);
  chmodSync(story.directory, 0o755);
  chmodSync(story.evidence, 0o644);
  const args = ['-c', `${shell} exec "$@"`, 'sh', process.execPath, join(dist, 'realm-rescue.js'), 'recover', '--url', via.url, '--realm', story.realm, '--username', story.user, '--session-dir', sessions, ...confirmed(story), '--json'];
  const child = spawn('sh', args, { cwd: '/', env: { PATH: process.env['PATH'] ?? '', HOME: '/', KEYCLOAK_PASSWORD: story.password }, stdio: ['ignore', 'pipe', 'pipe'], ...(as === undefined ? {} : { uid: as, gid: as }) });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString('utf8'); });
  child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString('utf8'); });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit, signal) => resolve({ exit, signal, stdout, stderr }));
  });
}

/** Every write that the server was asked for stands in the journal as an intent; gives how many there are. */
function intended(sessions: string): number {
  const [id = ''] = recordedIn(sessions).runs;
  const journal = readFileSync(join(sessions, id, 'journal.jsonl'), 'utf8');
  const intents = journal.split('\n').filter((line) => line.includes('"write.intended"')).length;
  expect(proxy.asked.length).toBeLessThanOrEqual(intents);
  return intents;
}

describe('before a restore', () => {
  it('a file where the directory should be', async () => {
    const file = join(sessionPlace(), 'sessions');
    writeFileSync(file, '');
    for (const place of [file, join(file, 'deeper')]) {
      expectRefusal(await run(via, ['recover'], { sessions: place, with: confirmed(story) }), { exit: 1, says: /session files at .* cannot be used: .*\((?:ENOTDIR|EEXIST)\)/, next: /--session-dir DIR/ });
    }
    expect(readFileSync(file, 'utf8')).toBe('');
    expect(proxy.asked).toEqual([]);
  });

  it('a directory that may only be read', async () => {
    const place = join(sessionPlace(), 'sessions');
    mkdirSync(place, { mode: 0o555 });
    chmodSync(join(place, '..'), 0o755);
    expectRefusal(await limited('', place, root ? nobody : undefined), { exit: 1, says: /permission is denied \(EACCES\)/, next: /correct the permission.*--session-dir/ });
    expect(readdirSync(place)).toEqual([]);
  });

  it.each([['no byte fits', 0], ['the journal fits, the snapshot does not', 64]])('%s', async (_, blocks) => {
    const place = join(sessionPlace(), 'sessions');
    expectRefusal(await limited(`ulimit -f ${blocks};`, place), FULL);
    expect(proxy.asked).toEqual([]);
    expect(recordedIn(place).others).toEqual([]);
  });

  it('places that --out names', async () => {
    const file = join(sessionPlace(), 'file');
    writeFileSync(file, '');
    expectRefusal(await run(via, ['snapshot'], { with: ['--out', file] }), { exit: 1, says: /The snapshot cannot be written to .*file \(\w+\)/, next: /--out DIR/ });
    const stopped = await run(via, ['recover'], { with: [...confirmed(story), '--out', join(file, 'export')] });
    expectRefusal(stopped, { exit: 1, says: /The export cannot be written to/, next: /--out[^]*resume [0-9a-f]{4}/ });
    const [id = ''] = recordedIn(stopped.sessions).runs;
    const out = join(sessionPlace(), 'export');
    expect((await run(via, ['resume', id], { sessions: stopped.sessions, with: ['--out', out] })).exit).toBe(0);
    expect(existsSync(join(out, 'COMMIT_MESSAGE'))).toBe(true);
    expectRefusal(await runTool(['transcript', 'export', id, '--session-dir', stopped.sessions, '--out', file, '--json']), { exit: 1, says: /The transcript cannot be written/, next: /--out DIR/ });
    await expectWanted(story, proxy);
  });
});

describe('in the middle of a restore', () => {
  /** Its intent is on disk, and its answer waits until this has happened. */
  const beforeWrite = (wanted: number, happens: () => unknown): void => proxy.break(({ write, nth }) => (write && nth === wanted ? { kind: 'meanwhile', act: async () => void happens() } : undefined));

  it('no line fits any more once the second intent is down', async () => {
    const sessions = join(sessionPlace(), 'sessions');
    let tool: ChildProcess | undefined;
    beforeWrite(2, () => {
      const [id = ''] = recordedIn(sessions).runs;
      spawnSync('prlimit', ['--pid', String(tool?.pid), `--fsize=${statSync(join(sessions, id, 'journal.jsonl')).size}:`]);
    });
    const stopped = await run(via, ['recover'], { sessions, with: confirmed(story), onLine: (_, child) => { tool = child; } });
    proxy.break();
    expectRefusal(stopped, { ...FULL, next: /Make room[^]*Then the run can go on: realm-rescue resume [0-9a-f]{4}/ });
    const before = intended(sessions);
    expect(before).toBeGreaterThan(0);
    await goOn(sessions);
  });

  it('the disk is full for real (a tmpfs)', async () => {
    const sessions = join(sessionPlace(), 'sessions');
    mkdirSync(sessions);
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'none', sessions]).status, 'this test mounts a tmpfs: run it as root, with the right to mount').toBe(0);
    try {
      const ballast = join(sessions, 'ballast');
      beforeWrite(3, () => spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4k']));
      const stopped = await run(via, ['recover'], { sessions, with: confirmed(story) });
      proxy.break();
      expectRefusal(stopped, FULL);
      expect(intended(sessions)).toBeGreaterThan(0);
      rmSync(ballast);
      await goOn(sessions);
    } finally {
      spawnSync('umount', ['-l', sessions]);
    }
  });
});

describe('read-only', () => {
  /** A directory that nobody can write to, root neither: a bind mount. */
  async function readOnly<T>(directory: string, work: () => Promise<T>): Promise<T> {
    const mount = (...args: string[]) => expect(spawnSync('mount', args).status, 'this test mounts a directory read-only: run it as root, with the right to mount').toBe(0);
    mount('--bind', directory, directory);
    try {
      mount('-o', 'remount,bind,ro', directory);
      return await work();
    } finally {
      spawnSync('umount', ['-l', directory]);
    }
  }

  it('a record on it is shown, checked and exported; resume and undo say that they need another place', async () => {
    const { sessions } = await run(via, ['recover'], { with: confirmed(story) });
    const [id = ''] = recordedIn(sessions).runs;
    await readOnly(sessions, async () => {
      const out = join(sessionPlace(), 'out');
      for (const args of [['sessions'], ['transcript', 'show', id], ['transcript', 'verify', id], ['transcript', 'export', id, '--out', out], ['export', id, '--evidence', story.evidence, '--out', out]]) {
        expect((await runTool([...args, '--session-dir', sessions])).exit, args.join(' ')).toBe(0);
      }
      for (const command of ['resume', 'undo', 'recover']) {
        expectRefusal(await run(via, command === 'recover' ? [command] : [command, id], { sessions, with: ['--confirm', story.realm, ...(command === 'recover' ? ['--evidence', story.evidence] : [])] }), { exit: 1, says: /the file system is read-only \(EROFS\)/, next: /--session-dir DIR/ });
      }
    });
    await expectWanted(story, proxy);
    const undone = await run(via, ['undo', id], { sessions, with: ['--confirm', story.realm] });
    expect(undone.exit, undone.stderr).toBe(0);
  });

  it('the repository, so that the commit cannot be made: the run goes on when it can', async () => {
    const repo = sessionPlace();
    cpSync(story.evidence, join(repo, 'realm.json'));
    for (const args of [['init', '-q'], ['config', 'user.name', 'x'], ['config', 'user.email', 'x@example.com'], ['add', '-A'], ['commit', '-q', '-m', 'x']]) expect(spawnSync('git', ['-C', repo, ...args]).status).toBe(0);
    const stopped = await readOnly(join(repo, '.git'), () => run(via, ['recover'], { with: [...confirmed(story), '--repo', repo, '--branch', 'mended'] }));
    expectRefusal(stopped, { exit: 64, says: /git .* fails: /, next: /by hand[^]*resume [0-9a-f]{4}/ });
    const { runs: [id = ''], others } = recordedIn(stopped.sessions);
    expect(others).toEqual([]);
    expect(readdirSync(join(stopped.sessions, id, 'export')).filter((name) => name.startsWith('.'))).toEqual([]);
    await goOn(stopped.sessions);
    expect(spawnSync('git', ['-C', repo, 'log', '--format=%s', 'mended'], { encoding: 'utf8' }).stdout).toMatch(/^Bring realm/);
  });
});

/** With room again the same run ends on the wanted realm, each write sent once. */
async function goOn(sessions: string): Promise<void> {
  const { runs: [id = ''], others } = recordedIn(sessions);
  expect(others).toEqual([]);
  const resumed = await run(via, ['resume', id], { sessions });
  expect(resumed).toMatchObject({ exit: 0, stderr: '' });
  await expectWanted(story, proxy);
}
