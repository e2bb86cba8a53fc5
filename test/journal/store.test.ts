import { chmodSync, existsSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyLines } from '../../src/journal/chain.ts';
import { createSession, openSession } from '../../src/journal/store.ts';
import { RescueError } from '../../src/realm/errors.ts';
import { clock, inTemporary, snapshotOf, someEvents } from './helpers.ts';

const thrown = (work: () => unknown): RescueError => {
  try {
    work();
  } catch (error) {
    if (error instanceof RescueError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

function record(directory: string, n: number): { path: string; bytes: Buffer; head: string } {
  const store = createSession({ directory, id: '8f2c', now: clock() });
  for (const event of someEvents(n)) store.append(event);
  store.close();
  const path = join(directory, '8f2c', 'journal.jsonl');
  return { path, bytes: readFileSync(path), head: store.head };
}

describe('a session on disk', () => {
  it('keeps every event in order, chained, and gives it back after reopening', () =>
    inTemporary((directory) => {
      const { bytes, head } = record(directory, 5);
      expect(verifyLines(bytes)).toMatchObject({ ok: true, head });
      const { store, recovered } = openSession({ directory, id: '8f2c', now: clock() });
      expect(recovered).toBe(0);
      expect(store.lines.map((line) => line.event)).toEqual(someEvents(5));
      expect(store.head).toBe(head);
      const line = store.append({ type: 'caches.cleared' });
      expect(line).toMatchObject({ v: 1, seq: 6, prev: head, at: '2026-11-20T22:58:01.000Z' });
      store.close();
      expect(verifyLines(readFileSync(join(directory, '8f2c', 'journal.jsonl')))).toMatchObject({ ok: true, head: store.head });
    }));

  it('is readable by its owner only, whatever the umask', () =>
    inTemporary((directory) => {
      const before = process.umask(0);
      try {
        const root = join(directory, 'state', 'sessions');
        const store = createSession({ directory: root, id: '8f2c', now: clock() });
        store.writeSnapshot('live-before', snapshotOf('primary'));
        store.writeText('export/deep/COMMIT_MESSAGE', 'x');
        store.close();
        const mode = (path: string) => (statSync(join(root, path)).mode & 0o777).toString(8);
        expect(['.', '..', '8f2c', '8f2c/snapshots', '8f2c/export', '8f2c/export/deep'].map(mode)).toEqual(Array(6).fill('700'));
        expect(['8f2c/journal.jsonl', '8f2c/snapshots/live-before.json', '8f2c/export/deep/COMMIT_MESSAGE'].map(mode)).toEqual(Array(3).fill('600'));
        chmodSync(join(root, '8f2c/journal.jsonl'), 0o644);
      } finally {
        process.umask(before);
      }
    }));

  it('takes back the mode of a journal that was copied with another one', () =>
    inTemporary((directory) => {
      const { path } = record(directory, 2);
      chmodSync(path, 0o644);
      openSession({ directory, id: '8f2c', now: clock() }).store.close();
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }));

  it('ends where a file system has no place for new directories and says that they do not exist', () => {
    for (const directory of ['/proc/nowhere', '/proc/nowhere/at/all']) expect(thrown(() => createSession({ directory, id: '8f2c', now: clock() }))).toMatchObject({ code: 'disk' });
  });

  it('refuses an id that exists, and an id that does not', () =>
    inTemporary((directory) => {
      record(directory, 1);
      expect(thrown(() => createSession({ directory, id: '8f2c', now: clock() }))).toMatchObject({ code: 'disk' });
      expect(thrown(() => openSession({ directory, id: 'beef', now: clock() }))).toMatchObject({ code: 'session-not-found' });
    }));

  it('writes no more once it is closed, and closing twice harms nobody', () =>
    inTemporary((directory) => {
      const store = createSession({ directory, id: '8f2c', now: clock() });
      store.close();
      store.close();
      expect(thrown(() => store.append({ type: 'caches.cleared' })).message).toContain('closed');
    }));

  it('stops when somebody else has written to the journal', () =>
    inTemporary((directory) => {
      const store = createSession({ directory, id: '8f2c', now: clock() });
      store.append(...(someEvents(1) as [never]));
      appendFileSync(join(store.directory, 'journal.jsonl'), 'x');
      expect(thrown(() => store.append({ type: 'caches.cleared' }))).toMatchObject({ code: 'journal-broken' });
      expect(thrown(() => store.append({ type: 'caches.cleared' })).message).toContain('Another process');
      store.close();
    }));
});

describe('a journal that was cut', () => {
  it('opens at any byte, keeps the torn bytes aside and says so, or says why it does not', () =>
    inTemporary((directory) => {
      const { path, bytes } = record(directory, 4);
      const place = join(directory, '8f2c');
      fc.assert(fc.property(fc.nat(bytes.length), (length) => {
        for (const name of readdirSync(place)) if (name !== 'journal.jsonl') writeFileSync(join(place, name), '');
        writeFileSync(path, bytes);
        truncateSync(path, length);
        const whole = bytes.subarray(0, length).filter((byte) => byte === 0x0a).length;
        const torn = length - (bytes.subarray(0, length).lastIndexOf(0x0a) + 1);
        if (whole === 0) {
          expect(thrown(() => openSession({ directory, id: '8f2c', now: clock() }))).toMatchObject({ code: 'session-not-found', message: expect.stringContaining('first event') });
          expect(statSync(path).size).toBe(length);
          return;
        }
        const { store, recovered } = openSession({ directory, id: '8f2c', now: clock() });
        store.close();
        expect(recovered).toBe(torn);
        const events = store.lines.map((line) => line.event);
        expect(events.slice(0, whole)).toEqual(someEvents(4).slice(0, whole));
        expect(events.slice(whole)).toEqual(torn > 0 ? [{ type: 'journal.recovered', droppedBytes: torn }] : []);
        expect(verifyLines(readFileSync(path))).toMatchObject({ ok: true, head: store.head });
        const kept = readdirSync(place).filter((name) => name.startsWith('journal.torn-')).map((name) => readFileSync(join(place, name))).filter((content) => content.length > 0);
        expect(kept).toEqual(torn > 0 ? [bytes.subarray(length - torn, length)] : []);
      }), { numRuns: 400 });
    }));

  it('records the recovery even when it was killed between cutting and recording', () =>
    inTemporary((directory) => {
      const { path, bytes } = record(directory, 3);
      const cut = bytes.lastIndexOf(0x0a, bytes.length - 2) + 1;
      truncateSync(path, cut);
      writeFileSync(join(directory, '8f2c', 'journal.torn-3'), bytes.subarray(cut, cut + 9));
      const { store, recovered } = openSession({ directory, id: '8f2c', now: clock() });
      store.close();
      expect(recovered).toBe(9);
      expect(store.lines.at(-1)?.event).toEqual({ type: 'journal.recovered', droppedBytes: 9 });
      const again = openSession({ directory, id: '8f2c', now: clock() });
      again.store.close();
      expect(again.recovered).toBe(0);
    }));

  it('keeps the bytes once when it was killed before cutting, and both when the recovery itself was torn', () =>
    inTemporary((directory) => {
      const { path, bytes } = record(directory, 3);
      const place = join(directory, '8f2c');
      const cut = bytes.lastIndexOf(0x0a, bytes.length - 2) + 1;
      writeFileSync(join(place, 'journal.torn-3'), bytes.subarray(cut, cut + 9));
      truncateSync(path, cut + 9);
      openSession({ directory, id: '8f2c', now: clock() }).store.close();
      expect(readdirSync(place).sort()).toEqual(['journal.jsonl', 'journal.torn-3']);
      truncateSync(path, cut + 20);
      const { store, recovered } = openSession({ directory, id: '8f2c', now: clock() });
      store.close();
      expect(recovered).toBe(29);
      expect(readdirSync(place).sort()).toEqual(['journal.jsonl', 'journal.torn-3', 'journal.torn-3.1']);
    }));
});

describe('a journal that cannot be trusted', () => {
  it('is refused by the number of the first altered line, and left as it is', () =>
    inTemporary((directory) => {
      const { path, bytes } = record(directory, 6);
      const altered = bytes.toString().replace('"status":201', '"status":409');
      writeFileSync(path, altered);
      const error = thrown(() => openSession({ directory, id: '8f2c', now: clock() }));
      expect(error).toMatchObject({ code: 'journal-broken', message: expect.stringContaining('line 3 ') });
      expect(error.next.join(' ')).toContain('recover');
      expect(readFileSync(path, 'utf8')).toBe(altered);
    }));

  it('is refused when a newer tool wrote it', () =>
    inTemporary((directory) => {
      const { path, bytes } = record(directory, 2);
      writeFileSync(path, bytes.toString().replace('{"v":1,"seq":2', '{"v":7,"seq":2'));
      expect(thrown(() => openSession({ directory, id: '8f2c', now: clock() }))).toMatchObject({ code: 'journal-newer', exitCode: 64, message: expect.stringContaining('version 7') });
    }));
});

describe('files of a session', () => {
  it('come back as they were written, with the hash the journal notes, and leave nothing beside them', () =>
    inTemporary((directory) => {
      const store = createSession({ directory, id: '8f2c', now: clock() });
      const written = store.writeSnapshot('live-before', snapshotOf('primary'));
      expect(written.file).toBe('snapshots/live-before.json');
      expect(store.readSnapshot(written.file)).toEqual(snapshotOf('primary'));
      store.append({ type: 'capture.succeeded', captured: { label: 'live-before', ...written, fingerprint: 'f', capturedAt: '', counts: {}, milliseconds: 1, requests: 1, notes: [], sessions: null } });
      expect(store.readSnapshot(written.file).realm).toBe('primary');
      writeFileSync(join(store.directory, written.file), JSON.stringify(snapshotOf('other')));
      expect(thrown(() => store.readSnapshot(written.file))).toMatchObject({ code: 'journal-broken', message: expect.stringContaining('not what the journal says') });
      expect(readdirSync(join(store.directory, 'snapshots'))).toEqual(['live-before.json']);
      store.close();
    }));

  it('never lie outside of it, whatever a name says', () =>
    inTemporary((directory) => {
      const store = createSession({ directory, id: '8f2c', now: clock() });
      for (const name of ['../../evil', '/etc/passwd', '..', '', '.hidden', 'a\0b', 'x'.repeat(10_000), '\u202e\u001b[31m', 'git:charts/realm.json@4f1d2c7']) {
        const { file } = store.writeSnapshot(name, snapshotOf('primary'));
        expect(file).toMatch(/^snapshots\/[A-Za-z0-9_@-][A-Za-z0-9._@-]*\.json$/);
        expect(existsSync(join(store.directory, file))).toBe(true);
      }
      for (const path of ['../x', '/tmp/x', 'a/../../x', '..']) {
        expect(thrown(() => store.writeText(path, 'x')).code).toBe('disk');
        expect(thrown(() => store.readSnapshot(path)).code).toBe('disk');
      }
      expect(readdirSync(directory)).toEqual(['8f2c']);
      store.close();
    }));

  it('say what is wrong with them', () =>
    inTemporary((directory) => {
      const store = createSession({ directory, id: '8f2c', now: clock() });
      const { file } = store.writeSnapshot('live-before', snapshotOf('primary'));
      const say = (content: unknown) => {
        writeFileSync(join(store.directory, file), typeof content === 'string' ? content : JSON.stringify(content));
        return thrown(() => store.readSnapshot(file)).message;
      };
      expect(say('{"schema":')).toContain('it is not JSON');
      expect(say([1])).toContain('it is not an object');
      expect(say({ ...snapshotOf('primary'), schema: 'realm-rescue/snapshot/v9' })).toContain('its field schema');
      expect(say({ ...snapshotOf('primary'), representation: [] })).toContain('its field representation');
      expect(thrown(() => store.readSnapshot('snapshots/none.json'))).toMatchObject({ code: 'journal-broken', message: expect.stringContaining('it is not there') });
      store.close();
    }));
});
