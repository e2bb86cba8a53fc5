import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSnapshotFile, writeSnapshotFile } from '../../src/journal/snapshots.ts';
import { inTemporary, snapshotOf } from './helpers.ts';

test('a snapshot is written piece by piece as the same file, byte by byte, as in one go; its hash is that of the file', () =>
  inTemporary((directory) => {
    const clients = Array.from({ length: 3000 }, (_, index) => ({ clientId: `client ${index} é 𝄞 \u202e`, redirectUris: [], attributes: { text: 'a\nb' } }));
    const snapshot = { ...snapshotOf('primary'), representation: { realm: 'primary', clients } };
    const { file, sha256 } = writeSnapshotFile(directory, 'live-before', snapshot);
    const bytes = readFileSync(join(directory, file));
    expect(bytes.equals(Buffer.from(`${JSON.stringify(snapshot, null, 1)}\n`))).toBe(true);
    expect(sha256).toBe(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
    expect(readSnapshotFile(directory, file, [])).toEqual(snapshot);
    expect(readdirSync(join(directory, 'snapshots'))).toEqual(['live-before.json']);
  }));
