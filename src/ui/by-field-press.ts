/** Keys in the detail of a change with several fields: each of them has an answer of its own. */
import { fieldChoice, fieldKey } from '../realm/choice.ts';
import type { Choice, Difference } from '../realm/model.ts';
import type { RunState } from '../runbook/model.ts';
import { moved } from './evidence-press.ts';
import type { Command } from './keys.ts';
import type { LocalState } from './local.ts';
import { answer, say, stay, type Outcome, type Reach } from './outcome.ts';
import { refusalText } from './view/difference.ts';

export function fieldPress(state: RunState, local: LocalState, difference: Difference, command: Command, reach: Reach): Outcome {
  const field = difference.fields[local.fieldItem];
  const last = difference.fields.length - 1;
  const given = (choice: Choice, next: number): Outcome => {
    if (field === undefined) return stay(local);
    if (choice === 'restore' && difference.onlyCompared !== undefined) return say(local, refusalText(difference));
    return answer({ ...local, fieldItem: next, scroll: next === local.fieldItem ? local.scroll : 0 }, { type: 'choice.made', choices: { [fieldKey(difference.id, field.path)]: choice }, by: 'person' });
  };
  switch (command) {
    case 'restore': case 'keep': case 'leave': return given(command, Math.min(last, local.fieldItem + 1));
    case 'cycle': return given(nextChoice(difference, fieldChoice(difference, field?.path ?? '', state.choices)), local.fieldItem);
    default: {
      const fieldItem = moved(local.fieldItem, last + 1, command, reach.page);
      return stay(fieldItem === undefined ? local : { ...local, fieldItem, scroll: 0 });
    }
  }
}

const NEXT: Readonly<Record<Choice, Choice>> = { restore: 'keep', keep: 'leave', leave: 'restore' };

/** The answer after the present one; what cannot be restored goes from leave to keep. */
export function nextChoice({ onlyCompared }: Difference, present: Choice | 'mixed' | undefined): Choice {
  const next = present === undefined || present === 'mixed' ? 'restore' : NEXT[present];
  return next === 'restore' && onlyCompared !== undefined ? 'keep' : next;
}
