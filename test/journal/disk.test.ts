// Real failures of real file systems: no function of node:fs is replaced.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyLines } from '../../src/journal/chain.ts';
import { createSession, openSession } from '../../src/journal/store.ts';
import { bundleChild } from './bundle-child.ts';
import { expectDisk, run } from './disk.ts';
import { clock, inTemporary, snapshotOf } from './helpers.ts';

const root = process.getuid?.() === 0;
const nobody = 65534;

describe('a disk that will not take it', () => {
  it('full by a limit on the file: one sentence, and every line that was promised is there', () =>
    inTemporary((directory) => {
      const child = bundleChild('child-append', directory);
      const place = join(directory, 'sessions');
      const { safe, told } = run('ulimit -f 64; exec "$@"', [process.execPath, child, place, 'abcd']);
      expectDisk(told, 'EFBIG');
      expect(safe).toBeGreaterThan(20);
      const { store, recovered } = openSession({ directory: place, id: 'abcd', now: clock() });
      expect(store.lines.length).toBe(safe);
      expect(recovered).toBe(0);
      store.close();
    }));

  it('read-only for this user', () =>
    inTemporary((directory) => {
      const child = bundleChild('child-append', directory);
      const place = join(directory, 'locked');
      mkdirSync(place, { mode: 0o555 });
      chmodSync(directory, 0o755);
      const { told } = run('exec "$@"', [process.execPath, child, place, 'abcd'], root ? nobody : undefined);
      expectDisk(told, 'EACCES');
      expect(readdirSync(place)).toEqual([]);
    }));

  it('a file where the directory should be', () =>
    inTemporary((directory) => {
      const child = bundleChild('child-append', directory);
      writeFileSync(join(directory, 'file'), '');
      expectDisk(run('exec "$@"', [process.execPath, child, join(directory, 'file', 'sessions'), 'abcd']).told, 'ENOTDIR');
      expectDisk(run('exec "$@"', [process.execPath, child, join(directory, 'file'), 'abcd']).told, 'EEXIST');
    }));

  it('too many open files', () =>
    inTemporary((directory) => {
      const child = bundleChild('child-append', directory);
      const opener = join(directory, 'opener.mjs');
      const bundle = readFileSync(child, 'utf8');
      // The bundle itself has to be loaded before the last descriptor is gone.
      writeFileSync(opener, bundle.replace(/^var \[directory/m, `import { openSync as take } from 'node:fs';\nfor (;;) { try { take('/dev/null', 'r'); } catch { break; } }\nvar [directory`));
      expect(readFileSync(opener, 'utf8')).not.toBe(bundle);
      expectDisk(run('ulimit -n 64; exec "$@"', [process.execPath, opener, join(directory, 'sessions'), 'abcd']).told, 'EMFILE');
    }));

  it('a snapshot that does not fit leaves neither a file nor a temporary one', () =>
    inTemporary((directory) => {
      const store = createSession({ directory, id: 'abcd', now: clock() });
      mkdirSync(join(store.directory, 'snapshots', 'live-before.json'), { recursive: true });
      expect(() => store.writeSnapshot('live-before', snapshotOf('primary'))).toThrow(/is a directory \(EISDIR\)/);
      expect(readdirSync(join(store.directory, 'snapshots'))).toEqual(['live-before.json']);
      store.close();
    }));
});

describe('a process that is killed with -9 while it appends', () => {
  it('leaves a journal that opens and holds every line that was promised', () =>
    inTemporary(async (directory) => {
      const child = bundleChild('child-append', directory);
      for (let round = 0; round < 12; round += 1) {
        const id = `a00${round.toString(16)}`;
        const safe = await killAfter(child, directory, id, 1 + round * 7);
        const { store, recovered } = openSession({ directory, id, now: clock() });
        const written = store.lines.filter((line) => line.event.type !== 'journal.recovered').length;
        expect(written).toBeGreaterThanOrEqual(safe);
        expect(recovered > 0).toBe(existsSync(join(directory, id, `journal.torn-${written + 1}`)));
        expect(verifyLines(readFileSync(join(directory, id, 'journal.jsonl')), store.head).ok).toBe(true);
        store.close();
      }
    }));
});

/** Starts the child, kills it once it has promised so many lines, and gives the last promise that came through. */
async function killAfter(child: string, directory: string, id: string, lines: number): Promise<number> {
  const running = spawn(process.execPath, [child, directory, id], { stdio: ['ignore', 'pipe', 'inherit'] });
  let heard = '';
  running.stdout.setEncoding('utf8');
  running.stdout.on('data', (text: string) => {
    heard += text;
    if (heard.split('\n').length > lines) running.kill('SIGKILL');
  });
  await new Promise((resolve) => running.on('close', resolve));
  return Number(heard.split('\n').at(-2));
}
