import { describe, expect, test } from 'vitest';
import { fieldKey } from '../../src/realm/choice.ts';
import type { Choice } from '../../src/realm/model.ts';
import type { RunEvent } from '../../src/runbook/model.ts';
import { initialLocal, localFor } from '../../src/ui/local.ts';
import { paste, press } from '../../src/ui/update.ts';
import { BY_FIELD, CANDIDATES, DIFFERENCES, difference, eventsUntil, GROUPS, NOT_PROVEN, snapshotOf, written } from './fixtures.ts';
import { keys, type Typed } from './typed.ts';

const choosing = snapshotOf(eventsUntil('compared'));
const [, orders, redirect, audience] = DIFFERENCES.map((each) => each.id);
const chosenIds = (typed: Typed) => typed.answers.flatMap((answer) => (answer.type === 'choice.made' ? [answer.choices] : []));

describe('choose', () => {
  test('a takes every suggestion, and nothing where there is none', () => {
    const [choices] = chosenIds(keys(choosing, 'a'));
    expect(choices).toMatchObject({ [orders ?? '']: 'restore', [redirect ?? '']: 'keep' });
    expect(choices).not.toHaveProperty([audience ?? '']);
  });

  test('Enter with answers missing goes to the first of them instead of on', () => {
    const { local, answers } = keys(choosing, '<enter>');
    expect(answers).toEqual([]);
    expect(local).toMatchObject({ pane: 'differences', cursor: 0, item: 0 });
    expect(local.notice).toContain('5 answers missing');
  });

  test('Enter goes on when none is missing', () => {
    const choices = Object.fromEntries(DIFFERENCES.map((each) => [each.id, 'leave' as const]));
    const all = snapshotOf([...eventsUntil('compared'), { type: 'choice.made', choices, by: 'person' }]);
    expect(keys(all, '<enter>').answers).toEqual([{ type: 'choices.settled', by: 'person' }]);
  });

  test('in the list of clients a key answers for the whole client', () => {
    expect(chosenIds(keys(choosing, '<down>k'))).toEqual([{ [orders ?? '']: 'keep', [redirect ?? '']: 'keep', [audience ?? '']: 'keep' }]);
  });

  test('what can only be compared is never restored, and says why', () => {
    const typed = keys(choosing, '<down>r');
    expect(Object.keys(chosenIds(typed)[0] ?? {})).toEqual([orders, audience]);
    expect(typed.local.notice).toContain('settings are compared only');
    expect(keys(choosing, '<down><tab><down>r').answers).toEqual([]);
  });

  test('among the differences a key answers one and goes to the next', () => {
    const typed = keys(choosing, '<down><tab>rk');
    expect(chosenIds(typed)).toEqual([{ [orders ?? '']: 'restore' }, { [redirect ?? '']: 'keep' }]);
  });

  test('space goes through the answers', () => {
    const kept = snapshotOf([...eventsUntil('compared'), { type: 'choice.made', choices: { [audience ?? '']: 'keep' }, by: 'person' }]);
    expect(chosenIds(keys(kept, '<down><tab><down><down> '))).toEqual([{ [audience ?? '']: 'leave' }]);
  });

  test('a client moves in the order; what speaks against it is said', () => {
    const typed = keys(choosing, '<down>K');
    expect(typed.answers).toEqual([{ type: 'order.moved', owners: ['api-gateway', 'auth-service', 'profile-service'] }]);
    expect(typed.local.notice).toContain('against the computed order: takes its tokens');
    expect(keys(choosing, '<ctrl-up>').answers).toEqual([]);
    expect(keys(choosing, '<down>J').answers).toEqual([{ type: 'order.moved', owners: ['auth-service', 'profile-service', 'api-gateway'] }]);
  });

  test('the moved order is one that the runbook accepts', () => {
    const [answer] = keys(choosing, '<down>K').answers;
    if (answer === undefined) throw new Error('nothing moved');
    expect(snapshotOf([...eventsUntil('compared'), answer]).state.order.map((entry) => entry.owner)).toEqual(['api-gateway', 'auth-service', 'profile-service']);
  });

  test('the filter shows what contains it, and Esc shows all again', () => {
    const filtered = keys(choosing, '/profile<enter>');
    expect(filtered.local.filter).toBe('profile');
    expect(Object.keys(chosenIds(keys(choosing, 'k', filtered.local))[0] ?? {})).toEqual(['service-account-role:profile-service/realm/profile-reader']);
    expect(keys(choosing, '<escape>', filtered.local).local.filter).toBe('');
  });

  test('digits do nothing', () => expect(keys(choosing, '123').effects).toEqual([]));
});

