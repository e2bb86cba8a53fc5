import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { fieldKey } from '../../src/realm/choice.ts';
import { runPlain } from '../../src/plain/prompts.ts';
import { printPlain } from '../../src/plain/print.ts';
import { BY_FIELD, difference, DIFFERENCES, eventsUntil, NOT_PROVEN, terminalOf } from '../ui/fixtures.ts';
import { happy, scriptedHandle, type ScriptedHandle } from '../ui/scripted.ts';

/** A terminal that can only print: replies are sent when the wanted text has been asked. */
function openPlain(handle: ScriptedHandle) {
  const input = new PassThrough();
  const waiting: { readonly wanted: string; readonly resolve: () => void }[] = [];
  let text = '';
  let seen = 0;
  const check = () => {
    const [next] = waiting;
    const at = next === undefined ? -1 : text.indexOf(next.wanted, seen);
    if (next === undefined || at === -1) return;
    seen = at + next.wanted.length;
    waiting.shift();
    next.resolve();
    check();
  };
  const closed = runPlain(handle, terminalOf(80, 24, { mode: 'plain-prompts' }), {
    input,
    out: (part) => {
      text += part;
      check();
    },
    onContinue: () => () => undefined,
  });
  return {
    closed,
    text: () => text,
    end: () => input.end(),
    /** Waits until the text has been printed after what was waited for before, then replies. */
    reply: async (wanted: string, reply: string) => {
      await new Promise<void>((resolve) => {
        waiting.push({ wanted, resolve });
        check();
      });
      input.write(`${reply}\n`);
    },
  };
}

