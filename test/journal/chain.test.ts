import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GENESIS, encodeLine, lineHash, verifyLines } from '../../src/journal/chain.ts';
import type { JournalLine } from '../../src/runbook/model.ts';
import { someEvents } from './helpers.ts';

function journal(n: number): { text: string; head: string; lines: JournalLine[] } {
  let prev = GENESIS;
  const lines = someEvents(n).map((event, index): JournalLine => ({ v: 1, seq: index + 1, at: '2026-11-20T22:58:00.000Z', prev, event }));
  const linked = lines.map((line) => {
    const next = { ...line, prev };
    prev = lineHash(encodeLine(next));
    return next;
  });
  return { text: linked.map((line) => `${encodeLine(line)}\n`).join(''), head: prev, lines: linked };
}

const { text, head, lines } = journal(6);
const bytes = Buffer.from(text);
const lineOf = (offset: number) => bytes.subarray(0, offset).filter((byte) => byte === 0x0a).length + 1;

describe('the chain', () => {
  it('hashes raw bytes with SHA-256', () => {
    expect(GENESIS).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(lines[0]?.prev).toBe(GENESIS);
  });

  it('verifies what was written and gives it back', () => {
    expect(verifyLines(text)).toEqual({ ok: true, lines, head });
    expect(verifyLines(bytes, head)).toEqual({ ok: true, lines, head });
    expect(verifyLines('')).toEqual({ ok: true, lines: [], head: GENESIS });
  });

  it('escapes what a terminal may obey, and loses nothing by it', () => {
    const unsafe = [...text].filter((character) => character !== '\n' && (character < ' ' || (character >= '\u007f' && character <= '\u009f') || character === '\u202e'));
    expect(unsafe).toEqual([]);
    const read = verifyLines(text);
    expect(read.lines[1]?.event).toMatchObject({ statement: expect.stringContaining('\u009b31m \u202e') });
  });

  it('finds any flipped byte and names its line, when the head is known', () => {
    fc.assert(fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (offset, mask) => {
      const changed = Buffer.from(bytes);
      changed[offset] = (changed[offset] ?? 0) ^ mask;
      expect(verifyLines(changed, head)).toMatchObject({ ok: false, line: lineOf(offset) });
    }), { numRuns: 3000 });
  });

  it('finds any flipped byte before the last line without being told the head', () => {
    const last = text.lastIndexOf('\n', text.length - 2);
    fc.assert(fc.property(fc.nat(Buffer.byteLength(text.slice(0, last))), fc.integer({ min: 1, max: 255 }), (offset, mask) => {
      const changed = Buffer.from(bytes);
      changed[offset] = (changed[offset] ?? 0) ^ mask;
      expect(verifyLines(changed)).toMatchObject({ ok: false, line: lineOf(offset) });
    }), { numRuns: 2000 });
  });

  it('tells a rewritten line, a removed one, two exchanged ones and an added one', () => {
    const rows = text.split('\n').slice(0, -1);
    const rejoin = (changed: (string | undefined)[]) => verifyLines(`${changed.join('\n')}\n`);
    expect(rejoin(rows.with(2, rows[2]?.replace('"status":201', '"status":204') ?? ''))).toMatchObject({ ok: false, kind: 'altered', line: 3 });
    expect(rejoin(rows.toSpliced(2, 1))).toMatchObject({ ok: false, kind: 'altered', line: 3 });
    expect(rejoin([rows[0], rows[2], rows[1], ...rows.slice(3)])).toMatchObject({ ok: false, kind: 'altered', line: 2 });
    expect(rejoin(rows.toSpliced(3, 0, rows[2] ?? ''))).toMatchObject({ ok: false, kind: 'altered', line: 4 });
  });

  it('sees lines cut off at the end only by the head, and forgives lines that came after it', () => {
    const shorter = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1);
    expect(verifyLines(shorter)).toMatchObject({ ok: true });
    expect(verifyLines(shorter, head)).toMatchObject({ ok: false, kind: 'altered', line: 5 });
    const earlier = verifyLines(shorter);
    expect(verifyLines(text, earlier.head)).toMatchObject({ ok: true });
  });

  it('tells a torn last line from an altered one and from a newer version', () => {
    expect(verifyLines(text.slice(0, -1))).toMatchObject({ ok: false, kind: 'torn', line: 6, because: 'ends without a newline' });
    expect(verifyLines(`${text}\0\0\0\n`)).toMatchObject({ ok: false, kind: 'torn', line: 7 });
    expect(verifyLines(`\0\n${text}`)).toMatchObject({ ok: false, kind: 'altered', line: 1 });
    expect(verifyLines(text.replace('{"v":1,"seq":3', '{"v":2,"seq":3'))).toMatchObject({ ok: false, kind: 'newer', line: 3 });
  });

  it('never throws, whatever the file holds', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (junk) => {
      expect(verifyLines(junk).ok).toBe(junk.length === 0);
      expect(verifyLines(Buffer.concat([bytes, junk])).ok).toBe(junk.length === 0);
    }), { numRuns: 2000 });
    fc.assert(fc.property(fc.json(), (value) => {
      expect(verifyLines(`${value.replaceAll('\n', ' ')}\n`).ok).toBe(false);
    }));
  });
});
