import { describe, expect, test } from 'vitest';
import { fieldKey, fieldWords } from '../../src/realm/choice.ts';
import type { Choice } from '../../src/realm/model.ts';
import { deniedLines, flagChoices, missingChoices, presetChoices, suggestedChoices } from '../../src/runbook/choices.ts';
import { chooseLine } from '../../src/runbook/lines.ts';
import { answerHeadless } from '../../src/plain/headless.ts';
import { replay } from '../../src/runbook/transition.ts';
import { BY_FIELD, DIFFERENCES, eventsUntil, RUN, SETTINGS, snapshotOf } from '../ui/fixtures.ts';

const key = (index: number) => fieldKey(BY_FIELD.id, BY_FIELD.fields[index]?.path ?? '');
const [, , , single] = DIFFERENCES;
if (single === undefined) throw new Error('fixture');
const half: Readonly<Record<string, Choice>> = { [key(0)]: 'restore', [key(2)]: 'keep' };

describe('flags and answers files', () => {
  test('a file answers some fields, the flag the others', () => {
    expect(presetChoices([BY_FIELD], { ...SETTINGS, answers: half, changed: 'leave' })).toEqual({ [BY_FIELD.id]: 'leave', ...half });
    expect(missingChoices([BY_FIELD], presetChoices([BY_FIELD], { ...SETTINGS, answers: half }))).toEqual([key(1), key(3)]);
    expect(missingChoices([BY_FIELD], {})).toEqual([BY_FIELD.id]);
  });

  test('a change with one field may be answered by its field, too', () => {
    const answers = { [fieldKey(single.id, single.fields[0]?.path ?? '')]: 'keep' as const };
    expect(presetChoices([single], { ...SETTINGS, answers, changed: 'restore' })).toEqual({ [single.id]: 'keep' });
  });

  test('what is only compared is left where a file says restore for a field', () => {
    expect(presetChoices([{ ...BY_FIELD, onlyCompared: 'it is' }], { ...SETTINGS, answers: { [key(0)]: 'restore' } })).toEqual({ [key(0)]: 'leave' });
  });

  test('what is only compared is left for a reason of its own where restore was asked for, and only there', () => {
    const only = { ...single, onlyCompared: 'no source lists it' };
    const settings = { ...SETTINGS, changed: 'restore' as const };
    const left = presetChoices([only], settings);
    expect(deniedLines([only], left, settings)).toEqual([`1 difference is left although restore was asked for (${only.id}): no source lists it`]);
    expect(deniedLines([BY_FIELD], presetChoices([BY_FIELD], settings), settings)).toEqual([]);
    expect(deniedLines([only], { [only.id]: 'keep' }, settings)).toEqual([]);
    const leave = { ...SETTINGS, changed: 'leave' as const };
    expect(deniedLines([only], presetChoices([only], leave), leave)).toEqual([]);
    const many = Array.from({ length: 7 }, (_, index) => ({ ...only, id: `client-mapper:app/${index}` as const }));
    expect(deniedLines(many, presetChoices(many, settings), settings)).toEqual([expect.stringMatching(/^7 differences are left .*client-mapper:app\/4 and 2 more\): no source lists it$/)]);
  });

  test('flags of a resumed run fill open fields and leave the others alone', () => {
    expect(flagChoices([BY_FIELD], half, { ...SETTINGS, changed: 'restore' })).toEqual({ [key(1)]: 'restore', [key(3)]: 'restore' });
    expect(flagChoices([BY_FIELD], half, { ...SETTINGS, answers: { [key(0)]: 'leave', [key(1)]: 'keep' } })).toEqual({ [key(1)]: 'keep' });
    expect(flagChoices([BY_FIELD], {}, { ...SETTINGS, changed: 'keep' })).toEqual({ [BY_FIELD.id]: 'keep' });
  });

  test('headless names the open fields, exit 5', () => {
    const run = { ...RUN, settings: { ...SETTINGS, answers: half } };
    const state = replay([{ type: 'run.started', run }, ...eventsUntil('read').slice(1), { type: 'compare.done', differences: [BY_FIELD], order: [] }]);
    expect(answerHeadless(state)).toMatchObject({ exit: 5, missing: [key(1), key(3)] });
  });
});

test('suggestions answer what is open, field by field where fields are answered', () => {
  expect(suggestedChoices([{ ...BY_FIELD, suggest: 'keep' }], half)).toEqual({ choices: { [key(1)]: 'keep', [key(3)]: 'keep' }, open: 0 });
  expect(suggestedChoices([BY_FIELD], half)).toEqual({ choices: {}, open: 2 });
});

test('differences are counted, not fields', () => {
  const choices = { ...half, [key(1)]: 'keep' as const, [key(3)]: 'leave' as const, [single.id]: 'keep' as const };
  const { state } = snapshotOf([...eventsUntil('read'), { type: 'compare.done', differences: [BY_FIELD, single], order: [] }, { type: 'choice.made', choices, by: 'person' }]);
  expect(chooseLine(state)).toBe('0 to restore, 1 field by field, 1 kept for git, 0 left alone');
  expect(fieldWords(BY_FIELD, choices)).toBe('restore config.access.token.claim; keep config.included.custom.audience, config.kc.user.profile.config; leave consentRequired');
});