describe('plain prompts', () => {
  test('walk the whole runbook, append-only', async () => {
    const handle = scriptedHandle(eventsUntil('started'));
    const plain = openPlain(handle);
    await plain.reply('Stated as paused (empty: nothing stated; q leaves): ', 'argo cd paused');
    await plain.reply('Numbers with spaces between', '2 1');
    await plain.reply('5 answers missing.', 'a');
    await plain.reply('1 answer missing.', 'done');
    await plain.reply('1 answer missing, at number 4.', '4 r');
    await plain.reply('No answer is missing.', 'done');
    await plain.reply('Type primary to send them', 'yes');
    await plain.reply('That is not the word. Nothing was sent.', 'primary');
    await plain.reply('Restore 2/2', 'primary all');
    await plain.reply('What has been resumed', '');
    await plain.closed;
    expect(handle.answers.map((answer) => answer.type)).toEqual([
      'freeze.stated', 'evidence.chosen', 'choice.made', 'choice.made', 'choices.settled', 'group.confirmed', 'group.confirmed', 'thaw.stated',
    ]);
    expect(handle.answers[1]).toMatchObject({ specs: ['git:charts/keycloak/realm.json@9ab03e1', 'git:charts/keycloak/realm.json@4f1d2c7'] });
    expect(plain.text()).toContain('OK  "orders:read" in claim "scope" is there');
    // No cursor movement, no colour, nothing written twice.
    expect(plain.text()).not.toMatch(/[^\P{Cc}\n]/u);
    expect(plain.text().split('✓ Freeze').length).toBe(2);
  });

  test.each(['', '1', 'y', 'prim', 'PRIMARY'])('"%s" starts no write', async (reply) => {
    const handle = scriptedHandle(eventsUntil('chosen'));
    const plain = openPlain(handle);
    await plain.reply('Type primary to send them', reply);
    await plain.reply('Nothing was sent.', 'q');
    await plain.closed;
    expect(handle.answers.map((answer) => answer.type)).toEqual(['run.stopped']);
    expect(plain.text()).toContain('resume with: realm-rescue resume 8f2c');
  });

  test('what is only compared is refused for restoring, in a range, too', async () => {
    const handle = scriptedHandle(eventsUntil('compared'));
    const plain = openPlain(handle);
    await plain.reply('answers missing.', '1-3 r');
    await plain.reply('can be kept or left, not restored: settings are compared only', '2-3 k');
    await plain.reply('2 answers taken.', 'nonsense');
    await plain.reply('Please answer with a number', 'q');
    await plain.closed;
    expect(handle.answers[0]).toMatchObject({ choices: { [DIFFERENCES[1]?.id ?? '']: 'keep', [DIFFERENCES[2]?.id ?? '']: 'keep' } });
  });

  test('a change is answered field by field by 3.2 r, and what is open is named by its number', async () => {
    const handle = scriptedHandle([...eventsUntil('read'), { type: 'compare.done', differences: [DIFFERENCES[0] ?? BY_FIELD, BY_FIELD], order: [] }]);
    const plain = openPlain(handle);
    await plain.reply('2 answers missing.', '1.1 r');
    await plain.reply('There is no field of that number', '2.5 r');
    await plain.reply('There is no field of that number', '2.3');
    await plain.reply('at attributes[birthday]', '2');
    await plain.reply('id client-mapper:api-gateway/aud', '3');
    await plain.reply('Please answer with a number', '2.1 r');
    await plain.reply('1 answer taken.', '2.2-3 k');
    await plain.reply('2 answers taken.', '1 l');
    await plain.reply('1 answer missing.', 'done');
    await plain.reply('1 answer missing, at number 2.4.', 'list');
    await plain.reply('2. [ask     ] mapper aud', '2.4 l');
    await plain.reply('No answer is missing.', 'list');
    await plain.reply('2. [mixed   ] mapper aud', 'q');
    await plain.closed;
    const key = (index: number) => fieldKey(BY_FIELD.id, BY_FIELD.fields[index]?.path ?? '');
    expect(handle.state().choices).toEqual({ [DIFFERENCES[0]?.id ?? '']: 'leave', [key(0)]: 'restore', [key(1)]: 'keep', [key(2)]: 'keep', [key(3)]: 'leave' });
    expect(plain.text()).toMatch(/ 2\.1 +\[ask {5}\] config\.access\.token\.claim +- \(not there\) +\+ true\n/);
    expect(plain.text().replace(/\s+/g, ' ')).toContain('(such as 3 r, or 2-5 k, or 3.2 r for one field); a number alone shows it whole;');
    expect(plain.text()).toMatch(/ 2\.4 +\[leave {3}\] consentRequired/);
  });

  test('among many differences the fields of one are shown when its number is typed, and read out once some are answered', async () => {
    const many = Array.from({ length: 70 }, (_, index) => ({ ...BY_FIELD, id: `client-mapper:api-gateway/aud-${index}` as const, name: `aud-${index}` }));
    const handle = scriptedHandle([...eventsUntil('read'), { type: 'compare.done', differences: many, order: [] }]);
    const plain = openPlain(handle);
    await plain.reply('70 answers missing.', '69');
    await plain.reply('69.4   [ask     ] consentRequired', '70.1 r');
    await plain.reply('72 answers missing.', 'list');
    await plain.reply('70.4   [ask     ] consentRequired', 'q');
    await plain.closed;
    expect(plain.text()).not.toContain(' 68.1 ');
  });

  test('a whole answer takes the answers of the fields back, and then no field is listed', async () => {
    const handle = scriptedHandle([...eventsUntil('read'), { type: 'compare.done', differences: [BY_FIELD], order: [] }]);
    const plain = openPlain(handle);
    await plain.reply('1 answer missing.', '1.1 r');
    await plain.reply('3 answers missing.', '1 k');
    await plain.reply('No answer is missing.', 'list');
    await plain.reply('1. [keep    ] mapper aud', 'q');
    await plain.closed;
    expect(handle.state().choices).toEqual({ [BY_FIELD.id]: 'keep' });
    expect(plain.text().slice(plain.text().indexOf('1. [keep'))).not.toContain('1.1');
  });

  test('not proven asks for a user or a reason', async () => {
    let failed = false;
    const handle = scriptedHandle(eventsUntil('chosen'), (effect) => {
      if (effect.type !== 'prove' || failed) return happy(effect);
      failed = true;
      return [{ type: 'prove.done', owner: effect.group.owner, proofs: [NOT_PROVEN] }];
    });
    const plain = openPlain(handle);
    await plain.reply('Type primary to send them', 'primary');
    await plain.reply('NOT PROVEN  auth-service: claim "groups" is still missing.', 'maybe');
    await plain.reply('Please answer with 1 and a name', '1 alice');
    await plain.reply('OK  claim "groups" is there', 'skip');
    await plain.reply('What has been resumed', '');
    await plain.closed;
    expect(handle.answers.map((answer) => answer.type)).toEqual(['group.confirmed', 'probe.chosen', 'group.skipped', 'thaw.stated']);
  });

  test('a step that fails twice is asked about twice', async () => {
    let tries = 0;
    const handle = scriptedHandle(eventsUntil('triaged'), (effect) => {
      if (effect.type !== 'find-evidence') return happy(effect);
      tries += 1;
      return tries < 3 ? [{ type: 'step.failed', step: 'evidence', failure: { code: 'git', title: `Try ${tries} failed.`, next: ['Try again.'] } }] : happy(effect);
    });
    const plain = openPlain(handle);
    await plain.reply('Try 1 failed.', 'r');
    await plain.reply('Try 2 failed.', 'r');
    await plain.reply('Where can the lost configuration be read from?', 'q');
    await plain.closed;
    expect(tries).toBe(3);
  });

  test('the end of the input leaves, resumable', async () => {
    const handle = scriptedHandle(eventsUntil('chosen'));
    const plain = openPlain(handle);
    plain.end();
    await plain.closed;
    expect(handle.state().stopped).toMatchObject({ reason: 'interrupted', note: 'interrupted by the end of its input' });
    expect(handle.state().writes).toEqual({});
  });

  test('hostile names print as marks', async () => {
    const evil = difference('client-mapper:evil/x', { owner: 'e\u001B[31mvil', name: 'n\u001B]0;t\u0007\u202Ame', effect: 'a\nb' });
    const handle = scriptedHandle([...eventsUntil('read'), { type: 'compare.done', differences: [evil], order: [] }]);
    const plain = openPlain(handle);
    await plain.reply('1 answer missing.', 'q');
    await plain.closed;
    expect(plain.text()).toContain('e\uFFFDvil');
    expect(plain.text()).not.toMatch(/[^\P{Cc}\n]|\u202A/u);
  });
});