describe('choose, field by field', () => {
  const key = (index: number) => fieldKey(BY_FIELD.id, BY_FIELD.fields[index]?.path ?? '');
  const other = difference('client-mapper:auth-service/groups');
  const order = [{ owner: 'api-gateway', after: [], reason: '' }, { owner: 'auth-service', after: [], reason: '' }];
  const at = (...made: readonly Readonly<Record<string, Choice>>[]) => snapshotOf([
    ...eventsUntil('read'), { type: 'compare.done', differences: [BY_FIELD, other], order }, ...made.map((choices): RunEvent => ({ type: 'choice.made', choices, by: 'person' })),
  ]);

  test('in detail r, k and l answer the field under the cursor and go to the next', () => {
    expect(chosenIds(keys(at(), 'drkl'))).toEqual([{ [key(0)]: 'restore' }, { [key(1)]: 'keep' }, { [key(2)]: 'leave' }]);
    expect(chosenIds(keys(at(), 'd<end>kk'))).toEqual([{ [key(3)]: 'keep' }, { [key(3)]: 'keep' }]);
  });

  test('up and down go over the fields, not over the differences', () => {
    expect(keys(at(), 'd<down><down><up>').local).toMatchObject({ item: 0, fieldItem: 1, detail: true });
    expect(keys(at(), 'd<end>').local.fieldItem).toBe(3);
    expect(keys(at(), 'd<end><home>').local.fieldItem).toBe(0);
  });

  test('space goes through the answers of the field', () => {
    expect(chosenIds(keys(at({ [key(0)]: 'restore' }), 'd '))).toEqual([{ [key(0)]: 'keep' }]);
    expect(chosenIds(keys(at({ [BY_FIELD.id]: 'keep' }), 'd '))).toEqual([{ [key(0)]: 'leave' }]);
  });

  test('page keys scroll a long value within what can be scrolled, and a move goes back to its top', () => {
    expect(keys(at(), 'd<page-down><page-down>').local).toMatchObject({ fieldItem: 0, scroll: 5 });
    expect(keys(at(), 'd<page-down><down>').local).toMatchObject({ fieldItem: 1, scroll: 0 });
  });

  test('a whole answer outside the detail resets the fields', () => {
    const mixed = at({ [key(0)]: 'restore' }, { [key(1)]: 'keep' });
    expect(chosenIds(keys(mixed, 'd<escape>k'))).toEqual([{ [BY_FIELD.id]: 'keep' }]);
    expect(at({ [key(0)]: 'restore' }, { [BY_FIELD.id]: 'keep' }).state.choices).toEqual({ [BY_FIELD.id]: 'keep' });
  });

  test('n and Enter go to the first open field where others are answered', () => {
    const some = at({ [key(0)]: 'restore', [key(2)]: 'keep' });
    expect(keys(some, 'n').local).toMatchObject({ cursor: 0, item: 0, fieldItem: 1, detail: true, pane: 'differences' });
    expect(keys(some, 'nn').local).toMatchObject({ cursor: 0, fieldItem: 3, detail: true });
    expect(keys(some, 'nnn').local).toMatchObject({ cursor: 1, item: 0, detail: false });
    expect(keys(some, 'nnnn').local).toMatchObject({ cursor: 0, fieldItem: 1, detail: true });
    expect(keys(some, '<enter>').local.notice).toContain('3 answers missing');
  });

  test('a difference of which nothing is answered is met in the list, and in its detail field by field', () => {
    expect(keys(at(), 'n').local).toMatchObject({ cursor: 0, detail: false });
    expect(keys(at(), 'dn').local).toMatchObject({ cursor: 0, fieldItem: 1, detail: true });
  });

  test('suggestions fill open fields and leave given answers alone', () => {
    const suggested = { ...BY_FIELD, suggest: 'restore' as const };
    const some = snapshotOf([...eventsUntil('read'), { type: 'compare.done', differences: [suggested], order }, { type: 'choice.made', choices: { [key(0)]: 'keep' }, by: 'person' }]);
    expect(chosenIds(keys(some, 'a'))).toEqual([{ [key(1)]: 'restore', [key(2)]: 'restore', [key(3)]: 'restore' }]);
  });

  test('a field of what is only compared can be kept, not restored', () => {
    const compared = snapshotOf([...eventsUntil('read'), { type: 'compare.done', differences: [{ ...BY_FIELD, onlyCompared: 'it is only compared' }], order }]);
    expect(chosenIds(keys(compared, 'drk'))).toEqual([{ [key(0)]: 'keep' }]);
    expect(keys(compared, 'dr').local.notice).toContain('it is only compared');
  });

  test('the order does not move from inside the detail, and a change with one field has no fields to go over', () => {
    expect(keys(at(), 'dJ').answers).toEqual([]);
    expect(keys(choosing, '<down><tab><down><down>dr').answers).toMatchObject([{ choices: { [audience ?? '']: 'restore' } }]);
  });
});

