/** Replies in Choose: `3 r`, `2-5 k`, `3.2 r` for one field, `3` or `3.2` to see it whole. */
import { fieldKey, hasFields, openKeys } from '../realm/choice.ts';
import type { Choice, Difference } from '../realm/model.ts';
import { missingChoices, suggestedChoices } from '../runbook/choices.ts';
import { count } from '../runbook/lines.ts';
import type { RunState } from '../runbook/model.ts';
import type { Size } from '../ui/terminal.ts';
import { refusalText } from '../ui/view/difference.ts';
import { lineText } from '../ui/view/line.ts';
import { lookLines, numbered } from './choose.ts';
import { again, answered, type Reply } from './reply.ts';

/** What is asked for by its number is shown at this size. */
const LOOK: Size = { columns: 80, rows: 24, unicode: true, width: 'medium' };

const CHOICES: Readonly<Record<string, Choice>> = { r: 'restore', restore: 'restore', k: 'keep', keep: 'keep', l: 'leave', leave: 'leave' };

/** What a line means in Choose: answers, or a number alone that asks to see it whole. */
export function chooseReply(state: RunState, typed: string): Reply {
  const all = numbered(state);
  if (typed === 'list') return again('', true);
  if (typed === 'a') return suggestions(state);
  if (typed === 'done') {
    const missing = missingChoices(state.differences, state.choices);
    if (missing.length === 0) return answered({ type: 'choices.settled', by: 'person' });
    const numbers = all.flatMap((difference, index) => openNumbers(difference, index + 1, state)).slice(0, 10);
    return again(`${count(missing.length, 'answer')} missing, at number ${numbers.join(', ')}${missing.length > 10 ? ' and more' : ''}.`);
  }
  const [, from = '', field, to, word = ''] = /^(\d+)(?:\.(\d+))?(?:-(\d+))?\s+([a-z]+)$/.exec(typed) ?? [];
  const choice = CHOICES[word];
  const start = Number(from);
  const [, of, part] = /^(\d+)(?:\.(\d+))?$/.exec(typed) ?? [];
  const looked = of === undefined ? [] : lookLines(state, Number(of), part === undefined ? null : Number(part), LOOK);
  if (looked.length > 0) return again(looked.map((one) => lineText(one).trimEnd()).join('\n'));
  if (choice === undefined || start < 1) return again('Please answer with a number and r, k or l, such as 3 r.');
  return field === undefined ? answerDifferences(all.slice(start - 1, Number(to ?? from)), choice) : answerFields(all[start - 1], Number(field), Number(to ?? field), choice);
}

function answerDifferences(wanted: readonly Difference[], choice: Choice): Reply {
  if (wanted.length === 0) return again('There is no difference of that number.');
  const refused = choice === 'restore' ? wanted.find((difference) => difference.onlyCompared !== undefined) : undefined;
  if (refused) return again(refusalText(refused));
  return answered({ type: 'choice.made', choices: Object.fromEntries(wanted.map((difference) => [difference.id, choice])), by: 'person' });
}

function answerFields(difference: Difference | undefined, from: number, to: number, choice: Choice): Reply {
  const fields = difference !== undefined && hasFields(difference) && from > 0 ? difference.fields.slice(from - 1, to) : [];
  if (difference === undefined || fields.length === 0) return again('There is no field of that number: only a change with several fields can be answered field by field.');
  if (choice === 'restore' && difference.onlyCompared !== undefined) return again(refusalText(difference));
  return answered({ type: 'choice.made', choices: Object.fromEntries(fields.map(({ path }) => [fieldKey(difference.id, path), choice])), by: 'person' });
}

/** `4`, or `4.2` where only some fields of difference 4 are answered. */
function openNumbers(difference: Difference, number: number, { choices }: RunState): readonly string[] {
  const open = openKeys(difference, choices);
  return open.map((key) => (key === difference.id ? String(number) : `${number}.${difference.fields.findIndex(({ path }) => fieldKey(difference.id, path) === key) + 1}`));
}

function suggestions(state: RunState): Reply {
  const { choices } = suggestedChoices(state.differences, state.choices);
  if (Object.keys(choices).length === 0) return again('No suggestion is left.');
  return answered({ type: 'choice.made', choices, by: 'suggestion' });
}