describe('headless printing', () => {
  test('prints each finished step once, unbroken, and asks nothing', async () => {
    const handle = scriptedHandle(eventsUntil('started'));
    let out = '';
    const stop = printPlain(handle, { out: (text) => void (out += text), err: () => undefined });
    const answers: Parameters<typeof handle.answer>[0][] = [
      { type: 'freeze.stated', statement: 'paused', by: 'flag' }, { type: 'evidence.chosen', specs: ['git:x@1'], by: 'flag' },
      { type: 'choice.made', choices: Object.fromEntries(DIFFERENCES.map((each) => [each.id, 'leave' as const])), by: 'flag' }, { type: 'choices.settled', by: 'flag' },
      { type: 'group.confirmed', owner: 'auth-service', all: true, by: 'flag' }, { type: 'thaw.stated', statement: null, by: 'flag' },
    ];
    const unsubscribe = handle.subscribe(() => queueMicrotask(() => {
      const { state, busy } = handle.snapshot();
      const [next] = answers;
      if (state.question !== null && busy === null && next !== undefined && handle.answer(next)) answers.shift();
    }));
    await handle.done;
    stop();
    unsubscribe();
    const lines = out.split('\n');
    for (const head of [' ✓ Freeze', ' ✓ Capture', ' ✓ Account', ' ✓ Export', ' Done']) expect(lines.filter((line) => line.startsWith(head)).length, head).toBe(1);
    expect(out).not.toContain('Type primary');
    expect(lines.find((line) => line.startsWith(' ✓ Account'))).toContain('nothing else moved');
  });
});
