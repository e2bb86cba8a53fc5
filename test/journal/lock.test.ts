import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { acquireLock, lockHolder, type LockInfo, type LockRequest } from '../../src/journal/lock.ts';
import { startOf } from '../../src/journal/process.ts';
import { bundleChild } from './bundle-child.ts';
import { clock, inTemporary } from './helpers.ts';

const request = (directory: string, session = '8f2c'): LockRequest => ({ directory, url: 'https://keycloak.example.com', realm: 'primary', session, now: clock() });

function held(directory: string): { path: string; info: LockInfo } {
  const [name = ''] = readdirSync(join(directory, 'locks'));
  const path = join(directory, 'locks', name);
  return { path, info: JSON.parse(readFileSync(path, 'utf8')) as LockInfo };
}

describe('the lock of a server and realm', () => {
  it('lets one run in, names it to the next, and lets that in afterwards', () =>
    inTemporary((directory) => {
      const lock = acquireLock(request(directory));
      expect(lock.takenOver).toBeNull();
      expect(() => acquireLock(request(directory, 'beef'))).toThrow(
        new RegExp(`^Run 8f2c works on realm primary of https://keycloak.example.com since 22:58:01 UTC on 2026-11-20 \\(process ${process.pid} on ${hostname()}\\)\\.$`),
      );
      expect(lockHolder(request(directory))).toMatchObject({ session: '8f2c', pid: process.pid });
      lock.release();
      lock.release();
      expect(lockHolder(request(directory))).toBeNull();
      acquireLock(request(directory, 'beef')).release();
      expect(readdirSync(join(directory, 'locks'))).toEqual([]);
    }));

  it('is told as code locked, exit 6, with a way on', () =>
    inTemporary((directory) => {
      acquireLock(request(directory));
      expect(() => acquireLock(request(directory))).toThrow(expect.objectContaining({ code: 'locked', exitCode: 6, next: expect.arrayContaining([expect.stringContaining('If that process is gone for certain')]) }));
    }));

  it('is told with --read-only as a way to look meanwhile only where that works', () =>
    inTemporary((directory) => {
      const lock = acquireLock(request(directory, '8f2c'));
      const hints = [[true, 'Let it end, or look meanwhile with --read-only.'], [false, 'Let it end, then start the same again: it is looked at anew.']] as const;
      for (const [mayLook, hint] of hints) expect(() => acquireLock({ ...request(directory, 'beef'), mayLook })).toThrow(expect.objectContaining({ next: [hint, expect.stringContaining('remove')] }));
      lock.release();
    }));

  it('is one lock for one server however its URL is written, and another for another realm', () =>
    inTemporary((directory) => {
      acquireLock({ ...request(directory), url: 'https://Keycloak.example.com:443/' });
      expect(() => acquireLock(request(directory))).toThrow(/works on realm/);
      acquireLock({ ...request(directory), realm: '../../etc/pass\u001b[31mwd' }).release();
      acquireLock({ ...request(directory), url: 'https://keycloak.example.com/auth' }).release();
      expect(statSync(held(directory).path).mode & 0o777).toBe(0o600);
    }));

  it('is taken over from a dead process, an earlier boot, and a process number used again', () =>
    inTemporary((directory) => {
      const dead = spawnSync(process.execPath, ['-e', '']).pid;
      for (const stale of [{ pid: dead }, { bootId: '00000000-0000-0000-0000-000000000000' }, { processStart: '1' }]) {
        acquireLock(request(directory));
        const { path, info } = held(directory);
        if (info.bootId === null && !('pid' in stale)) return;
        const left = { ...info, session: 'dead', ...stale };
        writeFileSync(path, JSON.stringify(left));
        expect(lockHolder(request(directory))).toBeNull();
        const lock = acquireLock(request(directory, 'beef'));
        expect(lock.takenOver).toEqual(left);
        expect(held(directory).info.session).toBe('beef');
        lock.release();
        expect(readdirSync(join(directory, 'locks'))).toEqual([]);
      }
    }));

  it('is believed when it comes from another machine or cannot be read', () =>
    inTemporary((directory) => {
      acquireLock(request(directory));
      const { path, info } = held(directory);
      writeFileSync(path, JSON.stringify({ ...info, host: 'other', pid: 2 ** 22 + 1, bootId: 'x' }));
      expect(() => acquireLock(request(directory))).toThrow(/on other\)/);
      for (const junk of ['', '{', 'null', '{"v":2}']) {
        writeFileSync(path, junk);
        expect(() => acquireLock(request(directory))).toThrow(/cannot be read/);
      }
    }));

  it('released late does not take away what another run has by then', () =>
    inTemporary((directory) => {
      const lock = acquireLock(request(directory));
      const { path, info } = held(directory);
      writeFileSync(path, JSON.stringify({ ...info, session: 'beef' }));
      lock.release();
      expect(held(directory).info.session).toBe('beef');
    }));

  it('lets exactly one of many processes have a stale lock', () =>
    inTemporary(async (directory) => {
      acquireLock(request(directory));
      const { path, info } = held(directory);
      const child = bundleChild('child-lock', directory);
      for (let round = 0; round < 3; round += 1) {
        writeFileSync(path, JSON.stringify({ ...info, processStart: '1' }));
        const running = Array.from({ length: 6 }, () => spawn(process.execPath, [child, directory], { stdio: ['pipe', 'pipe', 'inherit'] }));
        const got = await Promise.all(running.map(answerOf));
        // All have tried by now; only then does the one that has it go.
        await Promise.all(running.map((one) => new Promise((resolve) => one.once('close', resolve).stdin.end())));
        expect(got.filter((answer) => answer === 'mine')).toHaveLength(1);
        expect(got.filter((answer) => answer === 'locked')).toHaveLength(5);
      }
    }));
});

describe('the start of a process', () => {
  it('is known for this one and null for one that is gone', () => {
    expect(startOf(process.pid)).toMatch(/^\d*$/);
    expect(startOf(spawnSync(process.execPath, ['-e', '']).pid)).toBeNull();
  });
});

async function answerOf(child: ChildProcessByStdio<Writable, Readable, null>): Promise<string> {
  return new Promise((resolve) => child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim())));
}
