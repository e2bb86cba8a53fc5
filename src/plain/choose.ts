/** Choose in plain text: every difference has a number. */
import { choiceOf } from '../realm/choice.ts';
import type { Choice, Difference } from '../realm/model.ts';
import { missingChoices } from '../runbook/choices.ts';
import { count } from '../runbook/lines.ts';
import type { RunState } from '../runbook/model.ts';
import type { Size } from '../ui/terminal.ts';
import { chooseHeading, ownerLine, ownerRoom } from '../ui/view/choose.ts';
import { differenceLine, effectText, suggestionText } from '../ui/view/difference.ts';
import { line, wrap, type Line } from '../ui/view/line.ts';
import { ownerRows } from '../ui/view/owners.ts';
import { again, answered, type Reply } from './reply.ts';

/** Above this, only what has no answer yet is explained: nobody listens to thousands of reasons. */
const EXPLAINED = 60;

const REASON_INDENT = 8;

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

const CHOICES: Readonly<Record<string, Choice>> = { r: 'restore', restore: 'restore', k: 'keep', keep: 'keep', l: 'leave', leave: 'leave' };

export function chooseReply(state: RunState, typed: string): Reply {
  const all = numbered(state);
  if (typed === 'list') return again('', true);
  if (typed === 'a') return suggestions(state, all);
  if (typed === 'done') {
    const missing = missingChoices(state.differences, state.choices);
    if (missing.length === 0) return answered({ type: 'choices.settled', by: 'person' });
    const numbers = missing.slice(0, 10).map((id) => all.findIndex((difference) => difference.id === id) + 1);
    return again(`${count(missing.length, 'answer')} missing, at number ${numbers.join(', ')}${missing.length > 10 ? ' and more' : ''}.`);
  }
  const [, from = '', to, word = ''] = /^(\d+)(?:-(\d+))?\s+([a-z]+)$/.exec(typed) ?? [];
  const choice = CHOICES[word];
  const wanted = all.slice(Number(from) - 1, Number(to ?? from));
  if (choice === undefined || from === '' || Number(from) < 1 || wanted.length === 0) return again('Please answer with a number and r, k or l, such as 3 r.');
  const refused = choice === 'restore' ? wanted.find((difference) => difference.onlyCompared !== undefined) : undefined;
  if (refused) return again(`${refused.id} can be kept or left, not restored: ${refused.onlyCompared ?? ''}`);
  return answered({ type: 'choice.made', choices: Object.fromEntries(wanted.map((difference) => [difference.id, choice])), by: 'person' });
}

function suggestions(state: RunState, all: readonly Difference[]): Reply {
  const choices: Record<string, Choice> = {};
  for (const difference of all) {
    if (choiceOf(difference, state.choices) === undefined && difference.suggest !== 'ask') choices[difference.id] = difference.suggest;
  }
  if (Object.keys(choices).length === 0) return again('No suggestion is left.');
  return answered({ type: 'choice.made', choices, by: 'suggestion' });
}