describe('evidence', () => {
  const found = snapshotOf(eventsUntil('found'));

  test('the recommended one is selected at first; Enter takes what is selected, in the order of selecting', () => {
    expect(keys(found, '<enter>').answers).toEqual([{ type: 'evidence.chosen', specs: [CANDIDATES[0]?.spec], by: 'person' }]);
    expect(keys(found, ' j  <up> <enter>').answers).toEqual([{ type: 'evidence.chosen', specs: [CANDIDATES[0]?.spec], by: 'person' }]);
    expect(keys(found, '<down> <up>  <enter>').answers).toEqual([{ type: 'evidence.chosen', specs: [CANDIDATES[1]?.spec, CANDIDATES[0]?.spec], by: 'person' }]);
  });

  test('with nothing selected Enter says so', () => {
    const typed = keys(found, ' <enter>');
    expect(typed.answers).toEqual([]);
    expect(typed.local.notice).toContain('No source is selected');
  });

  test('digits neither select nor go on', () => expect(keys(found, '2').local).toEqual({ ...initialLocal(found.state.question) }));

  test('a typed path is a file, a typed spec stays one; q and ? are text there', () => {
    expect(keys(found, ' fq?.json<enter><enter>').answers).toEqual([{ type: 'evidence.chosen', specs: ['file:q?.json'], by: 'person' }]);
    expect(keys(found, ' frealm:old<enter><enter>').answers).toEqual([{ type: 'evidence.chosen', specs: ['realm:old'], by: 'person' }]);
  });

  test('a pasted path is welcome, without its line end', () => {
    const field = keys(found, ' f').local;
    expect(paste(found, field, '/tmp/realm.json\n').local.typed).toBe('/tmp/realm.json');
  });
});

describe('the typed word', () => {
  const confirm = snapshotOf(eventsUntil('chosen'));
  test.each([
    ['primary<enter>', [{ type: 'group.confirmed', owner: 'auth-service', all: false, by: 'person' }]],
    ['primary all<enter>', [{ type: 'group.confirmed', owner: 'auth-service', all: true, by: 'person' }]],
    ['primarx<backspace>y<enter>', [{ type: 'group.confirmed', owner: 'auth-service', all: false, by: 'person' }]],
    ['xx<ctrl-u>primary<enter>', [{ type: 'group.confirmed', owner: 'auth-service', all: false, by: 'person' }]],
    ['<enter>', []], ['y<enter>', []], ['1<enter>', []], ['Primary<enter>', []], ['primaryall<enter>', []], ['primary', []],
  ])('%s', (typed, expected) => expect(keys(confirm, typed).answers).toEqual(expected));

  test('a paste empties the field, so that half a paste and half a word make nothing', () => {
    const pasted = paste(confirm, keys(confirm, 'prim').local, 'ary');
    expect(pasted.effect).toBeNull();
    expect(pasted.local.typed).toBe('');
    expect(keys(confirm, '<enter>', pasted.local).answers).toEqual([]);
  });

  test('nothing typed carries over to the next client', () => {
    const [first] = GROUPS;
    if (first === undefined) throw new Error('fixture');
    const typed = keys(confirm, 'prim').local;
    const events: readonly RunEvent[] = [...eventsUntil('chosen'), { type: 'group.skipped', owner: first.owner, by: 'person' }];
    expect(localFor(typed, snapshotOf(events)).typed).toBe('');
    expect(localFor(typed, confirm).typed).toBe('prim');
  });

  test('while something runs no word is taken', () => {
    const running = { ...confirm, busy: 'write' } as const;
    expect(keys(running, 'primary<enter>').answers).toEqual([]);
  });
});

