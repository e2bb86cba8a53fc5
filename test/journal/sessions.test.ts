import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSession, listSessions, newSessionId, type SessionSummary } from '../../src/journal/sessions.ts';
import { defaultSessionDirectory } from '../../src/journal/place.ts';
import { createSession } from '../../src/journal/store.ts';
import type { RunEvent } from '../../src/runbook/model.ts';
import { failed, intended, seen, sent } from '../runbook/cluster-story.ts';
import { clock, inTemporary, started } from './helpers.ts';

function record(directory: string, id: string, from: number, finished = false): string {
  const store = createSession({ directory, id, now: clock(from) });
  store.append(started);
  if (finished) {
    const summary = { restored: 6, proven: 6, failed: 0, left: 0, sessionsBefore: 3, sessionsAfter: 3, export: null, session: id };
    store.append({ type: 'run.finished', exit: 0, summary });
  }
  store.close();
  return store.head;
}

describe('recorded runs', () => {
  it('are listed, the newest first, with what their journals say', () =>
    inTemporary((directory) => {
      record(directory, '8f2c', Date.UTC(2026, 10, 20));
      const head = record(directory, '07ab', Date.UTC(2026, 10, 21), true);
      mkdirSync(join(directory, 'locks'));
      writeFileSync(join(directory, 'abcd'), 'a file');
      const [newest, older, none] = listSessions(directory);
      expect(none).toBeUndefined();
      expect(newest).toMatchObject({ id: '07ab', realm: 'primary', url: 'https://keycloak.example.com', finished: true, exit: 0, last: 'run.finished', events: 2, head, problem: null });
      expect(older).toMatchObject({ id: '8f2c', finished: false, exit: null, startedAt: '2026-11-20T00:00:01.000Z', step: 'connect' });
    }));

  it('are listed also when they are torn, empty, broken or newer, with the reason', () =>
    inTemporary((directory) => {
      for (const id of ['aaaa', 'bbbb', 'cccc', 'dddd']) record(directory, id, Date.UTC(2026, 10, 20), true);
      mkdirSync(join(directory, 'eeee'));
      const journal = (id: string) => join(directory, id, 'journal.jsonl');
      truncateSync(journal('aaaa'), 700);
      truncateSync(journal('bbbb'), 10);
      writeFileSync(journal('cccc'), 'x\ny\n');
      writeFileSync(journal('dddd'), '{"v":9}\n');
      const problems = Object.fromEntries(listSessions(directory).map((session) => [session.id, session.problem]));
      expect(problems).toMatchObject({ aaaa: null, bbbb: expect.stringContaining('first event'), cccc: expect.stringContaining('line 1 is not a JSON object'), dddd: expect.stringContaining('newer'), eeee: expect.stringContaining('no recorded run') });
      expect(findSession(directory, 'aaaa')).toMatchObject({ events: 1, last: 'run.started' });
    }));

  it('are none where there is no directory', () => expect(listSessions('/nonexistent/realm-rescue')).toEqual([]));

  it('are found by the start of their id, in any case, and by `last`', () =>
    inTemporary((directory) => {
      record(directory, '8f2c', Date.UTC(2026, 10, 20));
      record(directory, '8f31', Date.UTC(2026, 10, 21));
      expect(findSession(directory, '8F2C').id).toBe('8f2c');
      expect(findSession(directory, '8f3').id).toBe('8f31');
      expect(findSession(directory, 'last').id).toBe('8f31');
      expect(() => findSession(directory, '8f')).toThrow('Several recorded runs start with "8f": 8f2c, 8f31.');
      for (const typed of ['', '../8f2c', 'ffff', '\u001b[31m']) expect(() => findSession(directory, typed)).toThrow(/^There is no recorded run "/);
    }));
});

describe('records of freezes', () => {
  /** A record of a freeze alone, with what it did after it was begun. */
  function frozen(directory: string, id: string, from: number, ...events: readonly RunEvent[]): void {
    const store = createSession({ directory, id, now: clock(from) });
    for (const event of [{ type: 'freeze.begun', freeze: { id, tool: '0.1.0', place: 'prod (https://k8s.example.com)', from: 'configmap:iam/keycloak-realm' } }, ...events] as const) store.append(event);
    store.close();
  }
  const paused = [intended('pause'), sent('pause')];
  const isHeld = ({ frozen: held }: SessionSummary) => held.length > 0;

  it.each<[string, readonly RunEvent[], boolean, readonly string[]]>([
    ['found all paused', [seen()], false, []],
    ['were refused', [intended('pause'), failed('pause')], false, []],
    ['do not know whether they paused', [intended('pause')], true, ['application:argocd/keycloak']],
    ['paused', paused, true, ['application:argocd/keycloak']],
    ['paused, and run again', [...paused, intended('resume'), sent('resume')], true, []],
  ])('that %s say whether they ever paused anything', (_name, events, hasPaused, held) => inTemporary((directory) => {
    frozen(directory, '8f2c', Date.UTC(2026, 10, 20), ...events);
    expect(findSession(directory, 'last')).toMatchObject({ hasPaused, frozen: held });
  }));

  it('are found by `last` as what is asked for: the newest that fits, or else the newest', () => inTemporary((directory) => {
    frozen(directory, '8f2c', Date.UTC(2026, 10, 20), ...paused);
    frozen(directory, 'beef', Date.UTC(2026, 10, 21), ...paused);
    frozen(directory, 'cafe', Date.UTC(2026, 10, 22), seen());
    const found = (typed: string, ...preferred: readonly ((session: SessionSummary) => boolean)[]) => findSession(directory, typed, preferred).id;
    expect([found('last'), found('last', isHeld), found('cafe', isHeld), found('last', () => false), found('last', () => false, isHeld)]).toEqual(['cafe', 'beef', 'cafe', 'cafe', 'beef']);
  }));
});

describe('a new id', () => {
  it('is short hex with a letter in it, and no id is the start of another', () => {
    fc.assert(fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), (numbers) => {
      const taken: string[] = [];
      const random = () => numbers.next().value ?? Math.random();
      for (let n = 0; n < 20; n += 1) {
        const id = newSessionId(() => (n % 2 === 0 ? random() : Math.random()), taken);
        expect(id).toMatch(/^(?=.*[a-f])[0-9a-f]{4,8}$/);
        expect(taken.some((other) => other.startsWith(id) || id.startsWith(other))).toBe(false);
        taken.push(id);
      }
    }), { numRuns: 50 });
  });

  it('grows when the short ones are taken', () => {
    let calls = 0;
    const random = () => ((calls += 1) > 10 ? 0.9 : 0.56);
    expect(newSessionId(() => 0.56, [])).toBe('8f5c');
    expect(newSessionId(random, ['8f5c']).length).toBe(5);
  });
});

describe('the default place', () => {
  it('follows the XDG base directories', () => {
    expect(defaultSessionDirectory({ XDG_STATE_HOME: '/var/state' }, '/home/kim')).toBe('/var/state/realm-rescue/sessions');
    expect(defaultSessionDirectory({}, '/home/kim')).toBe('/home/kim/.local/state/realm-rescue/sessions');
    expect(defaultSessionDirectory({ XDG_STATE_HOME: 'relative' }, '/home/kim')).toBe('/home/kim/.local/state/realm-rescue/sessions');
  });
});
