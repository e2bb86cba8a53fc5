// A disk that is really full: no function of node:fs is replaced.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyLines } from '../../src/journal/chain.ts';
import { bundleChild } from './bundle-child.ts';
import { expectDisk, run } from './disk.ts';
import { inTemporary } from './helpers.ts';

describe('a disk that will not take it', () => {
  it('full for real (a tmpfs of 256 KiB)', () =>
    inTemporary((directory) => {
      const child = bundleChild('child-append', directory);
      const place = join(directory, 'small');
      mkdirSync(place);
      const shell = 'mount -t tmpfs -o size=256k none "$1" || exit 99; "$2" "$3" "$1" abcd; code=$?; cp "$1/abcd/journal.jsonl" "$1.copy"; exit $code';
      const { safe, told, status } = run('exec unshare -m sh -c "$@"', [shell, 'sh', place, process.execPath, child]);
      expect(status, 'this test mounts a tmpfs in a mount namespace of its own: run it as root, with the right to mount').toBe(42);
      expectDisk(told, 'ENOSPC');
      expect(safe).toBeGreaterThan(50);
      expect(verifyLines(readFileSync(`${place}.copy`))).toMatchObject({ ok: true, lines: { length: safe } });
    }));
});
