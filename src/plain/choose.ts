/** Choose in plain text: every difference has a number. */
import { choiceOf, fieldKey, hasFields, openKeys } from '../realm/choice.ts';
import type { Choice, Difference } from '../realm/model.ts';
import { missingChoices, suggestedChoices } from '../runbook/choices.ts';
import { count } from '../runbook/lines.ts';
import type { RunState } from '../runbook/model.ts';
import type { Size } from '../ui/terminal.ts';
import { chooseHeading, ownerLine, ownerRoom } from '../ui/view/choose.ts';
import { differenceLine, effectText, refusalText, suggestionText } from '../ui/view/difference.ts';
import { fieldRows } from '../ui/view/fields.ts';
import { line, lineText, wrap, type Line } from '../ui/view/line.ts';
import { ownerRows } from '../ui/view/owners.ts';
import { valueLines } from '../ui/view/values.ts';
import { again, answered, type Reply } from './reply.ts';

/** Above this, only what has no answer yet is explained: nobody listens to thousands of reasons. */
const EXPLAINED = 60;

const REASON_INDENT = 8;

/** A field that is asked for by its number is shown at this size. */
const LOOK: Size = { columns: 100, rows: 24, unicode: true, width: 'wide' };

/** All differences in the order of their numbers. */
function numbered(state: RunState): readonly Difference[] {
  return ownerRows(state, '').flatMap((row) => row.differences);
}

export function chooseListing(state: RunState, size: Size): readonly Line[] {
  const rows = ownerRows(state, '');
  const room = ownerRoom(rows, size);
  const lines: Line[] = [chooseHeading(state, size)];
  let number = 0;
  let said: ReadonlySet<string> = new Set();
  for (const row of rows) {
    lines.push(ownerLine(row, rows, state, size, ' ', room));
    for (const difference of row.differences) {
      number += 1;
      lines.push(differenceLine(difference, choiceOf(difference, state.choices), size, `  ${String(number).padStart(3)}. `));
      lines.push(...fieldLines(difference, number, state, size));
      if (state.differences.length > EXPLAINED && choiceOf(difference, state.choices) !== undefined) continue;
      // Neighbours often cost the same for the same reason: it is read out once.
      const texts = [effectText(difference), suggestionText(difference)];
      const fresh = texts.filter((text) => !said.has(text));
      said = new Set(texts);
      lines.push(...(fresh.length === 0 ? [] : wrap(line(fresh.join(' ')), size.columns - REASON_INDENT)).map((of) => line(' '.repeat(REASON_INDENT), ...of)));
    }
  }
  return lines;
}

/** The fields of a change, each with a number of its own, unless one answer is for all of them. */
function fieldLines(difference: Difference, number: number, { choices }: RunState, size: Size): readonly Line[] {
  const choice = choiceOf(difference, choices);
  if (!hasFields(difference) || (choice !== undefined && choice !== 'mixed')) return [];
  const rows = fieldRows(difference, difference.fields, choices, size, (index) => `${' '.repeat(REASON_INDENT - 2)}${`${number}.${index + 1}`.padEnd(6)} `);
  return size.width === 'narrow' ? difference.fields.flatMap((field, index) => [...rows.slice(index, index + 1), ...valueLines(field, size)]) : rows;
}

const CHOICES: Readonly<Record<string, Choice>> = { r: 'restore', restore: 'restore', k: 'keep', keep: 'keep', l: 'leave', leave: 'leave' };

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
  const [, of = '', alone = ''] = /^(\d+)\.(\d+)$/.exec(typed) ?? [];
  const looked = all[Number(of) - 1]?.fields[Number(alone) - 1];
  if (looked !== undefined) return again([looked.path, ...valueLines(looked, LOOK).map(lineText)].join('\n'));
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