describe('statements, proofs and trouble', () => {
  test('Enter on nothing states nothing, and that is recorded', () => {
    expect(keys(snapshotOf(eventsUntil('connected')), '<enter>').answers).toEqual([{ type: 'freeze.stated', statement: null, by: 'person' }]);
    expect(keys(snapshotOf(eventsUntil('connected')), 'root app paused<enter>').answers).toEqual([{ type: 'freeze.stated', statement: 'root app paused', by: 'person' }]);
  });

  const [first] = GROUPS;
  const unproven = snapshotOf([...eventsUntil('chosen'), ...(first ? written(first) : []), { type: 'prove.done', owner: 'auth-service', proofs: [NOT_PROVEN] }]);

  test('not proven: a probe user, a reason, or leaving', () => {
    expect(keys(unproven, 'palice<enter>').answers).toEqual([{ type: 'probe.chosen', user: 'alice', by: 'person' }]);
    expect(keys(unproven, 'aseen by hand<enter>').answers).toEqual([{ type: 'proof.accepted', owner: 'auth-service', reason: 'seen by hand', by: 'person' }]);
    expect(keys(unproven, 'a<enter>').answers).toEqual([]);
    expect(keys(unproven, 'q').answers).toMatchObject([{ type: 'run.stopped', reason: 'not-proven' }]);
  });

  test('a failure can be tried again or left', () => {
    const failed = snapshotOf([...eventsUntil('connected'), { type: 'step.failed', step: 'capture', failure: { code: 'unreachable', title: 'The server does not answer.', next: [] } }]);
    expect(keys(failed, 'r').answers).toEqual([{ type: 'step.retried', step: 'capture', by: 'person' }]);
    expect(keys(failed, 'q').answers).toMatchObject([{ type: 'run.stopped', reason: 'failed' }]);
  });

  test('q while something runs stops after it', () => expect(keys({ ...unproven, busy: 'prove' }, 'q').effects).toEqual(['interrupt']));

  test('help shows and goes away without doing anything else', () => {
    expect(keys(choosing, '?').local.overlay).toBe('keys');
    const closed = keys(choosing, '?r');
    expect(closed.local.overlay).toBe(null);
    expect(closed.answers).toEqual([]);
  });
});

test('5,000 differences are windowed: the frame stays within the screen and shows the one that the cursor is on', async () => {
  const { toView } = await import('../../src/ui/view/frame.ts');
  const { lineText } = await import('../../src/ui/view/line.ts');
  const { describeOperation, sized } = await import('./fixtures.ts');
  const many = Array.from({ length: 5000 }, (_, index) => difference(`client-mapper:client-${index % 500}/mapper-${index}`));
  const order = Array.from({ length: 500 }, (_, index) => ({ owner: `client-${index}`, after: index === 0 ? [] : [{ owner: `client-${index - 1}`, reason: 'takes its tokens' }], reason: '' }));
  const snapshot = snapshotOf([...eventsUntil('read'), { type: 'compare.done', differences: many, order }]);
  let local = initialLocal(snapshot.state.question);
  for (let keys = 0; keys < 21; keys += 1) local = press(snapshot, local, { id: 'down', text: null }, { scrollMax: 0, page: 10 }).local;
  const view = toView(snapshot, local, sized(120, 40), describeOperation);
  const drawn = [...view.live].map(lineText);
  expect(local.cursor).toBe(21);
  expect(drawn.length).toBeLessThan(40);
  expect(drawn.some((text) => /> +22 +client-21/.test(text))).toBe(true);
});
