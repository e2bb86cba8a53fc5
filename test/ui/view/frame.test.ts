import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Proof } from '../../../src/runbook/model.ts';
import { commit } from '../../../src/ui/view/finished.ts';
import { lineText, lineWidth } from '../../../src/ui/view/line.ts';
import { claimAt, payloadLines, valueText } from '../../../src/ui/view/payload.ts';
import { arrows, ownerRows, summary, windowOf } from '../../../src/ui/view/owners.ts';
import { proofsLines } from '../../../src/ui/view/prove.ts';
import { whyScreen } from '../../../src/ui/view/triage.ts';
import { shortSource } from '../../../src/ui/view/words.ts';
import { CANDIDATES, DIFFERENCES, eventsUntil, PROVEN, sized, snapshotOf, TRIAGE } from '../fixtures.ts';
import { EVENTS, live, record, view } from './scenes.ts';

const SCENES = Object.keys(EVENTS) as (keyof typeof EVENTS)[];

describe('frames', () => {
  test('no frame is taller than the screen less one row, and no line is wider than the screen', () => {
    const scene = fc.constantFrom(...SCENES);
    const pane = fc.constantFrom('clients' as const, 'differences' as const);
    fc.assert(fc.property(scene, fc.integer({ min: 20, max: 160 }), fc.integer({ min: 6, max: 50 }), fc.boolean(), fc.boolean(), pane, fc.nat(40), (name, columns, rows, help, detail, onPane, scroll) => {
      const drawn = view(EVENTS[name], sized(columns, rows), { overlay: help ? (detail ? 'keys' : 'why') : null, detail, pane: onPane, scroll, cursor: scroll % 3, notice: 'One sentence about the last key that is rather long.' });
      expect(drawn.live.length).toBeLessThanOrEqual(rows - 1);
      for (const of of [...drawn.live, ...drawn.finished.flatMap((block) => block.lines)]) expect(lineWidth(of), lineText(of)).toBeLessThanOrEqual(columns);
    }));
  });

  test.each([40, 80, 120])('at %i columns the word can be typed on a screen of 12 rows', (columns) => {
    for (const name of ['confirm', 'caches'] as const) expect(live(EVENTS[name], sized(columns, 12), { typed: 'pri' })).toContain('pri▏');
  });

  test.each(SCENES.filter((name) => name !== 'stopped' && name !== 'finished'))('%s: target, environment and journal number are always in sight, as text', (name) => {
    const text = live(EVENTS[name], sized(80));
    for (const part of ['PROD', 'keycloak.example.com / primary', 'journal #']) expect(text).toContain(part);
  });

  test('without Unicode only ASCII is drawn', () => {
    for (const name of SCENES) {
      const drawn = view(EVENTS[name], { ...sized(80), unicode: false });
      expect([...drawn.live, ...drawn.finished.flatMap((block) => block.lines)].map(lineText).join('')).toMatch(/^[ -~]*$/);
    }
  });

  test('a restored client, its proof and its lines are committed once and stay as they were', () => {
    const before = view(EVENTS.confirm, sized(80)).finished;
    const after = view(EVENTS.thaw, sized(40)).finished;
    const written = commit(before, after);
    expect(written.slice(0, before.length)).toEqual(before);
    expect(new Set(written.map((block) => block.key)).size).toBe(written.length);
    expect(commit(written, after)).toBe(written);
  });

  test('a run that was interrupted says what happens', () => {
    expect(live(EVENTS.choose, sized(80), {}, { interrupted: true })).toContain('Stopping after the request in flight');
  });
});

describe('payload', () => {
  test('finds claims under names that contain dots', () => {
    const payload = { 'resource_access': { 'my.client': { roles: ['a'] } }, 'a.b': { c: 1 }, 'groups': ['g'] };
    expect(claimAt(payload, 'resource_access.my.client.roles')).toEqual(['a']);
    expect(claimAt(payload, 'a.b.c')).toBe(1);
    expect(claimAt(payload, 'groups')).toEqual(['g']);
    expect(claimAt(payload, 'resource_access.other.roles')).toBeUndefined();
    expect(claimAt(payload, 'toString')).toBeUndefined();
  });

  test('keeps the awaited member of a long list in sight', () => {
    const many = Array.from({ length: 40 }, (_, index) => `role-${index}`);
    expect(valueText(many, 'role-33', 40)).toContain('"role-33" and 39 more');
    expect(valueText(many.join(' '), 'role-33', 40)).toContain('role-33');
    expect(valueText(undefined, undefined, 40)).toBe('(not there)');
  });

  test('marks the claim by a sign, not only by colour', () => {
    const missing: Proof = { ...PROVEN, outcome: 'not-proven', payload: { aud: 'account' }, before: null };
    expect(payloadLines(PROVEN, sized(80)).map(lineText)).toContain(' + "scope": "profile email orders:read"   awaited: orders:read');
    const elsewhere: Proof = { ...PROVEN, way: 'userinfo', payload: { aud: 'account' }, before: null };
    expect(payloadLines(elsewhere, sized(80)).map(lineText)).toEqual(['   "aud": "account"']);
    expect(payloadLines(missing, sized(80)).map(lineText)).toContain(' - "scope": (not there)   awaited: orders:read');
  });
});

describe('nothing is said twice', () => {
  const shown = (proofs: readonly Proof[]) => proofsLines('api-gateway', proofs, sized(80)).map(lineText).join('\n');
  const scope: Proof = { ...PROVEN, because: 'scope orders:read is there: access by a fresh client_credentials token' };
  const aud: Proof = { ...scope, expectation: { ...PROVEN.expectation, claim: 'aud', member: 'orders' }, because: 'audience orders is there: access by a fresh client_credentials token' };

  test('a verdict tells how, without repeating what', () => {
    expect(shown([scope])).toContain(' OK  "orders:read" in claim "scope" is there: access by a fresh');
    expect(shown([scope])).not.toContain('scope orders:read is there');
  });

  test('a second claim of the same token repeats neither key, nor landmarks, nor the way', () => {
    const text = shown([scope, aud]);
    expect(text.split('signature valid').length).toBe(2);
    expect(text.split('"azp"').length).toBe(2);
    expect(text).toContain(' OK  "orders" in claim "aud" is there, shown the same way');
  });

  test('a picture from before that shows the awaited member already is not held against the token', () => {
    expect(shown([aud])).not.toContain(' - "aud"');
    expect(shown([scope])).toContain(' - "scope": "profile email"   before');
  });
});

describe('triage', () => {
  const reasons = ['first', 'second', 'third', 'fourth', 'the cache is stale'];
  const triage = { ...TRIAGE, because: reasons, staleCache: [{ test: 'other' as const, text: 'the cache is stale' }] };
  const events = [...eventsUntil('captured'), { type: 'triage.found', triage }, { type: 'evidence.found', candidates: CANDIDATES }] as const;

  test('the two most telling reasons scroll up, the others are counted, a stale cache is named once', () => {
    const text = record(events, sized(80));
    expect(text).toContain('because    first · second · 2 more reasons: w');
    expect(text.split('the cache is stale').length).toBe(2);
  });

  test('w shows all of them, and in a pipe they are there at once', () => {
    expect(live(EVENTS.evidence, sized(80), { overlay: 'why' })).toContain(`- ${TRIAGE.because[1]}`);
    const all = whyScreen(triage, sized(80)).body.map(lineText).join('\n');
    for (const reason of reasons) expect(all).toContain(reason);
    expect(record(events, { ...sized(80), whole: true })).toContain('first · second · third · fourth');
  });
});

test('the end names the record, its head, and what to type with the session directory of this run', () => {
  const place = { directory: '/tmp/s/8f2c', flag: ' --session-dir /tmp/s', again: ' --session-dir /tmp/s --context prod', head: `sha256:${'ab'.repeat(32)}` };
  const text = view(EVENTS.finished, sized(80), {}, { record: place }).finished.flatMap((block) => block.lines).map(lineText);
  expect(text).toContain(`   head sha256:${'ab'.repeat(32)}`);
  expect(text).toContain('   verify with: realm-rescue transcript verify 8f2c --session-dir /tmp/s');
  const stopped = view(EVENTS.stopped, sized(80), {}, { record: place }).finished.flatMap((block) => block.lines).map(lineText);
  expect(stopped).toContain('   resume with: realm-rescue resume 8f2c --session-dir /tmp/s --context prod');
});

describe('owners', () => {
  const { state } = snapshotOf(eventsUntil('compared'));

  test('stand in dependency order, with arrows to what must come first', () => {
    const rows = ownerRows(state, '');
    expect(rows.map((row) => row.owner)).toEqual(['auth-service', 'api-gateway', 'profile-service']);
    expect(rows.map((row) => arrows(row, rows))).toEqual([[], [1], [1]]);
    expect(summary(rows[1]?.differences ?? [])).toBe('1 scope link lost; 1 setting live only; 1 mapper changed');
  });

  test('keep their numbers under a filter', () => {
    expect(ownerRows(state, 'ORDERS').map((row) => [row.number, row.differences.length])).toEqual([[2, 1]]);
    expect(ownerRows(state, 'live only').map((row) => row.owner)).toEqual(['api-gateway']);
    expect(ownerRows(state, 'nothing like it')).toEqual([]);
  });

  test('that the order forgot are not lost', () => {
    expect(ownerRows({ ...state, order: [] }, '').flatMap((row) => row.differences).length).toBe(DIFFERENCES.length);
  });

  test('a window always holds its cursor', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(5000), fc.integer({ min: 1, max: 60 }), (total, at, size) => {
      const cursor = at % total;
      const { start, end } = windowOf(total, cursor, size);
      expect(start).toBeLessThanOrEqual(cursor);
      expect(end).toBeGreaterThan(cursor);
      expect(end - start).toBe(Math.min(size, total));
    }));
  });
});

test.each([['git:charts/realm.json@4f1d2c7abcdef', 'git 4f1d2c7'], ['file:/a/b/realm.json', 'realm.json'], ['realm:old', 'realm:old'], [null, 'no source']])('%s is shown as %s', (source, shown) => expect(shortSource(source)).toBe(shown));
